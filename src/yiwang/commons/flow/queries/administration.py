"""What the administration pages read: what failed in the background, the legal calendar, the audit trail."""

from collections.abc import Iterator

from yiwang.commons.flow import policies
from yiwang.commons.flow.contracts import ADMINISTER, AdministrationCounts, TooMuchToExport
from yiwang.commons.flow.queries.halted import halts_in_reach
from yiwang.kernel import audit, failed_jobs, outbox
from yiwang.kernel.actor import Actor
from yiwang.kernel.audit import AuditRow, AuditSearch
from yiwang.kernel.failed_jobs import FailedJob
from yiwang.kernel.outbox import StandingDelivery
from yiwang.kernel.paging import Page

EXPORTED_AT_MOST = 100_000


def administration_counts(*, viewer: Actor, whole: bool) -> AdministrationCounts:
    """What waits for an administrator; what belongs to nobody in particular only where `whole`. One query or three."""
    halted = halts_in_reach(viewer=viewer).count()
    if not whole:
        return AdministrationCounts(halted)
    return AdministrationCounts(halted, outbox.standing_count(), failed_jobs.failed_count())


def standing_deliveries(*, viewer: Actor, cursor: str | None = None, size: int = 20) -> Page[StandingDelivery]:
    """Events that a handler failed on, the oldest first. Raises NotAdministrator. Two queries."""
    policies.check_keep(viewer, ADMINISTER)
    return outbox.standing_deliveries(cursor=cursor, size=size)


def failed_background_jobs(*, viewer: Actor, cursor: str | None = None, size: int = 20) -> Page[FailedJob]:
    """Jobs that failed for good, the latest first. Raises NotAdministrator. Two queries."""
    policies.check_keep(viewer, ADMINISTER)
    return failed_jobs.failed_jobs(cursor=cursor, size=size)


def audit_trail(*, wanted: AuditSearch, viewer: Actor, cursor: str | None = None, size: int = 50) -> Page[AuditRow]:
    """What is found within the viewer's reach, the latest first. Raises NotAdministrator. Two queries."""
    return audit.search(wanted=wanted, reach=policies.audited(viewer), cursor=cursor, size=size)


def audit_export(*, wanted: AuditSearch, viewer: Actor) -> Iterator[tuple[AuditRow, ...]]:
    """Everything that is found, in batches. Raises NotAdministrator, TooMuchToExport, at once and not while it is read."""
    reach = policies.audited(viewer)
    if audit.exceeds(wanted=wanted, reach=reach, limit=EXPORTED_AT_MOST):
        raise TooMuchToExport(limit=EXPORTED_AT_MOST)
    return audit.batches(wanted=wanted, reach=reach)
