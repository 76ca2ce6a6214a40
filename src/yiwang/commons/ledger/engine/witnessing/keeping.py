"""What a witness must never forget: the latest head that it co-signed of each log, on disk before the answer leaves.

One SQLite file with a rollback journal and full synchronisation: after a crash or a power failure it holds the head
before or the head after, and no cosignature has left that it does not know.
"""

import fcntl
import hashlib
import os
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

KEPT_REFUSALS: Final = 64
"""Refused notes kept for each log and code; the oldest stay, since they tell how it began.

Anybody can have a head of the honest log refused with a false proof; these must not take the room of forks.
"""
PROOF: Final = "fork"
"""The code of what proves by itself that the log signed two histories; whatever else is refused is a hint."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS heads (
  origin TEXT PRIMARY KEY, size INTEGER NOT NULL CHECK (size >= 0), root BLOB NOT NULL CHECK (length(root) = 32),
  note BLOB NOT NULL, time INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS refusals (
  id INTEGER PRIMARY KEY, origin TEXT NOT NULL, digest BLOB NOT NULL UNIQUE, code TEXT NOT NULL,
  held BLOB NOT NULL, offered BLOB NOT NULL, time INTEGER NOT NULL
) STRICT;
"""


class DataTaken(Exception):
    """Another process uses this folder."""


@dataclass(frozen=True, slots=True)
class Head:
    """The latest co-signed head of a log: the note with the log's signatures and the cosignature; POSIX seconds."""

    origin: str
    size: int
    root: bytes
    note: bytes
    time: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """A head that a log signed beside the one held. With another root for one size (`PROOF`) they convict the log;
    otherwise it was merely not proved that the one continues the other, by whomever submitted it.
    """

    origin: str
    code: str
    held: bytes
    offered: bytes
    time: int


class FolderLock:
    """Held by the one process that uses a folder; falls with the process, however it ends."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._descriptor)
            raise DataTaken(str(folder)) from None

    def release(self) -> None:
        """Let others in; may be called again."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def durable(path: Path) -> sqlite3.Connection:
    """An SQLite file whose commits are on the disk when they return; used from any one thread at a time."""
    connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    with suppress(OSError):
        path.chmod(0o600)
    for pragma in ("journal_mode = DELETE", "synchronous = EXTRA", "trusted_schema = OFF", "cell_size_check = ON"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection


class WitnessStore:
    """Heads and refusals of one witness."""

    def __init__(self, folder: Path) -> None:
        self._lock = FolderLock(folder)
        self._sql = durable(folder / "witness.sqlite3")
        self._sql.executescript(_SCHEMA)

    def close(self) -> None:
        """Leave the folder to others; may be called again."""
        self._sql.close()
        self._lock.release()

    def head(self, origin: str) -> Head | None:
        """The latest head of a log."""
        row = self._sql.execute(
            "SELECT origin, size, root, note, time FROM heads WHERE origin = ?", (origin,)
        ).fetchone()
        return Head(*row) if row else None

    def heads(self) -> list[Head]:
        """Of all logs."""
        rows = self._sql.execute("SELECT origin, size, root, note, time FROM heads ORDER BY origin")
        return [Head(*row) for row in rows]

    def latest_time(self) -> int:
        """The latest time that this witness ever stated; 0 where it stated none."""
        return int(self._sql.execute("SELECT coalesce(max(time), 0) FROM heads").fetchone()[0])

    def advance(self, known: Head | None, new: Head) -> bool:
        """Put `new` in the place of `known`, durably; False (and nothing changed) where another head is held."""
        self._sql.execute("BEGIN IMMEDIATE")
        try:
            held = self.head(new.origin)
            same = (held is None) if known is None else (held is not None and held.size == known.size)
            if not same or (held is not None and known is not None and held.root != known.root):
                self._sql.execute("ROLLBACK")
                return False
            self._sql.execute(
                "INSERT INTO heads (origin, size, root, note, time) VALUES (?, ?, ?, ?, ?) ON CONFLICT (origin)"
                " DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note, time = excluded.time",
                (new.origin, new.size, new.root, new.note, new.time),
            )
            self._sql.execute("COMMIT")
        except BaseException:
            if self._sql.in_transaction:
                self._sql.execute("ROLLBACK")
            raise
        return True

    def refuse(self, refusal: Refusal) -> None:
        """Keep what was refused, each pair of heads once, at most `KEPT_REFUSALS` of a log with the same code."""
        texts = b"\x00".join(note.rpartition(b"\n\n")[0] for note in (refusal.held, refusal.offered))
        self._sql.execute(
            "INSERT OR IGNORE INTO refusals (origin, digest, code, held, offered, time) SELECT ?, ?, ?, ?, ?, ?"
            " WHERE (SELECT count(*) FROM refusals WHERE origin = ? AND code = ?) < ?",
            (
                refusal.origin,
                hashlib.sha256(texts).digest(),
                refusal.code,
                refusal.held,
                refusal.offered,
                refusal.time,
                refusal.origin,
                refusal.code,
                KEPT_REFUSALS,
            ),
        )

    def refusals(self, origin: str) -> list[Refusal]:
        """What was refused of a log: proofs, then hints, each the oldest first."""
        rows = self._sql.execute(
            "SELECT origin, code, held, offered, time FROM refusals WHERE origin = ? ORDER BY code <> ?, id",
            (origin, PROOF),
        )
        return [Refusal(*row) for row in rows]
