"""Due dates as a function of the event log: recomputing them always gives what is stored.

The day of acceptance is not counted (民法典 201); special procedures stop the clock (行政许可法 45). Whoever neither
accepts nor asks for correction within five working days of receipt has accepted on the day of receipt (行政许可法 32).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from yiwang.kernel.clock import CHINA
from yiwang.kernel.legal_calendar import DueDate, Limit, LimitUnit, Pause, Stopped, WorkCalendar
from yiwang.serve.cases.contracts import CaseAction, CaseStatus, Clock, ClockDay
from yiwang.serve.cases.rules.states import next_status

ACCEPTANCE_DAYS = 5
DELIVERY_DAYS = 10
ANNOUNCEMENT_DAYS = 30
EXTENSION_DAYS = 10
"""行政许可法 32, 44; 民事诉讼法 95; 行政许可法 42: once, ten working days, approved by the head of the authority."""
ACCEPTANCE_BASIS = "行政许可法第三十二条"


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as far as the clock and the status need it. `days`: by which it extends the limit (行政许可法 42)."""

    kind: CaseAction
    at: datetime
    name: str = ""
    deemed: bool = False
    days: int = 0
    expected: date | None = None


def entry_of(kind: str, at: datetime, data: Mapping[str, Any]) -> Entry:
    """The entry of a recorded event from its kind, its time and its data."""
    expected = data.get("expected")
    return Entry(
        CaseAction(kind),
        at,
        name=data.get("procedure", ""),
        deemed=data.get("ground") == "deemed",
        days=int(data.get("days") or 0) if kind == CaseAction.EXTEND.value else 0,
        expected=date.fromisoformat(expected) if expected else None,
    )


def day_of(instant: datetime) -> date:
    """The calendar day in China."""
    return instant.astimezone(CHINA).date()


def status_of(entries: Iterable[Entry], first: CaseStatus = CaseStatus.SUBMITTED) -> CaseStatus:
    """Replay of the event log. Raises ValueError where an event was not possible."""
    status = first
    for entry in entries:
        if entry.kind is CaseAction.SUBMIT:
            continue
        following = next_status(status, entry.kind)
        if following is None:
            raise ValueError(f"{entry.kind} in {status}")
        status = following
    return status


def last(entries: Sequence[Entry], *kinds: CaseAction) -> datetime | None:
    """When one of `kinds` happened last."""
    return next((entry.at for entry in reversed(entries) if entry.kind in kinds), None)


def pauses(entries: Sequence[Entry]) -> tuple[Pause, ...]:
    """The special procedures: from the day after the stop to the day of resumption, as whole days."""
    found: list[Pause] = []
    since: Entry | None = None
    for entry in entries:
        if entry.kind is CaseAction.STOP_CLOCK and since is None:
            since = entry
        elif entry.kind is CaseAction.RESUME_CLOCK and since is not None:
            found.append(Pause(day_of(since.at), day_of(entry.at), since.name))
            since = None
    if since is not None:
        found.append(Pause(day_of(since.at), None, since.name))
    return tuple(found)


def stopped(entries: Sequence[Entry]) -> Entry | None:
    """The special procedure that is under way; None where the clock runs."""
    found = pauses(entries)
    if not found or found[-1].last is not None:
        return None
    return next(entry for entry in reversed(entries) if entry.kind is CaseAction.STOP_CLOCK)


def extension(entries: Sequence[Entry]) -> int:
    """By how many units the limit was extended."""
    return sum(entry.days for entry in entries if entry.kind is CaseAction.EXTEND)


def acceptance(entries: Sequence[Entry]) -> tuple[date | None, bool]:
    """The day of recorded acceptance and whether the law deemed it: then it is the day the application was complete."""
    entry = next((each for each in reversed(entries) if each.kind is CaseAction.ACCEPT), None)
    if entry is None:
        return None, False
    complete = last(entries, CaseAction.RECEIVE, CaseAction.SUPPLY)
    if entry.deemed and complete is not None:
        return day_of(complete), True
    return day_of(entry.at), False


def accepted_on(entries: Sequence[Entry], calendar: WorkCalendar, today: date) -> tuple[date | None, bool]:
    """As `acceptance`, also where nobody answered in time and nobody has recorded it yet."""
    accepted, deemed = acceptance(entries)
    if accepted is not None:
        return accepted, deemed
    since = waiting_since(entries)
    if since is None:
        return None, False
    until = acceptance_due(since, calendar)
    return (day_of(since), True) if today > until else (None, False)


def waiting_since(entries: Sequence[Entry]) -> datetime | None:
    """Since when an application waits for acceptance or a notice; None where it was answered, or nobody has it yet."""
    since = last(entries, CaseAction.RECEIVE, CaseAction.SUPPLY)
    answered = last(entries, CaseAction.ACCEPT, CaseAction.REQUEST_CORRECTION, CaseAction.DECLINE)
    return None if since is None or (answered is not None and answered >= since) else since


