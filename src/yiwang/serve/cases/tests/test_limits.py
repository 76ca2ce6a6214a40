"""Due dates follow the legal calendar: a year that is announced later moves them, with evidence, once."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from yiwang.kernel import calendars, clock, outbox
from yiwang.kernel.legal_calendar import DayKind, SpecialDay
from yiwang.kernel.models import AuditEntry, EvidenceRow
from yiwang.serve.cases import commands, queries, tasks
from yiwang.serve.cases.contracts import TaskChoice
from yiwang.serve.cases.models import Case
from yiwang.serve.cases.tests.factories import SYSTEM, make_sample

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_calendar():
    calendars.forget()
    yield
    calendars.forget()


@pytest.fixture
def accepted():
    sample = make_sample()
    case_id = sample.file()
    sample.work(case_id, "certificate", TaskChoice.ACCEPT)
    return sample, sample.case(case_id, "certificate").id


def announce(day):
    days = {day: SpecialDay(DayKind.HOLIDAY, "样例节")}
    return calendars.announce_year(year=day.year, days=days, source="样例公告", by=SYSTEM, at=clock.now())


def next_working_day():
    day = clock.today() + timedelta(days=1)
    while not calendars.current().is_working_day(day):
        day += timedelta(days=1)
    return day


def test_an_announced_holiday_moves_the_due_dates_of_open_cases_and_leaves_evidence(accepted):
    _sample, case_id = accepted
    before = Case.objects.get(pk=case_id)
    holiday = next_working_day()
    announce(holiday)
    assert outbox.relay() >= 1
    assert ProcrastinateJob.objects.filter(task_name="cases.reckon", args={"year": holiday.year}).count() == 2
    tasks.reckon(holiday.year)
    after = Case.objects.get(pk=case_id)
    assert after.promised_due == calendars.current().add_working_days(before.promised_due, 1).date
    fact = EvidenceRow.objects.get(kind="case.due_moved", subject_id=case_id).statement["facts"]
    assert fact["promised_before"] == before.promised_due.isoformat()
    assert fact["promised_after"] == after.promised_due.isoformat()
    assert AuditEntry.objects.filter(command="cases.move_due", subject_id=case_id, details__moved=True).count() == 1
    entry = AuditEntry.objects.get(command="flow.reschedule", subject_id=case_id)
    assert (entry.details["processes"], entry.details["variables"]) == (1, ["promised_due"])


def test_reckoning_again_changes_nothing(accepted):
    _sample, case_id = accepted
    holiday = next_working_day()
    announce(holiday)
    tasks.reckon(holiday.year)
    due = Case.objects.get(pk=case_id).promised_due
    tasks.reckon(holiday.year)
    assert not commands.move_due(case_id=case_id, by=SYSTEM, at=clock.now())
    assert Case.objects.get(pk=case_id).promised_due == due
    assert EvidenceRow.objects.filter(kind="case.due_moved", subject_id=case_id).count() == 1


def test_what_waits_for_acceptance_waits_by_the_new_calendar():
    sample = make_sample()
    member = sample.case(sample.file(), "certificate").id
    holiday = next_working_day()
    announce(holiday)
    tasks.reckon(holiday.year)
    entry = AuditEntry.objects.get(command="flow.reschedule", subject_id=member)
    assert (entry.details["processes"], entry.details["variables"]) == (1, ["acceptance_due"])
    assert not EvidenceRow.objects.filter(kind="case.due_moved").exists()


def test_the_batches_find_every_case_and_cost_two_queries_each(accepted, django_assert_num_queries):
    sample, case_id = accepted
    others = {sample.file() for _ in range(2)}
    announce(next_working_day())
    calendars.current()
    found, after = [], None
    with django_assert_num_queries(2):
        queries.misreckoned(year=clock.today().year, viewer=SYSTEM, size=200)
    while True:
        ids, after = queries.misreckoned(year=clock.today().year, viewer=SYSTEM, after=after, size=2)
        found += ids
        if after is None:
            break
    assert case_id in found
    assert len(found) == len(set(found))
    assert {Case.objects.get(parent=parent, member_key="certificate").pk for parent in others} <= set(found)


def test_a_closed_case_keeps_its_due_dates(accepted):
    sample, case_id = accepted
    parent = Case.objects.get(pk=case_id).parent_id
    sample.work(parent, "certificate", TaskChoice.GRANT)
    due = Case.objects.get(pk=case_id).promised_due
    holiday = next_working_day()
    announce(holiday)
    tasks.reckon(holiday.year)
    assert not commands.move_due(case_id=case_id, by=SYSTEM, at=clock.now())
    assert Case.objects.get(pk=case_id).promised_due == due


def test_a_year_announced_as_before_tells_nobody():
    holiday = next_working_day()
    assert announce(holiday)
    assert not announce(holiday)
    assert outbox.OutboxEvent.objects.filter(type="kernel.calendars.YearAnnounced").count() == 1


def test_a_bundle_whose_first_member_the_law_accepted_counts_since_receipt_too():
    sample = make_sample()
    case_id = sample.file()
    filed = clock.now()
    member = sample.case(case_id, "certificate")
    with clock.frozen(filed + timedelta(days=20)):
        commands.accept(case_id=member.id, ground="deemed", by_process=True, by=SYSTEM, at=clock.now())
    bundle = Case.objects.get(pk=case_id)
    assert bundle.accepted_at.astimezone(clock.CHINA).date() == filed.astimezone(clock.CHINA).date()
    started = bundle.accepted_at.astimezone(clock.CHINA).date()
    assert bundle.promised_due == calendars.current().add_working_days(started, bundle.promised_days).date
