"""Background work of crypto: passes over what is stored, keys that are due, counts that wait in this process."""

import time

from yiwang.commons.crypto import commands, queries
from yiwang.commons.crypto.contracts import RunNotDue
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.jobs import defer_now, job, periodic

KEEPER = Actor.system("key pool")
_SECONDS = 20.0


@job(commands.REENCRYPT)
def reencrypt() -> None:
    """Go on with the pass for a while, then make room for other jobs and come back."""
    queries.look_again()
    try:
        run = commands.begin_reencryption(by=KEEPER, at=clock.now())
    except RunNotDue:
        return  # `tend` begins it
    ends = time.monotonic() + _SECONDS
    while commands.reencrypt_batch(run_id=run, by=KEEPER, at=clock.now()):
        if time.monotonic() > ends:
            defer_now(commands.REENCRYPT)
            return
    queries.look_again()


@periodic("crypto.tend", "*/5 * * * *")
def tend() -> None:
    """Rotate what is due, begin or go on with the pass that a rotation asks for."""
    queries.look_again()
    for key_id in queries.due_keys(viewer=KEEPER):
        commands.rotate_key(key_id=key_id, reason="到期自动轮换", by=KEEPER, at=clock.now())
    if queries.pass_is_due(viewer=KEEPER):
        reencrypt()