def acceptance_due(since: datetime, calendar: WorkCalendar) -> date:
    """The last day on which to accept or to tell what is missing."""
    return calendar.add_working_days(day_of(since), ACCEPTANCE_DAYS).date


def end_of(day: date, calendar: WorkCalendar) -> datetime:
    """The end of working time on a day: until then something due on that day is in time."""
    _begin, end = calendar.hours.sessions[-1]
    return datetime.combine(day, end, CHINA)


def clock(
    entries: Sequence[Entry],
    days: int | None,
    calendar: WorkCalendar,
    *,
    today: date,
    basis: str = "",
    ended: date | None = None,
    unit: LimitUnit = LimitUnit.WORKING_DAY,
) -> Clock:
    """The limit of `days` units from acceptance, extended where it was, day by day, as it stands `today`."""
    started, assumed = accepted_on(entries, calendar, today)
    if started is None or days is None:
        return Clock(None, days or 0, None, None, basis=basis)
    whole = Limit(days + extension(entries), unit)
    return _run(
        calendar.due(started, whole, pauses=pauses(entries)),
        days,
        started,
        calendar,
        today,
        basis,
        ended,
        assumed,
    )


def acceptance_clock(entries: Sequence[Entry], calendar: WorkCalendar, *, today: date) -> Clock:
    """The five working days within which to accept or to tell once what is missing."""
    waiting_since = last(entries, CaseAction.RECEIVE, CaseAction.SUPPLY)
    if waiting_since is None:
        return Clock(None, ACCEPTANCE_DAYS, None, None, basis=ACCEPTANCE_BASIS)
    answered = last(entries, CaseAction.ACCEPT, CaseAction.REQUEST_CORRECTION, CaseAction.DECLINE)
    ended = day_of(answered) if answered is not None and answered >= waiting_since else None
    started = day_of(waiting_since)
    due = calendar.due(started, Limit(ACCEPTANCE_DAYS))
    return _run(due, ACCEPTANCE_DAYS, started, calendar, today, ACCEPTANCE_BASIS, ended, False)


def due_date(
    entries: Sequence[Entry], days: int | None, calendar: WorkCalendar, unit: LimitUnit = LimitUnit.WORKING_DAY
) -> date | None:
    """The due date from the recorded acceptance: what is stored with the case. None while the clock stands still."""
    accepted, _deemed = acceptance(entries)
    if accepted is None or days is None:
        return None
    due = calendar.due(accepted, Limit(days + extension(entries), unit), pauses=pauses(entries))
    return due.date if isinstance(due, DueDate) else None


def expected_due(
    entries: Sequence[Entry], days: int | None, calendar: WorkCalendar, unit: LimitUnit = LimitUnit.WORKING_DAY
) -> date | None:
    """The due date, while a special procedure lasts as if it ended on the day that was told; None where none was."""
    running = stopped(entries)
    if running is None:
        return due_date(entries, days, calendar, unit)
    accepted, _deemed = acceptance(entries)
    if running.expected is None or accepted is None or days is None:
        return None
    closed = [
        p if p.last is not None else Pause(p.first, max(p.first, running.expected), p.name) for p in pauses(entries)
    ]
    due = calendar.due(accepted, Limit(days + extension(entries), unit), pauses=closed)
    return due.date if isinstance(due, DueDate) else None


def delivery_due(decided: datetime, calendar: WorkCalendar) -> date:
    """The last day on which to deliver what was granted: ten working days from the decision (行政许可法 44)."""
    return calendar.add_working_days(day_of(decided), DELIVERY_DAYS).date


def announced_until(published: date) -> date:
    """The day on which a public announcement counts as delivery: thirty days from its publication (民事诉讼法 95)."""
    return published + timedelta(days=ANNOUNCEMENT_DAYS)


def deferral_due(accepted: datetime, days: int, calendar: WorkCalendar) -> date:
    """The last day on which a material that may follow is to be supplied (容缺)."""
    return calendar.add_working_days(day_of(accepted), days).date


def _run(
    due: DueDate | Stopped,
    days: int,
    started: date,
    calendar: WorkCalendar,
    today: date,
    basis: str,
    ended: date | None,
    assumed: bool,
) -> Clock:
    end = due.date if isinstance(due, DueDate) else None
    steps = tuple(
        ClockDay(step.date, step.reason.value, step.number, step.name, _state(step.date, today, end, ended))
        for step in due.steps
    )
    reference = min(ended, today) if ended else today
    left = calendar.working_days_between(reference, end) if end else getattr(due, "remaining", None)
    return Clock(
        started=started,
        days=days,
        due=end,
        left=left,
        steps=steps,
        warnings=tuple(str(warning) for warning in due.warnings),
        basis=basis,
        stopped_since=due.since if isinstance(due, Stopped) else None,
        overdue=bool(end and reference > end),
        assumed=assumed,
    )


def _state(day: date, today: date, due: date | None, ended: date | None) -> str:
    marks = [
        name
        for name, holds in (
            ("used", day <= min(today, ended or today)),
            ("today", day == today and ended is None),
            ("due", day == due),
        )
        if holds
    ]
    return " ".join(marks)
