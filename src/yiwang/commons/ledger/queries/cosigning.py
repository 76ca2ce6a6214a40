"""What the next round of asking witnesses needs: the newest head, who has not co-signed it, from which size each goes on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery

from yiwang.commons.ledger.contracts import LogMissing
from yiwang.commons.ledger.engine import NoteVerifier
from yiwang.commons.ledger.engine.witnessing.asking import WitnessAddress
from yiwang.commons.ledger.models import Cosignature, Witness
from yiwang.commons.ledger.queries import checkpoints, tree
from yiwang.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class CosigningRound:
    """`known`: the size that each witness co-signed last, by name; `signed`: who has co-signed this head already."""

    size: int
    note: bytes
    witnesses: tuple[WitnessAddress, ...]
    ids: Mapping[str, UUID]
    known: Mapping[str, int]
    signed: frozenset[str]
    needed: int

    def reached(self, names: Collection[str]) -> bool:
        """Whether these and those who had signed before make the quorum."""
        return len(self.signed | set(names)) >= self.needed


def cosigning(*, viewer: Actor) -> CosigningRound | None:
    """The next round for the open log; None where nobody has to be asked. At most six queries."""
    del viewer
    try:
        log = tree.open_log()
    except LogMissing:
        return None
    head = checkpoints.newest(log=log)
    rows = list(checkpoints.active_witnesses(log=log).values())
    if head is None or not rows:
        return None
    last = {witness: size for witness, (size, _) in last_cosigned(witnesses=rows).items()}
    waiting = [row for row in rows if last.get(row.pk, 0) < head.size]
    if not waiting:
        return None
    return CosigningRound(
        size=head.size,
        note=head.note.encode(),
        witnesses=tuple(_address(row) for row in waiting),
        ids={row.name: row.pk for row in waiting},
        known={row.name: last.get(row.pk, 0) for row in waiting},
        signed=frozenset(row.name for row in rows if row not in waiting),
        needed=checkpoints.needed(log=log),
    )


def last_cosigned(*, witnesses: Collection[Witness]) -> dict[UUID, tuple[int, datetime]]:
    """The size that each of these witnesses co-signed last, and when; none where it never did.

    One query, one row of an index a witness: the table of co-signatures grows for ever and is never read as a whole.
    """
    own = Cosignature.objects.filter(witness=OuterRef("pk")).order_by("-size")
    rows = Witness.objects.filter(pk__in=[row.pk for row in witnesses])
    newest = rows.annotate(last=Subquery(own.values("size")[:1]), moment=Subquery(own.values("at")[:1]))
    return {pk: (size, at) for pk, size, at in newest.values_list("pk", "last", "moment") if at is not None}


def _address(row: Witness) -> WitnessAddress:
    return WitnessAddress(row.name, row.organisation, row.url, NoteVerifier.parse(row.vkey))
