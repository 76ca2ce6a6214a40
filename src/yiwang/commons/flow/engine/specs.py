"""The token library's task specifications that we build processes from, with its expressions routed to the interpreter.

A closed list: nothing else of the library is ever instantiated, least of all what executes code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.data_spec import BpmnDataSpecification
from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import CycleTimerEventDefinition, TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import (
    MultiInstanceTask,
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
)
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.operators import Operator
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task, TaskState

from yiwang.kernel.ids import new_id

from . import scopes
from .adhoc import ACTIVATED, ASKED
from .definition import Loop, Node, TimerKind, expression_in
from .errors import EvaluationHalt
from .faults import catch_error
from .firing import branch_beside, interpreter_of, take
from .interpreter import ITEM
from .timers import TimerFault, due_after, due_date, parse_cycle

DUE = "due"
TIMER_ID = "timer"
LEFT = "left"
CYCLE = "cycle"
CORRECTED = "corrected"
COME = "come"


class Condition(Operator):
    """The condition of a sequence flow."""

    def __init__(self, flow_id: str, text: str) -> None:
        super().__init__(text)
        self.flow_id = flow_id

    def _matches(self, task: Task) -> bool:
        return interpreter_of(task).condition(task, self.flow_id, self.args[0])


class NodeSpec(BpmnTaskSpec):
    """A node of the model that needs nothing from the host."""

    node: Node

    def __init__(self, wf_spec: BpmnProcessSpec, name: str, node: Node, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.node = node


class Waits(TaskSpec):
    """What follows a wait is no more than possible: the library would draw a certain future without end where it leads back."""

    def _predict_hook(self, my_task: Task) -> None:
        my_task._sync_children(self.outputs, TaskState.MAYBE)  # noqa: SLF001 - as the library's gateways predict

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        follow(my_task, self.outputs)


def follow(my_task: Task, chosen: list[TaskSpec]) -> None:
    """Makes the chosen ways certain, as the library's gateways do."""
    my_task._sync_children(chosen, TaskState.FUTURE)  # noqa: SLF001
    for child in my_task.children:
        child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)  # noqa: SLF001


class WorkSpec(Waits, NodeSpec):
    """A token that waits until the host completes it."""

    def __init__(self, wf_spec: BpmnProcessSpec, name: str, node: Node) -> None:
        super().__init__(wf_spec, name, node, manual=True)

    def _on_ready_hook(self, my_task: Task) -> None:
        super()._on_ready_hook(my_task)
        if ITEM not in my_task.internal_data:
            interpreter_of(my_task).item(my_task, self.node, _corrections(my_task, self.node.id))

    def take_outputs(self, my_task: Task, outputs: Mapping[str, Any]) -> None:
        if self.node.corrects:
            my_task.internal_data[CORRECTED] = {**_corrections(my_task, self.node.corrects), **outputs}
            outputs = {}
        take(my_task, self.node, outputs if self.node.ad_hoc is None else {**ASKED, **outputs})


def _corrections(my_task: Task, user_task: str) -> dict[str, Any]:
    """What the operation just before said about a user task; it knows what those before it said."""
    before = my_task.parent
    while before is not None and getattr(before.task_spec, "node", None) is None:
        before = before.parent
    told: dict[str, Any] = {}
    if before is not None and before.task_spec.node.corrects == user_task:
        told = before.internal_data.get(CORRECTED, {})
    return told


class ChoiceSpec(NodeSpec):
    """Inside one instance of an ad-hoc sub-process: leads to the element that this instance is about."""

    def __init__(self, wf_spec: BpmnProcessSpec, name: str, node: Node) -> None:
        super().__init__(wf_spec, name, node)
        self.ways: dict[str, TaskSpec] = {}

    def _predict_hook(self, my_task: Task) -> None:
        my_task._sync_children(self.outputs, TaskState.MAYBE)  # noqa: SLF001

    def _run_hook(self, my_task: Task) -> bool:
        wanted = scopes.visible(my_task, {}).get(ACTIVATED)
        told = wanted if isinstance(wanted, Mapping) else {"elementId": wanted}
        chosen, variables = told.get("elementId"), told.get("variables")
        if not isinstance(chosen, str) or chosen not in self.ways:
            raise EvaluationHalt(self.node.id, f"自由子流程里没有可以启动的环节“{chosen}”。")
        if isinstance(variables, Mapping):
            scopes.open_scope(scopes.owner(my_task), variables, keeps_all=False)
        follow(my_task, [self.ways[chosen]])
        return True


