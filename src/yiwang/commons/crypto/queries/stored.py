"""Where encrypted values and keyed hashes are stored: found by looking at the models, so that none is forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models

from yiwang.commons.crypto import rules
from yiwang.commons.crypto.contracts import Purpose
from yiwang.commons.crypto.models import KeyVersion
from yiwang.kernel.fields import EncryptedField, KeyedHashField


@dataclass(frozen=True, slots=True)
class Column:
    """A column with sealed values; a hash names the sealed column `of` the same table and its purpose."""

    column: str
    context: str
    of: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table with such columns, its key's column, and whether its rows are only added to."""

    table: str
    key: str
    sealed: tuple[Column, ...]
    hashes: tuple[Column, ...]
    append_only: bool


@cache
def stored_tables() -> tuple[StoredTable, ...]:
    """All of them, by name. The order of their keys is the order of their making (UUID version 7), or of their numbers."""
    found = [_table(model) for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
    return tuple(sorted((each for each in found if each is not None), key=lambda each: each.table))


def _table(model: type[models.Model]) -> StoredTable | None:
    fields: Sequence[Any] = model._meta.concrete_fields
    sealed = tuple(Column(str(f.column), f.sealing_context) for f in fields if isinstance(f, EncryptedField))
    hashes = tuple(
        Column(str(f.column), "", str(getattr(model._meta.get_field(f.of), "column", "")), f.purpose)
        for f in fields
        if isinstance(f, KeyedHashField)
    )
    if not sealed and not hashes:
        return None
    assert model._meta.pk is not None
    return StoredTable(
        model._meta.db_table, str(model._meta.pk.column), sealed, hashes, bool(getattr(model, "append_only", False))
    )


def settles_at() -> datetime | None:
    """From when a pass may begin; None where no key of look-ups is being replaced."""
    newest = _newest_lookup()
    return None if newest is None else rules.settles_at(newest.created_at, newest.effective_at)


def older_transactions(at: datetime, /) -> bool:
    """Whether somebody's transaction runs that began before the newest key of look-ups took effect."""
    newest = _newest_lookup()
    if newest is None or newest.effective_at <= newest.created_at:
        return False
    with connection.cursor() as cursor:  # by its age: the clock of this program may run ahead of the database's
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND clock_timestamp() - xact_start > make_interval(secs => %s))",
            [(at - newest.effective_at).total_seconds()],
        )
        return bool(cursor.fetchone()[0])


def _newest_lookup() -> KeyVersion | None:
    """That of several; None where there is only one."""
    rows = KeyVersion.objects.filter(key__purpose=Purpose.LOOKUP.value, retired_at__isnull=True, number__gt=1)
    found: KeyVersion | None = rows.order_by("-number").first()
    return found


def labels_in_use(table: StoredTable, /) -> dict[str, dict[bytes, int]]:
    """By column: how many values were sealed under each label; b"" for the kernel's local key. One pass over the table."""
    counts: dict[str, dict[bytes, int]] = {}
    with connection.cursor() as cursor:
        for column in table.sealed:
            cursor.execute(
                f"SELECT CASE WHEN get_byte({column.column}, 0) = {rules.FORMAT} THEN "  # noqa: S608  names of models
                f"substring({column.column} FROM 3 FOR {rules.LABEL}) ELSE ''::bytea END AS label, count(*) "
                f'FROM "{table.table}" WHERE octet_length({column.column}) > {rules.HEAD} GROUP BY 1'
            )
            counts[column.column] = {bytes(label): int(count) for label, count in cursor.fetchall()}
    return counts


def labels_stored() -> frozenset[bytes]:
    """All labels under which anything is stored now. One pass over all tables."""
    return frozenset(label for table in stored_tables() for found in labels_in_use(table).values() for label in found)


def count_rows(table: StoredTable, /) -> int:
    """How many rows it has."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table.table}"')  # noqa: S608
        return int(cursor.fetchone()[0])
