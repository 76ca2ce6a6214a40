"""Suggestions while somebody types, for everybody."""

import pytest

from yiwang.commons.search.tests import samples

pytestmark = pytest.mark.django_db


def titles(client, **asked):
    answer = client.get("/api/v1/search/suggestions", asked)
    assert answer.status_code == 200
    return [each["title"] for each in answer.json()["items"]]


@pytest.mark.parametrize("typed", ["社会保", "shehuibao", "shbzk", "社保卡"])
def test_a_beginning_a_sound_and_initials_are_completed(client, typed):
    samples.index()
    assert titles(client, q=typed)[0] == "社会保障卡申领"


def test_nothing_is_suggested_for_nothing(client):
    samples.index()
    assert titles(client) == titles(client, q="？") == titles(client, q="飞船") == []
    assert client.get("/api/v1/search/suggestions", {"q": "x" * 101}).status_code == 422


def test_suggestions_keep_to_a_kind(client):
    samples.index()
    assert titles(client, q="新生儿", kind="bundle") == ["新生儿出生一件事"]
    assert titles(client, q="新生儿", kind="matter") == []
