"""Sequencing: evidence that waits becomes entries, in the order of its ids, each once; the queue is emptied in the same transaction."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from yiwang.commons.ledger.commands.appending import add, lock, log_subject
from yiwang.commons.ledger.contracts import LONGEST_ENTRY, FindingKind, NewEntry
from yiwang.commons.ledger.models import LogFinding, PendingEvidence
from yiwang.commons.ledger.queries import tree
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, keep, note
from yiwang.kernel.evidence import canonical, digest_of
from yiwang.kernel.models import EvidenceRow

BATCH: Final = 1000


@command("ledger.sequence")
def sequence(*, limit: int = BATCH, wait: bool = True, by: Actor, at: datetime) -> int:
    """Append the oldest evidence that waits, at most `limit` statements; how many. Raises LogMissing, LogBroken.

    A statement that no entry can hold is left out of the log, with a finding, so that it does not stop all others.
    Where somebody else is appending or signing, it waits for them, or without `wait` does nothing and says 0.
    """
    del by
    log = tree.open_log()
    if not lock(log=log, wait=wait):
        note(log_subject(log), busy=True)
        return 0
    waiting = list(PendingEvidence.objects.order_by("evidence_id").values_list("evidence_id", flat=True)[:limit])
    rows = EvidenceRow.objects.in_bulk(waiting)
    found = [rows[each] for each in waiting if each in rows]
    entries = []
    for row in found:
        data = canonical(row.statement)
        if len(data) > LONGEST_ENTRY:
            words = f"evidence {row.pk} has {len(data)} bytes and was not appended"
            keep(LogFinding(log=log, kind=FindingKind.EVIDENCE_TOO_LONG.value, words=words, at=at))
            continue
        if digest_of(data) != bytes(row.digest):
            words = f"evidence {row.pk} was changed before it was appended"
            keep(LogFinding(log=log, kind=FindingKind.EVIDENCE_DIFFERS.value, words=words, at=at))
        entries.append(_entry(row, data))
    first = add(log=log, entries=entries)
    _take_from_queue([row.pk for row in found])
    note(log_subject(log), first=first, entries=len(entries))
    return len(entries)


def _entry(row: EvidenceRow, data: bytes) -> NewEntry:
    organisation = row.statement.get("organisation")
    return NewEntry(
        data=data,
        kind=row.kind,
        at=row.at,
        subject=SubjectRef(row.subject_kind, row.subject_id),
        organisation_id=UUID(organisation) if organisation else None,
        evidence_id=row.pk,
    )


def _take_from_queue(ids: list[UUID]) -> None:
    if ids:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM commons_ledger_pendingevidence WHERE evidence_id = ANY(%s)", [ids])
