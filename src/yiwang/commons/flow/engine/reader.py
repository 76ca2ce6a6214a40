"""BPMN 2.0 XML to a `Process`, with a finding for whatever is not understood. Meaning is checked in `lint`."""

from __future__ import annotations

from dataclasses import replace

from . import zeebe
from .adhoc import read_ad_hoc
from .definition import Body, Flow, Node, NodeKind, Process, Work
from .findings import Report
from .listeners import read_listeners
from .reader_events import EventReader, base, documentation_of
from .safe_xml import Element
from .vocabulary import (
    BPMN,
    DRAWING,
    EVENTS,
    GATEWAYS,
    NO_COMPENSATION,
    PARTS_OF_A_NODE,
    REFUSED_NODES,
    ROOT_IGNORED,
    TASKS,
)

_WITH_BODY = {NodeKind.SUBPROCESS, NodeKind.EVENT_SUBPROCESS}
_MESSAGE_TASKS = {"receiveTask", "sendTask"}


def chosen(root: Element) -> list[Element]:
    """The processes of a file that are meant to run, whoever reads, compares or checks it."""
    found = list(root.all(BPMN, "process"))
    return [each for each in found if not _is_empty_pool(each, len(found))]


def _is_empty_pool(element: Element, processes: int) -> bool:
    """A pool of the other party has a process without nodes; one that says isExecutable="false" beside others is a drawing."""
    has_nodes = any(child.namespace == BPMN and child.name not in DRAWING for child in element.children)
    return not has_nodes or (processes > 1 and element.get("isExecutable") == "false")


