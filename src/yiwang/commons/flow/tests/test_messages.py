"""Messages and signals reach what waits for them: once, also those that come early, also across processes and two at a time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from yiwang.commons.flow import commands
from yiwang.commons.flow.contracts import InstanceStatus, NotYourTask
from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    catch,
    chain,
    end,
    event_sub,
    mapping,
    message,
    on_message,
    start_on,
    throw,
    timer,
    user,
)
from yiwang.commons.flow.engine.tests.models import (
    start as begin,
)
from yiwang.commons.flow.models import Halt, ProcessInstance, ProcessMessage, Subscription
from yiwang.commons.flow.tests.factories import SYSTEM, office, publish, start
from yiwang.commons.flow.tests.messaging import GROUP, PAID, correlate, ended, run_jobs, status, waiting
from yiwang.kernel import clock
from yiwang.kernel.ids import new_id

pytestmark = pytest.mark.django_db


def test_a_message_reaches_the_instance_that_waits_for_its_key():
    publish(waiting())
    one, two = start(variables={"id": 1}), start(variables={"id": "2"})
    assert correlate("2", payload={"amount": 5}) == (two,)
    assert ended(two)
    assert not ended(one)
    assert ProcessInstance.objects.get(pk=two).variables["amount"] == 5
    assert list(Subscription.objects.values_list("instance_id", flat=True)) == [one]


def test_a_message_of_another_name_or_key_reaches_nobody():
    publish(waiting())
    one = start(variables={"id": 1})
    assert correlate("1", name="other") == ()
    assert correlate("3") == ()
    assert not ended(one)


def test_a_message_id_that_came_before_changes_nothing():
    publish(waiting())
    one = start(variables={"id": 1})
    assert correlate(message_id="m1") == (one,)
    two = start(variables={"id": 1})
    assert correlate(message_id="m1") == (one,)
    assert not ended(two)
    assert correlate(message_id="m2") == (two,)


def test_of_each_process_one_instance_takes_a_message():
    publish(waiting("p"))
    publish(waiting("q"))
    first, second, other = start(variables={"id": 1}), start(variables={"id": 1}), start("q", {"id": 1})
    assert set(correlate()) == {first, other}
    assert not ended(second)


def test_a_message_that_comes_early_waits_for_its_receiver():
    publish(waiting("p"))
    publish(waiting("q"))
    assert correlate(payload={"n": 1}) == ()
    one = start(variables={"id": 1})
    assert ended(one)
    assert ProcessInstance.objects.get(pk=one).variables["n"] == 1
    assert not ended(start(variables={"id": 1}))
    assert ended(start("q", {"id": 1}))


def test_an_early_message_is_given_up_when_its_time_is_over():
    publish(waiting())
    correlate(time_to_live=timedelta(0))
    assert not ended(start(variables={"id": 1}))
    correlate("2", at=clock.now() - timedelta(hours=2))
    assert not ended(start(variables={"id": 2}))


def test_messages_that_nobody_will_take_are_forgotten_after_a_week():
    correlate(at=clock.now() - timedelta(days=8))
    correlate("2")
    assert commands.forget_messages(by=SYSTEM, at=clock.now()) == 1
    assert [row.key for row in ProcessMessage.objects.all()] == ["2"]


def test_a_message_for_a_halted_instance_waits_behind_its_halt():
    xml = bpmn(
        begin(),
        user("a", GROUP),
        boundary("b", "a", on_message("paid"), interrupting=False),
        catch("t", timer("timeDuration", "=wait")),
        end(),
        end("e2"),
        chain("start", "a", "end"),
        chain("b", "t", "e2"),
        root=PAID,
    )
    publish(xml)
    one = start(variables={"id": 1})
    correlate()
    assert status(one) is InstanceStatus.HALTED
    assert correlate() == (one,)
    assert len(Halt.objects.get().pending) == 2
    commands.retry_halted(halt_id=Halt.objects.get().pk, variables={"wait": "P1D"}, by=SYSTEM, at=clock.now())
    assert status(one) is InstanceStatus.RUNNING
    assert ProcessInstance.objects.get(pk=one).timers.count() == 2


def test_a_cancelled_instance_waits_for_nothing():
    publish(waiting())
    one = start(variables={"id": 1})
    commands.cancel(instance_id=one, reason="test", by=SYSTEM, at=clock.now())
    assert correlate() == ()
    assert not Subscription.objects.exists()


def test_what_a_process_throws_reaches_another_one_about_the_same_subject():
    sent = '<zeebe:publishMessage correlationKey="=id" messageId="=id"/>'
    throws = bpmn(
        begin(),
        throw("t", on_message("paid"), sent, mapping(inputs={"sum": "=id + 1"})),
        end("e", on_message("opened") + ""),
        chain("start", "t", "e"),
        root=PAID + message("opened", "=id"),
        process_id="q",
    )
    opens = bpmn(
        start_on("s", on_message("opened")), user("a", GROUP), end(), chain("s", "a", "end"),
        root=message("opened", ""), process_id="r",
    )  # fmt: skip
    for each in (waiting(), throws, opens):
        publish(each)
    one = start(variables={"id": 4})
    thrower = start("q", {"id": 4}, title="样例")
    assert ended(thrower)
    assert not ended(one)
    assert run_jobs() == 2
    assert ended(one)
    assert ProcessInstance.objects.get(pk=one).variables["sum"] == 5
    opened = ProcessInstance.objects.get(definition__key="r")
    assert (opened.subject_id, opened.net) == (ProcessInstance.objects.get(pk=thrower).subject_id, "serve")


def test_an_event_sub_process_takes_a_running_process_over():
    xml = bpmn(
        begin(),
        user("a", GROUP),
        end(),
        chain("start", "a", "end"),
        event_sub("withdrawn", start_on("es", on_message("paid")), user("h", GROUP), end("ee"), chain("es", "h", "ee")),
        root=PAID,
    )
    publish(xml)
    one = start(variables={"id": 1})
    correlate()
    open_tasks = ProcessInstance.objects.get(pk=one).tasks.filter(status="open")
    assert [task.element_id for task in open_tasks] == ["h"]


def test_only_the_program_hands_messages_on():
    _organisation, official = office()
    with pytest.raises(NotYourTask):
        commands.deliver_message(message=new_id(), by=official, at=clock.now())
    assert commands.deliver_message(message=new_id(), by=SYSTEM, at=clock.now()) == 0


@pytest.mark.django_db(transaction=True)
def test_a_message_and_the_receiver_that_appears_meanwhile_never_miss_each_other():
    publish(waiting())

    def both(number):
        try:
            if number % 2:
                return start(variables={"id": number // 2})
            correlate(str(number // 2))
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(4) as pool:
        instances = [each for each in pool.map(both, range(24)) if each]
    run_jobs()
    assert all(ended(each) for each in instances)
