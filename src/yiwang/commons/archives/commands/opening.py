"""A record has ended: its archive is opened in the same transaction, and its packing deferred. Nothing here may refuse."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from yiwang.commons.archives import policies, rules
from yiwang.commons.archives.commands.journal import locked, subject_of
from yiwang.commons.archives.contracts import State
from yiwang.commons.archives.models import Archive
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.clock import CHINA
from yiwang.kernel.command import command, note
from yiwang.kernel.fields import keyed_hash
from yiwang.kernel.jobs import defer
from yiwang.kernel.writes import insert

PACK = "archives.pack"


@command("archives.open")
def open_archive(
    *,
    subject: SubjectRef,
    number: str,
    title: str,
    category: str,
    facts: Mapping[str, str],
    organisation_id: UUID,
    organisation_name: str,
    closed_at: datetime,
    scope_key: str = "*",
    grade: int = 3,
    matter_code: str = "",
    applicant: str = "",
    holder: SubjectRef | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """Open the archive of a record that has just ended, and defer its packing; again changes nothing.

    `facts` decide on retention (codes only: result, matter …); where no rule fits the archive waits on the list of those
    that an archivist schedules, and nothing is refused. One row and one job are written.
    """
    decided = rules.decided(facts)
    retention, ground = decided or ("", "")
    closed = closed_at.astimezone(CHINA).date()
    row = Archive(
        subject_kind=subject.kind,
        subject_id=subject.id,
        number=number,
        title=title[:300],
        category=category,
        facts=dict(facts),
        matter_code=matter_code,
        applicant=applicant or None,
        applicant_hash=keyed_hash(applicant, "archives.applicant") if applicant else None,
        holder_kind=holder.kind if holder else "",
        holder_id=holder.id if holder else None,
        organisation_id=organisation_id,
        organisation_name=organisation_name,
        scope_key=scope_key,
        grade=grade,
        year=closed.year,
        opened_at=at,
        closed_at=closed_at,
        retention=retention,
        retention_ground=ground[:300],
        retain_until=rules.ends(retention, closed) if decided and retention else None,  # type: ignore[arg-type]
        state=State.OPENED.value,
        state_at=at,
    )
    fresh = insert(row, conflict="ON CONFLICT (subject_kind, subject_id) DO NOTHING")
    if fresh:
        defer(PACK, archive_id=str(row.pk))
    note(subject, archive=str(row.pk), fresh=fresh)
    if fresh:
        made: UUID = row.pk
        return made
    kept: UUID = Archive.objects.values_list("pk", flat=True).get(subject_kind=subject.kind, subject_id=subject.id)
    return kept


@command("archives.pack_again")
def pack_again(*, archive_id: UUID, by: Actor, at: datetime) -> None:
    """Defer the packing of an archive that is open: an archivist does not want to wait. Raises ArchiveNotFound, MayNotKeep."""
    del at
    row = locked(archive_id)
    policies.check_keep(by, row)
    if row.state == State.OPENED.value:
        defer(PACK, archive_id=str(row.pk))
    note(subject_of(row), state=row.state)