class Reader:
    """Reads one file."""

    def __init__(self, root: Element, report: Report) -> None:
        self.root = root
        self.report = report
        self._events = EventReader(root, report)

    def processes(self) -> list[Process]:
        if self.root.namespace != BPMN or self.root.name != "definitions":
            self.report.refuse("", self.root.line, "文件不是BPMN 2.0流程图。", "根元素应为 bpmn:definitions。")
            return []
        for child in self.root.children:
            if child.namespace == BPMN and child.name != "process" and child.name not in ROOT_IGNORED:
                self._unknown(child)
        return [self._process(each) for each in chosen(self.root)]

    def _process(self, element: Element) -> Process:
        if not element.get("id"):
            self.report.refuse("", element.line, "流程没有id。", "请填写流程的id。")
        if element.get("isExecutable") != "true":
            self.report.warn(element.get("id"), element.line, "流程未标为可执行，按可执行处理。")
        if zeebe.extension(element, "executionListeners") is not None:
            self.report.refuse(element.get("id"), element.line, "流程的监听器不支持。", "请把监听器画成服务任务。")
        return Process(element.get("id"), element.get("name"), self._body(element), documentation_of(element))

    def _body(self, element: Element) -> Body:
        nodes, flows = [], []
        for child in element.children:
            if child.namespace != BPMN:
                continue
            if child.name == "sequenceFlow":
                flows.append(self._flow(child))
            elif child.name in TASKS or child.name in GATEWAYS or child.name in EVENTS:
                node = self._node(child)
                if node is not None:
                    nodes.append(node)
            elif child.name in REFUSED_NODES:
                self.report.refuse(
                    child.get("id"), child.line, f"元素 {child.name} 不支持。", REFUSED_NODES[child.name]
                )
            elif child.name not in DRAWING and child.name not in PARTS_OF_A_NODE:
                self._unknown(child)
        return Body(tuple(nodes), tuple(flows))

    def _flow(self, element: Element) -> Flow:
        condition = element.first(BPMN, "conditionExpression")
        return Flow(
            id=element.get("id"),
            source=element.get("sourceRef"),
            target=element.get("targetRef"),
            line=element.line,
            name=element.get("name"),
            condition="" if condition is None else condition.text.strip(),
        )

    def _node(self, element: Element) -> Node | None:
        if not element.get("id"):
            self.report.refuse("", element.line, f"元素 {element.name} 没有id。", "请为它填写id。")
            return None
        if element.name in GATEWAYS:
            node: Node | None = self._gateway(element)
        elif element.name in EVENTS:
            node = self._events.read(element)
        else:
            node = self._activity(element, TASKS[element.name])
        return replace(node, listeners=read_listeners(element, node, self.report)) if node is not None else None

    def _gateway(self, element: Element) -> Node:
        if element.get("instantiate") == "true":
            self.report.refuse(element.get("id"), element.line, "事件网关不能开始流程。", "请画几个消息开始事件。")
        zeebe.read_work(element, self.report)
        return base(element, GATEWAYS[element.name])

    def _activity(self, element: Element, kind: NodeKind) -> Node | None:
        if element.get("isForCompensation") == "true":
            self.report.refuse(element.get("id"), element.line, "补偿任务不支持。", NO_COMPENSATION)
            return None
        if element.get("triggeredByEvent") == "true":
            kind = NodeKind.EVENT_SUBPROCESS
        if element.first(BPMN, "standardLoopCharacteristics") is not None:
            self.report.refuse(element.get("id"), element.line, "标准循环不支持。", "请用排他网关画出循环。")
        work = zeebe.read_work(element, self.report)
        node = replace(base(element, kind), loop=zeebe.read_loop(element, self.report))
        if kind in _WITH_BODY:
            return replace(node, work=work, body=self._body(element), ad_hoc=read_ad_hoc(element))
        self._check_parts(element)
        return self._task(element, node, work)

    def _task(self, element: Element, node: Node, work: Work) -> Node:
        """A task by what it does: one that names an operation calls it, whatever its symbol."""
        if node.kind is NodeKind.SCRIPT and not work.target:
            return self._script(element, replace(node, work=_mappings(work)))
        if node.kind is NodeKind.USER and work.target:
            self.report.warn(
                node.id, node.line, "用户任务的 zeebe:taskDefinition 不起作用。", "请删去它，或改用服务任务。"
            )
            work = replace(work, target="")
        if node.kind is NodeKind.PASS:
            return replace(node, work=_mappings(work))
        if element.name in _MESSAGE_TASKS and not work.target:
            return self._events.message_task(element, replace(node, work=work))
        if node.kind in (NodeKind.RECEIVE, NodeKind.SCRIPT) or (
            node.kind is NodeKind.DECISION and zeebe.extension(element, "calledDecision") is None
        ):
            node = replace(node, kind=NodeKind.SERVICE)
        if node.kind is NodeKind.CALL and not work.target:
            work = replace(work, target=element.get("calledElement"))
        return replace(node, work=work)

    def _script(self, element: Element, node: Node) -> Node:
        script = zeebe.extension(element, "script")
        if script is None:
            self.report.refuse(
                node.id, node.line, "脚本任务只能用FEEL。", "请在 zeebe:script 中填写 expression，删去其他语言的脚本。"
            )
            return node
        if element.first(BPMN, "script") is not None or element.get("scriptFormat").lower() not in ("", "feel"):
            self.report.refuse(node.id, node.line, "脚本任务只能用FEEL。", "请删去 bpmn:script 和 scriptFormat。")
        return replace(node, script=script.get("expression"), result_variable=script.get("resultVariable"))

    def _check_parts(self, element: Element) -> None:
        for child in element.children:
            if (
                child.namespace == BPMN
                and child.name not in PARTS_OF_A_NODE
                and child.name != "standardLoopCharacteristics"
            ):
                self.report.warn(element.get("id"), child.line, f"{child.name} 不起作用。")

    def _unknown(self, element: Element) -> None:
        self.report.refuse(
            element.get("id"), element.line, f"元素 {element.name} 不认识。", "请删去它，或改用已支持的元素。"
        )


def _mappings(work: Work) -> Work | None:
    """The work of a node that asks the host for nothing: its mappings, where it has any."""
    return work if work.inputs or work.outputs else None
