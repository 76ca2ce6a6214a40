"""「我的」: what waits for the applicant comes first; the rest is found by words or by number, open or finished."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from yiwang.commons.flow import commands, registry
from yiwang.commons.flow.contracts import NotYourTask
from yiwang.commons.flow.engine.tests.models import bpmn, call, chain, end, user
from yiwang.commons.flow.engine.tests.models import start as begin
from yiwang.commons.flow.models import ProcessInstance, Task
from yiwang.commons.flow.tests.factories import office, publish, start
from yiwang.commons.identity.queries import SESSION_ACTING
from yiwang.commons.identity.tests.factories import login, make_representation, make_resident
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef

pytestmark = pytest.mark.django_db
ASK = '<zeebe:assignmentDefinition candidateGroups="applicant"/>'


def asking(offset):
    day = (clock.today() + timedelta(days=offset)).isoformat()
    return bpmn(
        begin(), user("ask", ASK, f'<zeebe:taskSchedule dueDate="{day}"/>'), end(), chain("start", "ask", "end")
    )


@pytest.fixture
def resident(client):
    made = make_resident()
    login(client, made.account_id)
    return made


def page(client, **params):
    response = client.get(reverse("flow:mine"), params)
    assert response.status_code == 200
    return response.content.decode()


def test_what_waits_for_the_applicant_stands_first_the_most_urgent_on_top(client, resident):
    for title, offset in (("后做的事", 20), ("先做的事", 1), ("晚了的事", -2)):
        publish(asking(offset))
        start(title=title, applicant_person_id=resident.person_id)
    shown = page(client)
    first = shown.split("现在要您做的")[1].split("</section>")[0]
    assert first.index("晚了的事") < first.index("先做的事") < first.index("后做的事")
    assert "已超期" in first
    assert "现在要您做的" not in page(client, q="先做的事")
    assert "现在要您做的" not in page(client, ended="1")


def test_an_agent_is_asked_for_what_they_were_authorised_for_alone(client):
    owner, agent = make_resident(), make_resident()
    of = SubjectRef("person", owner.person_id)
    publish(asking(1))
    for title, scope in (("代办的事", "matter:birth"), ("另一件事", "matter:death")):
        start(title=title, applicant_person_id=owner.person_id, scope_key=scope)
    make_representation(agent.person_id, of, scope="matter:birth")
    login(client, agent.account_id)
    session = client.session
    session[SESSION_ACTING] = str(of)
    session.save()
    shown = page(client)
    assert "代办的事" in shown
    assert "另一件事" not in shown
    other = Task.objects.get(instance__title="另一件事")
    assert client.get(reverse("flow:task", args=[other.pk])).status_code == 404
    assert client.get(reverse("flow:diagram", args=[other.instance_id])).status_code == 404
    assert client.post(reverse("flow:act", args=[other.pk, "complete"])).status_code == 404
    acting = replace(agent.actor, on_behalf=of)
    with pytest.raises(NotYourTask):
        commands.complete_task(task_id=other.pk, by=acting, at=clock.now())


def test_somebody_with_nothing_to_do_is_told_of_nothing_to_do(client, resident):
    organisation, _clerk = office()
    publish(bpmn(begin(), user("a"), end(), chain("start", "a", "end")))
    start(title="别人在办", organisation_id=organisation, applicant_person_id=resident.person_id)
    shown = page(client)
    assert "现在要您做的" not in shown
    assert "别人在办" in shown


def test_search_finds_the_whole_by_its_own_words_its_parts_and_a_number(client, resident, monkeypatch):
    organisation, _clerk = office()
    publish(bpmn(begin(), user("a"), end(), chain("start", "a", "end"), process_id="child"))
    title = '<zeebe:properties><zeebe:property name="title" value="出生医学证明"/></zeebe:properties>'
    publish(bpmn(begin(), call("c", "child", title), end(), chain("start", "c", "end")))
    mine = {"organisation_id": organisation, "applicant_person_id": resident.person_id}
    whole = start(title="新生儿一件事", **mine)
    start("child", title="开办餐饮店", **mine)
    assert "开办餐饮店" not in page(client, q="新生儿")
    assert "新生儿一件事" in page(client, q="医学证明")
    assert "没有找到这样的办件" in page(client, q="退休")
    subject = ProcessInstance.objects.get(pk=whole).subject_id
    registry.register_opener(
        "case", task_url=lambda *_: "/", numbered=lambda number, _viewer: [subject] if number == "样例-1" else []
    )
    found = page(client, q="样例-1")
    assert "新生儿一件事" in found
    assert "开办餐饮店" not in found


def test_nobody_finds_what_is_not_theirs(client, resident):
    organisation, _clerk = office()
    publish(bpmn(begin(), user("a"), end(), chain("start", "a", "end")))
    start(title="别人的事", organisation_id=organisation, applicant_person_id=make_resident().person_id)
    assert "没有找到这样的办件" in page(client, q="别人的事")


def test_search_and_the_tab_of_finished_ones_hold_together(client, resident):
    organisation, clerk = office()
    publish(bpmn(begin(), user("a"), end(), chain("start", "a", "end")))
    mine = {"organisation_id": organisation, "applicant_person_id": resident.person_id}
    start(title="办完的事", **mine)
    commands.complete_task(task_id=Task.objects.get().pk, by=clerk, at=clock.now())
    assert "办完的事" not in page(client)
    assert "办完的事" in page(client, ended="1", q="办完")
    assert "ended=1&amp;q=%E5%8A%9E%E5%AE%8C" in page(client, q="办完")


def test_the_page_costs_the_same_however_many_there_are(client, resident, django_assert_max_num_queries):
    publish(asking(3))
    for place in range(12):
        start(title=f"样例{place}", applicant_person_id=resident.person_id)
    page(client)
    with django_assert_max_num_queries(9):
        page(client)