class ScriptSpec(NodeSpec):
    """A FEEL script: one expression, its value in one variable."""

    def _run_hook(self, my_task: Task) -> bool:
        interpreter = interpreter_of(my_task)
        scopes.open_scope(my_task, interpreter.inputs(my_task, self.node), keeps_all=False)
        expression = expression_in(self.node.script) or self.node.script.strip()
        value = interpreter.value(my_task, self.node.id, expression)
        take(my_task, self.node, {self.node.result_variable: value} if self.node.result_variable else {})
        return True


class PassSpec(NodeSpec):
    """A node that is passed at once; only its mappings do something."""

    def _run_hook(self, my_task: Task) -> bool:
        if self.node.work is not None:
            scopes.open_scope(my_task, interpreter_of(my_task).inputs(my_task, self.node), keeps_all=False)
            take(my_task, self.node, {})
        return True


class ErrorEndSpec(NodeSpec):
    """Throws to the boundary of the enclosing sub-process, else out of the process; the token itself never completes."""

    def _run_hook(self, my_task: Task) -> None:
        interpreter = interpreter_of(my_task)
        interpreter.passed(self.node)
        if not catch_error(my_task, self.node.error_code):
            interpreter.failed_with = self.node.error_code
            my_task.workflow.top_workflow.cancel()


class SubProcessSpec(Waits, SubWorkflowTask, BpmnTaskSpec):
    """An embedded sub-process. Its inputs are local to it."""

    def __init__(self, wf_spec: BpmnProcessSpec, name: str, node: Node) -> None:
        super().__init__(wf_spec, name, node.id)
        self.node = node

    def start_workflow(self, my_task: Task) -> None:
        inputs = interpreter_of(my_task).inputs(my_task, self.node)
        if inputs:
            scopes.open_scope(my_task, inputs, keeps_all=False)
        super().start_workflow(my_task)

    def update_data(self, my_task: Task, subworkflow: Any) -> None:
        """Variables live in scopes, so nothing is copied between tasks."""

    def _on_complete_hook(self, my_task: Task) -> None:
        interpreter = interpreter_of(my_task)
        outputs = interpreter.outputs(my_task, self.node)
        if "key_or_index" not in my_task.internal_data:
            scopes.close_scope(my_task)
        for name, value in outputs.items():
            interpreter.write(my_task, name, value)
        super()._on_complete_hook(my_task)


class Terminate(TerminateEventDefinition):
    """Ends its process at once; the library would also raise an event that nobody may catch."""

    def throw(self, my_task: Task) -> None:
        """Nothing is thrown."""


class OneTimer(TimerEventDefinition):
    """A date or a duration. The due time is computed once, when the token arrives, by the host's clock."""

    def __init__(self, node: Node) -> None:
        assert node.timer is not None
        super().__init__(node.id, node.timer.text)
        self.kind = node.timer.kind

    def has_fired(self, my_task: Task) -> bool:
        """Once its time has come, which `Run` says: of several that are due the earliest goes first."""
        self.arm(my_task)
        return bool(my_task.internal_data.get(COME))

    def arm(self, my_task: Task) -> None:
        if DUE in my_task.internal_data:
            return
        interpreter = interpreter_of(my_task)
        value = interpreter.text(my_task, self.name, self.expression)
        try:
            due = due_date(value) if self.kind is TimerKind.DATE else due_after(value, interpreter.at)
        except (TimerFault, OverflowError) as fault:
            raise EvaluationHalt(self.name, str(fault), expression=self.expression) from fault
        my_task.internal_data[DUE], my_task.internal_data[TIMER_ID] = due, str(new_id())


