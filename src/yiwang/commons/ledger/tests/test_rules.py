"""The arithmetic of tiles against trees held whole in memory."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.commons.ledger.engine import MemoryTree
from yiwang.commons.ledger.rules import HEIGHT, WIDTH, Edge, FullTile, full_tiles, grown, offset


def digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def leaves(many: int, since: int = 0) -> list[bytes]:
    return [digest(f"leaf {number}".encode()) for number in range(since, since + many)]


def whole(many: int) -> MemoryTree:
    tree = MemoryTree(digest)
    for leaf in leaves(many):
        tree.append_hash(leaf)
    return tree


@given(st.lists(st.integers(0, 700), max_size=6))
def test_an_edge_grows_the_same_in_any_steps(steps):
    edge, full = Edge(0), []
    for many in steps:
        edge, more = grown(digest, edge, leaves(many, edge.size))
        full += more
    at_once, tiles = grown(digest, Edge(0), leaves(sum(steps)))
    assert edge.size == at_once.size == sum(steps)
    assert {(t.level, t.number): t for t in full} == {(t.level, t.number): t for t in tiles}
    assert [[row for row in level if row] for level in edge.levels] == [
        [row for row in level if row] for level in at_once.levels
    ]


@pytest.mark.parametrize("many", [1, 255, 256, 257, 512, 1000, 65_535, 65_536, 65_900])
def test_each_node_stands_in_a_full_tile_or_on_the_edge(many):
    tree = whole(many)
    edge, tiles = grown(digest, Edge(0), leaves(many))
    held = {(tile.level, tile.number): tile for tile in tiles}
    assert sorted(held) == [(level, n) for level in range(3) for n in range(full_tiles(level, many))]
    level = 0
    while many >> level:
        for index in {0, (many >> level) // 2, (many >> level) - 1}:
            assert node(held, edge, level, index) == tree._levels[level][index]
        level += 1


def node(held: dict[tuple[int, int], FullTile], edge: Edge, level: int, index: int) -> bytes:
    tile, row = divmod(level, HEIGHT)
    number, inside = divmod(index, WIDTH >> row)
    if (tile, number) in held:
        at = offset(row, inside)
        return held[tile, number].nodes[at : at + 32]
    return edge.node(level, index)
