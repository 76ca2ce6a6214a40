"""Waking a token that waits for an event: once, or again and again beside an activity that goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.task import Task, TaskState

from . import scopes
from .definition import EventKind, Node, NodeKind, TimerKind
from .interpreter import Interpreter

FIRED = "event_fired"


def interpreter_of(task: Task) -> Interpreter:
    engine = task.workflow.script_engine
    assert isinstance(engine, Interpreter)
    return engine


def repeats(node: Node) -> bool:
    """An event that doesn't interrupt fires as often as it happens, but for a date or a duration."""
    if node.timer is not None:
        return node.timer.kind is TimerKind.CYCLE
    waits = node.kind in (NodeKind.BOUNDARY_EVENT, NodeKind.EVENT_START) and node.event is not None
    return waits and not node.interrupting


def fire(task: Task, payload: Mapping[str, Any] | None = None) -> None:
    """Lets the waiting event happen. `payload` goes to its output mappings, or to variables where it has none.

    An event on a boundary runs at once: its activity must be gone before another of its tokens can move.
    """
    node: Node = task.task_spec.node
    take(task, node, payload or {})
    if repeats(node):
        interpreter_of(task).passed(node)
        branch_beside(task)
        return
    task.internal_data[FIRED] = True
    task.task_spec._update(task)  # noqa: SLF001 - the library offers no public way to wake one event
    if isinstance(task.task_spec, BoundaryEvent):
        interpreter_of(task).passed(node)
        task.run()


def take(task: Task, node: Node, outputs: Mapping[str, Any]) -> None:
    """What came to a node: through its output mappings where there are any, else all of it, as Camunda 8 does."""
    interpreter = interpreter_of(task)
    work = node.work
    scopes.open_scope(task, outputs, keeps_all=False)
    mapped = interpreter.outputs(task, node)
    keeps_all = work is None or (not work.outputs and work.passes_all_out)
    kept = dict(outputs) if keeps_all else mapped
    if "key_or_index" in task.internal_data:
        scopes.open_scope(task, kept, keeps_all=True)
        return
    scopes.close_scope(task)
    for name, value in kept.items():
        interpreter.write(task, name, value)


def branch_beside(task: Task) -> None:
    """Hangs a branch beside the activity, not under the event, so that one under way outlives the activity."""
    beside = task.parent.parent
    for output in task.task_spec.outputs:
        child = beside._add_child(output, TaskState.FUTURE)  # noqa: SLF001 - the library's own way to add a branch
        child.triggered = True
        child.task_spec._predict(child, mask=TaskState.NOT_FINISHED_MASK)  # noqa: SLF001
        child.task_spec._update(child)  # noqa: SLF001


def end_event_subprocesses(task: Task) -> None:
    """Takes away the event sub-processes under way beside `task`, but for the one that `task` begins."""
    for other in list(task.workflow.tasks.values()):
        node: Node | None = getattr(other.task_spec, "node", None)
        if node is None or node.kind is not NodeKind.EVENT_SUBPROCESS or other.parent is task:
            continue
        if other.has_state(TaskState.DEFINITE_MASK) and not other.has_state(TaskState.FINISHED_MASK):
            other.cancel()


def is_event(node: Node, kind: EventKind) -> bool:
    return node.event is not None and node.event.kind is kind
