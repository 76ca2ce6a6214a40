"""Appending: a batch under one advisory lock, in one transaction; single entries share a transaction (group commit)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from yiwang.commons.ledger.contracts import LONGEST_ENTRY, EntryRefused, LogBroken, NewEntry, NoSuchEntry
from yiwang.commons.ledger.engine import leaf_hash
from yiwang.commons.ledger.models import Log
from yiwang.commons.ledger.queries import tree
from yiwang.commons.ledger.rules import FullTile, grown
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note

_LOCK = 0x6C6F67  # "log": the class of the advisory locks, one a log
_DURABLY = (
    "set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'local' "
    "ELSE current_setting('synchronous_commit') END, true)"
)
_WAIT = f"SELECT true, {_DURABLY} FROM pg_advisory_xact_lock(%s, %s)"  # noqa: S608  constants
_TRY = f"SELECT pg_try_advisory_xact_lock(%s, %s), {_DURABLY}"
_COLUMNS = (
    'log_id, "index", evidence_id, kind, subject_kind, subject_id, organisation_id, at, data'  # in the order of _row
)
_TYPES = ("int2", "int8", "uuid", "text", "text", "uuid", "uuid", "timestamptz", "bytea")


@command("ledger.append")
def append(*, entries: Sequence[NewEntry], by: Actor, at: datetime) -> int:
    """Add these entries to the open log, in this order; the index of the first. Durable when it returns.

    Raises LogMissing, EntryRefused (then none is added), LogBroken where the tables do not hold what they should.
    """
    del by, at
    log = tree.open_log()
    first = add(log=log, entries=entries)
    note(log_subject(log), first=first, entries=len(entries))
    return first


def add(*, log: Log, entries: Sequence[NewEntry]) -> int:
    """The work of `append`, for commands that append as a part of what they do."""
    for entry in entries:
        if not 1 <= len(entry.data) <= LONGEST_ENTRY:
            raise EntryRefused(limit=LONGEST_ENTRY)
    lock(log=log)
    first = tree.size(log=log)
    if not entries:
        return first
    hash_of = tree.hasher(log=log)
    try:
        edge = tree.edge(log=log, at_size=first)
    except NoSuchEntry:
        raise LogBroken(reason="tiles") from None
    with copying(log=log.number, first=first, entries=entries):  # the server writes rows while this process hashes
        after, full = grown(hash_of, edge, [leaf_hash(hash_of, entry.data) for entry in entries])
    _insert_tiles(log, full)
    transaction.on_commit(lambda: tree.keep_edge(log=log, edge=after))
    return first


def lock(*, log: Log, wait: bool = True) -> bool:
    """Let nobody else append or sign until this transaction ends, and let its end wait for the disk.

    False where somebody else holds the lock and one does not wait: then nothing may be written.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WAIT if wait else _TRY, [_LOCK, log.number])
        return bool(cursor.fetchone()[0])


def log_subject(log: Log) -> SubjectRef:
    """How audit and evidence name a log: by its number, since its name is a text."""
    return SubjectRef("log", UUID(int=log.number))


@contextmanager
def copying(
    *, log: int, first: int, entries: Sequence[NewEntry], table: str = "commons_ledger_entry"
) -> Iterator[None]:
    """Send the rows, from index `first` on; they are in the table when the block is left.

    `table` is another one only where a benchmark asks what a bare copy costs.
    """
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({_COLUMNS}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(_TYPES)
        for index, entry in enumerate(entries, first):
            copy.write_row(_row(log, index, entry))
        yield


def _row(number: int, index: int, entry: NewEntry) -> tuple[Any, ...]:
    subject = entry.subject
    return (
        number,
        index,
        entry.evidence_id,
        entry.kind,
        subject.kind if subject else "",
        subject.id if subject else None,
        entry.organisation_id,
        entry.at,
        entry.data,
    )


def _insert_tiles(log: Log, tiles: Sequence[FullTile]) -> None:
    if tiles:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO commons_ledger_tile (log_id, level, number, nodes, root) VALUES (%s, %s, %s, %s, %s)",
                [(log.number, tile.level, tile.number, tile.nodes, tile.root) for tile in tiles],
            )
