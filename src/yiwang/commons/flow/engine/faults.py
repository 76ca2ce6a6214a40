"""Business errors and escalations: from the token that threw outwards to the first event that knows the code."""

from __future__ import annotations

from collections.abc import Iterator

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.task import Task, TaskState

from .firing import fire


class ErrorBoundary(ErrorEventDefinition):
    """Catches `code`, or every error where it is empty. Fired by `catch_error` only."""


class EscalationBoundary(EventDefinition):
    """Catches `code`, or every escalation where it is None. Fired by `catch_escalation` only."""

    def __init__(self, name: str, code: str | None) -> None:
        super().__init__(name)
        self.code = code


def catch_error(task: Task, code: str) -> bool:
    """Interrupts the activity around `task` that has a matching event; false where there is none."""
    return _catch(task, code, ErrorBoundary)


def catch_escalation(task: Task, code: str) -> bool:
    """Fires the nearest matching event around `task`, interrupting or not; false where there is none."""
    return _catch(task, code, EscalationBoundary)


def _catch(task: Task, code: str, kind: type[EventDefinition]) -> bool:
    for boundary in _boundaries(task, kind):
        if boundary.task_spec.event_definition.code in (code, None):
            fire(boundary)
            return True
    return False


def _boundaries(task: Task, kind: type[EventDefinition]) -> Iterator[Task]:
    current: Task | None = task
    while current is not None:
        activity = current.parent if isinstance(current.parent.task_spec, MultiInstanceTask) else current
        split = activity.parent
        if split is not None and isinstance(split.task_spec, BoundaryEventSplit):
            waiting = [child for child in split.children if _waits_for(child, kind)]
            yield from sorted(waiting, key=lambda child: child.task_spec.event_definition.code is None)
        owner = current.workflow.parent_task_id
        current = None if owner is None else current.workflow.top_workflow.get_task_from_id(owner)


def _waits_for(task: Task, kind: type[EventDefinition]) -> bool:
    spec = task.task_spec
    caught = isinstance(spec, BoundaryEvent) and isinstance(spec.event_definition, kind)
    return bool(caught and task.state == TaskState.WAITING)
