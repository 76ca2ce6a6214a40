"""The port of anchors: a place outside of the log and of its witnesses where heads are written down, with a time.

A chain that others run can't be made to forget a head by whoever runs the log; it proves nothing about what was never
anchored, nor that an entry is true.
"""

from dataclasses import dataclass
from typing import Protocol

from yiwang.commons.ledger.engine import Checkpoint


class AnchorFault(Exception):
    """The place can't be reached, refuses, or holds something else; the text says which."""


@dataclass(frozen=True, slots=True)
class Anchored:
    """A head as it stands there: root of the first `size` entries, and when it was written (POSIX seconds)."""

    origin: str
    size: int
    root: bytes
    at: int


class Anchor(Protocol):
    """A place for heads. All raise AnchorFault."""

    @property
    def name(self) -> str:
        """What kind of place, for operators."""

    def anchor(self, head: Checkpoint) -> str:
        """Write a head down; what identifies the writing there, "" where it stood there already."""

    def find(self, origin: str, size: int) -> Anchored | None:
        """What stands there for a size."""
