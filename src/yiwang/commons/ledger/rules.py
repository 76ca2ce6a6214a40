"""How a tree lies in tiles: the right edge that grows, what full tiles it leaves behind, where in a tile a node stands. Pure.

Tile level L stands at tree level 8·L. A tile's nodes are kept row by row, 256 hashes, then the 128 nodes above them, down to 2.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from yiwang.commons.ledger.engine import Hasher

HASH = 32
WIDTH = 256
HEIGHT = 8
NODES = 510


@dataclass(frozen=True, slots=True)
class FullTile:
    """A tile that will never change: its nodes as they are kept, and its root."""

    level: int
    number: int
    nodes: bytes
    root: bytes


@dataclass(frozen=True, slots=True)
class Edge:
    """The part of a tree of `size` leaves that no full tile holds: per tile level the rows of nodes of its last, partial tile."""

    size: int
    levels: tuple[tuple[tuple[bytes, ...], ...], ...] = ()

    def node(self, level: int, index: int) -> bytes:
        """The hash of the perfect subtree (level, index), which must lie in a partial tile. Raises IndexError."""
        tile, row = divmod(level, HEIGHT)
        inside = index - ((self.first(tile)) >> row)
        if inside < 0:
            raise IndexError(index)
        return self.levels[tile][row][inside]

    def first(self, tile: int) -> int:
        """Index, in the hashes of tile level `tile`, of the first one that no full tile holds."""
        return ((self.size >> (HEIGHT * tile)) // WIDTH) * WIDTH


def full_tiles(level: int, size: int) -> int:
    """How many tiles of this level are full in a tree of `size` leaves."""
    return size >> (HEIGHT * (level + 1))


def grown(hasher: Hasher, edge: Edge, leaves: Sequence[bytes]) -> tuple[Edge, list[FullTile]]:
    """The edge after these leaf hashes, and the tiles that became full, in an order in which they can be written."""
    full: list[FullTile] = []
    levels: list[tuple[tuple[bytes, ...], ...]] = []
    coming: Sequence[bytes] = leaves
    tile = 0
    while coming or tile < len(edge.levels):
        held = edge.levels[tile] if tile < len(edge.levels) else ()
        rows, fresh = _level(hasher, tile, edge.first(tile) // WIDTH, held, coming)
        full += fresh
        levels.append(rows)
        coming = [each.root for each in fresh]
        tile += 1
    return Edge(edge.size + len(leaves), tuple(levels)), full


def _level(
    hasher: Hasher, level: int, number: int, held: tuple[tuple[bytes, ...], ...], coming: Sequence[bytes]
) -> tuple[tuple[tuple[bytes, ...], ...], list[FullTile]]:
    """One level of tiles with more hashes: rows of what stays partial, and what became full."""
    full: list[FullTile] = []
    at = 0
    rows = held or ((),)
    while len(rows[0]) + len(coming) - at >= WIDTH:
        taken = WIDTH - len(rows[0])
        rows = _extended(hasher, rows, coming[at : at + taken])
        root = rows[HEIGHT][0]
        full.append(FullTile(level, number, b"".join(b"".join(row) for row in rows[:HEIGHT]), root))
        at, number, rows = at + taken, number + 1, ((),)
    return _extended(hasher, rows, coming[at:]), full


def _extended(
    hasher: Hasher, rows: tuple[tuple[bytes, ...], ...], more: Sequence[bytes]
) -> tuple[tuple[bytes, ...], ...]:
    """The rows with more hashes in the first one and all nodes above that these complete."""
    fresh: list[tuple[bytes, ...]] = [(*rows[0], *more)]
    while len(fresh[-1]) > 1:
        below = fresh[-1]
        above = rows[len(fresh)] if len(fresh) < len(rows) else ()
        made = [hasher(b"\x01" + below[at] + below[at + 1]) for at in range(2 * len(above), len(below) - 1, 2)]
        fresh.append((*above, *made))
    return tuple(fresh)


def offset(row: int, inside: int) -> int:
    """Where in a tile's `nodes` the hash `inside` of row `row` (0: the 256 hashes) begins."""
    return (2 * WIDTH - (2 * WIDTH >> row) + inside) * HASH
