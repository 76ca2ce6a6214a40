from datetime import date, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.clock import CHINA
from yiwang.kernel.legal_calendar import (
    DayReason,
    Limit,
    LimitUnit,
    Pause,
    Stopped,
    TimePause,
    WorkCalendar,
    WorkHours,
    read_year,
)
from yiwang.kernel.legal_calendar.tests.announced_years import FIRST, LAST, oracle_calendar

days = st.dates(date(FIRST, 1, 1), date(LAST, 10, 1))
any_days = st.dates(date(1990, 1, 1), date(2060, 1, 1))
instants = st.datetimes(datetime(FIRST, 1, 1), datetime(LAST, 10, 1), timezones=st.just(CHINA))
amounts = st.timedeltas(timedelta(0), timedelta(hours=200))
counts = st.integers(0, 60)


@pytest.mark.parametrize(("year", "expected"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_its_known_number_of_working_days(year, expected):
    assert oracle_calendar().working_days_in(year) == expected


@given(days)
def test_agrees_with_the_oracle_on_every_day(day):
    assert oracle_calendar().is_working_day(day) == chinese_calendar.is_workday(day)


def test_the_day_of_acceptance_is_not_counted():
    due = oracle_calendar().add_working_days(date(2026, 11, 16), 1)
    assert due.date == date(2026, 11, 17)
    assert [step.reason for step in due.steps] == [DayReason.START, DayReason.WORKING]


def test_spring_festival_is_skipped_day_by_day_with_its_reason():
    due = oracle_calendar().add_working_days(date(2026, 2, 13), 3)
    assert due.date == date(2026, 2, 25)
    assert due.warnings == ()
    assert due.steps[1].reason is DayReason.MAKE_UP
    assert due.steps[1].number == 1
    skipped = [step for step in due.steps if step.reason is DayReason.HOLIDAY]
    assert len(skipped) == 9
    assert {step.name for step in skipped} == {"Spring Festival"}


def test_a_year_without_announcement_is_counted_monday_to_friday_and_says_so():
    due = oracle_calendar().add_working_days(date(2026, 12, 28), 5)
    assert due.date == date(2027, 1, 4)
    assert [warning.year for warning in due.warnings] == [2027]
    assert "2027" in str(due.warnings[0])


def test_no_warning_when_the_unannounced_year_is_not_reached():
    assert oracle_calendar().add_working_days(date(2026, 12, 21), 8).warnings == ()


@given(any_days, counts, counts)
def test_a_longer_limit_never_ends_earlier(start, first, second):
    calendar = oracle_calendar()
    shorter, longer = sorted((first, second))
    assert calendar.add_working_days(start, shorter).date <= calendar.add_working_days(start, longer).date


@given(any_days, any_days, counts)
def test_a_later_start_never_ends_earlier(first, second, count):
    calendar = oracle_calendar()
    earlier, later = sorted((first, second))
    assert calendar.add_working_days(earlier, count).date <= calendar.add_working_days(later, count).date


@given(any_days, counts, counts)
def test_two_limits_in_a_row_are_their_sum(start, first, second):
    calendar = oracle_calendar()
    halfway = calendar.add_working_days(start, first).date
    assert calendar.add_working_days(halfway, second).date == calendar.add_working_days(start, first + second).date


@given(any_days, st.integers(1, 60))
def test_the_steps_alone_prove_the_result(start, count):
    calendar = oracle_calendar()
    due = calendar.add_working_days(start, count)
    assert [step.date for step in due.steps] == [start + timedelta(days=n) for n in range(len(due.steps))]
    assert [step.number for step in due.steps if step.counted] == list(range(1, count + 1))
    assert due.steps[-1].date == due.date
    assert due.steps[-1].counted
    assert calendar.working_days_between(start, due.date) == count
    assert calendar.add_working_days(start, count) == due


@given(days, counts, st.integers(0, 30), st.integers(0, 20))
def test_a_pause_moves_the_due_date_by_the_working_days_it_takes(start, count, offset, length):
    calendar = oracle_calendar()
    first = start + timedelta(days=1 + offset)
    pause = Pause(first, first + timedelta(days=length), "听证")
    plain = calendar.add_working_days(start, count)
    paused = calendar.add_working_days(start, count, pauses=[pause])
    if plain.date < first:
        assert paused.date == plain.date
    else:
        taken = calendar.working_days_between(first - timedelta(days=1), pause.last)
        assert paused.date == calendar.add_working_days(start, count + taken).date


def test_an_open_pause_stops_the_clock():
    pause = Pause(date(2026, 11, 18), None, "现场核查")
    stopped = oracle_calendar().due(date(2026, 11, 16), Limit(5), pauses=[pause])
    assert isinstance(stopped, Stopped)
    assert (stopped.since, stopped.remaining) == (date(2026, 11, 18), 4)
    with pytest.raises(ValueError, match="open pause"):
        oracle_calendar().add_working_days(date(2026, 11, 16), 5, pauses=[pause])


def test_an_open_pause_after_the_due_date_changes_nothing():
    pause = Pause(date(2026, 11, 18), None)
    due = oracle_calendar().due(date(2026, 11, 16), Limit(1), pauses=[pause])
    assert due.date == date(2026, 11, 17)


def test_a_limit_in_calendar_days_that_ends_on_a_day_off_ends_on_the_next_working_day():
    due = oracle_calendar().due(date(2026, 9, 1), Limit(30, LimitUnit.CALENDAR_DAY))
    assert due.date == date(2026, 10, 8)
    assert due.steps[30].number == 30
    assert not due.steps[31].counted


@pytest.mark.parametrize("count", [-1, 1_000_000])
def test_refuses_an_absurd_limit(count):
    with pytest.raises(ValueError, match="limit"):
        WorkCalendar().add_working_days(date(2026, 1, 1), count)


def test_a_day_has_seven_working_hours_by_default():
    assert WorkHours().day_length == timedelta(hours=7)


def test_refuses_sessions_that_overlap():
    with pytest.raises(ValueError, match="overlap"):
        WorkHours(((time(9), time(12)), (time(11), time(17))))


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        (datetime(2026, 11, 20, 9, 0), 3, datetime(2026, 11, 20, 12, 0)),
        (datetime(2026, 11, 20, 9, 0), 4, datetime(2026, 11, 20, 14, 30)),
        (datetime(2026, 11, 20, 16, 30), 2, datetime(2026, 11, 23, 10, 0)),
        (datetime(2026, 11, 21, 8, 0), 1, datetime(2026, 11, 23, 10, 0)),
        (datetime(2026, 9, 30, 17, 0), 1, datetime(2026, 10, 8, 9, 30)),
    ],
)
def test_working_hours_pass_over_lunch_nights_and_holidays(start, hours, expected):
    due = oracle_calendar().add_working_hours(start.replace(tzinfo=CHINA), timedelta(hours=hours))
    assert due.at == expected.replace(tzinfo=CHINA)
    assert sum((span.length for span in due.spans), timedelta()) == timedelta(hours=hours)


