"""Trees that grow: the right edge that a log needs to go on (compact range), and a whole tree in memory."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from .merkle import HASH_SIZE, Hasher, empty_root, leaf_hash, node_hash
from .proving import (
    Node,
    Plan,
    consistency_plan,
    covering,
    inclusion_plan,
    root_plan,
    subtree_consistency_plan,
    subtree_inclusion_plan,
)
from .wording import ProofWrong

Visitor = Callable[[Node, bytes], None]


@dataclass(slots=True)
class CompactRange:
    """The right edge of a tree: the perfect subtrees that cover its leaves, widest first. O(log n) memory.

    All that is needed to append and to know the root. `hashes` belong to `covering(0, size)`.
    """

    hasher: Hasher
    size: int = 0
    hashes: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        if len(self.hashes) != self.size.bit_count() or any(len(value) != HASH_SIZE for value in self.hashes):
            raise ProofWrong("proof.length", wanted=self.size.bit_count(), found=len(self.hashes))

    def append(self, leaf: bytes, visit: Visitor | None = None) -> None:
        """Add a leaf *hash*; `visit` gets each perfect subtree above the leaf that this completes."""
        node, level, index = leaf, 0, self.size
        while index & 1:
            node = node_hash(self.hasher, self.hashes.pop(), node)
            level, index = level + 1, index >> 1
            if visit is not None:
                visit(Node(level, index), node)
        self.hashes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The root of the tree as it is now."""
        if not self.hashes:
            return empty_root(self.hasher)
        node = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            node = node_hash(self.hasher, left, node)
        return node

    @property
    def nodes(self) -> list[Node]:
        """Whose hashes `hashes` are."""
        return covering(0, self.size)


def perfect_levels(hasher: Hasher, hashes: Sequence[bytes]) -> list[list[bytes]]:
    """All perfect subtrees over `hashes` (level 0 first): for 2^k hashes the last level is the one root."""
    levels = [list(hashes)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([hasher(b"\x01" + below[i] + below[i + 1]) for i in range(0, len(below) - 1, 2)])
    return levels


class MemoryTree:
    """A log's tree held in memory: for tests, examples and small logs. Proofs at any past size."""

    def __init__(self, hasher: Hasher, entries: Iterable[bytes] = ()) -> None:
        self.hasher = hasher
        self._levels: list[list[bytes]] = [[]]
        for entry in entries:
            self.append(entry)

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._levels[0])

    def append(self, entry: bytes) -> int:
        """Add an entry; its index."""
        return self.append_hash(leaf_hash(self.hasher, entry))

    def append_hash(self, leaf: bytes) -> int:
        """Add a leaf by its hash; its index."""
        index = at = self.size
        node, level = leaf, 0
        self._levels[0].append(node)
        while at & 1:
            node = node_hash(self.hasher, self._levels[level][at - 1], node)
            level, at = level + 1, at >> 1
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(node)
        return index

    def node(self, node: Node) -> bytes:
        """The hash of a perfect subtree."""
        return self._levels[node.level][node.at]

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves (all, where none is given)."""
        size = self.size if size is None else self._known(size)
        return self._proof(root_plan(size))[0] if size else empty_root(self.hasher)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The proof that leaf `index` stands in the tree of `size` leaves."""
        return self._proof(inclusion_plan(index, self.size if size is None else self._known(size)))

    def consistency(self, size1: int, size2: int | None = None) -> list[bytes]:
        """The proof that the tree of `size1` leaves is the beginning of that of `size2`."""
        return self._proof(consistency_plan(size1, self.size if size2 is None else self._known(size2)))

    def subtree_root(self, start: int, end: int) -> bytes:
        """The root of the subtree [start, end)."""
        if start == end:
            return empty_root(self.hasher)
        nodes = tuple(reversed(covering(start, self._known(end))))
        return self._proof(Plan(nodes, 0, len(nodes)))[0]

    def subtree_inclusion(self, index: int, start: int, end: int) -> list[bytes]:
        """The proof that leaf `index` stands in the subtree [start, end)."""
        return self._proof(subtree_inclusion_plan(index, start, self._known(end)))

    def subtree_consistency(self, start: int, end: int, size: int) -> list[bytes]:
        """The proof that the subtree [start, end) is part of the tree of `size` leaves."""
        return self._proof(subtree_consistency_plan(start, end, self._known(size)))

    def _known(self, size: int) -> int:
        if not 0 <= size <= self.size:
            raise ProofWrong("proof.size", size=size)
        return size

    def _proof(self, plan: Plan) -> list[bytes]:
        return plan.proof(self.hasher, [self.node(node) for node in plan.nodes])
