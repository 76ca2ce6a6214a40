"""Forgets the finished past of a token tree that no token can need any more, so that a loop of any length stays cheap.

The library keeps every task that ever ran and walks the tree recursively: after some two hundred rounds of a loop a step would
cost a hundred times as much and then fail. What happened is in the path events, so the tree may forget it.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.task import Task, TaskState


def present_root(workflow: Any) -> Task | None:
    """The deepest completed task above all that is unfinished; None where the whole tree must stay.

    While a token waits at a join, tokens that arrived before it count there by their place in the tree: nothing is forgotten.
    """
    tops = []
    for task in workflow.tasks.values():
        if task.has_state(TaskState.NOT_FINISHED_MASK):
            if task.state == TaskState.WAITING and isinstance(task.task_spec, UnstructuredJoin):
                return None
            parent = task.parent
            if parent is None or parent.has_state(TaskState.FINISHED_MASK):
                tops.append(parent)
    if not tops or None in tops:
        return None
    common = _path(tops[0])
    for top in tops[1:]:
        path = _path(top)
        length = next(
            (i for i, (a, b) in enumerate(zip(common, path, strict=False)) if a is not b), min(len(common), len(path))
        )
        common = common[:length]
    while common and common[-1].state != TaskState.COMPLETED:
        common.pop()
    return common[-1] if len(common) > 2 else None


def _path(task: Task) -> list[Task]:
    """From the root down to `task`."""
    path = []
    current: Task | None = task
    while current is not None:
        path.append(current)
        current = current.parent
    return path[::-1]
