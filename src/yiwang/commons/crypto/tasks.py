"""Background work of crypto: passes over what is stored, keys that are due, counts that wait in this process."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection

from yiwang.commons.crypto import commands, queries
from yiwang.commons.crypto.contracts import RunNotDue
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.jobs import defer_now, job, periodic

KEEPER = Actor.system("key pool")
_SECONDS = 20.0
_LOCK = "hashtext('crypto.reencrypt')"


@job(commands.REENCRYPT)
def reencrypt() -> None:
    """Go on with the pass for a while, then make room for other jobs and come back. One at a time: whoever comes second leaves."""
    with _alone() as alone:
        left = alone and _go_on()
    if left:
        defer_now(commands.REENCRYPT)


def _go_on() -> bool:
    """Whether something is left of the pass."""
    queries.look_again()
    try:
        run = commands.begin_reencryption(by=KEEPER, at=clock.now())
    except RunNotDue:
        return False  # `tend` begins it
    ends = time.monotonic() + _SECONDS
    while commands.reencrypt_batch(run_id=run, by=KEEPER, at=clock.now()):
        if time.monotonic() > ends:
            return True
    queries.look_again()
    return False


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({_LOCK})")
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            with suppress(DatabaseError), connection.cursor() as cursor:  # a lost connection has let go of it
                cursor.execute(f"SELECT pg_advisory_unlock({_LOCK})")


@periodic("crypto.tend", "*/5 * * * *")
def tend() -> None:
    """Rotate what is due, begin or go on with the pass that a rotation asks for."""
    queries.look_again()
    for key_id in queries.due_keys(viewer=KEEPER):
        commands.rotate_key(key_id=key_id, reason="到期自动轮换", by=KEEPER, at=clock.now())
    if queries.pass_is_due(viewer=KEEPER):
        reencrypt()