@given(instants, amounts, amounts)
def test_two_amounts_of_working_time_in_a_row_are_their_sum(start, first, second):
    calendar = oracle_calendar()
    halfway = calendar.add_working_hours(start, first).at
    assert calendar.add_working_hours(halfway, second).at == calendar.add_working_hours(start, first + second).at or (
        second == timedelta(0)
    )


@given(instants, amounts)
def test_working_time_between_undoes_adding(start, amount):
    calendar = oracle_calendar()
    assert calendar.working_time_between(start, calendar.add_working_hours(start, amount).at) == amount


def test_paused_time_does_not_count():
    start = datetime(2026, 11, 20, 9, 0, tzinfo=CHINA)
    pause = TimePause(start + timedelta(hours=1), start + timedelta(hours=2))
    due = oracle_calendar().add_working_hours(start, timedelta(hours=2), pauses=[pause])
    assert due.at == start + timedelta(hours=3)


def test_working_hours_in_an_unannounced_year_warn():
    start = datetime(2026, 12, 31, 17, 0, tzinfo=CHINA)
    assert [w.year for w in oracle_calendar().add_working_hours(start, timedelta(hours=1)).warnings] == [2027]


def test_refuses_a_naive_start():
    with pytest.raises(ValueError, match="aware"):
        WorkCalendar().add_working_hours(datetime(2026, 1, 1), timedelta(hours=1))


def test_reads_a_year_and_names_every_fault():
    rows = [
        {"date": "2026-01-01", "kind": "holiday", "name": "元旦"},
        {"date": "2026-1-2", "kind": "holiday", "name": "元旦"},
        {"date": "2025-01-03", "kind": "holiday", "name": "元旦"},
        {"date": "2026-01-05", "kind": "workday", "name": "元旦"},
        {"date": "2026-01-01", "kind": "holiday", "name": "元旦"},
        {"date": "2026-01-03", "kind": "feast", "name": "元旦"},
        {"date": "2026-01-04", "kind": "workday", "name": ""},
    ]
    days_read, faults = read_year(2026, rows)
    assert list(days_read) == [date(2026, 1, 1)]
    assert [(fault.row, fault.code) for fault in faults] == [
        (2, "date"),
        (3, "year"),
        (4, "weekday"),
        (5, "twice"),
        (6, "kind"),
        (7, "name"),
    ]
