"""Receipts: an entry, its place and the co-signed head; and how far the statements about a record have come."""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from yiwang.commons.ledger.contracts import (
    LogMissing,
    NoSuchEntry,
    NotFinal,
    ReceiptBroken,
    ReceiptLine,
    ReceiptState,
)
from yiwang.commons.ledger.engine import ProofWrong, Receipt, leaf_hash, verify_inclusion
from yiwang.commons.ledger.models import Checkpoint, Entry
from yiwang.commons.ledger.queries import checkpoints, tree
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.models import EvidenceRow
from yiwang.kernel.paging import Page, paginate


def receipt_for(*, evidence_id: UUID | None = None, index: int | None = None, viewer: Actor) -> Receipt | None:
    """The receipt of a statement, or of the entry at `index` of the open log; None until the quorum has co-signed.

    Its proof is checked before it is handed out. Raises NoSuchEntry where nothing of that name is known, neither in a log
    nor waiting for it, ReceiptBroken where what the tables hold does not lead to the root that was signed.
    """
    del viewer
    entry = _entry(evidence_id, index)
    if entry is None:
        if evidence_id is not None and EvidenceRow.objects.filter(pk=evidence_id).exists():
            return None
        raise NoSuchEntry
    head = checkpoints.newest_final(log=entry.log, covering=entry.index + 1)
    return _receipt(entry, head) if head is not None else None


def final_receipt(*, evidence_id: UUID, viewer: Actor) -> Receipt:
    """The same, for those who can't do without. Raises NotFinal, NoSuchEntry, ReceiptBroken."""
    found = receipt_for(evidence_id=evidence_id, viewer=viewer)
    if found is None:
        raise NotFinal
    return found


def _entry(evidence_id: UUID | None, index: int | None) -> Entry | None:
    rows = Entry.objects.select_related("log")
    wanted = {"log": tree.open_log(), "index": index} if evidence_id is None else {"evidence_id": evidence_id}
    found: Entry | None = rows.filter(**wanted).order_by("-log_id").first()
    return found


def _receipt(entry: Entry, head: Checkpoint) -> Receipt:
    data = bytes(entry.data)
    try:
        now = tree.Tree(entry.log, head.size)
        proof = tuple(now.inclusion(entry.index))
        leaf = leaf_hash(now.hasher, data)
        verify_inclusion(now.hasher, leaf, entry.index, head.size, proof, bytes(head.root))
    except (NoSuchEntry, ProofWrong):
        raise ReceiptBroken(reason=f"{entry.index}/{head.size}") from None
    note = checkpoints.signed_note(log=entry.log, head=head)
    return Receipt(data, entry.index, proof, note, "sm3" if entry.log.suite == "national" else "sha256")


def receipts_of(
    *, subjects: Collection[SubjectRef], viewer: Actor, kinds: Collection[str] = ()
) -> tuple[ReceiptLine, ...]:
    """All statements about these records (of these kinds), oldest first, with how far each has come. At most four queries."""
    del viewer
    return _lines(_about(subjects, kinds).order_by("id")) if subjects else ()


def receipts_page(
    *,
    subjects: Collection[SubjectRef],
    viewer: Actor,
    kinds: Collection[str] = (),
    cursor: str | None = None,
    size: int = 20,
) -> Page[ReceiptLine]:
    """The same a page at a time, newest first. Raises BadCursor."""
    del viewer
    if not subjects:
        return Page(())
    page = paginate(_about(subjects, kinds), order=("-id",), cursor=cursor, size=size)
    lines = iter(_lines(page.items))
    return page.map(lambda _row: next(lines))


def _about(subjects: Collection[SubjectRef], kinds: Collection[str]) -> QuerySet[EvidenceRow]:
    named: dict[str, list[UUID]] = {}
    for subject in subjects:
        named.setdefault(subject.kind, []).append(subject.id)
    wanted = Q()
    for kind, ids in named.items():
        wanted |= Q(subject_kind=kind, subject_id__in=ids)
    rows: QuerySet[EvidenceRow] = EvidenceRow.objects.filter(wanted)
    return rows.filter(kind__in=kinds) if kinds else rows


def _lines(rows: Iterable[EvidenceRow]) -> tuple[ReceiptLine, ...]:
    rows = list(rows)
    places = {
        evidence: (log, index)
        for evidence, log, index in Entry.objects.filter(evidence_id__in=[row.pk for row in rows])
        .order_by("log_id")  # what stands in two logs is final by the later one
        .values_list("evidence_id", "log_id", "index")
    }
    final = {log: final_size(log=log) for log in {log for log, _ in places.values()}}
    return tuple(_line(row, places.get(row.pk), final) for row in rows)


def final_size(*, log: int) -> int:
    """How many entries of the log of that number have a final receipt."""
    try:
        rows = checkpoints.newest_final(log=tree.log_of(number=log))
    except LogMissing:
        return 0
    return rows.size if rows else 0


def _line(row: EvidenceRow, place: tuple[int, int] | None, final: dict[int, int]) -> ReceiptLine:
    if place is None:
        state = ReceiptState.WAITING_LOG
    else:
        state = ReceiptState.FINAL if place[1] < final[place[0]] else ReceiptState.WAITING_WITNESSES
    organisation = row.statement.get("organisation")
    return ReceiptLine(
        evidence_id=row.pk,
        kind=row.kind,
        subject=SubjectRef(row.subject_kind, row.subject_id),
        organisation_id=UUID(organisation) if organisation else None,
        at=row.at,
        facts=row.statement.get("facts", {}),
        index=place[1] if place else None,
        state=state,
    )


def facts_in(*, data: bytes) -> dict[str, Any]:
    """The facts of an entry's bytes; empty where they are no statement of ours."""
    try:
        found = json.loads(data)
    except ValueError:
        return {}
    facts = found.get("facts") if isinstance(found, dict) else None
    return facts if isinstance(facts, dict) else {}


def receipts_for(*, evidence_ids: Sequence[UUID], viewer: Actor) -> dict[UUID, Receipt]:
    """The receipts of those of these statements that are final."""
    found = {each: receipt_for(evidence_id=each, viewer=viewer) for each in evidence_ids}
    return {each: receipt for each, receipt in found.items() if receipt is not None}
