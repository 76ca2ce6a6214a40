"""Tiles and bundles: paths, bytes, and proofs computed from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.commons.crypto.engine import suite
from yiwang.commons.ledger.engine import (
    ENTRIES,
    TILE_WIDTH,
    MemoryTree,
    Node,
    TextWrong,
    Tile,
    TileTree,
    pack_entries,
    pack_hashes,
    tile_width,
    tiles_of,
    unpack_entries,
    unpack_hashes,
)

DIGEST = suite("international").digest
SIZES = (1, 2, 70, 255, 256, 257, 511, 512, 700, 65_536, 65_537, 66_000)
TREE = MemoryTree(DIGEST, (at.to_bytes(3) for at in range(SIZES[-1])))


def served(tile):
    return pack_hashes([TREE.node(Node(8 * tile.level, tile.number * 256 + at)) for at in range(tile.width)])


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1234067), "tile/0/x001/x234/067"),  # the example of the specification
        (Tile(0, 0), "tile/0/000"),
        (Tile(1, 1, 17), "tile/1/001.p/17"),
        (Tile(ENTRIES, 273, 112), "tile/entries/273.p/112"),
        (Tile(63, 999, 1), "tile/63/999.p/1"),
        (Tile(2, 1000), "tile/2/x001/000"),
    ],
)
def test_a_tile_has_one_path(tile, path):
    assert tile.path() == path
    assert Tile.parse(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/00/000", "tile/64/000", "tile/0/0", "tile/0/x000/001", "tile/0/001/002", "tile/0/x001", "tile/0/000.p/0",
        "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000/", "/tile/0/000", "tile/entries/000\n", "tile/-1/000",
        "tile/0/" + "x001/" * 40 + "000", "tile/0/٠٠٠", "",
    ],
)  # fmt: skip
def test_other_spellings_are_refused(path):
    with pytest.raises(TextWrong):
        Tile.parse(path)


def test_a_tree_of_seventy_thousand_has_the_tiles_of_the_specification():
    tiles = tiles_of(70_000)
    assert len([tile for tile in tiles if tile.level == 0 and tile.width == TILE_WIDTH]) == 273
    assert tiles[273:] == [Tile(0, 273, 112), Tile(1, 0), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert tiles_of(256) == [Tile(0, 0), Tile(1, 0, 1)]
    assert tile_width(0, 274, 70_000) == 0


@given(st.integers(0, 10**5), st.integers(0, 10**5))
def test_new_tiles_are_those_that_the_smaller_tree_had_not(one, other):
    since, size = sorted((one, other))
    assert set(tiles_of(size, since)) == set(tiles_of(size)) - set(tiles_of(since))


@pytest.mark.parametrize("size", SIZES)
def test_proofs_from_tiles_are_those_of_the_tree(size):
    read = []

    def reader(tile):
        read.append(tile)
        return served(tile)

    tiled = TileTree(DIGEST, size, reader)
    assert tiled.root() == TREE.root(size)
    for index in {0, 1, size // 2, size // 3, size - 2, size - 1} & set(range(size)):
        assert tiled.inclusion(index) == TREE.inclusion(index, size)
        assert tiled.consistency(index + 1) == TREE.consistency(index + 1, size)
    assert len(read) == len(set(read))
    assert set(read) <= set(tiles_of(size))


@given(st.lists(st.binary(max_size=40), max_size=300))
def test_bundles_give_back_their_entries(entries):
    assert unpack_entries(pack_entries(entries), len(entries)) == entries


@given(st.binary(max_size=200), st.integers(0, 300))
def test_damaged_bundles_and_tiles_are_refused(data, width):
    try:
        entries = unpack_entries(data, width)
    except TextWrong:
        pass
    else:
        assert pack_entries(entries) == data
    if len(data) != 32 * width:
        with pytest.raises(TextWrong):
            unpack_hashes(data, width)


def test_an_entry_longer_than_its_length_field_is_refused():
    assert unpack_entries(pack_entries([bytes(65_535)]), 1) == [bytes(65_535)]
    with pytest.raises(TextWrong):
        pack_entries([bytes(65_536)])
    with pytest.raises(TextWrong):
        unpack_entries(b"\x00\x05abc", 1)
