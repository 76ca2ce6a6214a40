"""What the public sees: the newest head, entries page by page, one entry by the number on its receipt, tiles."""

import re
from uuid import UUID

from django.db.models import Q

from yiwang.commons.ledger.contracts import EntryView, LogMissing, LogView, NoSuchEntry
from yiwang.commons.ledger.engine import ENTRIES, TILE_WIDTH, TextWrong, Tile, leaf_hash, pack_entries
from yiwang.commons.ledger.models import Cosignature, Entry, Log
from yiwang.commons.ledger.queries import checkpoints, receipts, tree
from yiwang.commons.ledger.rules import HASH, HEIGHT, WIDTH
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.models import EvidenceRow
from yiwang.kernel.paging import Page, paginate

_NUMBER = re.compile(r"[0-9]{1,18}")


def log(*, viewer: Actor) -> LogView | None:
    """The open log with its newest signed head; None where no log is open. At most six queries."""
    del viewer
    try:
        found = tree.open_log()
    except LogMissing:
        return None
    head = checkpoints.newest(log=found)
    final = checkpoints.newest_final(log=found)
    return LogView(
        number=found.number,
        origin=found.origin,
        suite=found.suite,
        public_key=bytes(found.public_key),
        opened_at=found.opened_at,
        size=head.size if head else 0,
        root=bytes(head.root) if head else b"",
        checkpoint_at=head.at if head else None,
        note=checkpoints.signed_note(log=found, head=head).bytes().decode() if head else "",
        cosigned=Cosignature.objects.filter(log=found, size=head.size).count() if head else 0,
        quorum=checkpoints.needed(log=found),
        witnesses=len(checkpoints.active_witnesses(log=found)),
        final=head is not None and final is not None and final.size == head.size,
        final_size=final.size if final else 0,
    )


def entries(
    *, viewer: Actor, cursor: str | None = None, size: int = 20, kind: str = "", q: str = ""
) -> Page[EntryView]:
    """Entries of the open log, newest first; `kind` exactly, `q` the id of evidence or subject, or an index.

    Raises BadCursor. Three queries, five where `q` is a subject's id.
    """
    del viewer
    try:
        found = tree.open_log()
    except LogMissing:
        return Page(())
    if "\0" in kind + q:  # no text of the database holds one
        return Page(())
    rows = Entry.objects.filter(log=found)
    if kind:
        rows = rows.filter(kind=kind)
    if q:
        rows = rows.filter(_named(q.strip()))
    page = paginate(rows, order=("-index",), cursor=cursor, size=size)
    final = receipts.final_size(log=found.number)
    return page.map(lambda row: _view(found, row, final))


def find(*, number: str, viewer: Actor) -> EntryView | None:
    """The entry of that receipt number: the id of the evidence, or the index in the open log."""
    del viewer
    number = number.strip()
    try:
        identifier = UUID(number)
    except ValueError:
        identifier = None
    rows = Entry.objects.select_related("log")
    if identifier is not None:
        row = rows.filter(evidence_id=identifier).order_by("-log_id").first()
    elif _NUMBER.fullmatch(number):
        row = rows.filter(log__closed_at__isnull=True, index=int(number)).first()
    else:
        return None
    return _view(row.log, row, receipts.final_size(log=row.log.number)) if row else None


def _named(text: str) -> Q:
    if _NUMBER.fullmatch(text):
        return Q(index=int(text))
    kind, _, identifier = text.rpartition(":")
    try:
        wanted = UUID(identifier)
    except ValueError:
        return Q(pk__in=[])
    about = EvidenceRow.objects.filter(subject_id=wanted, **({"subject_kind": kind} if kind else {}))
    ids = about.order_by("-id").values_list("id", flat=True)[:500]
    return Q(evidence_id__in=[wanted, *ids])


def _view(log: Log, row: Entry, final: int) -> EntryView:
    data = bytes(row.data)
    return EntryView(
        index=row.index,
        evidence_id=row.evidence_id,
        kind=row.kind,
        subject=SubjectRef(row.subject_kind, row.subject_id) if row.subject_id else None,
        organisation_id=row.organisation_id,
        at=row.at,
        facts=receipts.facts_in(data=data),
        leaf=leaf_hash(tree.hasher(log=log), data),
        final=row.index < final,
    )


def tile(*, path: str, viewer: Actor, number: int | None = None) -> bytes:
    """The bytes of a tile or a bundle of entries of a log (else the open one) by its path (`tile/0/x001/234`, C2SP tlog-tiles).

    Only what a signed head covers. Raises LogMissing, NoSuchEntry.
    """
    del viewer
    try:
        wanted = Tile.parse(path)
    except TextWrong:
        raise NoSuchEntry from None
    found = tree.open_log() if number is None else tree.log_of(number=number)
    head = checkpoints.newest(log=found)
    end = wanted.number * WIDTH + wanted.width
    if head is None or end << (HEIGHT * max(wanted.level, 0)) > head.size:
        raise NoSuchEntry
    if wanted.level == ENTRIES:
        return _bundle(found, wanted.number * WIDTH, end)
    if wanted.width == TILE_WIDTH:
        nodes = tree.fetch_tiles(log=found, level=wanted.level, numbers=[wanted.number])
        if wanted.number not in nodes:
            raise NoSuchEntry
        return nodes[wanted.number][: WIDTH * HASH]
    now = tree.Tree(found, head.size)
    first = wanted.number * WIDTH
    return b"".join(now.node(HEIGHT * wanted.level, index) for index in range(first, end))


def _bundle(log: Log, first: int, end: int) -> bytes:
    rows = Entry.objects.filter(log=log, index__gte=first, index__lt=end).order_by("index")
    data = [bytes(each) for each in rows.values_list("data", flat=True)]
    if len(data) != end - first:
        raise NoSuchEntry
    return pack_entries(data)
