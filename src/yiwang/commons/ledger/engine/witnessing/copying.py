"""A monitor's own copy of a log's tree: the hash of every entry that it ever saw, so that it can recompute any past root.

Hashes lie in tiles of 256 in one SQLite file, 35 bytes an entry. What is read but not yet confirmed by a signed head is
cut off again when the head does not fit or the process ends.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from yiwang.commons.ledger.engine.merkle import HASH_SIZE, Hasher
from yiwang.commons.ledger.engine.tiles import TILE_HEIGHT, TILE_WIDTH, Tile, TileTree, unpack_hashes
from yiwang.commons.ledger.engine.tree import perfect_levels

from .keeping import FolderLock, durable

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tiles (
  level INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS held (
  one INTEGER PRIMARY KEY CHECK (one = 1), origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL,
  note BLOB NOT NULL, source TEXT NOT NULL, time INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS cursor (one INTEGER PRIMARY KEY CHECK (one = 1), bundle INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS shown (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL) STRICT;
"""


@dataclass(frozen=True, slots=True)
class HeldHead:
    """The largest head that the monitor recomputed itself; where the signed note came from, and when (POSIX seconds)."""

    origin: str
    size: int
    root: bytes
    note: bytes
    source: str
    time: int


class TreeCopy:
    """The copy of one log. Its size is that of the held head, unless it is `growing`."""

    def __init__(self, folder: Path, hasher: Hasher) -> None:
        self._lock = FolderLock(folder)
        self.hasher = hasher
        self._sql = durable(folder / "monitor.sqlite3")
        self._sql.executescript(_SCHEMA)
        self._cut(self.held.size if self.held else 0)

    def close(self) -> None:
        """Leave the folder to others."""
        self._sql.close()
        self._lock.release()

    @property
    def held(self) -> HeldHead | None:
        """The head that the copy stands for."""
        row = self._sql.execute("SELECT origin, size, root, note, source, time FROM held").fetchone()
        return HeldHead(*row) if row else None

    @property
    def size(self) -> int:
        """How many entries' hashes there are, confirmed or not."""
        return self._count(0)

    def tree(self, size: int) -> TileTree:
        """The tree of the first `size` entries: root and proofs."""
        return TileTree(self.hasher, size, self.read)

    def read(self, tile: Tile) -> bytes:
        """A tile's bytes; too few where the copy does not reach so far."""
        return self._tile(tile.level, tile.number)[: tile.width * HASH_SIZE]

    def leaves(self, number: int, width: int) -> list[bytes]:
        """The hashes of the entries in bundle `number`."""
        return unpack_hashes(self.read(Tile(0, number, width)), width)

    def append(self, leaves: Sequence[bytes]) -> None:
        """Add entries' hashes, not yet confirmed."""
        with self._transaction():
            self._push(0, list(leaves))

    def hold(self, head: HeldHead) -> None:
        """Confirm what was added: from now on the copy is this head's."""
        with self._transaction():
            self._sql.execute(
                "INSERT OR REPLACE INTO held (one, origin, size, root, note, source, time) VALUES (1, ?, ?, ?, ?, ?, ?)",
                (head.origin, head.size, head.root, head.note, head.source, head.time),
            )

    @property
    def shown(self) -> int:
        """How many entries the log itself has shown at most; witnesses may have seen a little more."""
        row = self._sql.execute("SELECT size FROM shown").fetchone()
        return int(row[0]) if row else 0

    @shown.setter
    def shown(self, size: int) -> None:
        self._sql.execute("INSERT OR REPLACE INTO shown (one, size) VALUES (1, ?)", (size,))

    @contextmanager
    def growing(self) -> Iterator[None]:
        """In the block entries are added; what no `hold` confirmed is cut off behind it."""
        try:
            yield
        finally:
            self._cut(self.held.size if self.held else 0)

    def next_bundles(self, count: int, full: int) -> list[int]:
        """The numbers of the next `count` of `full` bundles to be read again, round and round."""
        if not full:
            return []
        row = self._sql.execute("SELECT bundle FROM cursor").fetchone()
        first = (row[0] if row else 0) % full
        chosen = [(first + step) % full for step in range(min(count, full))]
        self._sql.execute("INSERT OR REPLACE INTO cursor (one, bundle) VALUES (1, ?)", ((first + len(chosen)) % full,))
        return chosen

    def _tile(self, level: int, number: int) -> bytes:
        row = self._sql.execute("SELECT hashes FROM tiles WHERE level = ? AND number = ?", (level, number)).fetchone()
        return bytes(row[0]) if row else b""

    def _count(self, level: int) -> int:
        row = self._sql.execute(
            "SELECT number, length(hashes) FROM tiles WHERE level = ? ORDER BY number DESC LIMIT 1", (level,)
        ).fetchone()
        return row[0] * TILE_WIDTH + row[1] // HASH_SIZE if row else 0

    def _push(self, level: int, hashes: list[bytes]) -> None:
        number, inside = divmod(self._count(level), TILE_WIDTH)
        pending = unpack_hashes(self._tile(level, number), inside) if inside else []
        pending += hashes
        above = []
        for at in range(0, len(pending), TILE_WIDTH):
            tile = pending[at : at + TILE_WIDTH]
            self._sql.execute(
                "INSERT OR REPLACE INTO tiles (level, number, hashes) VALUES (?, ?, ?)", (level, number, b"".join(tile))
            )
            number += 1
            if len(tile) == TILE_WIDTH:
                above.append(perfect_levels(self.hasher, tile)[-1][0])
        if above:
            self._push(level + 1, above)

    def _cut(self, size: int) -> None:
        if self.size == size:
            return
        with self._transaction():
            levels = self._sql.execute("SELECT coalesce(max(level), -1) FROM tiles").fetchone()[0] + 1
            for level in range(levels):
                number, inside = divmod(size >> (TILE_HEIGHT * level), TILE_WIDTH)
                kept = self._tile(level, number)[: inside * HASH_SIZE]
                self._sql.execute("DELETE FROM tiles WHERE level = ? AND number >= ?", (level, number))
                if kept:
                    self._sql.execute(
                        "INSERT INTO tiles (level, number, hashes) VALUES (?, ?, ?)", (level, number, kept)
                    )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._sql.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._sql.execute("COMMIT")
        except BaseException:
            if self._sql.in_transaction:
                self._sql.execute("ROLLBACK")
            raise
