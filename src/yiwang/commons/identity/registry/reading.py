"""The port of access entries: whose numbers a connected system is told stands where the person reads it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from yiwang.commons.identity.contracts.openid import SystemRead
from yiwang.kernel.actor import Actor


class ReadsKept(Protocol):
    def __call__(self, *, read: SystemRead, by: Actor, at: datetime) -> None:
        """Keep it, inside the command that lets the numbers go; whatever it raises keeps them here."""


@dataclass
class _Reads:
    keep: ReadsKept | None = None


_reads = _Reads()


def provide_reads(keep: ReadsKept) -> None:
    """Filled by privacy."""
    _reads.keep = keep


def keep_read(*, read: SystemRead, by: Actor, at: datetime) -> None:
    """Raises RuntimeError where nobody keeps entries: then nobody is told numbers."""
    if _reads.keep is None:
        raise RuntimeError("no access entries are kept")
    _reads.keep(read=read, by=by, at=at)
