"""The administrator's pages of process versions: what runs where, the plan, the order."""

import pytest
from django.urls import reverse

from yiwang.commons.flow import queries
from yiwang.commons.flow.commands import migrating
from yiwang.commons.flow.contracts import ADMINISTER
from yiwang.commons.flow.models import ProcessInstance
from yiwang.commons.flow.tests.factories import SYSTEM, publish, start
from yiwang.commons.flow.tests.test_migrating import FIRST, SECOND, complete
from yiwang.commons.identity.tests.factories import login, make_official, make_organisation

pytestmark = pytest.mark.django_db
LIST = "flow:versions"


@pytest.fixture
def keeper(client):
    top = make_organisation("sample-city")
    login(client, make_official(top, grants=(ADMINISTER,)).account_id)
    return top


def page(key="p", version=1):
    return reverse("flow:migration", args=[key, version])


def said(response):
    return response.content.decode()


def test_lists_each_version_with_what_runs_in_it(client, keeper):
    publish(FIRST)
    start(organisation_id=keeper)
    publish(SECOND)
    text = said(client.get(reverse(LIST)))
    assert page() in text
    assert page(version=2) not in text, "nothing runs there"
    assert "现行" in text


def test_shows_for_each_instance_whether_it_can_go_and_carries_it(client, keeper):
    publish(FIRST)
    moving, staying = start(organisation_id=keeper), start(organisation_id=keeper)
    complete(staying, "a")
    publish(SECOND)
    text = said(client.get(page()))
    assert "可以" in text
    assert "任务b：" in text
    assert "开始换版" in text
    answer = client.post(page(), {"to": "2", "mapping": ""}, follow=True)
    assert "已换 1 件，1 件仍按原版本办理。" in said(answer)
    versions = dict(ProcessInstance.objects.values_list("pk", "definition__version"))
    assert versions == {moving: 2, staying: 1}


def test_a_mapping_with_faults_is_shown_with_its_line_or_its_element(client, keeper):
    publish(FIRST)
    start(organisation_id=keeper)
    publish(SECOND)
    wrong = client.get(page(), {"to": "2", "mapping": "a=a\nb"})
    assert wrong.status_code == 422
    assert "第 2 行" in said(wrong)
    unknown = client.post(page(), {"to": "2", "mapping": "b=nothing"})
    assert unknown.status_code == 422
    assert "nothing" in said(unknown)
    assert not queries.migrations(viewer=SYSTEM).items


def test_tells_how_far_many_have_come(client, keeper, monkeypatch):
    monkeypatch.setattr(migrating, "BATCH", 2)
    publish(FIRST)
    for _ in range(5):
        start(organisation_id=keeper)
    publish(SECOND)
    answer = client.post(page(), {"to": "2"}, follow=True)
    assert "还有 3 件" in said(answer)
    assert "y-progress" in said(answer)
    assert "开始换版" not in said(answer), "one at a time"


def test_is_for_administrators_of_the_whole_installation(client, keeper):
    publish(FIRST)
    login(client, make_official(make_organisation(), grants=("flow.work",)).account_id)
    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(page()).status_code == 403
    assert client.post(page(), {"to": "2"}).status_code == 403


def test_an_unknown_version_is_not_found(client, keeper):
    publish(FIRST)
    assert client.get(page(version=7)).status_code == 404
    assert "只有一个版本" in said(client.get(page()))


def test_asks_the_same_number_of_questions_whatever_the_number_of_instances(
    client, keeper, django_assert_max_num_queries
):
    publish(FIRST)
    publish(SECOND)
    first = queries.process_versions(key="p", viewer=SYSTEM)[1][1]
    for _ in range(12):
        start(organisation_id=keeper, definition_id=first)
    client.get(page())
    with django_assert_max_num_queries(22):
        client.get(page())
