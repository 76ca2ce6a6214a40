"""Messages and signals reach what waits for them: once, also those that come early, also across processes and two at a time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from yiwang.commons.flow import commands, tasks
from yiwang.commons.flow.contracts import DefinitionRefused, InstanceStatus, NotYourTask
from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    call,
    catch,
    chain,
    end,
    escalation,
    event_sub,
    mapping,
    message,
    on_escalation,
    on_message,
    on_signal,
    receive,
    signal,
    start_on,
    sub,
    throw,
    timer,
    user,
)
from yiwang.commons.flow.engine.tests.models import (
    start as begin,
)
from yiwang.commons.flow.models import Halt, ProcessInstance, ProcessMessage, Subscription
from yiwang.commons.flow.tests.factories import SYSTEM, office, publish, start
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.ids import new_id

pytestmark = pytest.mark.django_db
PAID = message("paid", "=id")
WAITS = bpmn(begin(), receive("c", "paid"), user("a"), end(), chain("start", "c", "a", "end"), root=PAID)
GROUP = '<zeebe:assignmentDefinition candidateGroups="applicant"/>'


def waiting(process_id="p", **more):
    return bpmn(
        begin(), receive("c", "paid"), end(), chain("start", "c", "end"), root=PAID, process_id=process_id, **more
    )


def correlate(key="1", name="paid", **more):
    return commands.correlate(**{"name": name, "key": key, "by": SYSTEM, "at": clock.now(), **more})


def run_jobs():
    """Runs what was deferred, in order, until nothing is left; as the worker does, but here."""
    doors = {"flow.deliver_message": tasks.deliver_message, "flow.deliver_signal": tasks.deliver_signal}
    done = 0
    while job := ProcrastinateJob.objects.filter(task_name__in=doors, status="todo").order_by("pk").first():
        doors[job.task_name](**job.args)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])
        done += 1
    return done


def status(instance_id):
    return InstanceStatus(ProcessInstance.objects.get(pk=instance_id).status)


def ended(instance_id):
    return status(instance_id) is InstanceStatus.COMPLETED


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
