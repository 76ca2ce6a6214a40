"""What an administrator does for the whole installation: failed background work, the legal calendar, the audit trail."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from yiwang.commons.flow import policies
from yiwang.commons.flow.contracts import ADMINISTER, AUDIT, CALENDAR, NotAdministrator, NothingChosen
from yiwang.kernel import calendars, failed_jobs, outbox
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.legal_calendar import AnnouncedYear

_INSTALLATION = UUID(int=0)


@command("flow.retry_deliveries")
def retry_deliveries(*, delivery_ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Deliver failed events again; how many. Raises NotAdministrator, NothingChosen, NothingToDeliver."""
    policies.check_keep(by, ADMINISTER)
    if not delivery_ids:
        raise NothingChosen
    done = outbox.retry_deliveries(delivery_ids=delivery_ids, by=by, at=at)
    note(SubjectRef("outbox", _INSTALLATION), retried=done)
    return done


@command("flow.retry_jobs")
def retry_jobs(*, job_ids: Sequence[int], by: Actor, at: datetime) -> int:
    """Run failed jobs again; how many. Raises NotAdministrator, NothingChosen, NothingToRun."""
    policies.check_keep(by, ADMINISTER)
    if not job_ids:
        raise NothingChosen
    done = failed_jobs.retry_jobs(job_ids=job_ids, by=by, at=at)
    note(SubjectRef("jobs", _INSTALLATION), retried=done)
    return done


@command("flow.dismiss_jobs")
def dismiss_jobs(*, job_ids: Sequence[int], by: Actor, at: datetime) -> int:
    """Take failed jobs off the list; how many. Raises NotAdministrator, NothingChosen, NothingToRun."""
    policies.check_keep(by, ADMINISTER)
    if not job_ids:
        raise NothingChosen
    done = failed_jobs.dismiss_jobs(job_ids=job_ids, by=by, at=at)
    note(SubjectRef("jobs", _INSTALLATION), dismissed=done)
    return done


@command("flow.announce_year")
def announce_year(*, year: int, days: AnnouncedYear, source: str, replaces: str, by: Actor, at: datetime) -> bool:
    """Put a year's holidays in force; whether anything changed. `replaces`: `calendars.state_of` what was looked at.

    Raises NotAdministrator, CalendarChanged.
    """
    policies.check_keep(by, CALENDAR)
    changed = calendars.announce_year(year=year, days=days, source=source, replaces=replaces, by=by, at=at)
    note(calendars.subject_of(year), year=year, changed=changed)
    return changed


@command("flow.export_audit")
def note_audit_export(*, conditions: Mapping[str, str], by: Actor, at: datetime) -> None:
    """Keep who took a copy of the audit trail, by which conditions. Raises NotAdministrator."""
    if AUDIT not in policies.rights(by):
        raise NotAdministrator
    note(SubjectRef("audit", _INSTALLATION), conditions=dict(conditions))
