"""Recomputes a whole log from its rows and says where it differs: entries against evidence, tiles, heads and signatures.

Trusts nothing that this process remembers. One pass over the entries in batches; memory does not grow with the log.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Q

from yiwang.commons.ledger.contracts import CheckResult, Difference, FindingKind
from yiwang.commons.ledger.engine import Checkpoint as Head
from yiwang.commons.ledger.engine import (
    CompactRange,
    LedgerFault,
    Note,
    NoteSignature,
    NoteVerifier,
    leaf_hash,
    verify_note,
)
from yiwang.commons.ledger.models import Checkpoint, Cosignature, Entry, Log, Tile
from yiwang.commons.ledger.queries import signing, tree
from yiwang.commons.ledger.rules import Edge, FullTile, grown
from yiwang.kernel.actor import Actor
from yiwang.kernel.evidence import canonical
from yiwang.kernel.models import EvidenceRow

_BATCH: Final = 4096
_MOST: Final = 100
_Found = list[Difference]


@dataclass(slots=True)
class _Walk:
    """A recomputation on its way."""

    log: Log
    found: _Found = field(default_factory=list)
    edge: Edge = field(default_factory=lambda: Edge(0))
    heads: int = 0

    def say(self, kind: FindingKind, place: str, expected: object, found: object) -> None:
        if len(self.found) < _MOST:
            self.found.append(Difference(kind, place, _text(expected), _text(found)))


def check(*, viewer: Actor, evidence: bool = True) -> CheckResult:
    """Recompute the open log from its entries; `evidence`: compare these with the rows of evidence too. Raises LogMissing.

    Finds what was changed after it was signed. Who rewrote everything and holds the log's key is found by the witnesses.
    """
    del viewer
    log = tree.open_log()
    walk = _Walk(log)
    hash_of = tree.hasher(log=log)
    heads = _heads(log)
    head = next(heads, None)
    peaks = CompactRange(hash_of)
    for rows in _batches(log):
        leaves = []
        for row in rows:
            if row.index != peaks.size:
                walk.say(FindingKind.TRUNCATED, f"entry {peaks.size}", "an entry", f"entry {row.index}")
                return _result(walk, peaks.root(), peaks.size)
            leaf = leaf_hash(hash_of, bytes(row.data))
            leaves.append(leaf)
            peaks.append(leaf)
            while head is not None and head.size <= peaks.size:
                _compare_head(walk, head, peaks.root())
                head = next(heads, None)
        walk.edge, full = grown(hash_of, walk.edge, leaves)
        _compare_tiles(walk, full)
        if evidence:
            _compare_evidence(walk, rows)
    while head is not None:
        walk.say(FindingKind.TRUNCATED, f"checkpoint {head.size}", f"{head.size} entries", f"{peaks.size} entries")
        head = next(heads, None)
    _count_tiles(walk, peaks.size)
    return _result(walk, peaks.root(), peaks.size)


def _result(walk: _Walk, root: bytes, size: int) -> CheckResult:
    return CheckResult(walk.log.origin, size, root.hex(), walk.heads, tuple(walk.found))


def _batches(log: Log) -> Iterator[list[Entry]]:
    after = -1
    while rows := list(Entry.objects.filter(log=log, index__gt=after).order_by("index")[:_BATCH]):
        yield rows
        after = rows[-1].index


def _heads(log: Log) -> Iterator[Checkpoint]:
    after = -1
    while rows := list(Checkpoint.objects.filter(log=log, size__gt=after).order_by("size")[:_BATCH]):
        yield from rows
        after = rows[-1].size


def _compare_head(walk: _Walk, head: Checkpoint, root: bytes) -> None:
    walk.heads += 1
    place = f"checkpoint {head.size}"
    if bytes(head.root) != root:
        walk.say(FindingKind.REWRITTEN, place, bytes(head.root), root)
    try:
        note = Note.parse(head.note.encode())
        verify_note(note, [signing.note_verifier(log=walk.log)])
        told = Head.parse(note.text)
    except LedgerFault as fault:
        walk.say(FindingKind.SIGNATURE_WRONG, place, "a note signed by the log", fault)
        return
    if (told.origin, told.size, told.root) != (walk.log.origin, head.size, bytes(head.root)):
        walk.say(FindingKind.FORKED, place, bytes(head.root), told.root)
    for line in Cosignature.objects.filter(log=walk.log, size=head.size).select_related("witness"):
        if not NoteVerifier.parse(line.witness.vkey).verify(note.text, NoteSignature.parse(line.line)):
            walk.say(FindingKind.SIGNATURE_WRONG, f"{place} {line.witness.name}", "a co-signature", line.line)


def _compare_tiles(walk: _Walk, full: list[FullTile]) -> None:
    wanted = {(tile.level, tile.number): tile for tile in full}
    if not wanted:
        return
    asked = Q()
    for level in {tile.level for tile in full}:
        asked |= Q(level=level, number__in=[tile.number for tile in full if tile.level == level])
    for row in Tile.objects.filter(asked, log=walk.log):
        tile = wanted.pop((row.level, row.number))
        if (bytes(row.nodes), bytes(row.root)) != (tile.nodes, tile.root):
            walk.say(FindingKind.REWRITTEN, f"tile {row.level}/{row.number}", tile.root, bytes(row.root))
    for level, number in wanted:
        walk.say(FindingKind.TRUNCATED, f"tile {level}/{number}", "a full tile", "nothing")


def _count_tiles(walk: _Walk, size: int) -> None:
    rows = Tile.objects.filter(log=walk.log).values_list("level", "number").order_by("-number")
    tiles = list(rows[:_MOST])
    size = max(size, tree.size(log=walk.log))  # asked after the tiles: the log may have grown since the walk ended
    for level, number in tiles:
        if (number + 1) << (8 * (level + 1)) > size:
            walk.say(FindingKind.TRUNCATED, f"tile {level}/{number}", "entries", "nothing")


def _compare_evidence(walk: _Walk, rows: list[Entry]) -> None:
    wanted = {row.evidence_id: row for row in rows if row.evidence_id}
    statements = EvidenceRow.objects.filter(pk__in=wanted).values_list("pk", "statement")
    for pk, statement in statements.iterator():
        row = wanted.pop(pk)
        told = canonical(statement)
        if told != bytes(row.data):
            walk.say(FindingKind.EVIDENCE_DIFFERS, f"entry {row.index} evidence {pk}", bytes(row.data), told)
    for pk, row in wanted.items():
        walk.say(FindingKind.EVIDENCE_DIFFERS, f"entry {row.index} evidence {pk}", bytes(row.data), "nothing")


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex() if len(value) <= 64 else value[:300].decode(errors="replace")
    return str(value)[:300]
