"""How drafts move, and which version holds on which day. Tables and pure functions; commands keep them, pages show them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from yiwang.commons.rules.contracts import DraftState, Standing, TermState

K = TypeVar("K")


class DraftMove(StrEnum):
    """What may happen to a draft."""

    EDIT = "edit"
    PASS = "pass"  # noqa: S105  the check found no error
    FAIL = "fail"
    PUBLISH = "publish"
    DISCARD = "discard"


DRAFT_MOVES: Mapping[tuple[DraftState, DraftMove], DraftState] = {
    (DraftState.OPEN, DraftMove.EDIT): DraftState.OPEN,
    (DraftState.OPEN, DraftMove.PASS): DraftState.CHECKED,
    (DraftState.OPEN, DraftMove.FAIL): DraftState.OPEN,
    (DraftState.OPEN, DraftMove.DISCARD): DraftState.DISCARDED,
    (DraftState.CHECKED, DraftMove.EDIT): DraftState.OPEN,
    (DraftState.CHECKED, DraftMove.PASS): DraftState.CHECKED,
    (DraftState.CHECKED, DraftMove.FAIL): DraftState.OPEN,
    (DraftState.CHECKED, DraftMove.PUBLISH): DraftState.PUBLISHED,
    (DraftState.CHECKED, DraftMove.DISCARD): DraftState.DISCARDED,
}
"""Every move that is possible; published and discarded drafts do not move any more."""


def moved(state: DraftState, move: DraftMove) -> DraftState | None:
    """Where the move leads; None where the state does not allow it."""
    return DRAFT_MOVES.get((state, move))


@dataclass(frozen=True, slots=True)
class Term(Generic[K]):
    """The days on which a version holds: from `start` to the day before `end` (None: until replaced)."""

    key: K
    start: date
    end: date | None = None
    state: TermState = TermState.PUBLISHED

    @property
    def is_empty(self) -> bool:
        return self.end is not None and self.end <= self.start

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


def placed(terms: Iterable[Term[K]], start: date) -> tuple[tuple[Term[K], ...], date | None]:
    """What a version that holds from `start` does to the others: those cut short, and the day on which it ends itself.

    The version that held on that day ends there; one that was to begin on the very day never holds. A version that
    begins later keeps its days, and the new one ends where it begins.
    """
    held = [term for term in terms if not term.is_empty]
    cut = tuple(replace(term, end=start, state=TermState.REPLACED) for term in held if term.covers(start))
    later = [term.start for term in held if term.start > start]
    return cut, min(later, default=None)


def standing(term: Term[K], day: date) -> Standing:
    """How a version stands on `day`."""
    ended = term.is_empty or (term.end is not None and term.end <= day)
    if ended:
        return Standing.WITHDRAWN if term.state is TermState.WITHDRAWN else Standing.REPLACED
    return Standing.IN_FORCE if term.start <= day else Standing.SCHEDULED
