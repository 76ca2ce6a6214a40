"""Asking again while what is asked is being killed."""

import time
from collections.abc import Callable
from typing import TypeVar

import psycopg

from yiwang.site.smoke.browsing import SmokeFailed

T = TypeVar("T")
PATIENCE = 120.0
LOST = ("OperationalError", "InterfaceError", "PoolTimeout", "AdminShutdown", "DatabaseError")


def again(act: Callable[[], T], patience: float = PATIENCE) -> T:
    """Repeat while the database is away."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return act()
        except (SmokeFailed, psycopg.OperationalError) as lost:
            known = isinstance(lost, psycopg.OperationalError) or any(name in str(lost) for name in LOST)
            if not known or time.monotonic() > deadline:
                raise
        time.sleep(0.4)
