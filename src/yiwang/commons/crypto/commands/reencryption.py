"""A pass over all that is stored: sealed values go under the newest key, keyed hashes are reckoned anew.

Batch by batch in transactions of their own; how far it has come is written with each batch, so that whoever is killed
is followed by somebody who goes on there. Values that can't be read stay as they are and are counted.
"""

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from yiwang.commons.crypto import policies, rules
from yiwang.commons.crypto.contracts import REENCRYPTION, KeyNotFound, Purpose, RunNotDue, RunState, RunWaits
from yiwang.commons.crypto.models import CryptoKey, KeyVersion, Reencryption, ReencryptionPart
from yiwang.commons.crypto.queries.keyring import RING
from yiwang.commons.crypto.queries.stored import (
    Column,
    StoredTable,
    count_rows,
    labels_stored,
    older_transactions,
    settles_at,
    stored_tables,
)
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.cipher import Undecryptable, cipher
from yiwang.kernel.command import command, note
from yiwang.kernel.guard import resealing

BATCH = 200
logger = logging.getLogger(__name__)


@command("crypto.begin_reencryption")
def begin_reencryption(*, reason: str = "", by: Actor, at: datetime) -> UUID:
    """Begin a pass, or go on with the one that runs. Raises MayNotManage, KeyNotFound, RunNotDue, RunWaits."""
    policies.check_manage(by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('crypto.reencryption'))")
    if not CryptoKey.objects.filter(purpose=Purpose.FIELDS.value).exists():
        raise KeyNotFound(key=rules.FIELDS_KEY)
    running = Reencryption.objects.filter(state=RunState.RUNNING.value).first()
    if running is not None:
        note(SubjectRef(REENCRYPTION, running.pk), goes_on=True)
        return UUID(str(running.pk))
    _check_settled(at)
    run = Reencryption.objects.create(state=RunState.RUNNING.value, reason=reason[:200], begun_at=at)
    ReencryptionPart.objects.bulk_create(
        [ReencryptionPart(run=run, table=table.table, total=count_rows(table)) for table in stored_tables()]
    )
    note(SubjectRef(REENCRYPTION, run.pk), reason=reason[:200])
    return UUID(str(run.pk))


def _check_settled(at: datetime) -> None:
    moment = settles_at()
    if moment is not None and moment > at:
        raise RunNotDue(moment=f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}")
    if older_transactions(at):
        raise RunWaits


@command("crypto.reencrypt_batch")
def reencrypt_batch(*, run_id: UUID, size: int = BATCH, by: Actor, at: datetime) -> bool:
    """The next rows of a pass; False when nothing is left of it. Two who call at once take turns. Raises MayNotManage."""
    policies.check_manage(by)
    part = (
        ReencryptionPart.objects.select_for_update()
        .filter(run_id=run_id, run__state=RunState.RUNNING.value, ended_at__isnull=True)
        .order_by("table")
        .first()
    )
    subject = SubjectRef(REENCRYPTION, run_id)
    if part is None:
        ended = _end(run_id, at)
        note(subject, ended=ended)
        return False
    table = next((each for each in stored_tables() if each.table == part.table), None)
    rows = [] if table is None else _rows(table, part.reached, size)
    if table is None or not rows:
        part.ended_at = at
    else:
        changed, damaged = _reseal(table, rows)
        part.reached, part.scanned = str(rows[-1][0]), part.scanned + len(rows)
        part.changed, part.damaged = part.changed + changed, part.damaged + damaged
    part.save(update_fields=["reached", "scanned", "changed", "damaged", "ended_at"])
    note(subject, table=part.table, scanned=part.scanned, changed=part.changed, damaged=part.damaged)
    return True


def _rows(table: StoredTable, reached: str, size: int) -> list[tuple[Any, ...]]:
    columns = ", ".join(f'"{each.column}"' for each in (*table.sealed, *table.hashes))
    after = f'WHERE "{table.key}" > %s' if reached else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "{table.key}", {columns} FROM "{table.table}" {after} '  # noqa: S608  names of models
            f'ORDER BY "{table.key}" LIMIT {size:d} FOR NO KEY UPDATE',
            [reached] if reached else [],
        )
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _reseal(table: StoredTable, rows: Sequence[tuple[Any, ...]]) -> tuple[int, int]:
    """How many of the rows changed, and how many values could not be read."""
    view = RING.view()
    newest = view.writer.head if view.writer is not None else b""
    changes, damaged = [], 0
    for key, *values in rows:
        old = [None if value is None else bytes(value) for value in values]
        fresh, unreadable = _fresh(table, old, newest)
        damaged += unreadable
        if fresh != old:
            changes.append([key, *fresh])
    refused = _write_each(table, changes)
    return len(changes) - refused, damaged + refused


