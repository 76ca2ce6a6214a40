"""Reading an archive: asked for with a purpose, approved by an archivist for a time, each reading recorded."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from yiwang.commons.archives import policies, rules
from yiwang.commons.archives.commands.journal import locked, subject_of, take
from yiwang.commons.archives.contracts import (
    ARCHIVE,
    AccessNotOpen,
    AccessState,
    ArchiveDamaged,
    ArchiveStep,
    NotYourRequest,
    PurposeMissing,
    State,
)
from yiwang.commons.archives.models import Archive, ArchiveAccess
from yiwang.commons.archives.queries.packages import is_whole
from yiwang.commons.privacy import commands as privacy
from yiwang.commons.privacy.contracts import DataRef, NewAccess
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note

LONGEST: Final = timedelta(days=30)
PURPOSE: Final = "archives.read"
_SUBJECT: Final = "archive_access"


@command("archives.request_access")
def request_access(*, archive_id: UUID, purpose: str, by: Actor, at: datetime) -> UUID:
    """Ask to read an archive. Raises ArchiveNotFound, MayNotView, PurposeMissing."""
    policies.check_view(by)
    if len(purpose.strip()) < 5 or by.account_id is None:
        raise PurposeMissing
    row = policies.found(Archive.objects.filter(policies.visible(by), pk=archive_id).first())
    made = ArchiveAccess(
        archive=row,
        asked_by=by.account_id,
        organisation_id=by.organisation_id,
        purpose=purpose.strip()[:200],
        asked_at=at,
    )
    made.save(force_insert=True)
    note(SubjectRef(_SUBJECT, made.pk), archive=row.archive_number)
    return UUID(str(made.pk))


@command("archives.decide_access")
def decide_access(*, access_id: UUID, approve: bool, days: int = 7, words: str = "", by: Actor, at: datetime) -> None:
    """An archivist, another than who asked, lets an archive be read for `days` (1 to 30) or refuses.

    Raises NotYourRequest, MayNotKeep, OwnProposal.
    """
    found = _access(access_id)
    policies.check_decide_access(by, found.archive, found.asked_by)
    if found.state != AccessState.ASKED.value:
        raise NotYourRequest
    found.state = (AccessState.APPROVED if approve else AccessState.REFUSED).value
    found.decided_by, found.decided_at, found.words = by.account_id, at, words.strip()[:200]
    found.until = at + min(max(timedelta(days=days), timedelta(days=1)), LONGEST) if approve else None
    found.save()
    note(SubjectRef(_SUBJECT, found.pk), approved=approve)


@command("archives.read")
def read_archive(*, access_id: UUID, by: Actor, at: datetime) -> str:
    """Read an archive by an approved request: history and the holder's own record say so. The digest of the package.

    Only while the reader may still see it. Raises NotYourRequest, AccessNotOpen, ArchiveNotFound, ArchiveDamaged,
    ArchiveStateRefused.
    """
    found = _access(access_id)
    if found.asked_by != by.account_id:
        raise NotYourRequest
    if found.state != AccessState.APPROVED.value or found.until is None or found.until <= at:
        raise AccessNotOpen
    row = locked(found.archive_id)
    policies.found(Archive.objects.filter(policies.visible(by), pk=row.pk).first())
    if rules.next_state(State(row.state), ArchiveStep.READ) and not is_whole(digest=row.digest, viewer=by):
        raise ArchiveDamaged(number=row.archive_number)
    take(row, ArchiveStep.READ, by=by, at=at, words=found.purpose)
    if row.holder_id is not None:
        privacy.record_access(entries=[_entry(row, found.purpose)], by=by, at=at)
    note(subject_of(row), access=str(found.pk))
    return str(row.digest)


def _entry(row: Archive, purpose: str) -> NewAccess:
    assert row.holder_id is not None
    return NewAccess(
        holder=SubjectRef(row.holder_kind, row.holder_id),
        data=DataRef(ARCHIVE, row.pk, words=row.title[:120], sensitive=True),
        purpose=PURPOSE,
        ground=purpose[:120],
        case=SubjectRef(row.subject_kind, row.subject_id),
        case_words=row.number,
    )


def _access(access_id: UUID) -> ArchiveAccess:
    rows = ArchiveAccess.objects.select_for_update(of=("self",)).select_related("archive").filter(pk=access_id)
    found: ArchiveAccess | None = rows.first()
    if found is None:
        raise NotYourRequest
    return found
