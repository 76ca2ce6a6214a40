"""Where a process stands, as its drawing says it: who may know, in how many queries, what each element's state is."""

from datetime import timedelta

import pytest
from django.urls import reverse

from yiwang.commons.flow import commands, queries, registry, tasks
from yiwang.commons.flow.contracts import NodeState, UnknownInstance
from yiwang.commons.flow.engine.tests.models import boundary, bpmn, call, chain, end, service, timer, user
from yiwang.commons.flow.engine.tests.models import start as begin
from yiwang.commons.flow.models import Task
from yiwang.commons.flow.tests.factories import office, publish, start
from yiwang.commons.identity.tests.factories import login, make_resident
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.ids import new_id

pytestmark = pytest.mark.django_db
LINE = bpmn(
    begin(),
    user("a"),
    boundary("late", "a", timer("timeDuration", "PT1H")),
    user("b"),
    end("e2"),
    end(),
    chain("start", "a", "b", "end"),
    chain("late", "e2"),
)


def states(instance_id, viewer):
    view = queries.diagram(instance_id=instance_id, viewer=viewer)
    return {node.element_id: node.state for node in view.nodes if node.state}


def complete(element_id, by):
    task = Task.objects.get(element_id=element_id, status__in=["open", "claimed"])
    commands.complete_task(task_id=task.pk, by=by, at=clock.now())


def test_elements_follow_the_flows_and_tell_where_the_process_stands():
    organisation, clerk = office()
    publish(LINE)
    instance = start(organisation_id=organisation)
    commands.claim(task_id=Task.objects.get().pk, by=clerk, at=clock.now())
    view = queries.diagram(instance_id=instance, viewer=clerk)
    assert [node.element_id for node in view.nodes] == ["start", "a", "b", "late", "end", "e2"]
    here = next(node for node in view.nodes if node.element_id == "a")
    assert here.state is NodeState.CURRENT
    assert here.who
    assert "late" not in states(instance, clerk), "a deadline that waits is not where the process stands"
    complete("a", clerk)
    assert states(instance, clerk)["a"] is NodeState.PASSED
    assert states(instance, clerk)["b"] is NodeState.CURRENT


def test_what_a_deadline_took_away_is_told_apart_from_what_was_done():
    organisation, clerk = office()
    publish(LINE)
    instance = start(organisation_id=organisation)
    with clock.frozen(clock.now() + timedelta(hours=2)):
        tasks.fire_due_timers()
    assert states(instance, clerk)["a"] is NodeState.TAKEN_AWAY


def test_a_halt_marks_its_element():
    organisation, clerk = office()

    @registry.operation("breaks")
    def breaks(_call):
        raise ValueError("no")

    publish(bpmn(begin(), service("s", "breaks"), end(), chain("start", "s", "end")))
    instance = start(organisation_id=organisation)
    assert states(instance, clerk) == {"s": NodeState.HALTED}


def test_a_called_process_is_current_while_it_runs_and_leads_inside():
    organisation, clerk = office()
    publish(bpmn(begin(), user("inner"), end(), chain("start", "inner", "end"), process_id="child"))
    publish(bpmn(begin(), call("c", "child"), end(), chain("start", "c", "end")))
    instance = start(organisation_id=organisation)
    view = queries.diagram(instance_id=instance, viewer=clerk)
    called = next(node for node in view.nodes if node.element_id == "c")
    assert called.state is NodeState.CURRENT
    assert called.child is not None
    assert states(called.child, clerk) == {"inner": NodeState.CURRENT}
    complete("inner", clerk)
    assert states(instance, clerk)["c"] is NodeState.PASSED


def test_the_outermost_process_about_a_subject_is_found_by_the_subject():
    organisation, clerk = office()
    publish(LINE)
    subject = SubjectRef("case", new_id())
    instance = start(organisation_id=organisation, subject=subject)
    assert queries.diagram_of(subject=subject, viewer=clerk).instance_id == instance
    with pytest.raises(UnknownInstance):
        queries.diagram_of(subject=SubjectRef("case", new_id()), viewer=clerk)


def test_strangers_learn_nothing_and_applicants_no_names():
    organisation, clerk = office()
    owner, stranger = make_resident(), make_resident()
    publish(LINE)
    instance = start(organisation_id=organisation, applicant_person_id=owner.person_id)
    commands.claim(task_id=Task.objects.get().pk, by=clerk, at=clock.now())
    mine = queries.diagram(instance_id=instance, viewer=owner.actor)
    assert [node.who for node in mine.nodes if node.state] == [""]
    for nobody in (stranger.actor, office()[1]):
        with pytest.raises(UnknownInstance):
            queries.diagram(instance_id=instance, viewer=nobody)


def test_the_queries_stay_few_however_long_the_history(django_assert_max_num_queries):
    organisation, clerk = office()
    publish(LINE)
    instance = start(organisation_id=organisation)
    queries.diagram(instance_id=instance, viewer=clerk)
    for _ in range(6):
        task = Task.objects.get()
        commands.claim(task_id=task.pk, by=clerk, at=clock.now())
        commands.release(task_id=task.pk, by=clerk, at=clock.now())
    with django_assert_max_num_queries(7):
        queries.diagram(instance_id=instance, viewer=clerk)


def test_the_fragment_holds_the_drawing_and_the_same_in_words(client):
    organisation, clerk = office()
    login(client, clerk.account_id)
    publish(LINE)
    instance = start(organisation_id=organisation)
    page = client.get(reverse("flow:diagram", args=[instance]), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert '"a": "current"' in page
    assert "任务a" in page
    assert "正在办理" in page
    whole = client.get(reverse("flow:diagram", args=[instance])).content.decode()
    assert "<h1>样例办件</h1>" in whole
    source = page.split('data-yw-diagram="')[1].split('"')[0]
    answer = client.get(source)
    assert answer.content == LINE
    assert answer["Content-Type"].startswith("application/xml")
    assert "immutable" in answer["Cache-Control"]
