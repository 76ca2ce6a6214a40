"""The door through which everything is written: transaction, audit, marker, idempotency, events, evidence."""

import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from yiwang.kernel import clock, evidence, jobs, outbox
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import AuditMissing, command, note, revocable
from yiwang.kernel.errors import Conflict, IdempotencyMismatch
from yiwang.kernel.events import Event
from yiwang.kernel.guard import UnguardedWrite
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import AuditEntry, CalendarDay, EvidenceRow, IdempotencyKey, OutboxDelivery, OutboxEvent

BY = Actor.system("test")


@dataclass(frozen=True, slots=True)
class DayMarked(Event):
    day_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("day", self.day_id)


@command("test.mark_day")
def mark_day(*, date: str, kind: str = "holiday", idempotency_key: str | None = None, by: Actor, at: datetime) -> UUID:
    del idempotency_key
    day = CalendarDay.objects.create(date=date, kind=kind)
    if kind == "workday":
        raise Conflict
    note(SubjectRef("day", day.pk), date=date)
    outbox.publish(DayMarked(day_id=day.pk))
    evidence.record("day.marked", SubjectRef("day", day.pk), {"date": date})
    return day.pk


@command("test.mark_two")
def mark_two(*, first: str, second: str, by: Actor, at: datetime) -> None:
    ids = [mark_day(date=first, by=by, at=at), mark_day(date=second, by=by, at=at)]
    note(SubjectRef("pair", ids[0]))


@command("test.try_one")
def try_one(*, first: str, second: str, by: Actor, at: datetime) -> None:
    day = mark_day(date=first, by=by, at=at)
    with suppress(Conflict), revocable():
        mark_day(date=second, by=by, at=at)
        jobs.defer("test.job", day=second)
        raise Conflict
    note(SubjectRef("day", day))


@command("test.silent")
def silent(*, date: str, by: Actor, at: datetime) -> None:
    CalendarDay.objects.create(date=date, kind="holiday")


def run(function, **kwargs):
    return function(**kwargs, by=BY, at=clock.now())


@pytest.mark.django_db(transaction=True)
class TestDone:
    def test_writes_change_audit_event_and_evidence_together(self):
        day = run(mark_day, date="2031-01-01")
        entry = AuditEntry.objects.get(subject_id=day)
        assert (entry.command, entry.outcome, entry.details) == ("test.mark_day", "done", {"date": "2031-01-01"})
        assert OutboxEvent.objects.get(aggregate_id=day).run == entry.run
        row = EvidenceRow.objects.get(subject_id=day)
        assert row.statement["facts"] == {"date": "2031-01-01"}
        assert len(row.digest) == 32

    def test_nested_commands_join_one_run(self):
        run(mark_two, first="2031-01-02", second="2031-01-03")
        entries = list(AuditEntry.objects.filter(command__startswith="test.mark"))
        assert len(entries) == 3
        assert len({entry.run for entry in entries}) == 1

    def test_takes_few_statements(self, django_assert_num_queries):
        with django_assert_num_queries(5):  # begin, marker, the day, all that tells of it, commit
            run(mark_day, date="2031-01-04")


@pytest.mark.django_db(transaction=True)
class TestRefused:
    def test_keeps_nothing_but_the_refusal(self):
        with pytest.raises(Conflict):
            run(mark_day, date="2031-02-01", kind="workday")
        assert not CalendarDay.objects.filter(date="2031-02-01").exists()
        entry = AuditEntry.objects.get(command="test.mark_day", outcome="refused")
        assert entry.error_code == "kernel.conflict"

    def test_a_command_without_note_is_rolled_back(self):
        with pytest.raises(AuditMissing):
            run(silent, date="2031-02-02")
        assert not CalendarDay.objects.filter(date="2031-02-02").exists()

    def test_demands_keywords_and_actor(self):
        with pytest.raises(TypeError):
            command("test.bad")(lambda x: x)


@pytest.mark.django_db(transaction=True)
class TestRevocable:
    def test_a_part_that_is_taken_back_leaves_nothing_and_the_rest_stays(self):
        run(try_one, first="2031-02-03", second="2031-02-04")
        assert list(CalendarDay.objects.values_list("date", flat=True)) == [date(2031, 2, 3)]
        assert AuditEntry.objects.filter(command="test.mark_day").count() == 1
        assert OutboxEvent.objects.filter(aggregate_kind="day").count() == 1
        assert EvidenceRow.objects.filter(kind="day.marked").count() == 1
        assert not ProcrastinateJob.objects.filter(task_name="test.job").exists()

    def test_there_is_nothing_to_take_back_outside_a_command(self):
        with pytest.raises(RuntimeError, match="only inside a command"), revocable():
            pass


