"""Proofs from the tables against trees held whole in memory, at every size, with tiles and edges."""

import pytest

from yiwang.commons.ledger import queries
from yiwang.commons.ledger.contracts import NoSuchEntry
from yiwang.commons.ledger.engine import (
    MemoryTree,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)  # fmt: skip
from yiwang.commons.ledger.queries import tree
from yiwang.commons.ledger.tests.factories import SYSTEM, a_log, append, drafts

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("suite", "most"), [("national", 20), ("international", 70)])
def test_proofs_at_all_small_sizes_are_those_of_the_whole_tree(suite, most):
    a_log(suite)
    hasher = tree.hasher(log=tree.open_log())
    whole = MemoryTree(hasher)
    for size in range(1, most + 1):
        entry = drafts(1, size - 1)
        append(entry)
        whole.append(entry[0].data)
        assert tree.Tree(tree.open_log(), size).root() == whole.root()
        found = queries.inclusion_proofs(indexes=range(size), size=size, viewer=SYSTEM)
        assert found == [whole.inclusion(index) for index in range(size)]
    for new in range(1, most + 1):
        now = tree.Tree(tree.open_log(), new)
        assert [now.consistency(old) for old in range(1, new + 1)] == [
            whole.consistency(old, new) for old in range(1, new + 1)
        ]


def test_proofs_across_tiles_verify_and_equal_the_whole_tree_and_a_cold_one_reads_a_tile_a_level(
    django_assert_max_num_queries,
):
    a_log()
    log = tree.open_log()
    hasher = tree.hasher(log=log)
    entries = drafts(70_000)
    for first in range(0, len(entries), 10_000):
        append(entries[first : first + 10_000])
    whole = MemoryTree(hasher, (entry.data for entry in entries))
    for size in (255, 256, 257, 511, 65_535, 65_536, 65_537, 66_000, 70_000):
        root = tree.Tree(log, size).root()
        assert root == whole.root(size)
        for index in {0, 1, 255, 256, size // 2, size - 1} & set(range(size)):
            proof = queries.inclusion_proof(index=index, size=size, viewer=SYSTEM)
            assert proof == whole.inclusion(index, size)
            verify_inclusion(hasher, leaf_hash(hasher, entries[index].data), index, size, proof, root)
        for old in (1, 255, 256, 300, size - 1):
            if 0 < old < size:
                proof = queries.consistency_proof(old=old, new=size, viewer=SYSTEM)
                verify_consistency(hasher, old, whole.root(old), size, root, proof)
    tree.forget()
    with django_assert_max_num_queries(7):  # the log, its size, the edge's three levels, two tiles
        queries.inclusion_proof(index=5, size=70_000, viewer=SYSTEM)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0), (0, 4)])
def test_nothing_is_proved_of_what_is_not_there(index, size):
    a_log()
    append(drafts(3))
    with pytest.raises(NoSuchEntry):
        queries.inclusion_proof(index=index, size=size, viewer=SYSTEM)
