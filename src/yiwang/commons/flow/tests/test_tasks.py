"""The worker's jobs: due timers, remote operations and their time-outs, each safe to run twice."""

from datetime import timedelta

import pytest

from yiwang.commons.flow import registry, tasks
from yiwang.commons.flow.engine.tests.models import boundary, bpmn, chain, end, service, timer, user
from yiwang.commons.flow.engine.tests.models import start as begin
from yiwang.commons.flow.models import OperationCall, ProcessInstance, Task
from yiwang.commons.flow.tests.factories import office, publish, start
from yiwang.kernel import clock

pytestmark = pytest.mark.django_db
FAR = bpmn(begin(), service("s", "far.ask"), end(), chain("start", "s", "end"))


def status(instance_id):
    return ProcessInstance.objects.get(pk=instance_id).status


def run_call():
    tasks.run_operation(str(OperationCall.objects.get().pk))


def test_due_timers_of_many_instances_fire():
    organisation, _clerk = office()
    publish(
        bpmn(
            begin(),
            user("a"),
            boundary("t", "a", timer("timeDuration", "PT1H")),
            end(),
            end("e2"),
            chain("start", "a", "end"),
            chain("t", "e2"),
        )
    )
    instances = [start(organisation_id=organisation) for _ in range(3)]
    tasks.fire_due_timers()
    assert {status(each) for each in instances} == {"running"}
    with clock.frozen(clock.now() + timedelta(hours=2)):
        tasks.fire_due_timers()
        tasks.fire_due_timers()
    assert {status(each) for each in instances} == {"completed"}
    assert set(Task.objects.values_list("status", flat=True)) == {"cancelled"}


def test_a_remote_operation_runs_with_one_idempotency_key_over_all_tries():
    keys = []

    @registry.operation("far.ask", mode=registry.Mode.REMOTE)
    def ask(invocation):
        keys.append(invocation.idempotency_key)
        if len(keys) == 1:
            raise TimeoutError("no answer")
        return {"answer": 1}

    publish(FAR)
    instance = start()
    run_call()
    assert (status(instance), OperationCall.objects.get().attempts) == ("running", 1)
    run_call()
    run_call()
    assert status(instance) == "completed"
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_a_result_that_comes_later_is_waited_for_until_the_time_out():
    registry.operation("far.ask", mode=registry.Mode.REMOTE, timeout=timedelta(minutes=5))(
        lambda invocation: registry.LATER
    )
    publish(FAR)
    instance = start()
    run_call()
    assert status(instance) == "running"
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        tasks.stop_overdue_calls()
        tasks.stop_overdue_calls()
    assert status(instance) == "halted"


def test_an_operation_that_is_no_longer_registered_halts_after_its_tries(monkeypatch):
    registry.operation("far.ask", mode=registry.Mode.REMOTE)(lambda invocation: {})
    publish(FAR)
    instance = start()
    monkeypatch.setattr(registry, "_operations", {})
    for _ in range(3):
        run_call()
    assert status(instance) == "halted"
