"""Reads one announced year from rows `date,kind,name` (a pack's calendars/2026.csv, an upload, an editor's form)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from yiwang.kernel.legal_calendar.contracts import DayKind, SpecialDay
from yiwang.kernel.text import gettext_noop

AnnouncedYear = Mapping[date, SpecialDay]
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class CalendarFault:
    """One wrong row; `row` counts data rows from 1."""

    row: int
    code: str
    message: str


_MESSAGES = {
    "date": gettext_noop("日期应写成 2026-01-01 的形式"),
    "year": gettext_noop("日期不属于这一年"),
    "kind": gettext_noop("类别只能是 holiday 或 workday"),
    "twice": gettext_noop("同一天写了两次"),
    "weekday": gettext_noop("调休上班的日子应是周六或周日"),
    "name": gettext_noop("缺少节日名称"),
}


def read_year(year: int, rows: Iterable[Mapping[str, str]]) -> tuple[AnnouncedYear, tuple[CalendarFault, ...]]:
    """The days of the year and every fault found; a day with a fault is left out."""
    days: dict[date, SpecialDay] = {}
    faults: list[CalendarFault] = []
    for number, row in enumerate(rows, start=1):
        fault = _fault(year, row, days)
        if fault:
            faults.append(CalendarFault(row=number, code=fault, message=_MESSAGES[fault]))
        else:
            days[date.fromisoformat(row["date"])] = SpecialDay(kind=DayKind(row["kind"]), name=row["name"])
    return days, tuple(faults)


def _fault(year: int, row: Mapping[str, str], seen: Mapping[date, SpecialDay]) -> str | None:
    try:
        day = date.fromisoformat(row.get("date") or "")
    except ValueError:
        return "date"
    kind = row.get("kind")
    checks = {
        "year": day.year != year,
        "twice": day in seen,
        "kind": kind not in set(DayKind),
        "weekday": kind == DayKind.WORKDAY and day.weekday() < _SATURDAY,
        "name": not row.get("name"),
    }
    return next((code for code, wrong in checks.items() if wrong), None)
