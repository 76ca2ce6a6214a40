"""Writes of several tables in one statement: a step of a process leaves ten rows in six tables.

One statement a table would cost a round trip and Django's compiler each, together more than the step itself. Here every table
is a part of one `WITH … INSERT`, its rows one JSON parameter. The database's guards see each part as they see any statement.
The texts are made of names of models alone.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models

_Convert = Callable[[Any], Any]


class Writes:
    """Parts that go out together. All see the database as it was before: no part may need what another one writes."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._parameters: list[Any] = []
        self._calls: list[str] = []

    def insert(self, rows: Iterable[models.Model], *, returning: str = "", conflict: str = "") -> str:
        """New rows of one model, in this order; a column that the database counts is left to it. The part's name."""
        rows = list(rows)
        if not rows:
            return ""
        table = _table(type(rows[0]))
        endings = f" {conflict}" * bool(conflict) + f" RETURNING {returning}" * bool(returning)
        return self.part(table.insert + endings, table.values(rows))

    def update(self, row: models.Model, *columns: str) -> None:
        """These columns of a row as they stand in memory; `columns` are Django's names of the attributes (`status`, `held_by_id`)."""
        self.part(*_update(row, columns))

    def part(self, statement: str, *parameters: Any) -> str:
        """Any other statement that writes; the name by which other parts can read what it returns."""
        name = f"part{len(self._parts)}"
        self._parts.append(f"{name} AS ({statement})")
        self._parameters += parameters
        return name

    def call(self, function: str) -> None:
        """A function of the database, with its arguments as constants, that writes by itself."""
        self._calls.append(function)

    def send(self) -> None:
        """Execute what was gathered; nothing where that is nothing."""
        if self._parts or self._calls:
            parts = f"WITH {', '.join(self._parts)} " if self._parts else ""
            with connection.cursor() as cursor:
                cursor.execute(f"{parts}SELECT {', '.join(self._calls) or 1}", self._parameters)
        self._parts, self._parameters, self._calls = [], [], []


def insert(row: models.Model, *, conflict: str = "") -> bool:
    """One row, at once; false where `conflict` (`ON CONFLICT DO NOTHING`) kept it out."""
    table = _table(type(row))
    with connection.cursor() as cursor:
        cursor.execute(f"{table.insert} {conflict}", [table.values([row])])
        return bool(cursor.rowcount)


def update(row: models.Model, *columns: str) -> None:
    """One row's columns as they stand in memory, at once."""
    statement, *parameters = _update(row, columns)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def copy_rows(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """COPY new rows of a model within the running command: ten times as fast as INSERT; nothing for no rows."""
    if not rows:
        return
    fields = [each for each in model._meta.concrete_fields if not isinstance(each, models.AutoField)]
    columns = ", ".join(f'"{each.column}"' for each in fields)
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy,
    ):
        for row in rows:
            copy.write_row([_copied(each, getattr(row, each.attname)) for each in fields])


def _copied(column: Any, value: Any) -> Any:
    if value is None or not isinstance(column, models.BinaryField):
        return value
    prepared = column.get_db_prep_save(value, connection)  # an encrypted one encrypts here
    return bytes(getattr(prepared, "obj", prepared))


def _update(row: models.Model, columns: tuple[str, ...]) -> list[Any]:
    statement, fields = _update_text(type(row), columns)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    return [statement, *values, row.pk]


@cache
def _update_text(model: type[models.Model], columns: tuple[str, ...]) -> tuple[str, list[Any]]:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    wanted = [fields[name] for name in columns]
    settings = ", ".join(f'"{field.column}" = %s' for field in wanted)
    assert model._meta.pk is not None
    return f'UPDATE "{model._meta.db_table}" SET {settings} WHERE "{model._meta.pk.column}" = %s', wanted  # noqa: S608


class _Table:
    """The text that inserts rows of one model, and how its values become JSON."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
        self._fields = [(field.column, field.attname, _converter(field)) for field in fields]
        columns = ", ".join(f'"{field.column}"' for field in fields)
        typed = ", ".join(f'"{field.column}" {_arrives_as(field)}' for field in fields)
        read = ", ".join(f'"{field.column}"{"::jsonb" * isinstance(field, models.JSONField)}' for field in fields)
        into = f'INSERT INTO "{model._meta.db_table}" ({columns})'
        self.insert = f"{into} SELECT {read} FROM json_to_recordset(%s::json) AS given({typed})"  # noqa: S608

    def values(self, rows: Sequence[models.Model]) -> str:
        return _json([{column: convert(getattr(row, name)) for column, name, convert in self._fields} for row in rows])


@cache
def _table(model: type[models.Model]) -> _Table:
    return _Table(model)


def _arrives_as(field: Any) -> str:
    """The type inside the JSON. Texts come unlimited, so that one that is too long is refused and not cut."""
    if isinstance(field, models.JSONField | models.CharField):
        return "text"
    return str(field.db_type(connection))


def _converter(field: Any) -> _Convert:
    if isinstance(field, models.JSONField):
        return _as_text(field.encoder)
    if isinstance(field, models.BinaryField):
        return lambda value: _as_hex(field.get_db_prep_save(value, connection))  # an encrypted one encrypts here
    return _as_it_is


def _as_text(encoder: type[json.JSONEncoder] | None) -> _Convert:
    encode = (encoder or json.JSONEncoder)(ensure_ascii=False, separators=(",", ":")).encode
    return lambda value: "{}" if value == {} else None if value is None else encode(value)


def _as_hex(value: Any) -> str | None:
    return None if value is None else f"\\x{bytes(getattr(value, 'obj', value)).hex()}"


def _as_it_is(value: Any) -> Any:
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} in a column")


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode
