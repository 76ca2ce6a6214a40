"""The physical limit of a write: the same statements with the same commits on the bare driver.

Inserts, and updates of what was inserted, go to copies of the tables that have no trigger, no constraint and no index but
one on `id`; each time the rows get ids of their own. Other reads and updates go to the tables themselves.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from bench.visiting import recording
from yiwang.kernel.ids import new_id

_TABLE = re.compile(r'(INSERT INTO|UPDATE) "(\w+)"')
_REST = re.compile(r" (RETURNING|ON CONFLICT) .*$", re.DOTALL)
_CONFLICT = re.compile(r" ON CONFLICT .*?(?= RETURNING |\), part\d+ AS \(|\) SELECT )", re.DOTALL)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_BEGINS = "set_config('yiwang.command'"
Statement = tuple[str, Any, bool]


class Replay:
    """What `work` sends to the database, ready to be sent again. `statements` and `commits`: how many."""

    def __init__(self, work: Callable[[], Any]) -> None:
        with recording() as said:
            work()
        self.statements = len(said.said)
        self.commits = sum(_BEGINS in text for text, _parameters in said.said)
        writes = [(_TABLE.findall(text), parameters) for text, parameters in said.said if _writes(text)]
        self._copied = {table for parts, _parameters in writes for verb, table in parts if verb != "UPDATE"}
        self._ids = {each for _parts, parameters in writes for value in parameters for each in _ids(value)}
        for table in self._copied:
            _copy(table)
        self.transactions: list[list[Statement]] = []
        for text, parameters in said.said:
            if _BEGINS in text or not self.transactions:
                self.transactions.append([])
            self.transactions[-1] += self._kept(text, parameters)

    def _kept(self, text: str, parameters: Any) -> Iterable[Statement]:
        written = {table for _verb, table in _TABLE.findall(text)} & self._copied if _writes(text) else set()
        if written:
            told = text
            for table in written:
                told = told.replace(f'"{table}"', f'"bench_{table}"')
            yield _bare(told), parameters, True
        elif text.startswith(("SELECT", "UPDATE", "WITH")) and "procrastinate" not in text:
            yield text, parameters, False

    def __call__(self) -> None:
        """Send everything again, commit by commit, and fetch what is read."""
        connection.ensure_connection()
        raw = connection.connection
        fresh = {each: new_id() for each in self._ids}
        for transaction in self.transactions:
            with raw.transaction(), raw.cursor() as cursor:
                for text, parameters, copied in transaction:
                    cursor.execute(text, [_renamed(each, fresh) for each in parameters] if copied else parameters)
                    if cursor.description:
                        cursor.fetchall()


def _writes(text: str) -> bool:
    return text.startswith(("INSERT INTO", "UPDATE")) or (text.startswith("WITH") and _TABLE.search(text) is not None)


def _bare(text: str) -> str:
    """The statement for copies: these have no keys that could conflict, and jobs are another system's."""
    if not text.startswith("WITH"):
        return _REST.sub("", text)
    parts, _select, calls = _CONFLICT.sub("", text).rpartition(") SELECT ")
    return f"{parts}) SELECT {1 if 'procrastinate' in calls else calls}"


def _ids(value: Any) -> list[UUID]:
    """The ids in a parameter: itself, or those in the JSON that holds several rows."""
    if isinstance(value, UUID):
        return [value]
    return [UUID(each) for each in _UUID.findall(value)] if isinstance(value, str) else []


def _renamed(value: Any, fresh: dict[UUID, UUID]) -> Any:
    if isinstance(value, UUID):
        return fresh.get(value, value)
    if isinstance(value, str):
        return _UUID.sub(lambda found: str(fresh.get(UUID(found[0]), found[0])), value)
    return value


def _copy(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TABLE IF EXISTS "bench_{table}"')
        cursor.execute(f'CREATE TABLE "bench_{table}" (LIKE "{table}" INCLUDING IDENTITY)')
        cursor.execute("SELECT 1 FROM information_schema.columns WHERE table_name = %s AND column_name = 'id'", [table])
        if cursor.fetchone():
            cursor.execute(f'CREATE INDEX ON "bench_{table}" (id)')
