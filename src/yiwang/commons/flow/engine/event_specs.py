"""Specifications of events: what waits for a message, a signal or a condition, what throws, where a process begins."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, EndEvent, IntermediateCatchEvent
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.task import Task, TaskState

from yiwang.kernel.ids import new_id

from . import scopes
from .definition import EventKind, EventRule, Node, NodeKind
from .errors import EvaluationHalt
from .firing import FIRED, end_event_subprocesses, interpreter_of, take
from .specs import NodeSpec, Terminate, Waits, follow
from .values import Thrown

SUBSCRIPTION = "subscription"
NAME = "name"
KEY = "key"
INNER = "#body"
RESERVED_MARK = "#"


class Subscribed(EventDefinition):
    """A message or a signal. What it waits for is computed once, when the token arrives."""

    def __init__(self, node: Node) -> None:
        super().__init__(node.id)
        self.node = node

    def has_fired(self, my_task: Task) -> bool:
        if SUBSCRIPTION not in my_task.internal_data:
            self._subscribe(my_task)
        return bool(super().has_fired(my_task))

    def _subscribe(self, my_task: Task) -> None:
        assert self.node.event is not None
        rule, interpreter = self.node.event, interpreter_of(my_task)
        name = interpreter.label(my_task, self.node.id, rule.name)
        key = interpreter.label(my_task, self.node.id, rule.key) if rule.kind is EventKind.MESSAGE else ""
        my_task.internal_data.update({NAME: name, KEY: key, SUBSCRIPTION: str(new_id())})


class Conditional(EventDefinition):
    """A condition that is looked at whenever a variable of the instance may have changed."""

    def __init__(self, node: Node) -> None:
        super().__init__(node.id)
        self.node = node


class CatchSpec(Waits, IntermediateCatchEvent):
    """A waiting event in the flow, or a receive task. After an event-based gateway the first to happen takes the others away."""

    def __init__(self, wf_spec: BpmnProcessSpec, name: str, node: Node, definition: EventDefinition) -> None:
        super().__init__(wf_spec, name, definition)
        self.node = node

    def _run_hook(self, my_task: Task) -> Any:
        gateway = my_task.parent
        if _is(gateway, NodeKind.EVENT_GATEWAY):
            for sibling in gateway.children:
                if sibling is not my_task:
                    sibling.cancel()
        _take_of_timer(my_task, self.node)
        return super()._run_hook(my_task)


class BoundarySpec(BoundaryEvent):
    """An event on the boundary of an activity, or the start of an event sub-process on the rest of its scope."""

    def __init__(self, wf_spec: BpmnProcessSpec, name: str, node: Node, definition: EventDefinition) -> None:
        super().__init__(wf_spec, name, definition, node.interrupting)
        self.node = node

    def _run_hook(self, my_task: Task) -> Any:
        if self.node.kind is NodeKind.EVENT_START and self.node.interrupting:
            end_event_subprocesses(my_task)
        _take_of_timer(my_task, self.node)
        return super()._run_hook(my_task)


class ThrowSpec(NodeSpec):
    """Throws a message, a signal or an escalation; the step hands it on as soon as the token has passed."""

    def _run_hook(self, my_task: Task) -> bool:
        assert self.node.event is not None
        rule, interpreter = self.node.event, interpreter_of(my_task)
        payload = interpreter.inputs(my_task, self.node)
        interpreter.throw(my_task, self._thrown(my_task, rule, payload))
        scopes.open_scope(my_task, payload, keeps_all=False)
        take(my_task, self.node, {})
        return True

    def _thrown(self, my_task: Task, rule: EventRule, payload: dict[str, Any]) -> Thrown:
        interpreter, element = interpreter_of(my_task), self.node.id
        return Thrown(
            kind=rule.kind.value,
            name=interpreter.label(my_task, element, rule.name),
            element_id=element,
            key=interpreter.label(my_task, element, rule.key) if rule.key else "",
            message_id=interpreter.label(my_task, element, rule.message_id) if rule.message_id else "",
            expires_at=interpreter.expiry(my_task, element, rule.time_to_live),
            payload=payload,
        )


class EntrySpec(BpmnTaskSpec):
    """Leads to the start event by which the instance begins, where a process has several."""

    def _predict_hook(self, my_task: Task) -> None:
        my_task._sync_children(self.outputs, TaskState.MAYBE)  # noqa: SLF001

    def _run_hook(self, my_task: Task) -> bool:
        entry = interpreter_of(my_task).entry
        chosen = [spec for spec in self.outputs if spec.name.removesuffix(RESERVED_MARK) == entry]
        if not chosen:
            raise EvaluationHalt(entry, "流程没有这个开始事件。")
        follow(my_task, chosen)
        return True


class BodySpec(Waits, SubWorkflowTask, BpmnTaskSpec):
    """All of a scope but its event sub-processes, which wait on its boundary."""

    def update_data(self, my_task: Task, subworkflow: Any) -> None:
        """Variables live in scopes, so nothing is copied between tasks."""


class TerminateSpec(EndEvent):
    """Ends its scope, with the event sub-processes under way in it."""

    def __init__(self, wf_spec: BpmnProcessSpec, name: str, node: Node) -> None:
        super().__init__(wf_spec, name, Terminate())
        self.node = node

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        workflow = my_task.workflow
        if workflow.spec.name.endswith(INNER):
            end_event_subprocesses(workflow.top_workflow.get_task_from_id(workflow.parent_task_id))


def _take_of_timer(my_task: Task, node: Node) -> None:
    """A timer comes due by itself: its output mappings have not been seen to by `fire`."""
    if node.timer is not None and not my_task.internal_data.get(FIRED):
        take(my_task, node, {})


def _is(task: Task | None, kind: NodeKind) -> bool:
    node: Node | None = getattr(task.task_spec, "node", None) if task is not None else None
    return node is not None and node.kind is kind
