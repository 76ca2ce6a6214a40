"""Fills flow's tables with copies of real instances by COPY, so that sizes are reached which no command could reach in time.

A copy has its own ids and subject; all else is what commands once wrote: state, variables, tasks, history.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, models

from yiwang.commons.flow.models import HistoryEntry, ProcessInstance, Task
from yiwang.kernel.command import machinery
from yiwang.kernel.ids import new_id

_HISTORY = 4
_CHUNK = 20_000
_RUNNING_OF = 20  # of so many instances one runs, the others have ended


class Pattern:
    """The rows of one real instance as lines of COPY's text format, with holes for the ids."""

    def __init__(self, instance_id: UUID) -> None:
        self.instance = instance_id
        self.lines = {
            ProcessInstance: self._of(ProcessInstance, "id"),
            Task: self._of(Task, "instance_id"),
            HistoryEntry: self._of(HistoryEntry, "instance_id")[:_HISTORY],
        }

    def _of(self, model: type[models.Model], column: str) -> list[tuple[str, ...]]:
        table = model._meta.db_table
        with connection.cursor() as cursor:
            query = f"COPY (SELECT * FROM {table} WHERE {column} = '{self.instance}' ORDER BY id) TO STDOUT"
            with cursor.copy(query) as rows:
                text = b"".join(bytes(part) for part in rows).decode()
        return [tuple(line.split("\t")) for line in text.splitlines()]


def fill(running: Pattern, ended: Pattern, number: int, organisations: Sequence[UUID]) -> None:
    """Add `number` instances: one of twenty runs, its task in each of the organisations in turn."""
    offices = [str(each) for each in organisations]
    for begin in range(0, number, _CHUNK):
        numbers = range(begin, min(begin + _CHUNK, number))
        copies = [(running if each % _RUNNING_OF == 0 else ended, str(new_id()), str(new_id())) for each in numbers]
        with machinery("bench"), connection.cursor() as cursor:
            for model in (ProcessInstance, Task, HistoryEntry):
                _copy(cursor, model, copies, offices)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE commons_flow_processinstance, commons_flow_task, commons_flow_historyentry")


def _copy(
    cursor: Any, model: type[models.Model], copies: Iterable[tuple[Pattern, str, str]], organisations: list[str]
) -> None:
    with connection.cursor() as asking:
        asking.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position",
            [model._meta.db_table],
        )
        columns = [name for (name,) in asking.fetchall()]
    own, subject = columns.index("id"), columns.index("subject_id")
    of = columns.index("instance_id") if "instance_id" in columns else -1
    office = columns.index("organisation_id") if model is Task else -1
    with cursor.copy(f"COPY {model._meta.db_table} FROM STDIN") as rows:
        for number, (pattern, instance, about) in enumerate(copies):
            for line in pattern.lines[model]:
                values = list(line)
                values[own] = instance if of < 0 else str(new_id())
                values[subject] = about
                if of >= 0:
                    values[of] = instance
                if office >= 0:
                    values[office] = organisations[number // _RUNNING_OF % len(organisations)]
                rows.write("\t".join(values) + "\n")
