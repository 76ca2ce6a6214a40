"""Where variables live: one set for the instance, and a local set for each loop instance and each sub-process with inputs.

A name is read from the nearest scope outwards. Inside a loop instance everything written stays there, so that parallel instances
never overwrite each other; only the loop's output element leaves it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.task import Task

SCOPE = "scope"


def open_scope(task: Task | None, values: Mapping[str, Any], *, keeps_all: bool) -> None:
    """Adds `values` to the task's own scope; `keeps_all` makes it keep every name written below it."""
    if task is None or (not values and not keeps_all):
        return
    scope = task.internal_data.setdefault(SCOPE, {"all": False, "values": {}})
    scope["all"] = scope["all"] or keeps_all
    scope["values"].update(values)


def close_scope(task: Task) -> None:
    task.internal_data.pop(SCOPE, None)


def owner(task: Task) -> Task | None:
    """The activity whose inside the task belongs to; None in the process itself."""
    found = task.workflow.parent_task_id
    return None if found is None else task.workflow.top_workflow.get_task_from_id(found)


def _around(task: Task) -> Iterator[dict[str, Any]]:
    current: Task | None = task
    while current is not None:
        scope = current.internal_data.get(SCOPE)
        if scope is not None:
            yield scope
        current = owner(current)


def visible(task: Task, variables: Mapping[str, Any]) -> dict[str, Any]:
    names = dict(variables)
    for scope in reversed(list(_around(task))):
        names.update(scope["values"])
    return names


def write(task: Task, variables: dict[str, Any], name: str, value: Any) -> None:
    for scope in _around(task):
        if scope["all"] or name in scope["values"]:
            scope["values"][name] = value
            return
    variables[name] = value
