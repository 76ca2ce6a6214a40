"""What follows from a provider's answer, until when a parent acts for a child, and how long a mandate may last."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from yiwang.commons.identity.contracts.endings import Lapse
from yiwang.commons.identity.contracts.real_names import (
    Answer,
    Assurance,
    CheckReason,
    CheckState,
    RegisteredEntity,
    Verdict,
)
from yiwang.commons.identity.engine.realnames.names import Match, typed_id_number
from yiwang.kernel.codes import InvalidCode

FULL_AGE: Final = 18
"""民法典 17: full capacity at eighteen completed years."""
LONGEST_MANDATE: Final = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class Known:
    """What is registered here beside the claim.

    `own_number`: whether the account's person bears the claimed number (None: no number yet); `own_name`: how the names match;
    `other`: another person bears the number.
    """

    own_number: bool | None = None
    own_name: Match = Match.SAME
    other: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a check."""

    state: CheckState
    reason: CheckReason = CheckReason.NONE


_WAITS: Final = {
    Verdict.UNSURE: CheckReason.NAME_VARIANT,
    Verdict.UNKNOWN: CheckReason.NOT_FOUND,
    Verdict.UNAVAILABLE: CheckReason.UNAVAILABLE,
}


def outcome(answer: Answer, known: Known, level: Assurance) -> Outcome:
    """PASSED, REFUSED or WAITING for an official. Name and number alone never open the records of a person known here."""
    if known.own_number is False:
        return Outcome(CheckState.REFUSED, CheckReason.OTHER_PERSON)
    if answer.verdict is Verdict.DIFFERS:
        return Outcome(CheckState.REFUSED, CheckReason.DIFFERS)
    if answer.verdict is not Verdict.AGREES:
        return Outcome(CheckState.WAITING, _WAITS[answer.verdict])
    if known.other and level < Assurance.CONFIRMED:
        return Outcome(CheckState.WAITING, CheckReason.KNOWN_PERSON)
    if known.own_number and known.own_name is not Match.SAME:
        return Outcome(CheckState.WAITING, CheckReason.NAME_VARIANT)
    return Outcome(CheckState.PASSED)


def verdict_of(match: Match) -> Verdict:
    """What a register that knows the number answers."""
    return {Match.SAME: Verdict.AGREES, Match.VARIANT: Verdict.UNSURE, Match.DIFFERENT: Verdict.DIFFERS}[match]


def last_day_as_child(birth: date) -> date:
    """The day before somebody is of full age; who is born on 29 February is on 1 March of a year without one."""
    try:
        full = birth.replace(year=birth.year + FULL_AGE)
    except ValueError:
        full = date(birth.year + FULL_AGE, 3, 1)
    return full - timedelta(days=1)


def born_when_of_age(day: date) -> date:
    """The latest day of birth of those who are of full age on `day`: the other side of `last_day_as_child`."""
    try:
        return day.replace(year=day.year - FULL_AGE)
    except ValueError:  # 29 February: nobody was born on one eighteen years before
        return date(day.year - FULL_AGE, 2, 28)


def is_mandate_period(first: date, last: date) -> bool:
    """From today on, three years at most: nobody remembers a mandate without end."""
    return first <= last <= first + LONGEST_MANDATE


def lapse_of(found: RegisteredEntity | None, number: str | None, /) -> Lapse | None:
    """What the register's answer means for who acts for the entity; `number`: its legal representative's, as known here.

    An entity that the register doesn't know may be another register's: nothing follows.
    """
    if found is None:
        return None
    if not found.in_business:
        return Lapse.DISSOLVED
    try:
        other = number is not None and typed_id_number(found.representative_number) != number
    except InvalidCode:
        return None
    return Lapse.REPLACED if other else None
