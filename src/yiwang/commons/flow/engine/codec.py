"""The state of an instance as bytes: its tokens and variables, without the specification.

Written by us, because the library's serializer brings migrations of old formats that evaluate Python. Tokens have no
lasting id: what the host can name (open items, timers) carries its own. Dead branches and the finished past are left out.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task, TaskState

from .build import Built
from .interpreter import Interpreter
from .pruning import present_root
from .specs import CORRECTED, WorkSpec
from .values_json import dumps, loads

_MARK = b"YS1"
_OUTLIVES = {CORRECTED}


def live_subprocesses(workflow: BpmnWorkflow) -> Iterator[tuple[Task, BpmnSubWorkflow]]:
    """Running sub-processes, outer before inner; those whose activity was taken away are dead and not given."""
    alive = {id(workflow)}
    for subprocess in workflow.subprocesses.values():
        owner = _owner(workflow, subprocess, alive)
        if owner is not None:
            alive.add(id(subprocess))
            yield owner, subprocess


def _owner(workflow: BpmnWorkflow, subprocess: BpmnSubWorkflow, alive: set[int]) -> Task | None:
    for holder in (workflow, *workflow.subprocesses.values()):
        owner = holder.tasks.get(subprocess.parent_task_id)
        if owner is not None:
            return owner if id(holder) in alive and not owner.has_state(TaskState.FINISHED_MASK) else None
    return None


def to_state(workflow: BpmnWorkflow, interpreter: Interpreter) -> bytes:
    places: dict[Any, int] = {}
    parts = [_dump(workflow, places, None)]
    for owner, subprocess in live_subprocesses(workflow):
        parts.append(_dump(subprocess, places, places[owner.id]))
    return _MARK + zlib.compress(dumps({"v": interpreter.variables, "w": parts}).encode(), 6)


def variables_of(state: bytes) -> dict[str, Any]:
    found: dict[str, Any] = _read(state)["v"]
    return found


def _read(state: bytes) -> Any:
    if not state.startswith(_MARK):
        raise ValueError("not a state of this engine")
    return loads(zlib.decompress(state[len(_MARK) :]))


def _dump(workflow: Any, places: dict[Any, int], owner: int | None) -> list[Any]:
    ranks = {
        stamp: rank for rank, stamp in enumerate(sorted({task.last_state_change for task in workflow.tasks.values()}))
    }
    rows: list[list[Any]] = []
    root, present = workflow.task_tree, present_root(workflow)
    todo = [root]
    while todo:
        task = todo.pop()
        parent = places.get(root.id if task is present else task._parent)  # noqa: SLF001
        places[task.id] = len(places) + 1
        finished = task.has_state(TaskState.FINISHED_MASK)
        internal = (
            {key: task.internal_data[key] for key in _OUTLIVES & task.internal_data.keys()}
            if finished
            else task.internal_data
        )
        rank = ranks[task.last_state_change]
        rows.append([parent or 0, task.state, task.task_spec.name, int(task.triggered), rank, internal or 0])
        todo.extend([present] if present is not None and task is root else reversed(task.children))
    last = places.get(workflow.last_task.id) if workflow.last_task is not None else None
    return [owner or 0, int(workflow.completed), int(workflow.success), last or 0, rows]


def from_state(state: bytes, built: Built, interpreter: Interpreter) -> BpmnWorkflow:
    """The running workflow; `interpreter` receives the variables. Raises ValueError for foreign bytes."""
    found = _read(state)
    interpreter.variables = found["v"]
    workflow = BpmnWorkflow(built.root, built.subprocesses, script_engine=interpreter, deserializing=True)
    tasks: list[Task] = []
    for owner, *part in found["w"]:
        target = workflow if not owner else _subprocess(workflow, tasks[owner - 1])
        _fill(target, part, tasks)
    return workflow


def _subprocess(workflow: BpmnWorkflow, owner: Task) -> BpmnSubWorkflow:
    spec = workflow.subprocess_specs[owner.task_spec.spec]
    subprocess = BpmnSubWorkflow(spec, owner.id, workflow, deserializing=True)
    subprocess.completed_event.connect(owner.task_spec._on_subworkflow_completed, owner)  # noqa: SLF001
    workflow.subprocesses[owner.id] = subprocess
    return subprocess


def _fill(workflow: Any, part: list[Any], tasks: list[Task]) -> None:
    completed, success, last, rows = part
    for parent, state, spec_name, triggered, rank, internal in rows:
        spec = workflow.spec.task_specs[spec_name]
        holder = tasks[parent - 1] if parent else None
        task = Task(workflow, spec, holder, state=state, id=len(tasks) + 1)
        task.triggered = bool(triggered)
        task.last_state_change = float(rank)
        task.internal_data = internal or {}
        tasks.append(task)
        if holder is None:
            workflow.task_tree = task
        if state == TaskState.WAITING and isinstance(spec, CatchingEvent):
            workflow.top_workflow.event_manager.add_task(task)
    workflow.completed, workflow.success = bool(completed), bool(success)
    workflow.last_task = tasks[last - 1] if last else None


def open_tasks(workflow: BpmnWorkflow) -> Iterator[Task]:
    """Tokens that wait for the host."""
    for each in (workflow, *(subprocess for _owner_task, subprocess in live_subprocesses(workflow))):
        for task in each.tasks.values():
            if task.state == TaskState.READY and isinstance(task.task_spec, WorkSpec):
                yield task
