"""Tiles of a log's tree and bundles of its entries: paths, bytes, and proofs computed from them (C2SP tlog-tiles).

A tile holds up to 256 hashes of one level of tiles; tile level L stands at tree level 8·L.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, Self

from .merkle import HASH_SIZE, Hasher, empty_root
from .proving import Node, Plan, consistency_plan, inclusion_plan, root_plan
from .tree import perfect_levels
from .wording import TextWrong

TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 256
MAX_ENTRY: Final = 2**16 - 1
ENTRIES: Final = -1
_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


class Tile(NamedTuple):
    """Tile `number` of `level` (`ENTRIES`: the bundle of entries) with `width` hashes or entries, 256 when full."""

    level: int
    number: int
    width: int = TILE_WIDTH

    def path(self) -> str:
        """Where it is served, below the log's prefix: `tile/0/x001/x234/067`, `tile/entries/000.p/12`."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        digits = f"{self.number:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        number = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{number}{partial}"

    @classmethod
    def parse(cls, path: str) -> Self:
        """The tile that a path names; one path a tile, all others are refused (`TextWrong`)."""
        found = _PATH.fullmatch(path) if len(path) <= 64 else None
        if found is None:
            raise TextWrong("text.line")
        level = ENTRIES if found[1] == "entries" else int(found[1])
        tile = cls(level, int(found[2].replace("x", "").replace("/", "")), int(found[3] or TILE_WIDTH))
        if level > 63 or (found[3] and tile.width >= TILE_WIDTH) or tile.path() != path:
            raise TextWrong("text.line")
        return tile


def tile_width(level: int, index: int, size: int) -> int:
    """How many hashes tile `index` of `level` has in a tree of `size` leaves (0: it does not exist)."""
    return max(0, min(TILE_WIDTH, (size >> (TILE_HEIGHT * max(level, 0))) - index * TILE_WIDTH))


def tiles_of(size: int, since: int = 0) -> list[Tile]:
    """All tiles of hashes of a tree of `size` leaves that a tree of `since` leaves had not, lowest level first."""
    found = []
    level = 0
    while size >> (TILE_HEIGHT * level):
        count, old = size >> (TILE_HEIGHT * level), since >> (TILE_HEIGHT * level)
        if count > old:
            found += [
                Tile(level, index, tile_width(level, index, size))
                for index in range(old // TILE_WIDTH, -(-count // TILE_WIDTH))
            ]
        level += 1
    return found


def pack_hashes(hashes: Sequence[bytes]) -> bytes:
    """A tile's bytes."""
    return b"".join(hashes)


def unpack_hashes(tile: bytes, width: int) -> list[bytes]:
    """A tile's hashes; refused (`TextWrong`) unless there are exactly `width`."""
    if len(tile) != width * HASH_SIZE:
        raise TextWrong("text.line")
    return [tile[at : at + HASH_SIZE] for at in range(0, len(tile), HASH_SIZE)]


def pack_entries(entries: Sequence[bytes]) -> bytes:
    """A bundle's bytes: each entry after its length in two bytes, big-endian."""
    if any(len(entry) > MAX_ENTRY for entry in entries):
        raise TextWrong("text.too_long", limit=MAX_ENTRY)
    return b"".join(len(entry).to_bytes(2) + entry for entry in entries)


def unpack_entries(bundle: bytes, width: int) -> list[bytes]:
    """A bundle's entries; refused (`TextWrong`) unless there are exactly `width`."""
    entries: list[bytes] = []
    at = 0
    while at < len(bundle) and len(entries) < width:
        length = int.from_bytes(bundle[at : at + 2])
        entries.append(bundle[at + 2 : at + 2 + length])
        at += 2 + length
    if at != len(bundle) or len(entries) != width:
        raise TextWrong("text.line")
    return entries


class TileTree:
    """Reads a log's tree of `size` leaves through its tiles: nodes, root and proofs.

    `read` fetches the bytes of a tile; what it returns is checked for its length only: a reader that does not trust
    the source compares `root()` with a signed checkpoint first.
    """

    def __init__(self, hasher: Hasher, size: int, read: Callable[[Tile], bytes], kept: int = 1024) -> None:
        self.hasher, self.size, self._read = hasher, size, read
        self._inner = lru_cache(maxsize=kept)(self._load)

    def _load(self, level: int, index: int) -> list[list[bytes]]:
        width = tile_width(level, index, self.size)
        return perfect_levels(self.hasher, unpack_hashes(self._read(Tile(level, index, width)), width))

    def node(self, node: Node) -> bytes:
        """The hash of a perfect subtree of the tree."""
        level, inside = divmod(node.level, TILE_HEIGHT)
        index, at = divmod(node.at, TILE_WIDTH >> inside)
        return self._inner(level, index)[inside][at]

    def root(self) -> bytes:
        """The tree's root."""
        return self._proof(root_plan(self.size))[0] if self.size else empty_root(self.hasher)

    def inclusion(self, index: int) -> list[bytes]:
        """The proof that leaf `index` stands in the tree."""
        return self._proof(inclusion_plan(index, self.size))

    def consistency(self, size1: int) -> list[bytes]:
        """The proof that the tree of `size1` leaves is the beginning of this one."""
        return self._proof(consistency_plan(size1, self.size))

    def _proof(self, plan: Plan) -> list[bytes]:
        return plan.proof(self.hasher, [self.node(node) for node in plan.nodes])
