"""Counted tries: guessing is slowed down for each name, address and browser, in one statement whatever their number.

Counts live in a guarded table and not in the cache, which forgets entries when it is full: whoever fills it would be free to guess.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from yiwang.commons.identity import policies
from yiwang.commons.identity.contracts import ACCOUNT, Limit, TooManyAttempts
from yiwang.commons.identity.models import AttemptCount
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, current, note
from yiwang.kernel.errors import DomainError
from yiwang.kernel.fields import keyed_hash
from yiwang.kernel.ids import new_id

_TAKE = """
INSERT INTO {table} AS kept (id, bucket, account_id, count, until) VALUES {rows}
ON CONFLICT (bucket) DO UPDATE SET
  count = CASE WHEN kept.until <= %s THEN 1 ELSE kept.count + 1 END,
  until = CASE WHEN kept.until <= %s THEN excluded.until ELSE kept.until END
RETURNING bucket, count
"""


@contextmanager
def counted(
    limits: Sequence[Limit], *, wrong: tuple[type[DomainError], ...], account_id: UUID | None, by: Actor, at: datetime
) -> Iterator[None]:
    """Around one try: it is counted and committed before it is made, and taken back unless it was `wrong`.

    So neither a refusal, which rolls its own work back, nor tries at the same moment go uncounted. RuntimeError inside a
    transaction, which could take the count back. Without `limits` nothing is counted. Raises TooManyAttempts.
    """
    if not limits:
        yield
        return
    with transaction.atomic(durable=True):
        take_attempt(limits=limits, account_id=account_id, by=by, at=at)
    try:
        yield
    except wrong:
        raise
    except DomainError:
        forgive_attempt(limits=limits, by=by, at=at)
        raise
    forgive_attempt(limits=limits, by=by, at=at)


@command("identity.take_attempt")
def take_attempt(*, limits: Sequence[Limit], account_id: UUID | None = None, by: Actor, at: datetime) -> None:
    """Count one try against each of `limits` before it is made; a refused try counts nowhere.

    `account_id` is whose door is tried, where there is one (`unlock` opens it). Raises TooManyAttempts.
    """
    if not limits:
        note(SubjectRef("attempt", current().id), kinds=[])
        return
    most = {_bucket(limit): limit for limit in limits}
    values: list[Any] = []
    for bucket in sorted(most):  # in one order, so that two tries never wait for each other
        whose = None if most[bucket].kind.endswith(".address") else account_id  # an address is nobody's door
        values += [new_id(), bucket, whose, 1, at + most[bucket].within]
    rows = ", ".join(["(%s, %s, %s, %s, %s)"] * len(most))
    with connection.cursor() as cursor:
        cursor.execute(_TAKE.format(table=f'"{AttemptCount._meta.db_table}"', rows=rows), [*values, at, at])
        counted = {bytes(bucket): count for bucket, count in cursor.fetchall()}
    if any(counted[bucket] > limit.most for bucket, limit in most.items()):
        raise TooManyAttempts
    note(SubjectRef("attempt", current().id), kinds=sorted(limit.kind for limit in limits))


@command("identity.forgive_attempt")
def forgive_attempt(*, limits: Sequence[Limit], by: Actor, at: datetime) -> None:
    """Take back one counted try (it was right). The others stay, so that a right one in between sets nobody free."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{AttemptCount._meta.db_table}" SET count = greatest(count - 1, 0) '  # noqa: S608
            "WHERE bucket = ANY(%s) AND until > %s",
            [[_bucket(limit) for limit in limits], at],
        )
    note(SubjectRef("attempt", current().id), kinds=sorted(limit.kind for limit in limits))


@command("identity.unlock")
def unlock(*, account_id: UUID, by: Actor, at: datetime) -> int:
    """Forget the failed log-ins of an account: an administrator has spoken with its owner. How many counts there were."""
    del at
    policies.check_manage_account(by, account_id)
    count, _models = AttemptCount.objects.filter(account_id=account_id).delete()
    note(SubjectRef(ACCOUNT, account_id), counts=count)
    return int(count)


def forget(limits: Sequence[Limit]) -> None:
    """Begin to count anew for `limits`, inside a command."""
    AttemptCount.objects.filter(bucket__in=[_bucket(limit) for limit in limits]).delete()


def _bucket(limit: Limit) -> bytes:
    told = "\x1f".join((limit.kind, str(limit.within.total_seconds()), *limit.who))
    return keyed_hash(told, "identity.attempt")
