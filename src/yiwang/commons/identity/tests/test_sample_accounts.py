"""Sample accounts have a password that everybody knows: they open in a demonstration only."""

import pytest
from django.urls import reverse

from yiwang.commons.identity import commands
from yiwang.commons.identity.contracts import AccountKind
from yiwang.commons.identity.tests import factories
from yiwang.kernel import clock
from yiwang.kernel.settings import settings


@pytest.fixture
def sample(db):
    person_id = factories.make_person("样例甲")
    commands.create_account(
        username="sample-a", password="Sample-2026-pass", kind=AccountKind.PERSON, person_id=person_id, sample=True,
        by=factories.SYSTEM, at=clock.now(),
    )  # fmt: skip


def log_in(client):
    return client.post(reverse("account_login"), {"login": "sample-a", "password": "Sample-2026-pass"})


@pytest.mark.parametrize(("demo", "opens"), [("0", False), ("1", True)])
def test_a_sample_account_opens_in_a_demonstration_only(sample, client, monkeypatch, demo, opens):
    monkeypatch.setenv("YIWANG_DEMO", demo)
    settings.cache_clear()
    try:
        answer = log_in(client)
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert answer.status_code == (302 if opens else 403)
    assert ("_auth_user_id" in client.session) is opens
