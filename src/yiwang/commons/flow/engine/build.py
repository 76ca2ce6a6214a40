"""A `Process` to the specifications of the token library, node by node, once for each version in memory."""

from __future__ import annotations

from dataclasses import dataclass

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EndEvent,
    ExclusiveGateway,
    InclusiveGateway,
    IntermediateCatchEvent,
    ParallelGateway,
    StartEvent,
)
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.specs.base import TaskSpec

from .definition import Body, Node, NodeKind, Process, TimerKind
from .faults import ErrorBoundary
from .normalise import BOUNDARY, CHOOSING
from .specs import (
    Condition,
    ErrorEndSpec,
    NodeSpec,
    OneTimer,
    RepeatingTimer,
    ScriptSpec,
    SubProcessSpec,
    Terminate,
    WorkSpec,
    make_loop,
)

_WORK = {NodeKind.USER, NodeKind.SERVICE, NodeKind.DECISION, NodeKind.CALL}
_SIMPLE: dict[NodeKind, type[TaskSpec]] = {
    NodeKind.PARALLEL: ParallelGateway,
    NodeKind.EXCLUSIVE: ExclusiveGateway,
    NodeKind.INCLUSIVE: InclusiveGateway,
}
EACH = "#each"


@dataclass(frozen=True)
class Built:
    """The specifications of a process and of its sub-processes, and the node behind each task name."""

    root: BpmnProcessSpec
    subprocesses: dict[str, BpmnProcessSpec]
    nodes: dict[str, Node]


def build(process: Process) -> Built:
    subprocesses: dict[str, BpmnProcessSpec] = {}
    nodes: dict[str, Node] = {}
    root = _Builder(process.id, process.body, subprocesses, nodes).spec
    return Built(root, subprocesses, nodes)


class _Builder:
    """Builds one body; `entry` of a node is what flows lead to, `exits` what its flows start from."""

    def __init__(self, name: str, body: Body, subprocesses: dict[str, BpmnProcessSpec], nodes: dict[str, Node]) -> None:
        self.spec = BpmnProcessSpec(name=name)
        self.body = body
        self.subprocesses = subprocesses
        self.nodes = nodes
        self.entry: dict[str, TaskSpec] = {}
        self.exit: dict[str, TaskSpec] = {}
        for node in body.nodes:
            self._add(node)
        for node in body.nodes:
            self._attach_boundaries(node)
        for node in body.nodes:
            self._connect(node)
        self.spec.start.connect(self.entry[next(node.id for node in body.nodes if node.kind is NodeKind.START)])

    def _add(self, node: Node) -> None:
        self.nodes[node.id] = node
        if node.body is not None:
            self.subprocesses[node.id] = _Builder(node.id, node.body, self.subprocesses, self.nodes).spec
        spec = self._loop(node) if node.loop else self._make(node, node.id)
        self.entry[node.id] = self.exit[node.id] = spec

    def _loop(self, node: Node) -> TaskSpec:
        name = node.id + EACH
        each = self._make(node, name)
        loop = make_loop(self.spec, node, name)
        each.inputs = [loop]
        each.completed_event.connect(loop.merge_child)
        return loop

    def _make(self, node: Node, name: str) -> TaskSpec:
        if node.kind in _WORK:
            return WorkSpec(self.spec, name, node)
        if node.kind is NodeKind.SUBPROCESS:
            return SubProcessSpec(self.spec, name, node)
        if node.kind is NodeKind.SCRIPT:
            return ScriptSpec(self.spec, name, node)
        if node.kind is NodeKind.ERROR_END:
            return ErrorEndSpec(self.spec, name, node)
        if node.kind in _SIMPLE:
            return _SIMPLE[node.kind](self.spec, name)
        return self._make_event(node, name)

    def _make_event(self, node: Node, name: str) -> TaskSpec:
        match node.kind:
            case NodeKind.START:
                spec = StartEvent(self.spec, name, NoneEventDefinition())
            case NodeKind.END | NodeKind.TERMINATE:
                ending = Terminate() if node.kind is NodeKind.TERMINATE else NoneEventDefinition()
                spec = EndEvent(self.spec, name, ending)
            case NodeKind.TIMER_CATCH:
                spec = IntermediateCatchEvent(self.spec, name, OneTimer(node))
            case NodeKind.BOUNDARY_TIMER:
                timer = RepeatingTimer(node) if _repeats(node) else OneTimer(node)
                spec = BoundaryEvent(self.spec, name, timer, node.interrupting)
            case NodeKind.BOUNDARY_ERROR:
                caught = ErrorBoundary(node.id, code=node.error_code or None)
                spec = BoundaryEvent(self.spec, name, caught, cancel_activity=True)
            case _:
                spec = NodeSpec(self.spec, name, node)
        return spec

    def _attach_boundaries(self, node: Node) -> None:
        events = [each for each in self.body.nodes if each.attached_to == node.id]
        if not events:
            return
        split = BoundaryEventSplit(self.spec, f"{node.id}.BoundaryEventSplit")
        join = BoundaryEventJoin(self.spec, f"{node.id}.BoundaryEventJoin", split_task=split.name, cancel=True)
        activity = self.entry[node.id]
        split.connect(activity)
        activity.connect(join)
        for event in events:
            split.connect(self.entry[event.id])
            if not _repeats(event):
                self.entry[event.id].connect(join)
        self.entry[node.id] = split

    def _connect(self, node: Node) -> None:
        source = self.exit[node.id]
        outgoing = self.body.outgoing(node.id)
        for flow in outgoing:
            target = self.entry[flow.target]
            if node.kind in CHOOSING and flow.id != node.default_flow:
                source.connect_if(Condition(flow.id, flow.condition), target)
            else:
                source.connect(target)
        if not outgoing and node.kind not in BOUNDARY:
            source.connect(self.spec.end)


def _repeats(node: Node) -> bool:
    return node.timer is not None and node.timer.kind is TimerKind.CYCLE
