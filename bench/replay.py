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

_TABLE = re.compile(r'^(INSERT INTO|UPDATE) "(\w+)"')
_REST = re.compile(r" (RETURNING|ON CONFLICT) .*$", re.DOTALL)
_BEGINS = "set_config('yiwang.command'"
Statement = tuple[str, Any, bool]


class Replay:
    """What `work` sends to the database, ready to be sent again. `statements` and `commits`: how many."""

    def __init__(self, work: Callable[[], Any]) -> None:
        with recording() as said:
            work()
        self.statements = len(said.said)
        self.commits = sum(_BEGINS in text for text, _parameters in said.said)
        inserts = [
            (found[2], parameters)
            for text, parameters in said.said
            if (found := _TABLE.match(text)) and found[1] != "UPDATE"
        ]
        self._copied = {table for table, _parameters in inserts}
        self._ids = {each for _table, parameters in inserts for each in parameters if isinstance(each, UUID)}
        for table in self._copied:
            _copy(table)
        self.transactions: list[list[Statement]] = []
        for text, parameters in said.said:
            if _BEGINS in text or not self.transactions:
                self.transactions.append([])
            self.transactions[-1] += self._kept(text, parameters)

    def _kept(self, text: str, parameters: Any) -> Iterable[Statement]:
        found = _TABLE.match(text)
        if found is not None and found[2] in self._copied:
            told = text.replace(f'"{found[2]}"', f'"bench_{found[2]}"')
            yield _REST.sub("", told), parameters, True
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


def _renamed(value: Any, fresh: dict[UUID, UUID]) -> Any:
    return fresh.get(value, value) if isinstance(value, UUID) else value


def _copy(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TABLE IF EXISTS "bench_{table}"')
        cursor.execute(f'CREATE TABLE "bench_{table}" (LIKE "{table}" INCLUDING IDENTITY)')
        cursor.execute("SELECT 1 FROM information_schema.columns WHERE table_name = %s AND column_name = 'id'", [table])
        if cursor.fetchone():
            cursor.execute(f'CREATE INDEX ON "bench_{table}" (id)')
