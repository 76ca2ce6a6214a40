"""Reads a log by its public addresses, as any stranger would: checkpoint, bundles of entries, tiles (C2SP tlog-tiles)."""

import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Final, Protocol

from yiwang.commons.ledger.engine.merkle import HASH_SIZE, Hasher, leaf_hash
from yiwang.commons.ledger.engine.notekeys import NoteVerifier
from yiwang.commons.ledger.engine.notes import MAX_NOTE, Checkpoint, Note, verify_note
from yiwang.commons.ledger.engine.proving import Node, covering, root_plan
from yiwang.commons.ledger.engine.tiles import (
    ENTRIES,
    MAX_ENTRY,
    TILE_WIDTH,
    Tile,
    TileTree,
    tile_width,
    unpack_entries,
    unpack_hashes,
)
from yiwang.commons.ledger.engine.wording import SignatureWrong, TextWrong

from .fetching import Reply, Unreachable, exchange, joined

MAX_BUNDLE: Final = TILE_WIDTH * (MAX_ENTRY + 2)


class Fetch(Protocol):
    """What `fetching.exchange` is."""

    def __call__(self, url: str, *, seconds: float, limit: int) -> Reply: ...


class Unreadable(Exception):
    """The log answers, but not with what it should serve; the text says what was asked and what came."""


class SignedHead:
    """A log's head in a note that its key signed, and where it was seen."""

    __slots__ = ("checkpoint", "note", "source")

    def __init__(self, note: Note, keys: Sequence[NoteVerifier], source: str) -> None:
        """Raises SignatureWrong or TextWrong where it is not the log's."""
        verify_note(note, keys)
        self.note = note
        self.checkpoint = Checkpoint.parse(note.text)
        self.source = source
        if self.checkpoint.origin not in {key.name for key in keys}:
            raise SignatureWrong("log.origin")

    @property
    def size(self) -> int:
        """How many entries."""
        return self.checkpoint.size

    @property
    def root(self) -> bytes:
        """Their root."""
        return self.checkpoint.root


class RemoteLog:
    """A log at `url` (its prefix), known by its keys."""

    def __init__(
        self, url: str, keys: Sequence[NoteVerifier], hasher: Hasher, *, seconds: float = 10.0, fetch: Fetch = exchange
    ) -> None:
        self.url = url
        self.keys = keys
        self.hasher = hasher
        self._seconds = seconds
        self._fetch = fetch

    def head(self) -> SignedHead:
        """The head that it shows. Raises Unreachable, Unreadable, TextWrong, SignatureWrong."""
        return SignedHead(Note.parse(self._get("checkpoint", MAX_NOTE)), self.keys, self.url)

    def leaves(self, number: int, width: int) -> list[bytes]:
        """The hashes of the first `width` entries of a bundle, computed from the entries. Raises as `head`."""
        bundle = self._tile(Tile(ENTRIES, number, width), lambda raw, found: unpack_entries(raw, found)[:width])
        return [leaf_hash(self.hasher, entry) for entry in bundle]

    def tree(self, size: int) -> TileTree:
        """Its tree of `size` leaves as its tiles tell it; nothing of it is checked."""
        return TileTree(self.hasher, size, lambda tile: b"".join(self.hashes(tile)))

    def hashes(self, tile: Tile) -> list[bytes]:
        """A tile's hashes."""
        return self._tile(tile, lambda raw, found: unpack_hashes(raw, found)[: tile.width])

    def _tile(self, tile: Tile, unpack: Callable[[bytes, int], list[bytes]]) -> list[bytes]:
        """The tile, or the beginning of the full one where a log serves the partial one no longer."""
        limit = MAX_BUNDLE if tile.level == ENTRIES else TILE_WIDTH * HASH_SIZE
        try:
            return unpack(self._get(tile.path(), limit), tile.width)
        except TextWrong as fault:
            raise Unreadable(f"{tile.path()}: {fault}") from None
        except Unreadable:
            if tile.width == TILE_WIDTH:
                raise
        full = Tile(tile.level, tile.number)
        try:
            return unpack(self._get(full.path(), limit), TILE_WIDTH)
        except TextWrong as fault:
            raise Unreadable(f"{full.path()}: {fault}") from None

    def _get(self, path: str, limit: int) -> bytes:
        for last in (False, True):
            try:
                reply = self._fetch(joined(self.url, path), seconds=self._seconds, limit=limit)
            except Unreachable:
                if last:
                    raise
                time.sleep(0.2)
            else:
                break
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Unreachable(f"{path}: {reply.status}")
        if reply.status != HTTPStatus.OK:
            raise Unreadable(f"{path}: {reply.status}")
        return reply.body


def root_at(tree: TileTree, size: int) -> bytes:
    """The root that a tree had when it had `size` > 0 leaves."""
    plan = root_plan(size)
    return plan.proof(tree.hasher, [tree.node(node) for node in plan.nodes])[0]


def first_difference(mine: TileTree, theirs: TileTree, size: int) -> int | None:
    """The first entry of the first `size` that differs between two trees, found by O(log n) nodes; None: none does."""
    for node in covering(0, size):
        if mine.node(node) == theirs.node(node):
            continue
        while node.level:
            left = Node(node.level - 1, 2 * node.at)
            node = left if mine.node(left) != theirs.node(left) else Node(left.level, left.at + 1)
        return node.at
    return None


def bundles(start: int, size: int) -> list[tuple[int, int]]:
    """Number and width of the bundles that hold the entries [start, size)."""
    return [(number, tile_width(0, number, size)) for number in range(start // TILE_WIDTH, -(-size // TILE_WIDTH))]
