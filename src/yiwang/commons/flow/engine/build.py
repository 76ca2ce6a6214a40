"""A `Process` to the specifications of the token library, node by node, once for each version in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import EndEvent, ExclusiveGateway, InclusiveGateway, ParallelGateway, StartEvent
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.specs.base import TaskSpec

from .definition import Body, EventKind, Node, NodeKind, Process
from .event_specs import (
    INNER,
    RESERVED_MARK,
    BodySpec,
    BoundarySpec,
    CatchSpec,
    Conditional,
    EntrySpec,
    Subscribed,
    TerminateSpec,
    ThrowSpec,
)
from .faults import ErrorBoundary, EscalationBoundary
from .firing import repeats
from .normalise import BOUNDARY, CHOOSING, STARTS
from .specs import (
    ChoiceSpec,
    Condition,
    ErrorEndSpec,
    NodeSpec,
    OneTimer,
    PassSpec,
    RepeatingTimer,
    ScriptSpec,
    SubProcessSpec,
    WorkSpec,
    make_loop,
)

_NODE_SPECS: dict[NodeKind, type[NodeSpec]] = {
    NodeKind.USER: WorkSpec,
    NodeKind.SERVICE: WorkSpec,
    NodeKind.DECISION: WorkSpec,
    NodeKind.CALL: WorkSpec,
    NodeKind.SCRIPT: ScriptSpec,
    NodeKind.PASS: PassSpec,
    NodeKind.PASS_THROUGH: PassSpec,
    NodeKind.ERROR_END: ErrorEndSpec,
    NodeKind.EVENT_THROW: ThrowSpec,
    NodeKind.EVENT_END: ThrowSpec,
    NodeKind.AD_HOC: ChoiceSpec,
}
_SIMPLE: dict[NodeKind, type[TaskSpec]] = {
    NodeKind.PARALLEL: ParallelGateway,
    NodeKind.EXCLUSIVE: ExclusiveGateway,
    NodeKind.INCLUSIVE: InclusiveGateway,
}
EACH = "#each"
_RESERVED = frozenset(BpmnProcessSpec(name="empty").task_specs)


@dataclass(frozen=True)
class Built:
    """The specifications of a process and of its sub-processes, the node behind each task name, and each node by its id."""

    root: BpmnProcessSpec
    subprocesses: dict[str, BpmnProcessSpec]
    nodes: dict[str, Node]
    by_id: dict[str, Node]
    has_conditions: bool


def build(process: Process) -> Built:
    subprocesses: dict[str, BpmnProcessSpec] = {}
    nodes: dict[str, Node] = {}
    root = _Builder(process.id, process.body, subprocesses, nodes).spec
    conditional = any(node.event is not None and node.event.kind is EventKind.CONDITION for node in nodes.values())
    return Built(root, subprocesses, nodes, {node.id: node for node in nodes.values()}, conditional)


class _Builder:
    """Builds one body; `entry` of a node is what flows lead to, `exits` what its flows start from."""

    def __init__(self, name: str, body: Body, subprocesses: dict[str, BpmnProcessSpec], nodes: dict[str, Node]) -> None:
        self.spec = BpmnProcessSpec(name=name)
        self.subprocesses = subprocesses
        self.nodes = nodes
        self.entry: dict[str, TaskSpec] = {}
        self.exit: dict[str, TaskSpec] = {}
        watching = tuple(node for node in body.nodes if node.kind is NodeKind.EVENT_SUBPROCESS)
        if watching:
            self._watched(name, body, watching)
        else:
            self.body = body
            self._flat()

    def _flat(self) -> None:
        for node in self.body.nodes:
            self._add(node)
        for node in self.body.nodes:
            self._attach_boundaries(node)
        for node in self.body.nodes:
            self._connect(node)
        starts = [self.entry[node.id] for node in self.body.nodes if node.kind in STARTS]
        if len(starts) == 1:
            self.spec.start.connect(starts[0])
            return
        entry = EntrySpec(self.spec, "#entry")
        self.spec.start.connect(entry)
        for start in starts:
            entry.connect(start)

    def _watched(self, name: str, body: Body, watching: tuple[Node, ...]) -> None:
        """A scope with event sub-processes: all else of it is one activity, on whose boundary their starts wait."""
        rest = tuple(node for node in body.nodes if node not in watching)
        inner = name + INNER
        self.subprocesses[inner] = _Builder(inner, Body(rest, body.flows), self.subprocesses, self.nodes).spec
        activity = BodySpec(self.spec, inner, inner)
        split, join = self._boundary(inner, activity)
        for owner in watching:
            start, plain = _without_event(owner)
            event = self._boundary_event(start, start.id)
            self.nodes[start.id] = start
            split.connect(event)
            self._add(plain)
            del self.nodes[f"{start.id}#start"]
            handler = self.entry[plain.id]
            event.connect(handler)
            handler.connect(self.spec.end)
            if not repeats(start):
                event.connect(join)
        self.spec.start.connect(split)
        join.connect(self.spec.end)

    def _boundary(self, name: str, activity: TaskSpec) -> tuple[TaskSpec, TaskSpec]:
        split = BoundaryEventSplit(self.spec, f"{name}.BoundaryEventSplit")
        join = BoundaryEventJoin(self.spec, f"{name}.BoundaryEventJoin", split_task=split.name, cancel=True)
        split.connect(activity)
        activity.connect(join)
        return split, join

    def _add(self, node: Node) -> None:
        name = node.id + RESERVED_MARK if node.id in _RESERVED else node.id
        self.nodes[name] = node
        if node.body is not None:
            self.subprocesses[node.id] = _Builder(node.id, node.body, self.subprocesses, self.nodes).spec
        spec = self._loop(node, name) if node.loop else self._make(node, name)
        self.entry[node.id] = self.exit[node.id] = spec

    def _loop(self, node: Node, name: str) -> TaskSpec:
        each = self._make(node, name + EACH)
        loop = make_loop(self.spec, name, node, each.name)
        each.inputs = [loop]
        each.completed_event.connect(loop.merge_child)
        return loop

    def _make(self, node: Node, name: str) -> TaskSpec:
        if node.kind in (NodeKind.SUBPROCESS, NodeKind.EVENT_SUBPROCESS):
            return SubProcessSpec(self.spec, name, node)
        if node.kind in _SIMPLE:
            return _SIMPLE[node.kind](self.spec, name)
        if node.kind in (NodeKind.START, NodeKind.END) and node.work is not None:
            return PassSpec(self.spec, name, node)
        if node.kind in _NODE_SPECS:
            return _NODE_SPECS[node.kind](self.spec, name, node)
        return self._make_event(node, name)

    def _make_event(self, node: Node, name: str) -> TaskSpec:
        if node.kind in BOUNDARY:
            return self._boundary_event(node, name)
        match node.kind:
            case NodeKind.START:
                return StartEvent(self.spec, name, NoneEventDefinition())
            case NodeKind.END:
                return EndEvent(self.spec, name, NoneEventDefinition())
            case NodeKind.TERMINATE:
                return TerminateSpec(self.spec, name, node)
            case NodeKind.TIMER_CATCH | NodeKind.EVENT_CATCH | NodeKind.RECEIVE:
                return CatchSpec(self.spec, name, node, _definition(node))
        return NodeSpec(self.spec, name, node)

    def _boundary_event(self, node: Node, name: str) -> TaskSpec:
        return BoundarySpec(self.spec, name, node, _definition(node))

    def _attach_boundaries(self, node: Node) -> None:
        events = [each for each in self.body.nodes if each.attached_to == node.id]
        if not events:
            return
        split, join = self._boundary(node.id, self.entry[node.id])
        for event in events:
            split.connect(self.entry[event.id])
            if not repeats(event):
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
            if isinstance(source, ChoiceSpec):
                source.ways[flow.target] = target
        if not outgoing and node.kind not in BOUNDARY:
            source.connect(self.spec.end)


def _definition(node: Node) -> EventDefinition:
    """What a catching event waits for."""
    if node.timer is not None:
        return RepeatingTimer(node) if repeats(node) else OneTimer(node)
    rule = node.event
    if rule is None:
        return ErrorBoundary(node.id, code=node.error_code or None)
    match rule.kind:
        case EventKind.ERROR:
            return ErrorBoundary(node.id, code=rule.name or None)
        case EventKind.ESCALATION:
            return EscalationBoundary(node.id, rule.name or None)
        case EventKind.CONDITION:
            return Conditional(node)
    return Subscribed(node)


def _without_event(owner: Node) -> tuple[Node, Node]:
    """The start event of an event sub-process, and the sub-process with a plain start in its place."""
    assert owner.body is not None
    start = next(node for node in owner.body.nodes if node.kind is NodeKind.EVENT_START)
    plain = Node(id=f"{start.id}#start", kind=NodeKind.START, line=start.line)
    nodes = tuple(plain if node is start else node for node in owner.body.nodes)
    flows = tuple(replace(flow, source=plain.id) if flow.source == start.id else flow for flow in owner.body.flows)
    return start, replace(owner, body=Body(nodes, flows))