def _write_each(table: StoredTable, changes: Sequence[Sequence[Any]]) -> int:
    """How many rows keep their old key, since another row has their new hash already: the rest is written."""
    if not changes:
        return 0
    try:
        with transaction.atomic():
            _write(table, changes)
    except IntegrityError:
        if len(changes) > 1:
            return sum(_write_each(table, [row]) for row in changes)
        said = "%s %s: another row has the same value, it keeps its old key"
        logger.error(said, table.table, changes[0][0])  # noqa: TRY400  a trace would put the row's values into the log
        return 1
    return 0


def _fresh(table: StoredTable, old: list[bytes | None], newest: bytes) -> tuple[list[bytes | None], int]:
    fresh, unreadable = list(old), 0
    plain: dict[str, bytes | None] = {}
    sources = {each.of for each in table.hashes}
    for number, column in enumerate(table.sealed):
        value = old[number]
        if value is None or (value.startswith(newest) and newest and column.column not in sources):
            continue
        try:
            plain[column.column] = cipher().decrypt(value, context=column.context)
        except Undecryptable:
            unreadable += 1
            continue
        if not (newest and value.startswith(newest)):
            fresh[number] = cipher().encrypt(plain[column.column] or b"", context=column.context)
    for number, column in enumerate(table.hashes, start=len(table.sealed)):
        fresh[number] = _hash(column, old[number], plain.get(column.of))
    return fresh, unreadable


def _hash(column: Column, old: bytes | None, plain: bytes | None) -> bytes | None:
    return old if old is None or plain is None else cipher().keyed_hash(plain, purpose=column.purpose)


def _write(table: StoredTable, changes: Sequence[Sequence[Any]]) -> None:
    names = [each.column for each in (*table.sealed, *table.hashes)]
    sets = ", ".join(f'"{name}" = given."{name}"' for name in names)
    arrays = ", ".join(["%s", *("%s::bytea[]" for _name in names)])
    given = ", ".join(f'"{name}"' for name in ["key", *names])
    statement = (
        f'UPDATE "{table.table}" AS row SET {sets} FROM unnest({arrays}) AS given({given}) '  # noqa: S608
        f'WHERE row."{table.key}" = given."key"'
    )
    with ExitStack() as stack, connection.cursor() as cursor:
        if table.append_only:
            stack.enter_context(resealing())
        cursor.execute(statement, [list(column) for column in zip(*changes, strict=True)])


def _end(run_id: UUID, at: datetime) -> bool:
    """Close the pass, and let go of the versions that nothing needs any more.

    A key of fields: replaced so long before the pass began that no process sealed with it meanwhile.
    """
    run = Reencryption.objects.select_for_update().filter(pk=run_id, state=RunState.RUNNING.value).first()
    if run is None:
        return False
    run.state, run.ended_at = RunState.DONE.value, at
    run.save(update_fields=["state", "ended_at"])
    let_go = _unneeded(run)
    for version in let_go:
        version.retired_at = at
        version.save(update_fields=["retired_at"])
    totals = ReencryptionPart.objects.filter(run=run).values_list("changed", "damaged")
    evidence.record(
        "keys.reencrypted",
        SubjectRef(REENCRYPTION, run.pk),
        {
            "changed": sum(changed for changed, _damaged in totals),
            "damaged": sum(damaged for _changed, damaged in totals),
            "released": [f"{version.key.name} v{version.number}" for version in let_go],
        },
    )
    return True


def _unneeded(run: Reencryption) -> list[KeyVersion]:
    former = KeyVersion.objects.select_related("key").filter(replaced_at__lte=run.begun_at, retired_at__isnull=True)
    left = former.filter(replaced_at__lte=run.begun_at - timedelta(seconds=rules.STALE_AFTER))
    waiting = list(left.filter(key__purpose=Purpose.FIELDS.value))
    in_use = labels_stored() if waiting else frozenset()
    fields = [each for each in waiting if bytes(each.label) not in in_use]
    damaged = ReencryptionPart.objects.filter(run=run, damaged__gt=0).exists()
    lookups = [] if damaged else list(former.filter(key__purpose=Purpose.LOOKUP.value))
    return [*fields, *lookups]
