"""The one clock. Tests stop it with `frozen`, a demonstration may run ahead; nothing else asks the system for the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)
_lead = timedelta()


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC) + _lead  # noqa: TID251  this is the place that may ask


def run_ahead(lead: timedelta) -> None:
    """Let this process live `lead` later than the system: a demonstration shows what happens when a deadline passes."""
    global _lead  # noqa: PLW0603  one clock a process
    _lead = lead


def lead() -> timedelta:
    """How far this process lives ahead of the system, and of the database's own clock."""
    return _lead


def today() -> date:
    """The present calendar day in China, on which deadlines are counted."""
    return now().astimezone(CHINA).date()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Stop the clock at `at` (aware) in this context: for tests and for recomputing the past."""
    if at.tzinfo is None:
        msg = "frozen() needs an aware datetime"
        raise ValueError(msg)
    token = _frozen.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
