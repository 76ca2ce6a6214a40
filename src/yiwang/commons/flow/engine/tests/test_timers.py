"""Texts of timers: ISO 8601 as Camunda writes it, and cron tables; when they come due."""

from datetime import datetime

import pytest

from yiwang.commons.flow.engine.timers import CHINA, TimerFault, parse_cycle, parse_date, parse_duration

MONDAY = datetime(2026, 11, 23, 10, tzinfo=CHINA)


def rounds(text, number=3, now=MONDAY):
    cycle = parse_cycle(text)
    due = [cycle.first(now)]
    while len(due) < number:
        due.append(cycle.following(due[-1]))
    return [each.astimezone(CHINA).strftime("%m-%d %H:%M:%S") for each in due]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("R3/PT1H", ["11-23 11:00:00", "11-23 12:00:00", "11-23 13:00:00"]),
        ("R-1/P1D", ["11-24 10:00:00", "11-25 10:00:00", "11-26 10:00:00"]),
        ("R/2026-12-01T08:00:00+08:00/P1M", ["12-01 08:00:00", "01-01 08:00:00", "02-01 08:00:00"]),
        ("R/2026-11-20T08:00:00+08:00/P2D", ["11-24 08:00:00", "11-26 08:00:00", "11-28 08:00:00"]),
        ("0 0 9-17 * * MON-FRI", ["11-23 11:00:00", "11-23 12:00:00", "11-23 13:00:00"]),
        ("0 30 8 ? * 1", ["11-30 08:30:00", "12-07 08:30:00", "12-14 08:30:00"]),
        ("0 0 0 L * ?", ["11-30 00:00:00", "12-31 00:00:00", "01-31 00:00:00"]),
        ("@daily", ["11-24 00:00:00", "11-25 00:00:00", "11-26 00:00:00"]),
    ],
)
def test_a_cycle_comes_due_again_and_again(text, due):
    assert rounds(text) == due


@pytest.mark.parametrize(("text", "times"), [("R3/PT1H", 3), ("R/PT1H", None), ("R-1/PT1H", None), ("@daily", None)])
def test_a_cycle_says_how_often(text, times):
    assert parse_cycle(text).times == times


@pytest.mark.parametrize(
    "text",
    [
        "",
        "R3",
        "R3/P",
        "R/PT0S",
        "R-2/PT1H",
        "* * * * *",
        "61 * * * * *",
        "R R R R R R",
        "0 0 0 * * FOO",
        "R/x/P1D",
        "@often",
    ],
)
def test_what_is_no_cycle_is_told(text):
    with pytest.raises(TimerFault):
        parse_cycle(text)


def test_a_table_that_never_comes_due_is_told():
    with pytest.raises(TimerFault):
        parse_cycle("0 0 0 31 2 *").first(MONDAY)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-10-02T08:09:40+02:00", "2026-10-02T14:09:40+08:00"),
        ("2026-10-02T08:09:40+02:00[Europe/Berlin]", "2026-10-02T14:09:40+08:00"),
        ("2026-10-02T08:09:40[Europe/Berlin]", "2026-10-02T14:09:40+08:00"),
        ("2026-10-02T08:09:40Z", "2026-10-02T16:09:40+08:00"),
        ("2026-10-02T08:09:40", "2026-10-02T08:09:40+08:00"),
        ("2026-10-02", "2026-10-02T00:00:00+08:00"),
    ],
)
def test_dates_know_their_offset_or_zone(text, moment):
    assert parse_date(text).astimezone(CHINA).isoformat() == moment


@pytest.mark.parametrize("text", ["tomorrow", "2026-10-02T08:09:40[Nowhere/Else]", "2026-13-01"])
def test_what_is_no_date_is_told(text):
    with pytest.raises(TimerFault):
        parse_date(text)


@pytest.mark.parametrize("text", ["P", "PT", "P1H", "1D", "P-1D", "PT1.5H", ""])
def test_what_is_no_duration_is_told(text):
    with pytest.raises(TimerFault):
        parse_duration(text)
