"""Which nodes make a proof: plans that name perfect subtrees by (level, at), and how their hashes become the proof.

Storage answers a plan with the hashes of its nodes, from tiles or tables; nothing here reads anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .merkle import MAX_SIZE, Hasher, is_subtree, node_hash
from .wording import ProofWrong


class Node(NamedTuple):
    """The perfect subtree over the leaves [at · 2^level, (at + 1) · 2^level)."""

    level: int
    at: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A proof to be made: the nodes to read, of which nodes[first:after] (right to left) fold into one hash."""

    nodes: tuple[Node, ...]
    first: int = 0
    after: int = 0

    def proof(self, hasher: Hasher, hashes: Sequence[bytes]) -> list[bytes]:
        """The proof, from the hashes of `nodes` in their order."""
        if len(hashes) != len(self.nodes):
            raise ProofWrong("proof.length", wanted=len(self.nodes), found=len(hashes))
        if self.after - self.first < 2:
            return list(hashes)
        folded = hashes[self.first]
        for left in hashes[self.first + 1 : self.after]:
            folded = node_hash(hasher, left, folded)
        return [*hashes[: self.first], folded, *hashes[self.after :]]


def covering(start: int, end: int) -> list[Node]:
    """The fewest perfect subtrees that cover the leaves [start, end), left to right."""
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        nodes.append(Node(level, start >> level))
        start += 1 << level
    return nodes


def root_plan(size: int) -> Plan:
    """What to read for the root of a tree of `size` > 0 leaves: the proof of this plan is [root]."""
    if not 0 < size <= MAX_SIZE:
        raise ProofWrong("proof.size", size=size)
    nodes = tuple(reversed(covering(0, size)))
    return Plan(nodes, 0, len(nodes))


def inclusion_plan(index: int, size: int) -> Plan:
    """What to read to prove that leaf `index` stands in the tree of `size` leaves (RFC 6962 §2.1.1)."""
    return subtree_inclusion_plan(index, 0, size)


def subtree_inclusion_plan(index: int, start: int, end: int) -> Plan:
    """What to read to prove that leaf `index` stands in the subtree [start, end)."""
    if not is_subtree(start, end):
        raise ProofWrong("proof.range", start=start, end=end)
    if not start <= index < end:
        raise ProofWrong("proof.index", index=index, size=end)
    plan = _path(0, index - start, end - start)
    if start == 0:
        return _without_seed(plan)
    moved = tuple(Node(level, at + (start >> level)) for level, at in plan.nodes)
    return _without_seed(Plan(moved, plan.first, plan.after))


def consistency_plan(size1: int, size2: int) -> Plan:
    """What to read to prove that the first `size1` > 0 leaves are the beginning of `size2` (RFC 6962 §2.1.2)."""
    if size1 <= 0:
        raise ProofWrong("proof.empty_tree")
    if size1 > size2:
        raise ProofWrong("proof.order", size1=size1, size2=size2)
    return subtree_consistency_plan(0, size1, size2)


def subtree_consistency_plan(start: int, end: int, size: int) -> Plan:
    """What to read to prove that the subtree [start, end) is part of the tree of `size` leaves."""
    if not is_subtree(start, end) or not end <= size <= MAX_SIZE:
        raise ProofWrong("proof.range", start=start, end=end)
    if start == end or (start == 0 and end == size):
        return Plan(())
    if end == size:
        level = ((end - 1) ^ start).bit_length()
        at = (end - 1) >> level
        plan = _path(0, at, at + 1)
        return _without_seed(Plan(tuple(Node(n.level + level, n.at) for n in plan.nodes), plan.first, plan.after))
    length = end - start
    level = (length & -length).bit_length() - 1
    plan = _path(level, (end - 1) >> level, size)
    return _without_seed(plan) if length == 1 << level else plan


def _path(level: int, index: int, size: int) -> Plan:
    """The node itself, then what proves it part of the tree of `size` leaves."""
    inner = (index ^ (size >> level)).bit_length() - 1
    nodes = [Node(level, index)]
    nodes += [Node(level + step, (index >> step) ^ 1) for step in range(inner)]
    fork = level + inner
    begin, end = (index >> inner) << fork, ((index >> inner) + 1) << fork
    right = list(reversed(covering(end, size)))
    first = len(nodes)
    nodes += right
    nodes += reversed(covering(0, begin))
    return Plan(tuple(nodes), first, first + len(right)) if right else Plan(tuple(nodes))


def _without_seed(plan: Plan) -> Plan:
    if plan.first < plan.after:
        return Plan(plan.nodes[1:], plan.first - 1, plan.after - 1)
    return Plan(plan.nodes[1:])
