"""The pages as a browser gets them: groups, counts, claiming several, halts, the applicant's own."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from yiwang.commons.flow import commands, registry, views
from yiwang.commons.flow.engine.tests.models import bpmn, chain, end, flow, gateway, user
from yiwang.commons.flow.engine.tests.models import start as begin
from yiwang.commons.flow.models import Halt, ProcessInstance, Task
from yiwang.commons.flow.tests.factories import office, publish, start
from yiwang.commons.identity.tests.factories import login, make_official, make_organisation, make_resident
from yiwang.kernel import clock
from yiwang.web.catalogues import untranslated

pytestmark = pytest.mark.django_db
LINE = bpmn(begin(), user("a"), user("b"), end(), chain("start", "a", "b", "end"))


def due(offset):
    day = (clock.today() + timedelta(days=offset)).isoformat()
    return bpmn(begin(), user("a", f'<zeebe:taskSchedule dueDate="{day}"/>'), end(), chain("start", "a", "end"))


@pytest.fixture
def clerk(client):
    organisation, actor = office()
    login(client, actor.account_id)
    for offset in (-3, 0, 40):
        publish(due(offset))
        start(organisation_id=organisation, title=f"样例办件{offset}")
    return organisation, actor


def text(response):
    assert response.status_code == 200, response.status_code
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_inbox_groups_by_due_date_and_counts_each_view(client, clerk):
    page = text(client.get(reverse("flow:inbox")))
    assert page.index("已超期") < page.index("样例办件-3") < page.index("样例办件0") < page.index("样例办件40")
    assert "超期" in page
    assert "今天" in page
    assert 'data-yw-key="c"' in page
    assert "一网通办" in page


def test_a_page_of_the_inbox_costs_few_queries(client, clerk, django_assert_max_num_queries):
    organisation, _actor = clerk
    client.get(reverse("flow:inbox"))
    for number in range(15):
        start(organisation_id=organisation, title=f"更多{number}")
    with django_assert_max_num_queries(12):  # eight of ours, the others ask what the navigation shows
        assert client.get(reverse("flow:inbox")).status_code == 200


def test_search_that_finds_nothing_says_what_to_do(client, clerk):
    page = text(client.get(reverse("flow:inbox"), {"q": "没有的事"}))
    assert "请去掉一个条件" in page


def test_several_tasks_are_claimed_and_given_back_at_once(client, clerk):
    _organisation, actor = clerk
    chosen = [str(pk) for pk in Task.objects.values_list("pk", flat=True)]
    response = client.post(reverse("flow:batch"), {"task": [*chosen, "nonsense"], "action": "claim"})
    assert response.status_code == 303
    assert set(Task.objects.values_list("assignee_id", flat=True)) == {actor.account_id}
    assert "已认领 3 件" in text(client.get(reverse("flow:inbox")))
    client.post(reverse("flow:batch"), {"task": chosen, "action": "release"})
    assert set(Task.objects.values_list("status", flat=True)) == {"open"}


def test_a_task_without_an_owners_page_is_worked_on_here(client, clerk):
    task = Task.objects.get(title="样例办件0")
    page = text(client.get(reverse("flow:task", args=[task.pk])))
    assert "办结" in page
    client.post(reverse("flow:act", args=[task.pk, "claim"]))
    client.post(reverse("flow:act", args=[task.pk, "complete"]))
    task.refresh_from_db()
    assert task.status == "done"
    assert client.post(reverse("flow:act", args=[task.pk, "explode"])).status_code == 404


def test_the_owner_of_a_subject_opens_its_tasks(client, clerk):
    registry.register_opener("case", task_url=lambda subject, task_id: f"/work/cases/{subject.id}/")
    task = Task.objects.first()
    assert f"/work/cases/{task.subject_id}/" in text(client.get(reverse("flow:inbox")))
    assert client.get(reverse("flow:task", args=[task.pk])).headers["Location"] == f"/work/cases/{task.subject_id}/"


def test_an_applicant_is_led_to_the_page_of_the_process(client):
    mother = make_resident()
    login(client, mother.account_id)
    registry.register_opener(
        "case", task_url=lambda subject, task_id: "/work/cases/", process_url=lambda subject: f"/cases/{subject.id}/"
    )
    ask = '<zeebe:assignmentDefinition candidateGroups="applicant"/>'
    publish(bpmn(begin(), user("a", ask), end(), chain("start", "a", "end")))
    start(applicant_person_id=mother.person_id)
    task = Task.objects.get()
    assert client.get(reverse("flow:task", args=[task.pk])).headers["Location"] == f"/cases/{task.subject_id}/"
    page = text(client.get(reverse("flow:mine")))
    assert f"/cases/{task.subject_id}/" in page
    assert "等您办理：任务a" in page


def test_strangers_find_no_task_and_nobody_gets_in_without_logging_in(client, clerk):
    task = Task.objects.first()
    _elsewhere, stranger = office()
    login(client, stranger.account_id)
    assert client.get(reverse("flow:task", args=[task.pk])).status_code == 404
    client.logout()
    assert client.get(reverse("flow:inbox")).status_code == 302


def test_a_resident_is_led_to_their_own_things(client):
    mother = make_resident()
    login(client, mother.account_id)
    assert client.get(reverse("flow:inbox")).headers["Location"] == reverse("flow:mine")
    assert "没有正在办的事" in text(client.get(reverse("flow:mine")))
    publish(LINE)
    start(applicant_person_id=mother.person_id, organisation_id=make_organisation(), title="新生儿出生一件事")
    page = text(client.get(reverse("flow:mine")))
    assert "新生儿出生一件事" in page
    assert "正在办理：任务a" in page
    assert "新生儿出生一件事" not in text(client.get(reverse("flow:mine"), {"ended": "1"}))


def test_an_administrator_sees_why_a_process_stands_still_and_mends_it(client, clerk):
    organisation, _actor = clerk
    choice = bpmn(
        begin(),
        user("a"),
        gateway("exclusive", "g", "d"),
        end("yes"),
        end("no"),
        chain("start", "a", "g"),
        flow("g", "yes", "=x &gt; 1"),
        flow("g", "no", name="d"),
        process_id="q",
    )
    publish(choice)
    instance = start("q", organisation_id=organisation, title="停下的办件")
    commands.complete_task(task_id=Task.objects.get(title="停下的办件").pk, by=_actor, at=clock.now())
    halt = Halt.objects.get()
    assert "停下的办件" not in text(client.get(reverse("flow:halted")))
    assert client.get(reverse("flow:halted_one", args=[halt.pk])).status_code == 404
    login(client, make_official(organisation, grants=["flow.administer"]).account_id)
    assert "停下的办件" in text(client.get(reverse("flow:halted")))
    page = text(client.get(reverse("flow:halted_one", args=[halt.pk])))
    assert "缺少变量：x" in page
    assert client.post(reverse("flow:halted_one", args=[halt.pk]), {"variables": "[1"}).status_code == 422
    response = client.post(reverse("flow:halted_one", args=[halt.pk]), {"variables": '{"x": 2}'})
    assert response.status_code == 303
    assert ProcessInstance.objects.get(pk=instance).status == "completed"


def test_every_message_has_its_english():
    assert untranslated(Path(views.__file__).parents[1]) == {}
