"""The tokens of an instance that wait for an event, by what they wait for."""

from __future__ import annotations

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.task import Task, TaskState

from .codec import live_subprocesses
from .event_specs import SUBSCRIPTION, Conditional, Subscribed
from .faults import ErrorBoundary, EscalationBoundary

HELD = "held"
_NEVER_COME_FROM_OUTSIDE = (ErrorBoundary, EscalationBoundary)


def waits(workflow: BpmnWorkflow) -> list[Task]:
    """All that something outside the instance may still move."""
    return [task for task in _all(workflow, EventDefinition) if not _comes_from_inside(task)]


def timer_waits(workflow: BpmnWorkflow) -> list[Task]:
    return _all(workflow, TimerEventDefinition)


def subscription_waits(workflow: BpmnWorkflow) -> list[Task]:
    return [task for task in _all(workflow, Subscribed) if SUBSCRIPTION in task.internal_data]


def condition_waits(workflow: BpmnWorkflow) -> list[Task]:
    return _all(workflow, Conditional)


def _comes_from_inside(task: Task) -> bool:
    return isinstance(task.task_spec.event_definition, _NEVER_COME_FROM_OUTSIDE)


def _all(workflow: BpmnWorkflow, kind: type[EventDefinition]) -> list[Task]:
    waiting = [
        task
        for task in workflow.event_manager.tasks.values()
        if isinstance(task.task_spec, CatchingEvent)
        and isinstance(task.task_spec.event_definition, kind)
        and task.state == TaskState.WAITING
    ]
    if not waiting:
        return waiting
    alive = {id(workflow)} | {id(subprocess) for _owner, subprocess in live_subprocesses(workflow)}
    return [task for task in waiting if id(task.workflow) in alive and task.id in task.workflow.tasks]