@pytest.mark.django_db(transaction=True)
class TestIdempotency:
    def test_a_repeat_returns_the_first_result(self):
        first = run(mark_day, date="2031-03-01", idempotency_key="k1")
        assert run(mark_day, date="2031-03-01", idempotency_key="k1") == first
        assert CalendarDay.objects.filter(date="2031-03-01").count() == 1

    def test_another_input_under_the_same_key_is_refused(self):
        run(mark_day, date="2031-03-02", idempotency_key="k2")
        with pytest.raises(IdempotencyMismatch):
            run(mark_day, date="2031-03-03", idempotency_key="k2")

    def test_a_refused_command_frees_the_key(self):
        with pytest.raises(Conflict):
            run(mark_day, date="2031-03-04", kind="workday", idempotency_key="k3")
        assert not IdempotencyKey.objects.filter(key="k3").exists()

    def test_eight_at_once_make_one(self):
        results, errors = [], []

        def press():
            try:
                results.append(run(mark_day, date="2031-03-05", idempotency_key="k4"))
            except Exception as error:  # noqa: BLE001
                errors.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=press) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not errors
        assert len(set(results)) == 1
        assert CalendarDay.objects.filter(date="2031-03-05").count() == 1


@pytest.mark.django_db(transaction=True)
class TestGuard:
    def test_managers_refuse_a_write_outside_a_command(self):
        with pytest.raises(UnguardedWrite):
            CalendarDay.objects.create(date="2031-04-01", kind="holiday")
        with pytest.raises(UnguardedWrite):
            CalendarDay(date="2031-04-01", kind="holiday").save()
        with pytest.raises(UnguardedWrite):
            CalendarDay.objects.update(kind="holiday")
        with pytest.raises(UnguardedWrite):
            CalendarDay.objects.all().delete()

    def test_the_database_refuses_what_the_managers_do_not_see(self):
        day = CalendarDay.objects.get(pk=run(mark_day, date="2031-04-02"))
        with pytest.raises(DatabaseError, match="outside a command"), transaction.atomic():
            day.delete()
        for statement in (
            "INSERT INTO kernel_calendarday VALUES (gen_random_uuid(), '2031-04-03', 'holiday', '', '')",
            "UPDATE kernel_calendarday SET name = 'x'",
            "DELETE FROM kernel_calendarday",
            "TRUNCATE kernel_calendarday",
        ):
            with pytest.raises(DatabaseError, match="outside a command"), connection.cursor() as cursor:
                cursor.execute(statement)

    def test_the_marker_ends_with_its_transaction(self):
        run(mark_day, date="2031-04-04")
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(current_setting('yiwang.command', true), '')")
            assert cursor.fetchone() == ("",)

    def test_audit_and_evidence_can_only_be_added(self):
        run(mark_day, date="2031-04-05")
        for statement in (
            "UPDATE kernel_auditentry SET command = 'x'",
            "DELETE FROM kernel_auditentry",
            "DELETE FROM kernel_evidencerow",
        ):
            marked = f"SELECT set_config('yiwang.command', 'attack', true); {statement}"
            with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
                cursor.execute(marked)


@pytest.mark.django_db(transaction=True)
class TestOutbox:
    @pytest.fixture(autouse=True)
    def handlers(self):
        self.seen = []
        self.fail = set()

        @outbox.subscribe(DayMarked, name="test.on_day_marked")
        def on_day_marked(event, *, delivery):
            self.seen.append((event.day_id, delivery.attempt))
            if event.day_id in self.fail:
                raise RuntimeError("not yet")

        yield
        outbox._by_name.pop("test.on_day_marked")
        outbox._by_type.pop(outbox.type_name(DayMarked))

    def test_delivers_once(self):
        day = run(mark_day, date="2031-05-01")
        assert outbox.relay() == 1
        assert outbox.relay() == 0
        assert self.seen == [(day, 1)]

    def test_a_rolled_back_command_tells_nobody(self):
        with pytest.raises(Conflict):
            run(mark_day, date="2031-05-02", kind="workday")
        assert outbox.relay() == 0

    def test_a_failing_handler_is_retried_then_parked_and_can_be_retried_by_hand(self):
        day = run(mark_day, date="2031-05-03")
        self.fail.add(day)
        at = clock.now()
        for attempt in range(1, 9):
            with clock.frozen(at):
                outbox.relay()
            row = OutboxDelivery.objects.get(aggregate_id=day)
            assert row.attempts == attempt
            at = row.next_at
        assert row.state == "parked"
        assert "not yet" in row.error
        self.fail.clear()
        outbox.retry_delivery(delivery_id=row.pk, by=BY, at=at)
        with clock.frozen(at):
            assert outbox.relay() == 1

    def test_order_is_kept_for_one_aggregate(self):
        aggregate = new_id()

        @command("test.tell_twice")
        def tell_twice(*, by: Actor, at: datetime) -> None:
            outbox.publish(DayMarked(day_id=aggregate))
            outbox.publish(DayMarked(day_id=aggregate))
            note(SubjectRef("day", aggregate))

        run(tell_twice)
        self.fail.add(aggregate)
        outbox.relay()
        assert len(self.seen) == 1, "the second event waits for the first"
        self.fail.clear()
        with clock.frozen(OutboxDelivery.objects.order_by("event_id")[0].next_at):
            assert outbox.relay() == 2
