"""Showing codes: twelve digits that are told once, used once, and end after minutes."""

import secrets
from datetime import datetime, timedelta
from typing import Final

DIGITS: Final = 12
LEAST_MINUTES: Final = 1
MOST_MINUTES: Final = 30
MOST_OPEN: Final = 5
MOST_TRIES: Final = 10
TRIES_WITHIN: Final = timedelta(minutes=10)
HASH_PURPOSE: Final = "licences.showing"


def new_code() -> str:
    """A code nobody can guess within its life: 12 random digits, and ten tries in ten minutes for each checker."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def clean(code: str) -> str:
    """The digits of what was typed or scanned: an address that ends in the code, spaces and dashes are forgiven."""
    tail = code.strip().rpartition("#")[2]
    digits = "".join(letter for letter in tail if letter.isascii() and letter.isdigit())
    return digits if len(digits) == DIGITS else ""


def spaced(code: str) -> str:
    """For the eye: 4 + 4 + 4."""
    return " ".join(code[place : place + 4] for place in range(0, len(code), 4))


def minutes_allowed(minutes: int) -> bool:
    """Whether a showing may last so long."""
    return LEAST_MINUTES <= minutes <= MOST_MINUTES


def open_at(moment: datetime, *, ends_at: datetime, checked_at: datetime | None, withdrawn_at: datetime | None) -> bool:
    """Whether the code holds: not used, not withdrawn, not over."""
    return checked_at is None and withdrawn_at is None and moment < ends_at
