"""Group commit: threads that each append one entry share transactions, so that a disk's flush serves all who wait for it."""

from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Final

from django.db import connection

from yiwang.commons.ledger.commands.appending import append
from yiwang.commons.ledger.contracts import LONGEST_ENTRY, EntryRefused, NewEntry
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

_MOST: Final = 1000
_BY: Final = Actor.system("ledger group commit")


@dataclass(slots=True, eq=False)
class _Ticket:
    """One who waits: woken when the entry is written, or when it is their turn to write for all who wait."""

    entry: NewEntry
    woken: Event = field(default_factory=Event)
    index: int | None = None
    error: BaseException | None = None


class GroupCommit:
    """Collects entries while a transaction is on its way; the first of those who wait carries the next one for all."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: list[_Ticket] = []
        self._carried = False

    def append(self, entry: NewEntry) -> int:
        """Add one entry; its index, durable when it returns. Must not be called inside a transaction.

        Raises what `append` raises; an entry that can't be one is refused before it meets the others.
        """
        if not 1 <= len(entry.data) <= LONGEST_ENTRY:
            raise EntryRefused(limit=LONGEST_ENTRY)
        mine = _Ticket(entry)
        with self._lock:
            self._waiting.append(mine)
            carries, self._carried = not self._carried, True
        if not carries:
            mine.woken.wait()
        if mine.index is None and mine.error is None:
            self._carry()
        if mine.error is not None:
            raise mine.error
        assert mine.index is not None
        return mine.index

    def _carry(self) -> None:
        """Write what waits, oneself included, and hand on to one of those who came meanwhile."""
        with self._lock:
            batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
        borrowed = connection.connection is None
        try:
            _write(batch)
        finally:
            if borrowed:  # those who wait need no connection each
                connection.close()
            with self._lock:
                heir = self._waiting[0] if self._waiting else None
                self._carried = heir is not None
            if heir is not None:
                heir.woken.set()


def _write(batch: list[_Ticket]) -> None:
    try:
        first = append(entries=[each.entry for each in batch], by=_BY, at=clock.now())
        for index, each in enumerate(batch, first):
            each.index = index
    except BaseException as error:
        for each in batch:
            each.error = error
        raise
    finally:
        for each in batch:
            each.woken.set()


_group = GroupCommit()


def append_one(*, entry: NewEntry) -> int:
    """Add one entry, sharing the transaction with other threads of this process; its index, durable when it returns."""
    return _group.append(entry)
