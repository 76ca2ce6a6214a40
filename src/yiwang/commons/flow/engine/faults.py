"""Business errors: from the token that failed outwards to the first error boundary event that knows the code."""

from __future__ import annotations

from collections.abc import Iterator

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.task import Task, TaskState


class ErrorBoundary(ErrorEventDefinition):  # type: ignore[misc]
    """Catches `code`, or every error where it is empty. Fired by `catch_error` only."""


def catch_error(task: Task, code: str) -> bool:
    """Interrupts the activity around `task` that has a matching boundary; false where there is none.

    The boundary event runs at once: its activity must be gone before another of its tokens can move.
    """
    for boundary in _boundaries(task):
        if boundary.task_spec.event_definition.code in (code, None):
            boundary.internal_data["event_fired"] = True
            boundary.task_spec._update(boundary)  # noqa: SLF001 - the library offers no public way to wake one event
            boundary.run()
            return True
    return False


def _boundaries(task: Task) -> Iterator[Task]:
    current: Task | None = task
    while current is not None:
        activity = current.parent if isinstance(current.parent.task_spec, MultiInstanceTask) else current
        split = activity.parent
        if split is not None and isinstance(split.task_spec, BoundaryEventSplit):
            waiting = [child for child in split.children if _is_waiting_error(child)]
            yield from sorted(waiting, key=lambda child: child.task_spec.event_definition.code is None)
        owner = current.workflow.parent_task_id
        current = None if owner is None else current.workflow.top_workflow.get_task_from_id(owner)


def _is_waiting_error(task: Task) -> bool:
    spec = task.task_spec
    is_error = isinstance(spec, BoundaryEvent) and isinstance(spec.event_definition, ErrorBoundary)
    return bool(is_error and task.state == TaskState.WAITING)
