"""Proofs from the tables: that an entry is in the log, that the log only grew."""

from collections.abc import Sequence

from yiwang.commons.ledger.contracts import NoSuchEntry
from yiwang.commons.ledger.queries import tree
from yiwang.kernel.actor import Actor


def inclusion_proof(*, index: int, size: int, viewer: Actor) -> list[bytes]:
    """The proof that entry `index` stands in the open log of `size` entries (RFC 6962 §2.1.1). Raises LogMissing, NoSuchEntry."""
    return inclusion_proofs(indexes=[index], size=size, viewer=viewer)[0]


def inclusion_proofs(*, indexes: Sequence[int], size: int, viewer: Actor) -> list[list[bytes]]:
    """The same for many entries: the tiles that are not in memory are read in one statement."""
    del viewer
    now = _tree(size)
    if any(not 0 <= index < size for index in indexes):
        raise NoSuchEntry
    now.read_ahead(indexes)
    return [now.inclusion(index) for index in indexes]


def consistency_proof(*, old: int, new: int, viewer: Actor) -> list[bytes]:
    """The proof that the first `old` entries are the beginning of the first `new` (RFC 6962 §2.1.2). Raises as above."""
    del viewer
    return _tree(new).consistency(old)


def prover(*, size: int, viewer: Actor) -> tree.Tree:
    """The tree of the first `size` entries of the open log, for whoever asks for many proofs one by one. Raises as above."""
    del viewer
    return _tree(size)


def _tree(size: int) -> tree.Tree:
    log = tree.open_log()
    if not 0 < size <= tree.size(log=log):
        raise NoSuchEntry
    return tree.Tree(log, size)
