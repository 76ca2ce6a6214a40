"""A monitor: reads a log whole, recomputes its roots, and compares what it sees with what others were shown.

It trusts nothing but the log's public key. A head counts once the entries that the log gives out lead to its root and
begin with everything seen before.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from yiwang.commons.ledger.engine.notes import Note, verify_note
from yiwang.commons.ledger.engine.proving import Node
from yiwang.commons.ledger.engine.receipts import HEADERS, Receipt
from yiwang.commons.ledger.engine.tiles import TILE_WIDTH, TileTree
from yiwang.commons.ledger.engine.wording import LedgerFault, ProofWrong, SignatureWrong, TextWrong

from .asking import WitnessAddress
from .copying import HeldHead, TreeCopy
from .fetching import Unreachable
from .findings import Finding, Report
from .gathering import Gathered, gather
from .misbehaviour import AlarmFolder, Difference, Misbehaviour
from .reading import RemoteLog, SignedHead, Unreadable, bundles, first_difference, root_at
from .witness import CLOCK_SLACK, Clock

REREAD: Final = 4
"""Bundles of old entries read again at each look."""
_LATE: Final = 3600
_PAUSE: Final = 1.0
_PATIENCE: Final = 3
_BATCH: Final = 16
MOST_NEW: Final = 50_000_000
"""New entries read at one look; a head that claims more is not believed."""
SECONDS: Final = 3600.0
"""Time for reading new entries at one look."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A note or receipt that somebody was given: the raw bytes and from where."""

    source: str
    data: bytes


