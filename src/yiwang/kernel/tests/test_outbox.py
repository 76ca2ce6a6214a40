"""The relay delivers in batches: order, failures, other relays, and how little it costs."""

import threading
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from yiwang.kernel import clock, outbox
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.events import Event
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import AuditEntry, OutboxDelivery

pytestmark = pytest.mark.django_db(transaction=True)
BY = Actor.system("test")


@dataclass(frozen=True, slots=True)
class Rang(Event):
    bell: UUID
    number: int

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("bell", self.bell)


@command("test.ring")
def ring(*, bell: UUID, numbers: list[int], by: Actor, at: datetime) -> None:
    for number in numbers:
        outbox.publish(Rang(bell, number))
    note(SubjectRef("bell", bell))


@command("test.heard")
def heard(*, bell: UUID, number: int, by: Actor, at: datetime) -> None:
    note(SubjectRef("heard", bell), number=number)


class Ears:
    """A handler that keeps what it heard in the database, and fails at numbers it is told to."""

    def __init__(self) -> None:
        self.deaf_to: set[int] = set()

    def hear(self, event: Rang, *, delivery: outbox.Delivery) -> None:
        heard(bell=event.bell, number=event.number, by=BY, at=delivery.at)
        if event.number in self.deaf_to:
            raise RuntimeError(f"{event.number} was too loud")

    def of(self, bell: UUID) -> list[int]:
        return [
            row.details["number"]
            for row in AuditEntry.objects.filter(subject_id=bell, command="test.heard").order_by("id")
        ]


@pytest.fixture
def ears():
    found = Ears()
    outbox.subscribe(Rang, name="test.on_rang")(found.hear)
    yield found
    outbox._by_name.pop("test.on_rang")
    outbox._by_type.pop(outbox.type_name(Rang))


def rung(*numbers, bell=None):
    bell = bell or new_id()
    ring(bell=bell, numbers=list(numbers), by=BY, at=clock.now())
    return bell


def test_a_batch_keeps_the_order_of_each_aggregate(ears):
    first, second = rung(1, 2, 3), rung(4, 5)
    rung(6, bell=first)
    assert outbox.relay() == 6
    assert (ears.of(first), ears.of(second)) == ([1, 2, 3, 6], [4, 5])


def test_what_fails_leaves_nothing_and_stops_its_own_aggregate_only(ears):
    ears.deaf_to = {2}
    failing, other = rung(1, 2, 3), rung(4)
    assert outbox.relay() == 2
    assert (ears.of(failing), ears.of(other)) == ([1], [4])
    standing = OutboxDelivery.objects.get(attempts=1, state="pending")
    assert "too loud" in standing.error
    ears.deaf_to.clear()
    assert outbox.relay() == 0, "its time has not come"
    with clock.frozen(standing.next_at):
        assert outbox.relay() == 2
    assert ears.of(failing) == [1, 2, 3]


def test_a_delivery_waits_while_another_relay_has_the_one_before_it(ears):
    bell, other = rung(1, 2), rung(3)
    first = OutboxDelivery.objects.filter(aggregate_id=bell).order_by("event_id").first()
    locked, done = threading.Event(), threading.Event()

    def another_relay():
        with transaction.atomic():
            OutboxDelivery.objects.select_for_update().get(pk=first.pk)
            locked.set()
            done.wait(10)
        connection.close()

    thread = threading.Thread(target=another_relay)
    thread.start()
    locked.wait(10)
    try:
        assert outbox.relay() == 1
        assert (ears.of(bell), ears.of(other)) == ([], [3])
    finally:
        done.set()
        thread.join()
    assert outbox.relay() == 2
    assert ears.of(bell) == [1, 2]


def test_two_relays_at_once_deliver_each_event_once_and_in_order(ears):
    bells = [rung(*range(5)) for _ in range(12)]

    def relay():
        while outbox.relay():
            continue
        connection.close()

    threads = [threading.Thread(target=relay) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outbox.relay()
    assert [ears.of(bell) for bell in bells] == [list(range(5))] * 12


def test_a_batch_costs_a_few_statements_besides_its_handlers(ears, monkeypatch):
    monkeypatch.setattr(outbox, "_BATCH_SECONDS", 60)  # one batch on however busy a machine
    for _ in range(30):
        rung(1)
    with CaptureQueriesContext(connection) as alone:
        heard(bell=new_id(), number=1, by=BY, at=clock.now())
    outside = len(alone) - 2  # of its transaction
    with CaptureQueriesContext(connection) as said:
        assert outbox.relay() == 30
    within = outside + 5  # a savepoint for the delivery and one for the command, the marker put back
    assert len(said) <= 30 * within + 14


def calls(**wanted):
    return ProcrastinateJob.objects.filter(task_name="kernel.relay", status="todo", **wanted)


def test_a_call_of_the_relay_does_the_work_of_all_calls_that_wait(ears):
    bells = [rung(1) for _ in range(5)]
    assert calls(scheduled_at=None).count() >= 5
    outbox.relay_job()
    assert not calls(scheduled_at=None).exists()
    assert all(ears.of(bell) == [1] for bell in bells)


def test_a_call_for_later_stays(ears):
    ears.deaf_to = {1}
    bell = rung(1)
    outbox.relay_job()
    assert calls(scheduled_at=OutboxDelivery.objects.get(aggregate_id=bell).next_at).count() == 1
