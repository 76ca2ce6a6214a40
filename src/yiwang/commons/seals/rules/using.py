"""Who may use a seal: the rule decides from the facts alone."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from yiwang.commons.seals.contracts.kinds import SealState, UseMode, UseRule


class Refusal(StrEnum):
    """Why a use is refused."""

    NOT_IN_FORCE = "not_in_force"
    NOT_A_KEEPER = "not_a_keeper"
    TWO_PERSONS = "two_persons"
    SAME_PERSON = "same_person"
    NOT_AUTOMATIC = "not_automatic"


@dataclass(frozen=True, slots=True)
class Use:
    """The facts of a wanted use. `asked_by` is None for the program; `approved_by` is who approved a request for it."""

    state: SealState
    rule: UseRule
    keepers: frozenset[UUID]
    automatic: frozenset[str]
    kind: str
    asked_by: UUID | None
    approved_by: UUID | None = None


def covers(pattern: str, kind: str) -> bool:
    """Whether a kind of document that an organisation approved covers this one: itself, or `licence:*` all licences."""
    if pattern.endswith(":*"):
        return kind == pattern[:-2] or kind.startswith(pattern[:-1])
    return kind == pattern


def covered(patterns: Collection[str], kind: str) -> bool:
    return any(covers(pattern, kind) for pattern in patterns)


def judge(use: Use) -> UseMode | Refusal:
    """In which way the use is allowed, or why it is not.

    The program alone uses what the organisation approved for automatic use. By hand a keeper does it, alone where the rule
    is ONE; where it is TWO somebody else must have asked, and the keeper approves.
    """
    if use.state is not SealState.IN_CUSTODY:
        return Refusal.NOT_IN_FORCE
    if use.asked_by is None:
        allowed = use.approved_by is None and covered(use.automatic, use.kind)
        return UseMode.AUTOMATIC if allowed else Refusal.NOT_AUTOMATIC
    if use.approved_by is None:
        if use.asked_by not in use.keepers:
            return Refusal.NOT_A_KEEPER
        return UseMode.ONE if use.rule is UseRule.ONE else Refusal.TWO_PERSONS
    if use.approved_by == use.asked_by:
        return Refusal.SAME_PERSON
    return UseMode.TWO if use.approved_by in use.keepers else Refusal.NOT_A_KEEPER