class Monitor:
    """Follows one log. `witnesses` are asked for the heads that they co-signed; `folder` keeps proofs."""

    def __init__(
        self,
        log: RemoteLog,
        copy: TreeCopy,
        alarms: AlarmFolder,
        *,
        witnesses: Sequence[WitnessAddress] = (),
        now: Clock = time.time,
        late: int = _LATE,
        pause: float = _PAUSE,
        seconds: float = SECONDS,
    ) -> None:
        self._log, self._copy, self._alarms = log, copy, alarms
        self._witnesses = witnesses
        self._now, self._late, self._pause, self._seconds = now, late, pause, seconds
        self._findings: list[Finding] = []

    def look(self, seen: Iterable[Seen] = (), *, reread: int = REREAD) -> Report:
        """One look: new entries, some old ones again, the witnesses' heads, and what is `seen` elsewhere.

        `reread`: bundles of 256 old entries to read again; -1 for all. Never raises for what the log or others do.
        """
        self._findings = []
        before = self._copy.held
        standing = self._alarms.standing()
        self._look_at_log()
        again = self._read_again(reread, before)
        for head in self._heads_of_witnesses():
            self._compare(head)
        for one in seen:
            self._look_at_seen(one)
        if standing and not any(finding.proof for finding in self._findings):
            self._say("standing", count=len(standing), folder=str(self._alarms.folder))
        held = self._copy.held
        new = held.size - (before.size if before else 0) if held else 0
        origin = self._log.keys[0].name
        size, root = (held.size, held.root) if held else (0, b"")
        once = {(finding.code, finding.text()): finding for finding in self._findings}
        return Report(origin, size, root, new, again, tuple(once.values()))

    def _say(self, code: str, proof: str = "", **params: object) -> None:
        self._findings.append(Finding(code, params, proof))

    # what the log shows

    def _look_at_log(self) -> None:
        try:
            head = self._log.head()
            if head.size < self._copy.shown:  # a cache may be some seconds behind
                time.sleep(self._pause)
                head = self._log.head()
        except (Unreachable, Unreadable, TextWrong) as fault:  # an error page of some proxy is no sign of the log
            self._say("unreachable", reason=str(fault))
        except SignatureWrong as fault:
            self._say("unsigned", reason=str(fault))
        else:
            self._judge(head)

    def _judge(self, head: SignedHead) -> None:
        held, shown = self._copy.held, self._copy.shown
        if held is None or head.size > held.size:
            self._follow(head)
        elif head.root != self._copy.tree(head.size).root():
            self._contradiction(head, "rewritten")
        elif head.size < shown:
            self._say("truncated", self._keep("truncated", head), old=shown, new=head.size, source=head.source)
        now = self._copy.held
        if now and shown < head.size <= now.size:  # what nothing led to counts for nothing
            self._copy.shown = head.size

    def _follow(self, head: SignedHead, elsewhere: str = "") -> None:
        """Read what a larger head adds, and hold it if it fits. `elsewhere`: what to say of one that others were shown."""
        with self._copy.growing():
            try:
                self._extend(head.size, patience=_PATIENCE if elsewhere else 1)
            except Unreachable as fault:
                self._say("unreachable", reason=str(fault))
                return
            except Unreadable as fault:
                self._unproved(head, str(fault), elsewhere or "unproved")
                return
            if self._copy.tree(head.size).root() == head.root:
                origin, now = head.checkpoint.origin, int(self._now())
                self._copy.hold(HeldHead(origin, head.size, head.root, head.note.bytes(), head.source, now))
                return
        self._diagnose(head, "split" if elsewhere else "unproved")

    def _extend(self, size: int, *, patience: int = 1) -> None:
        """Read on to `size`; what is not there yet is asked for again: a witness may sign before a log publishes."""
        have = self._copy.size
        if size - have > MOST_NEW:
            raise Unreadable(f"it claims {size - have} new entries")
        ends = time.monotonic() + self._seconds
        pending: list[bytes] = []
        for number, width in bundles(have, size):
            if time.monotonic() > ends:
                raise Unreachable(f"not read whole within {self._seconds:g} s")
            leaves = self._patiently(number, width, patience)
            pending += leaves[max(0, have - number * TILE_WIDTH) :]
            if len(pending) >= _BATCH * TILE_WIDTH:
                self._copy.append(pending)
                pending = []
        self._copy.append(pending)

    def _patiently(self, number: int, width: int, patience: int) -> list[bytes]:
        for _ in range(patience - 1):
            try:
                return self._log.leaves(number, width)
            except Unreadable:
                time.sleep(self._pause)
        return self._log.leaves(number, width)

    def _diagnose(self, head: SignedHead, otherwise: str) -> None:
        """The entries do not lead to the signed root: was history rewritten, or does the log serve something else?"""
        held = self._copy.held
        theirs = self._log.tree(head.size)
        try:
            told = theirs.root()
            prefix = root_at(theirs, held.size) if held and held.size else b""
        except (Unreachable, Unreadable, TextWrong) as fault:
            self._unproved(head, str(fault), otherwise)
            return
        if told != head.root:
            self._unproved(head, "tiles", otherwise)
        elif not held or prefix in {b"", held.root}:
            self._unproved(head, "entries")
        else:
            self._rewritten(head, held, theirs, prefix)

    def _unproved(self, head: SignedHead, reason: str, code: str = "unproved") -> None:
        proof = self._keep(code, head) if self._copy.held else ""
        self._say(code, proof, size=head.size, source=head.source, reason=reason)

    def _rewritten(self, head: SignedHead, held: HeldHead, theirs: TileTree, prefix: bytes) -> None:
        try:
            consistency = tuple(theirs.consistency(held.size))
            difference = _difference(self._copy.tree(held.size), theirs, held.size)
        except (Unreachable, Unreadable, TextWrong, ProofWrong):
            consistency, difference, prefix = (), None, b""
        proof = self._keep("rewritten", head, prefix, consistency, difference)
        self._say_rewritten("rewritten", proof, held.size, head, difference)

    def _say_rewritten(self, code: str, proof: str, old: int, head: SignedHead, found: Difference | None) -> None:
        where = f"，自第 {found.index} 号起不同" if found else ""
        where_en = f", from entry {found.index} on" if found else ""
        self._say(code, proof, old=old, new=head.size, where=where, where_en=where_en, source=head.source)

    # what others were shown

    def _compare(self, head: SignedHead) -> None:
        held = self._copy.held
        if held is None or head.size > held.size:
            self._follow(head, "hidden")
        elif head.root != self._copy.tree(head.size).root():
            self._contradiction(head, "split")

    def _contradiction(self, head: SignedHead, code: str) -> None:
        """A head of not more entries than the held one has another root than our own copy has there."""
        held = self._copy.held
        assert held
        prefix = self._copy.tree(head.size).root()
        consistency: tuple[bytes, ...] = ()
        if 0 < head.size < held.size:
            consistency = tuple(self._copy.tree(held.size).consistency(head.size))
        same = head.size == held.size
        difference = None if code == "split" else self._differing(head, held)
        code = "fork" if same and code != "split" else code
        proof = self._keep(code, head, prefix if consistency else b"", consistency, difference)
        if code == "split":
            self._say(code, proof, size=head.size, source=head.source)
        else:
            self._say_rewritten(code, proof, held.size, head, difference)

    def _differing(self, head: SignedHead, held: HeldHead) -> Difference | None:
        """The first entry that the log's tree of this head has otherwise, as far as its tiles tell."""
        theirs, mine = self._log.tree(head.size), self._copy.tree(held.size)
        pair = (mine, theirs) if held.size <= head.size else (theirs, mine)
        try:
            return _difference(*pair, head.size) if theirs.root() == head.root else None
        except (Unreachable, Unreadable, TextWrong, ProofWrong):
            return None

    def _heads_of_witnesses(self) -> Iterable[SignedHead]:
        for got in gather(self._witnesses, self._log.keys[0].name):
            yield from self._heads_of(got)

    def _heads_of(self, got: Gathered) -> Iterable[SignedHead]:
        name = got.witness.name
        if got.silent:
            self._say("witness_silent", name=name, reason=got.silent)
        for raw in got.notes:
            source = f"{name} {got.witness.url}"
            try:
                note = Note.parse(raw)
                head = SignedHead(note, self._log.keys, source)
                if raw == got.head:
                    self._look_at_clock(note, got.witness)
            except LedgerFault as fault:
                self._say("witness_odd", name=name, reason=str(fault))
            else:
                yield head

    def _look_at_clock(self, note: Note, witness: WitnessAddress) -> None:
        """Raises SignatureWrong where the witness shows a head without a valid cosignature of its own."""
        age = int(self._now()) - verify_note(note, [witness.verifier])[0].time
        if age < -CLOCK_SLACK:
            self._say("witness_clock", name=witness.name, seconds=-age)
        elif age > self._late:
            self._say("witness_late", name=witness.name, seconds=age)

    def _look_at_seen(self, one: Seen) -> None:
        try:
            if any(one.data.startswith(header.encode()) for header in HEADERS.values()):
                note = Receipt.parse(one.data, entry=None if b"\nextra " in one.data[:200] else b"").note
            else:
                note = Note.parse(one.data)
            head = SignedHead(note, self._log.keys, one.source)
        except LedgerFault as fault:
            self._say("foreign", source=one.source, reason=str(fault))
        else:
            self._compare(head)

    # what the log serves of the past

    def _read_again(self, count: int, before: HeldHead | None) -> int:
        """Read old entries again and compare them with what was first seen; how many bundles."""
        if before is None or not before.size:
            return 0
        every = bundles(0, before.size)
        chosen = range(len(every)) if count < 0 else self._copy.next_bundles(count, len(every))
        for at in chosen:
            number, width = every[at]
            try:
                leaves = self._log.leaves(number, width)
            except Unreachable as fault:
                self._say("unreachable", reason=str(fault))
                break
            except Unreadable as fault:
                self._say("withheld", first=number * TILE_WIDTH, reason=str(fault))
                continue
            pairs = enumerate(zip(self._copy.leaves(number, width), leaves, strict=True))
            changed = [number * TILE_WIDTH + inside for inside, (mine, theirs) in pairs if mine != theirs]
            for index in changed[:8]:
                self._say("altered", index=index)
        return len(chosen)

    def _keep(
        self,
        code: str,
        head: SignedHead,
        prefix: bytes = b"",
        consistency: tuple[bytes, ...] = (),
        difference: Difference | None = None,
    ) -> str:
        held = self._copy.held
        assert held
        mine, theirs = (held.note, held.source), (head.note.bytes(), head.source)
        first, second = (mine, theirs) if held.size <= head.size else (theirs, mine)
        now = int(self._now())
        return self._alarms.keep(Misbehaviour(code, *first, *second, now, prefix, consistency, difference))


def _difference(mine: TileTree, theirs: TileTree, size: int) -> Difference | None:
    index = first_difference(mine, theirs, size)
    if index is None:
        return None
    leaves = [tree.node(Node(0, index)) for tree in (mine, theirs)]
    return Difference(index, leaves[0], tuple(mine.inclusion(index)), leaves[1], tuple(theirs.inclusion(index)))
