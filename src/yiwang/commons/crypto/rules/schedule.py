"""When keys are due, and how long every process may go on with what it knows."""

from datetime import datetime, timedelta

KNOWS_FOR = 30.0
"""Seconds after which a process looks again at what the pool holds."""
STALE_AFTER = 110.0
"""Seconds after which a process that can't look refuses to go on."""
GRACE = timedelta(seconds=180)
"""From making a new look-up key until hashes are stored under it: longer than any process stays ignorant of it."""
RELEASE = timedelta(seconds=STALE_AFTER + 10)
"""From replacing a key of fields until a pass may let go of it: no process seals with it any more."""
SETTLING = timedelta(seconds=180)
"""After that, until rows are reckoned anew: no process stores hashes by what it knew before, clocks differ by less."""
SEALS = 2**32
"""Values that one key seals with random nonces (NIST SP 800-38D, 8.3)."""
DUE_SOON = timedelta(days=14)
FIELDS_DAYS = 365
LOOKUP_DAYS = 1095


def next_rotation(since: datetime, days: int | None) -> datetime | None:
    """When a version that came into effect then is due."""
    return since + timedelta(days=days) if days else None


def is_due(at: datetime, next_rotation_at: datetime | None, seals: int = 0) -> bool:
    """Whether a key should be rotated: its day has come, or it sealed half of what it may."""
    return (next_rotation_at is not None and next_rotation_at <= at) or seals * 2 >= SEALS


def settles_at(created_at: datetime, effective_at: datetime) -> datetime:
    """From when rows may be reckoned anew under a look-up key: at once where no other process ran when it was made."""
    return effective_at if effective_at <= created_at else effective_at + SETTLING