class RepeatingTimer(CycleTimerEventDefinition):
    """A cycle on a non-interrupting boundary. It never completes; it is taken away with its activity.

    Each firing hangs its branch beside the activity, not under the timer, so that a branch under way outlives the activity.
    """

    def __init__(self, node: Node) -> None:
        assert node.timer is not None
        super().__init__(node.id, node.timer.text)
        self.node = node

    def has_fired(self, my_task: Task) -> bool:
        del my_task
        return False

    def arm(self, my_task: Task) -> None:
        if DUE in my_task.internal_data:
            return
        interpreter = interpreter_of(my_task)
        text = str(interpreter.text(my_task, self.name, self.expression))
        with self._told():
            cycle = parse_cycle(text)
            due = cycle.first(interpreter.at)
        my_task.internal_data.update({CYCLE: text, DUE: due, TIMER_ID: str(new_id()), LEFT: cycle.times})

    def update_task(self, my_task: Task) -> None:
        self.arm(my_task)
        if not my_task.internal_data.pop(COME, False):
            return
        interpreter = interpreter_of(my_task)
        due, left = my_task.internal_data[DUE], my_task.internal_data[LEFT]
        with self._told():
            cycle = parse_cycle(my_task.internal_data[CYCLE])
            while due <= interpreter.at:
                due = cycle.following(due)
        my_task.internal_data[DUE], my_task.internal_data[TIMER_ID] = due, str(new_id())
        my_task.internal_data[LEFT] = None if left is None else left - 1
        interpreter.passed(self.node)
        take(my_task, self.node, {})
        branch_beside(my_task)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (TimerFault, OverflowError) as fault:
            raise EvaluationHalt(self.name, str(fault), expression=self.expression) from fault


class LoopCollection(BpmnDataSpecification):
    """The input collection, evaluated once when the token arrives."""

    def __init__(self, node: Node, loop: Loop) -> None:
        super().__init__(node.id)
        self.text, self.ad_hoc = loop.collection, loop.ad_hoc

    def exists(self, my_task: Task) -> bool:
        del my_task
        return True

    def get(self, my_task: Task) -> Any:
        if "collection" not in my_task.internal_data:
            items = interpreter_of(my_task).loop_items(my_task, self.bpmn_id, self.text)
            if self.ad_hoc and not items:
                raise EvaluationHalt(self.bpmn_id, "自由子流程没有要启动的环节。", expression=self.text)
            my_task.internal_data["collection"] = items
        return my_task.internal_data["collection"]


class LoopElement(BpmnDataSpecification):
    """The element of one loop instance, in the scope of that instance. What an ad-hoc element writes is everybody's."""

    def __init__(self, loop: Loop) -> None:
        super().__init__(loop.element)
        self.ad_hoc = loop.ad_hoc

    def exists(self, my_task: Task) -> bool:
        del my_task
        return False

    def set(self, my_task: Task, value: Any) -> None:
        names = {"loopCounter": len(my_task.parent.children)}
        if self.bpmn_id:
            names[self.bpmn_id] = value
        scopes.open_scope(my_task, names, keeps_all=not self.ad_hoc)


class _Collecting(MultiInstanceTask):
    """Collects the output element of each instance by its index, so that the order of completion does not matter."""

    loop: Loop
    node: Node

    def merge_child(self, workflow: Any, child: Task) -> None:
        del workflow
        my_task = child.parent
        interpreter = interpreter_of(child)
        index = child.internal_data["key_or_index"]
        if self.loop.output_element:
            expression = expression_in(self.loop.output_element) or self.loop.output_element
            results = my_task.internal_data.setdefault("results", {})
            results[str(index)] = interpreter.value(child, self.node.id, expression)
        if self.loop.completion:
            my_task.internal_data["stop"] = interpreter.condition(child, self.node.id, self.loop.completion)
        my_task.internal_data["merged"].append(index)
        scopes.close_scope(child)

    def check_completion_condition(self, my_task: Task) -> bool:
        return bool(my_task.internal_data.get("stop"))

    def _on_complete_hook(self, my_task: Task) -> None:
        if self.loop.output_collection:
            results = my_task.internal_data.get("results", {})
            ordered = [results[key] for key in sorted(results, key=int)]
            interpreter_of(my_task).write(my_task, self.loop.output_collection, ordered)
        my_task.internal_data.clear()
        super()._on_complete_hook(my_task)


class ParallelLoop(Waits, ParallelMultiInstanceTask, _Collecting):
    pass


class SequentialLoop(Waits, SequentialMultiInstanceTask, _Collecting):
    pass


def make_loop(wf_spec: BpmnProcessSpec, name: str, node: Node, each: str) -> ParallelLoop | SequentialLoop:
    """The loop around the specification named `each`."""
    assert node.loop is not None
    kind = SequentialLoop if node.loop.sequential else ParallelLoop
    spec = kind(
        wf_spec,
        name,
        task_spec=each,
        data_input=LoopCollection(node, node.loop),
        input_item=LoopElement(node.loop),
    )
    spec.loop, spec.node = node.loop, node
    return spec
