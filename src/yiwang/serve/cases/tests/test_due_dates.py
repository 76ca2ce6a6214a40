"""The law's due dates as a table: each was worked out by hand, and is reckoned here from events alone."""

from datetime import date, datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from yiwang.kernel.clock import CHINA
from yiwang.kernel.legal_calendar import LimitUnit, WorkCalendar, read_year
from yiwang.kernel.settings import PROJECT_ROOT
from yiwang.serve.cases import rules
from yiwang.serve.cases.contracts import CaseAction

TABLE = YAML(typ="safe").load((Path(__file__).parent / "due_dates.yaml").read_text("utf-8"))


def announced(year):
    lines = (PROJECT_ROOT / "packs" / "changzhou" / "calendars" / f"{year}.csv").read_text("utf-8").splitlines()[1:]
    rows = [dict(zip(("date", "kind", "name"), line.split(","), strict=True)) for line in lines]
    days, faults = read_year(year, rows)
    assert not faults
    return days


CALENDAR = WorkCalendar(years={year: announced(year) for year in (2025, 2026)})


def entry(kind, when, said=None):
    at = when if isinstance(when, datetime) else datetime.strptime(str(when), "%Y-%m-%d %H:%M")
    data = {"days": said} if kind == "extend" else {"ground": said} if kind == "accept" else {"procedure": said or ""}
    return rules.entry_of(kind, at.replace(tzinfo=CHINA), data)


def reckoned(row, entries):
    """(due date, warnings) as the product shows them."""
    last = entries[-1].at
    if row["of"] == "acceptance":
        shown = rules.acceptance_clock(entries, CALENDAR, today=rules.day_of(last))
        return shown.due, shown.warnings
    if row["of"] == "decision":
        unit = LimitUnit(row.get("unit", "working_day"))
        shown = rules.clock(entries, row["days"], CALENDAR, today=rules.day_of(last), unit=unit)
        assert rules.due_date(entries, row["days"], CALENDAR, unit) == shown.due
        return shown.due, shown.warnings
    due = {
        "delivery": lambda: rules.delivery_due(last, CALENDAR),
        "deferral": lambda: rules.deferral_due(last, row["days"], CALENDAR),
        "announcement": lambda: rules.announced_until(rules.day_of(last)),
    }[row["of"]]()
    return due, ()


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["name"])
def test_due_dates_of_the_law(row):
    due, warnings = reckoned(row, [entry(*event) for event in row["events"]])
    assert due == row["due"]
    assert [str(row["warns"])] == [w[:4] for w in warnings] if "warns" in row else not warnings


def test_the_table_covers_the_articles_and_is_long_enough():
    assert len(TABLE) >= 30
    articles = " ".join(row["law"] for row in TABLE)
    assert all(article in articles for article in ("32", "42", "44", "45", "82", "201", "203"))
    assert len({row["name"] for row in TABLE}) == len(TABLE)


@pytest.mark.parametrize(
    "row", [row for row in TABLE if row["of"] == "decision" and row["due"]], ids=lambda r: r["name"]
)
def test_each_day_of_the_way_is_shown_and_counted_once(row):
    entries = [entry(*event) for event in row["events"]]
    unit = LimitUnit(row.get("unit", "working_day"))
    shown = rules.clock(entries, row["days"], CALENDAR, today=date(2026, 1, 1), unit=unit)
    days = [step.date for step in shown.steps]
    assert days == sorted(set(days))
    counted = [step.number for step in shown.steps if step.number is not None]
    assert counted == list(range(1, row["days"] + rules.extension(entries) + 1))


def test_while_a_procedure_lasts_the_tasks_show_the_day_that_was_told():
    entries = [entry("receive", "2026-03-02 09:00"), entry("accept", "2026-03-02 10:00")]
    stop = rules.entry_of(
        CaseAction.STOP_CLOCK.value, entries[0].at.replace(day=4), {"procedure": "检测", "expected": "2026-03-05"}
    )
    assert rules.due_date([*entries, stop], 5, CALENDAR) is None
    assert rules.expected_due([*entries, stop], 5, CALENDAR) == date(2026, 3, 11)
    assert rules.expected_due(entries, 5, CALENDAR) == date(2026, 3, 9)
