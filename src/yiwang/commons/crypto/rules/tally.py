"""Counts of uses in this process, cheap enough to be kept of every single one, until they are written down."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from threading import Lock
from uuid import UUID

from yiwang.commons.crypto.contracts import Operation


@dataclass(frozen=True, slots=True)
class Used:
    """So many uses of a version by an application in one way."""

    version_id: UUID
    application: str
    operation: Operation
    count: int


class Counter:
    """Counts one sort of use: `next(counter.ticks)` is one step of the interpreter, so no lock is needed."""

    __slots__ = ("_taken", "ticks")

    def __init__(self) -> None:
        self.ticks: Iterator[int] = count()
        self._taken = 0

    def take(self) -> int:
        """Uses since the last call."""
        self._taken += 1  # reading ticks too
        seen = next(self.ticks) + 1
        fresh, self._taken = seen - self._taken, seen
        return fresh


class Tally:
    """All counters of a process."""

    def __init__(self) -> None:
        self._counters: dict[tuple[UUID, str, Operation], Counter] = {}
        self._unwritten: dict[tuple[UUID, str, Operation], int] = {}
        self._lock = Lock()

    def counter(self, version_id: UUID, application: str, operation: Operation) -> Counter:
        """The one counter of this sort of use."""
        return self._counters.setdefault((version_id, application, operation), Counter())

    def since(self, application: str) -> int:
        """Uses by an application that are not written down yet."""
        with self._lock:
            self._gather()
            return sum(n for (_version, code, _way), n in self._unwritten.items() if code == application)

    def taken(self) -> tuple[Used, ...]:
        """What is to be written down; counted no more here. Whoever fails to write gives it back."""
        with self._lock:
            self._gather()
            found = tuple(Used(*key, n) for key, n in sorted(self._unwritten.items()) if n)
            self._unwritten.clear()
            return found

    def give_back(self, uses: tuple[Used, ...]) -> None:
        """They could not be written."""
        with self._lock:
            for use in uses:
                key = (use.version_id, use.application, use.operation)
                self._unwritten[key] = self._unwritten.get(key, 0) + use.count

    def _gather(self) -> None:
        for key, counter in tuple(self._counters.items()):
            fresh = counter.take()
            if fresh:
                self._unwritten[key] = self._unwritten.get(key, 0) + fresh


TALLY = Tally()
"""This process's."""
