"""A pool for the tests of every context: keys made through the commands, known to this process alone."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from yiwang.commons.crypto import commands
from yiwang.commons.crypto.contracts import KeyId, Purpose
from yiwang.commons.crypto.queries.keyring import RING, read
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

SYSTEM = Actor.system("tests")


def make_key(name: str = "sample.signing", purpose: Purpose = Purpose.SIGNING, application: str = "sample", **options: object) -> KeyId:  # fmt: skip
    """A key of a sample application, active at once."""
    given = {"suite": "national", "owner": "样例", **options}
    return commands.create_key(name=name, purpose=purpose, application=application, by=SYSTEM, at=clock.now(), **given)  # type: ignore[arg-type]


def learn() -> None:
    """Let this process know the pool as the test's own transaction sees it."""
    with connection.cursor() as cursor:
        RING.learn(read(cursor))


@contextmanager
def pool() -> Iterator[None]:
    """The platform's keys established in the test's transaction; forgotten after."""
    commands.establish(by=SYSTEM, at=clock.now())
    learn()
    try:
        yield
    finally:
        RING.forget()
