"""How an archive changes: lock it, ask the table, write the step, leave evidence where it is a legal one."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from yiwang.commons.archives import policies, rules
from yiwang.commons.archives.contracts import ARCHIVE, ArchiveStateRefused, ArchiveStep, State
from yiwang.commons.archives.models import Archive, ArchiveCounter, ArchiveEvent
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import note

_LEGAL = frozenset(
    {
        ArchiveStep.ACCEPT,
        ArchiveStep.ARCHIVE,
        ArchiveStep.TRANSFER,
        ArchiveStep.PROPOSE,
        ArchiveStep.APPROVE,
        ArchiveStep.DESTROY,
    }
    | {ArchiveStep.HOLD, ArchiveStep.RELEASE}
)


def locked(archive_id: UUID) -> Archive:
    """The row, locked. Raises ArchiveNotFound."""
    return policies.found(Archive.objects.select_for_update(of=("self",)).filter(pk=archive_id).first())


def subject_of(archive: Archive) -> SubjectRef:
    return SubjectRef(ARCHIVE, archive.pk)


def take(archive: Archive, step: ArchiveStep, *, by: Actor, at: datetime, words: str = "") -> None:
    """Take a step on a locked archive; the caller saves what else it changed before. Raises ArchiveStateRefused."""
    before = State(archive.state)
    after = rules.next_state(before, step)
    if after is None:
        reason = rules.refusal(before, step)
        raise ArchiveStateRefused(number=archive.archive_number or archive.number, reason=reason)
    ArchiveEvent(
        archive=archive,
        step=step.value,
        from_state=before.value,
        to_state=after.value,
        at=at,
        account_id=by.account_id,
        words=words[:300],
    ).save(force_insert=True)
    if after is not before:
        archive.state, archive.state_at = after.value, at
    archive.save()
    if step in _LEGAL:
        facts: dict[str, evidence.Fact] = {
            "archive": archive.archive_number,
            "digest": archive.digest,
            "retention": archive.retention,
            "state": after.value,
        }
        evidence.record(f"archive.{step.value}", subject_of(archive), facts)
    note(subject_of(archive), step=step.value, state=after.value)


def next_in(series: str) -> int:
    """Take the next number of a series; whoever else wants one waits until this transaction ends."""
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(ArchiveCounter._meta.db_table)
        cursor.execute(
            f"INSERT INTO {table} (series, last) VALUES (%s, 1) "  # noqa: S608  the model's own table
            f"ON CONFLICT (series) DO UPDATE SET last = {table}.last + 1 RETURNING last",
            [series],
        )
        return int(cursor.fetchone()[0])
