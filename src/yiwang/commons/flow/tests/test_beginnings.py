"""Processes that begin by a message or a timer, and calls that must not lead back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from yiwang.commons.flow import commands
from yiwang.commons.flow.contracts import DefinitionRefused
from yiwang.commons.flow.engine.tests.models import (
    bpmn,
    call,
    chain,
    end,
    mapping,
    message,
    on_message,
    receive,
    start_on,
    timer,
    user,
)
from yiwang.commons.flow.engine.tests.models import (
    start as begin,
)
from yiwang.commons.flow.models import Halt, ProcessInstance, Subscription
from yiwang.commons.flow.tests.factories import SYSTEM, publish, start
from yiwang.commons.flow.tests.messaging import GROUP, correlate, ended, run_jobs
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.ids import new_id

pytestmark = pytest.mark.django_db


def test_a_process_that_begins_with_a_message_is_begun_by_it():
    xml = bpmn(
        start_on("s", on_message("paid"), mapping(outputs={"sum": "=amount * 2"})),
        user("a", GROUP),
        end(),
        chain("s", "a", "end"),
        root=message("paid", ""),
    )
    publish(xml)
    subject = SubjectRef("case", new_id())
    (begun,) = correlate("", payload={"amount": 3, "other": 1}, subject=subject, title="样例")
    row = ProcessInstance.objects.get(pk=begun)
    assert (row.variables, row.subject_kind, row.subject_id, row.title) == ({"sum": 6}, "case", subject.id, "样例")
    (another,) = correlate("", payload={"amount": 1})
    assert another != begun
    assert ProcessInstance.objects.get(pk=another).subject_kind == "process"


def test_only_the_newest_version_begins_with_a_message():
    def version(text):
        parts = (start_on("s", on_message("paid")), user("a", GROUP), end(), chain("s", "a", "end"))
        return bpmn(*parts, f"<bpmn:documentation>{text}</bpmn:documentation>", root=message("paid", ""))

    publish(version("一"))
    publish(version("二"))
    (begun,) = correlate("")
    assert ProcessInstance.objects.get(pk=begun).definition.version == 2
    publish(bpmn(begin(), user("a", GROUP), end(), chain("start", "a", "end")))
    assert correlate("") == ()


def test_of_a_key_one_instance_runs_at_a_time_and_the_next_message_begins_another():
    xml = bpmn(
        start_on("s", on_message("paid")),
        receive("c", "done"),
        end(),
        chain("s", "c", "end"),
        root=message("paid", "") + message("done", "=id"),
    )
    publish(xml)
    (first,) = correlate("k", payload={"id": 1})
    assert correlate("k", payload={"id": 2}) == ()
    correlate("1", name="done")
    assert ended(first)
    assert run_jobs() == 1
    second = ProcessInstance.objects.get(status="running")
    assert second.variables["id"] == 2


def test_a_process_begins_by_its_timer_round_after_round():
    xml = bpmn(start_on("s", timer("timeCycle", "R2/P1D")), user("a", GROUP), end(), chain("s", "a", "end"))
    published_at = clock.now()
    publish(xml)
    due = Subscription.objects.get(kind="timer")
    assert abs(due.due_at - published_at - timedelta(days=1)) < timedelta(minutes=1)
    assert not commands.begin_due(subscription=due.pk, by=SYSTEM, at=clock.now())
    for day in (1, 2):
        at = published_at + timedelta(days=day, minutes=1)
        assert commands.begin_due(subscription=due.pk, by=SYSTEM, at=at)
    assert ProcessInstance.objects.count() == 2
    assert not Subscription.objects.exists()


def test_a_start_time_that_needs_a_variable_is_refused():
    with pytest.raises(DefinitionRefused):
        publish(bpmn(start_on("s", timer("timeDate", "=when")), end(), chain("s", "end")))


def test_calls_that_lead_back_are_refused_with_the_way():
    def calls(process_id, called):
        return bpmn(begin(), call("c", called), end(), chain("start", "c", "end"), process_id=process_id)

    with pytest.raises(DefinitionRefused):
        publish(calls("p", "p"))
    publish(calls("p", "q"))
    publish(calls("q", "r"))
    with pytest.raises(DefinitionRefused) as refused:
        publish(calls("r", "p"))
    assert "r → p → q → r" in refused.value.findings[0].message


def test_calls_by_expression_end_at_a_depth_with_a_halt():
    publish(bpmn(begin(), call("c", "=which"), end(), chain("start", "c", "end")))
    start(variables={"which": "p"})
    assert "20" in Halt.objects.get().reason
    assert ProcessInstance.objects.count() == 21


@pytest.mark.django_db(transaction=True)
def test_two_messages_with_one_key_begin_one_instance():
    publish(
        bpmn(
            start_on("s", on_message("paid")), user("a", GROUP), end(), chain("s", "a", "end"), root=message("paid", "")
        )
    )

    def begin_one(_number):
        try:
            return correlate("k")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        begun = [each for each in pool.map(begin_one, range(6)) if each]
    assert len(begun) == 1
    assert ProcessInstance.objects.count() == 1
