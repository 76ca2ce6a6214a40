"""Signals and escalations between instances: heard by all that wait, once each."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from yiwang.commons.flow import commands, tasks
from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    call,
    catch,
    chain,
    end,
    escalation,
    on_escalation,
    on_signal,
    signal,
    start_on,
    sub,
    throw,
    user,
)
from yiwang.commons.flow.engine.tests.models import (
    start as begin,
)
from yiwang.commons.flow.models import ProcessInstance, ProcessMessage
from yiwang.commons.flow.tests.factories import SYSTEM, publish, start
from yiwang.commons.flow.tests.messaging import GROUP, ended, run_jobs
from yiwang.kernel import clock

pytestmark = pytest.mark.django_db


def test_a_signal_reaches_all_that_wait_and_begins_processes():
    heard = bpmn(begin(), catch("c", on_signal("go")), end(), chain("start", "c", "end"), root=signal("go"))
    begun = bpmn(
        start_on("s", on_signal("go")),
        user("a", GROUP),
        end(),
        chain("s", "a", "end"),
        root=signal("go"),
        process_id="q",
    )
    publish(heard)
    publish(begun)
    instances = [start() for _ in range(3)]
    reached = commands.broadcast_signal(name="go", payload={"x": 1}, by=SYSTEM, at=clock.now())
    assert set(instances) < set(reached)
    assert len(reached) == 4
    assert run_jobs() == 3
    assert all(ended(each) for each in instances)
    assert ProcessInstance.objects.get(definition__key="q").variables == {"x": 1}


def test_a_signal_that_is_delivered_again_is_heard_once():
    xml = bpmn(
        begin(),
        user("a", GROUP),
        boundary("b", "a", on_signal("go"), interrupting=False),
        user("h", GROUP),
        end(),
        end("e2"),
        chain("start", "a", "end"),
        chain("b", "h", "e2"),
        root=signal("go"),
    )
    publish(xml)
    one = start()
    commands.broadcast_signal(name="go", by=SYSTEM, at=clock.now())
    job = ProcrastinateJob.objects.get(task_name="flow.deliver_signal")
    for _ in range(2):
        tasks.deliver_signal(**job.args)
    tasks.deliver_message(str(ProcessMessage.objects.get().pk))
    assert ProcessInstance.objects.get(pk=one).tasks.filter(element_id="h").count() == 1


def test_a_signal_that_an_instance_throws_is_heard_by_it_at_once_and_by_others_after():
    both = bpmn(
        begin(),
        sub("s", begin("s1"), throw("t", on_signal("go")), user("a", GROUP), end("e1"), chain("s1", "t", "a", "e1")),
        boundary("b", "s", on_signal("go")),
        end(),
        end("e2"),
        chain("start", "s", "end"),
        chain("b", "e2"),
        root=signal("go"),
    )
    other = bpmn(
        begin(), catch("c", on_signal("go")), end(), chain("start", "c", "end"), root=signal("go"), process_id="q"
    )
    publish(both)
    publish(other)
    waits = start("q")
    assert ended(start())
    assert not ended(waits)
    run_jobs()
    assert ended(waits)


def test_an_escalation_of_a_called_process_reaches_the_boundary_of_its_call():
    child = bpmn(
        begin(), throw("t", on_escalation("late")), user("a", GROUP), end(), chain("start", "t", "a", "end"),
        root=escalation("late"), process_id="child",
    )  # fmt: skip
    parent = bpmn(
        begin(),
        call("c", "child"),
        boundary("b", "c", on_escalation("late"), interrupting=False),
        user("h", GROUP),
        end(),
        end("e2"),
        chain("start", "c", "end"),
        chain("b", "h", "e2"),
        root=escalation("late"),
    )
    publish(child)
    publish(parent)
    one = start()
    tasks_open = list(
        ProcessInstance.objects.get(pk=one).tasks.filter(status="open").values_list("element_id", flat=True)
    )
    assert tasks_open == ["h"]
    assert ProcessInstance.objects.get(parent_id=one).status == "running"
