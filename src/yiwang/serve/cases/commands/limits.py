"""Due dates after the legal calendar changed: they are functions of the events and the calendar, so they are reckoned anew."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from yiwang.commons.flow import commands as flow
from yiwang.kernel import calendars, clock, evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.jobs import defer
from yiwang.kernel.legal_calendar import LimitUnit
from yiwang.serve.cases import rules
from yiwang.serve.cases.commands import journal
from yiwang.serve.cases.contracts import CaseNotFound, CaseStatus
from yiwang.serve.cases.models import Case

RECKON = "cases.reckon"
RECKON_ONE = "cases.reckon_one"


@command("cases.reckon_anew")
def reckon_anew(*, year: int, by: Actor, at: datetime) -> None:
    """Have the open cases whose limits touch `year` reckoned anew in the background.

    Twice: now, and when no process can hold the former calendar in its cache any more.
    """
    defer(RECKON, year=year)
    defer(RECKON, run_at=clock.now() + 2 * calendars.CACHED_FOR, year=year)
    note(calendars.subject_of(year), year=year)


def move_later(case_id: UUID) -> None:
    """Have the process's tasks and timers follow a limit that has just changed, after the commit. Inside a command.

    Not at once: a process is locked before its cases, and whoever changed the limit holds the case already.
    """
    defer(RECKON_ONE, case_id=str(case_id))


@command("cases.move_due")
def move_due(*, case_id: UUID, by: Actor, at: datetime) -> bool:
    """Reckon the due dates of an open case by the calendar in force; whether one changed, which leaves evidence.

    Its tasks and timers move along. Repeating it changes nothing. Raises CaseNotFound.
    """
    found = Case.objects.filter(pk=case_id).first()
    if found is None:
        raise CaseNotFound
    subject = SubjectRef("case", case_id)
    moments = _moments(found, journal.entries_of(found))
    processes = flow.reschedule(subject=subject, variables=moments, by=by, at=at) if moments else 0
    case, _parent = journal.locked(case_id)
    before = (case.promised_due, case.statutory_due)
    if not CaseStatus(case.status).is_final:
        journal.project_clock(case)
    after = (case.promised_due, case.statutory_due)
    if before != after:
        case.save(update_fields=["promised_due", "statutory_due"])
        evidence.record("case.due_moved", subject, _statement(case.number, before, after))
    note(subject, number=case.number, moved=before != after, processes=processes)
    return before != after


def _moments(case: Case, entries: Sequence[rules.Entry]) -> dict[str, datetime]:
    """The variables of the process that hold a limit, as they should be."""
    calendar = calendars.current()
    unit = LimitUnit(case.promised_unit)
    limits = {"promised_due": rules.expected_due(entries, case.promised_days, calendar, unit)}
    waiting_since = rules.waiting_since(entries)
    if waiting_since is not None:
        limits["acceptance_due"] = rules.acceptance_due(waiting_since, calendar)
    return {name: rules.end_of(day, calendar) for name, day in limits.items() if day is not None}


def _statement(
    number: str, before: tuple[date | None, date | None], after: tuple[date | None, date | None]
) -> dict[str, evidence.Fact]:
    names = ("promised", "statutory")
    facts: dict[str, evidence.Fact] = {"number": number}
    for name, old, new in zip(names, before, after, strict=True):
        if old != new:
            facts[f"{name}_before"] = old.isoformat() if old else None
            facts[f"{name}_after"] = new.isoformat() if new else None
    return facts
