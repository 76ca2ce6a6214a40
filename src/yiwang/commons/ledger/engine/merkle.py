"""Verifies Merkle proofs of append-only logs (RFC 6962 §2.1, RFC 9162 §2.1) and of their subtrees
(draft-ietf-plants-merkle-tree-certs §4). Any hash of 32 bytes: the caller gives the function.

Roots and hashes are `bytes`; sizes count leaves; every refusal is a `ProofWrong` with its reason.
"""

from collections.abc import Callable, Sequence
from typing import Final

from .wording import ProofWrong

Hasher = Callable[[bytes], bytes]

HASH_SIZE: Final = 32
MAX_SIZE: Final = 2**63 - 1
_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"


def leaf_hash(hasher: Hasher, entry: bytes) -> bytes:
    """The hash of a log entry (RFC 6962 §2.1)."""
    return hasher(_LEAF + entry)


def node_hash(hasher: Hasher, left: bytes, right: bytes) -> bytes:
    """The hash of an inner node (RFC 6962 §2.1)."""
    return hasher(_NODE + left + right)


def empty_root(hasher: Hasher) -> bytes:
    """The root of the tree without leaves: the hash of nothing."""
    return hasher(b"")


def is_subtree(start: int, end: int) -> bool:
    """Whether [start, end) may be a subtree: start is a multiple of the power of two that holds end - start leaves."""
    if not 0 <= start <= end <= MAX_SIZE:
        return False
    return start in {0, end} or start % (1 << (end - start - 1).bit_length()) == 0


def root_from_inclusion(hasher: Hasher, leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that `proof` (sibling of the leaf first) leads to from the leaf *hash* at `index` of `size` leaves."""
    if not 0 < size <= MAX_SIZE:
        raise ProofWrong("proof.size", size=size)
    if not 0 <= index < size:
        raise ProofWrong("proof.index", index=index, size=size)
    inner = (index ^ (size - 1)).bit_length()
    wanted = inner + (index >> inner).bit_count()
    if len(proof) != wanted:
        raise ProofWrong("proof.length", wanted=wanted, found=len(proof))
    if len(leaf) != HASH_SIZE:
        raise ProofWrong("proof.hash", wanted=HASH_SIZE)
    # Above the fork with the right edge only left siblings follow: the path's bits are all ones.
    path = index & ((1 << inner) - 1) | (-1 << inner)
    node = leaf
    for sibling in proof:
        if len(sibling) != HASH_SIZE:
            raise ProofWrong("proof.hash", wanted=HASH_SIZE)
        node = hasher(_NODE + sibling + node) if path & 1 else hasher(_NODE + node + sibling)
        path >>= 1
    return node


def verify_inclusion(hasher: Hasher, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Refuse unless the leaf hash stands at `index` in the tree of `size` leaves with this root (RFC 9162 §2.1.3.2)."""
    if root_from_inclusion(hasher, leaf, index, size, proof) != root:
        raise ProofWrong("proof.root")


def verify_subtree_inclusion(
    hasher: Hasher, leaf: bytes, index: int, start: int, end: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Refuse unless the leaf hash stands at `index` (of the whole log) in the subtree [start, end) with this root."""
    if not is_subtree(start, end) or start == end:
        raise ProofWrong("proof.range", start=start, end=end)
    if not start <= index < end:
        raise ProofWrong("proof.index", index=index, size=end)
    verify_inclusion(hasher, leaf, index - start, end - start, proof, root)


def verify_consistency(
    hasher: Hasher, size1: int, root1: bytes, size2: int, root2: bytes, proof: Sequence[bytes]
) -> None:
    """Refuse unless the tree of `size1` leaves is the beginning of that of `size2` (RFC 9162 §2.1.4.2).

    From an empty tree nothing can be proved: refused (`proof.empty_tree`); every log begins like the empty one.
    """
    if not 0 <= size1 <= size2:
        raise ProofWrong("proof.order", size1=size1, size2=size2)
    if size1 == 0:
        raise ProofWrong("proof.empty_tree")
    if root_from_consistency(hasher, 0, size1, size2, proof, root1) != root2:
        raise ProofWrong("proof.root")


def verify_subtree_consistency(
    hasher: Hasher, start: int, end: int, size: int, proof: Sequence[bytes], subtree_root: bytes, root: bytes
) -> None:
    """Refuse unless the subtree [start, end) with its root is part of the tree of `size` leaves with `root`."""
    if start == end:
        if not 0 <= end <= size:
            raise ProofWrong("proof.range", start=start, end=end)
        if proof:
            raise ProofWrong("proof.length", wanted=0, found=len(proof))
        if subtree_root != empty_root(hasher):
            raise ProofWrong("proof.old_root")
        return
    if root_from_consistency(hasher, start, end, size, proof, subtree_root) != root:
        raise ProofWrong("proof.root")


def root_from_consistency(
    hasher: Hasher, start: int, end: int, size: int, proof: Sequence[bytes], subtree_root: bytes
) -> bytes:
    """The root of the tree of `size` leaves that `proof` leads to from the root of its subtree [start, end), not empty.

    Refused unless the proof also leads to `subtree_root` (RFC 9162 §2.1.4.2 for start 0; merkle-tree-certs §4.4.3).
    """
    if not is_subtree(start, end) or start == end or end > size:
        raise ProofWrong("proof.range", start=start, end=end)
    if size > MAX_SIZE:
        raise ProofWrong("proof.size", size=size)
    for sibling in proof:
        if len(sibling) != HASH_SIZE:
            raise ProofWrong("proof.hash", wanted=HASH_SIZE)
    if end == size:
        level = ((end - 1) ^ start).bit_length()
        _length(proof, (start >> level).bit_count())
        return _left(hasher, subtree_root, proof)
    return _root_beyond(hasher, start, end, size, proof, subtree_root)


def _root_beyond(hasher: Hasher, start: int, end: int, size: int, proof: Sequence[bytes], subtree_root: bytes) -> bytes:
    """The case end < size: the proof begins at the rightmost perfect subtree of [start, end)."""
    last = end - 1
    fork = (last ^ (size - 1)).bit_length()
    shift = ((end - start) & -(end - start)).bit_length() - 1
    inner = fork - shift
    border = (last >> fork).bit_count()
    perfect = end - start == 1 << shift
    _length(proof, inner + border + (not perfect))
    seed, rest = (subtree_root, proof) if perfect else (proof[0], proof[1:])
    path = last >> shift
    if not perfect:
        height = (last ^ start).bit_length()
        node = seed
        for level, sibling in enumerate(rest[: min(height, fork) - shift]):
            if path >> level & 1:
                node = hasher(_NODE + sibling + node)
        inside = max(0, border - (last >> height).bit_count())
        if _left(hasher, node, rest[inner : inner + inside]) != subtree_root:
            raise ProofWrong("proof.old_root")
    node = seed
    for level, sibling in enumerate(rest[:inner]):
        node = hasher(_NODE + sibling + node) if path >> level & 1 else hasher(_NODE + node + sibling)
    return _left(hasher, node, rest[inner:])


def _length(proof: Sequence[bytes], wanted: int) -> None:
    if len(proof) != wanted:
        raise ProofWrong("proof.length", wanted=wanted, found=len(proof))


def _left(hasher: Hasher, node: bytes, siblings: Sequence[bytes]) -> bytes:
    for sibling in siblings:
        node = hasher(_NODE + sibling + node)
    return node
