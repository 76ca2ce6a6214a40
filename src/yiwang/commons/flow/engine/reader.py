"""BPMN 2.0 XML to a `Process`, with a finding for whatever is not understood. Meaning is checked in `lint`."""

from __future__ import annotations

from dataclasses import replace

from . import zeebe
from .definition import Body, Flow, Node, NodeKind, Process, TimerKind, TimerRule, Work
from .findings import Report
from .safe_xml import Element
from .vocabulary import (
    BPMN,
    DRAWING,
    EVENTS,
    GATEWAYS,
    NO_COMPENSATION,
    PARTS_OF_A_NODE,
    REFUSED_EVENTS,
    REFUSED_NODES,
    ROOT_IGNORED,
    TASKS,
)

_WAITING = {NodeKind.USER, NodeKind.SERVICE, NodeKind.DECISION, NodeKind.CALL, NodeKind.SUBPROCESS}


class Reader:
    """Reads one file. Holds the errors and messages declared beside the processes, which nodes point to by id."""

    def __init__(self, root: Element, report: Report) -> None:
        self.root = root
        self.report = report
        self.error_codes = {each.get("id"): each.get("errorCode") for each in root.all(BPMN, "error")}
        self.messages = {each.get("id"): each for each in root.all(BPMN, "message")}

    def processes(self) -> list[Process]:
        if self.root.namespace != BPMN or self.root.name != "definitions":
            self.report.refuse("", self.root.line, "文件不是BPMN 2.0流程图。", "根元素应为 bpmn:definitions。")
            return []
        found = []
        for child in self.root.children:
            if child.namespace != BPMN:
                continue
            if child.name == "process":
                found.append(child)
            elif child.name not in ROOT_IGNORED:
                self._unknown(child)
        return [self._process(each) for each in found if not self._is_empty_pool(each, len(found))]

    @staticmethod
    def _is_empty_pool(element: Element, processes: int) -> bool:
        """A pool of the other party has a process without nodes; one that says isExecutable="false" beside others is a drawing."""
        has_nodes = any(child.namespace == BPMN and child.name not in DRAWING for child in element.children)
        return not has_nodes or (processes > 1 and element.get("isExecutable") == "false")

    def _process(self, element: Element) -> Process:
        if not element.get("id"):
            self.report.refuse("", element.line, "流程没有id。", "请填写流程的id。")
        if element.get("isExecutable") != "true":
            self.report.warn(element.get("id"), element.line, "流程未标为可执行，按可执行处理。")
        return Process(element.get("id"), element.get("name"), self._body(element), _documentation(element))

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
            return self._base(element, GATEWAYS[element.name])
        if element.name in EVENTS:
            return self._event(element)
        return self._activity(element, TASKS[element.name])

    def _base(self, element: Element, kind: NodeKind) -> Node:
        return Node(
            id=element.get("id"),
            kind=kind,
            line=element.line,
            name=element.get("name"),
            documentation=_documentation(element),
            default_flow=element.get("default"),
        )

    def _activity(self, element: Element, kind: NodeKind) -> Node | None:
        if element.get("isForCompensation") == "true":
            self.report.refuse(element.get("id"), element.line, "补偿任务不支持。", NO_COMPENSATION)
            return None
        if element.get("triggeredByEvent") == "true":
            self.report.refuse(element.get("id"), element.line, "事件子流程不支持。", "请用边界事件代替。")
            return None
        if element.first(BPMN, "standardLoopCharacteristics") is not None:
            self.report.refuse(element.get("id"), element.line, "标准循环不支持。", "请用排他网关画出循环。")
        if kind is not NodeKind.SUBPROCESS:
            self._check_parts(element)
        node = replace(self._base(element, kind), loop=zeebe.read_loop(element, self.report))
        if kind is NodeKind.SCRIPT:
            return self._script(element, node)
        if kind not in _WAITING:
            return node
        work = zeebe.read_work(element, self.report)
        if element.name == "receiveTask":
            work = self._received(element, work)
        if kind is NodeKind.CALL and not work.target:
            work = replace(work, target=element.get("calledElement"))
        body = self._body(element) if kind is NodeKind.SUBPROCESS else None
        if kind is NodeKind.DECISION and zeebe.extension(element, "calledDecision") is None:
            node = replace(node, kind=NodeKind.SERVICE)
        return replace(node, work=work, body=body)

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

    def _received(self, element: Element, work: Work) -> Work:
        message = self.messages.get(element.get("messageRef"))
        if message is None:
            return work
        subscription = zeebe.extension(message, "subscription")
        key = subscription.get("correlationKey") if subscription else ""
        properties = {**work.properties, "correlation_key": key} if key else work.properties
        return replace(work, target=work.target or message.get("name"), properties=properties)

    def _event(self, element: Element) -> Node | None:
        definitions = [each for each in element.children if each.name.endswith("EventDefinition")]
        if len(definitions) > 1:
            self.report.refuse(element.get("id"), element.line, "一个事件有几个事件定义。", "请拆成几个事件。")
            return None
        if not definitions:
            return self._plain_event(element)
        definition = definitions[0]
        if definition.name == "timerEventDefinition" and element.name in ("boundaryEvent", "intermediateCatchEvent"):
            return self._timer_event(element, definition)
        if definition.name == "errorEventDefinition" and element.name in ("boundaryEvent", "endEvent"):
            return self._error_event(element, definition)
        if definition.name == "terminateEventDefinition" and element.name == "endEvent":
            return self._base(element, NodeKind.TERMINATE)
        mend = REFUSED_EVENTS.get(definition.name, "请用普通的开始事件、定时事件或错误事件代替。")
        self.report.refuse(element.get("id"), element.line, f"{element.name} 的 {definition.name} 不支持。", mend)
        return None

    def _plain_event(self, element: Element) -> Node | None:
        kinds = {
            "startEvent": NodeKind.START,
            "endEvent": NodeKind.END,
            "intermediateThrowEvent": NodeKind.PASS_THROUGH,
        }
        kind = kinds.get(element.name)
        if kind is None:
            self.report.refuse(
                element.get("id"), element.line, f"{element.name} 没有事件定义。", "请选定时或错误事件。"
            )
            return None
        return self._base(element, kind)

    def _timer_event(self, element: Element, definition: Element) -> Node:
        boundary = element.name == "boundaryEvent"
        node = self._base(element, NodeKind.BOUNDARY_TIMER if boundary else NodeKind.TIMER_CATCH)
        rules = [TimerRule(kind, each.text.strip()) for kind in TimerKind for each in definition.all(BPMN, kind.value)]
        if len(rules) != 1 or not rules[0].text:
            self.report.refuse(
                node.id, definition.line, "定时事件没有时间。", "请填写 timeDate、timeDuration 或 timeCycle。"
            )
            return node
        return replace(self._attached(node, element), timer=rules[0])

    def _error_event(self, element: Element, definition: Element) -> Node:
        reference = definition.get("errorRef")
        code = self.error_codes.get(reference, "")
        if element.name == "endEvent":
            if not code:
                self.report.refuse(
                    element.get("id"), element.line, "错误结束事件没有错误码。", "请选一个带 errorCode 的 bpmn:error。"
                )
            return replace(self._base(element, NodeKind.ERROR_END), error_code=code)
        if reference and not code:
            self.report.refuse(element.get("id"), element.line, f"错误 {reference} 没有错误码。", "请填写 errorCode。")
        return replace(self._attached(self._base(element, NodeKind.BOUNDARY_ERROR), element), error_code=code)

    @staticmethod
    def _attached(node: Node, element: Element) -> Node:
        interrupting = element.get("cancelActivity") != "false"
        return replace(node, attached_to=element.get("attachedToRef"), interrupting=interrupting)

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


def _documentation(element: Element) -> str:
    found = element.first(BPMN, "documentation")
    return "" if found is None else found.text.strip()
