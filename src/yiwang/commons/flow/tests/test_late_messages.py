"""What comes to a token that has gone, or to an instance that is cancelled, is not lost: others may still take it."""

import pytest

from yiwang.commons.flow import commands
from yiwang.commons.flow.contracts import InstanceStatus
from yiwang.commons.flow.engine.tests.models import (
    bpmn,
    call,
    catch,
    chain,
    end,
    flow,
    gateway,
    message,
    on_message,
    receive,
    start_on,
    user,
)
from yiwang.commons.flow.engine.tests.models import (
    start as begin,
)
from yiwang.commons.flow.models import Halt, ProcessInstance, ProcessMessage, Task
from yiwang.commons.flow.tests.factories import SYSTEM, office, publish, start
from yiwang.commons.flow.tests.messaging import PAID, correlate, ended, run_jobs, status
from yiwang.kernel import clock

pytestmark = pytest.mark.django_db
ANSWERED = message("answered")


def halted_with_a_message_behind(organisation):
    """An instance that halted at its first branch; a message for its second waits behind the halt."""
    publish(bpmn(begin(), end(), chain("start", "end"), process_id="quick"))
    xml = bpmn(
        begin(),
        gateway("parallel", "f"),
        user("a"),
        gateway("exclusive", "g", "d"),
        call("quickly", "quick"),
        receive("c", "paid"),
        end(),
        end("e2"),
        end("e3"),
        chain("start", "f", "a", "g"),
        flow("g", "quickly", "=x"),
        flow("g", "e2", name="d"),
        chain("quickly", "end"),
        chain("f", "c", "e3"),
        root=PAID,
    )
    publish(xml)
    one = start(variables={"id": 1}, organisation_id=organisation)
    commands.complete_task(task_id=Task.objects.get(status="open").pk, by=SYSTEM, at=clock.now())
    assert status(one) is InstanceStatus.HALTED
    correlate()
    return one


def retry(variables):
    commands.retry_halted(halt_id=Halt.objects.get().pk, variables=variables, by=SYSTEM, at=clock.now())


def test_of_two_early_messages_the_one_that_lost_the_race_is_taken_later():
    xml = bpmn(
        begin(),
        gateway("eventBased", "g"),
        catch("m", on_message("paid")),
        catch("n", on_message("answered")),
        receive("then", "answered"),
        end(),
        end("e2"),
        chain("start", "g", "m", "then", "end"),
        chain("g", "n", "e2"),
        root=PAID + ANSWERED,
    )
    publish(xml)
    correlate()
    correlate(name="answered")
    one = start(variables={"id": 1})
    assert not ended(one)
    assert run_jobs() == 1
    assert ended(one)
    assert [row.reached for row in ProcessMessage.objects.all()] == [[str(one)], [str(one)]]


def test_a_message_that_lost_the_race_for_good_waits_for_another_instance():
    xml = bpmn(
        begin(),
        gateway("eventBased", "g"),
        catch("m", on_message("paid")),
        catch("n", on_message("answered")),
        end(),
        end("e2"),
        chain("start", "g", "m", "end"),
        chain("g", "n", "e2"),
        root=PAID + ANSWERED,
    )
    publish(xml)
    correlate()
    correlate(name="answered")
    assert ended(start(variables={"id": 1}))
    run_jobs()
    assert ended(start(variables={"id": 1}))


def test_cancelling_what_a_message_began_lets_the_next_message_begin():
    xml = bpmn(
        start_on("s", on_message("paid")),
        receive("c", "answered"),
        end(),
        chain("s", "c", "end"),
        root=message("paid", "") + ANSWERED,
    )
    publish(xml)
    (first,) = correlate("k", payload={"id": 1})
    assert correlate("k", payload={"id": 2}) == ()
    commands.cancel(instance_id=first, reason="test", by=SYSTEM, at=clock.now())
    assert run_jobs() == 1
    assert ProcessInstance.objects.get(status="running").variables["id"] == 2


def test_what_waits_behind_a_halt_goes_on_from_what_the_first_retried_step_led_to():
    organisation, _clerk = office()
    one = halted_with_a_message_behind(organisation)
    retry({"x": True})
    assert ended(one)
    assert ProcessInstance.objects.get(parent=one).status == "completed"


def test_a_message_behind_a_halt_goes_to_another_when_the_instance_is_cancelled():
    organisation, _clerk = office()
    one = halted_with_a_message_behind(organisation)
    two = start(variables={"id": 1, "x": False}, organisation_id=organisation)
    assert not run_jobs()
    commands.cancel(instance_id=one, reason="test", by=SYSTEM, at=clock.now())
    assert run_jobs() == 1
    assert ProcessMessage.objects.get().reached == [str(two)]
