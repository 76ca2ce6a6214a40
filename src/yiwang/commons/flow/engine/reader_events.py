"""Events of BPMN and the tasks that send or receive a message: what each waits for or throws."""

from __future__ import annotations

from dataclasses import replace

from . import zeebe
from .definition import EventKind, EventRule, Node, NodeKind, TimerKind, TimerRule
from .findings import Report
from .safe_xml import Element
from .vocabulary import BPMN, EVENT_DEFINITIONS, REFUSED_EVENTS

_PLAIN = {
    "startEvent": NodeKind.START,
    "endEvent": NodeKind.END,
    "intermediateThrowEvent": NodeKind.PASS_THROUGH,
}
_CATCHING = {EventKind.MESSAGE, EventKind.SIGNAL, EventKind.CONDITION}
_THROWN = {EventKind.MESSAGE, EventKind.SIGNAL, EventKind.ESCALATION}
_ALLOWED: dict[str, tuple[NodeKind, set[EventKind]]] = {
    "startEvent": (NodeKind.EVENT_START, set(EventKind)),
    "intermediateCatchEvent": (NodeKind.EVENT_CATCH, _CATCHING | {EventKind.TIMER}),
    "boundaryEvent": (NodeKind.BOUNDARY_EVENT, set(EventKind)),
    "intermediateThrowEvent": (NodeKind.EVENT_THROW, _THROWN),
    "endEvent": (NodeKind.EVENT_END, _THROWN | {EventKind.ERROR}),
}
_THROWING = {"intermediateThrowEvent", "endEvent"}
_NO_REFERENCE = {
    EventKind.MESSAGE: ("消息事件没有消息。", "请选一个带名称的 bpmn:message。"),
    EventKind.SIGNAL: ("信号事件没有信号。", "请选一个带名称的 bpmn:signal。"),
    EventKind.ESCALATION: ("抛出的升级没有升级码。", "请选一个带 escalationCode 的 bpmn:escalation。"),
    EventKind.ERROR: ("错误结束事件没有错误码。", "请选一个带 errorCode 的 bpmn:error。"),
    EventKind.CONDITION: ("条件事件没有条件。", "请填写 bpmn:condition。"),
}


def documentation_of(element: Element) -> str:
    found = element.first(BPMN, "documentation")
    return "" if found is None else found.text.strip()


def declared_in(root: Element) -> dict[str, Element]:
    """Messages, signals, escalations and errors by their ids."""
    names = ("message", "signal", "escalation", "error")
    return {each.get("id"): each for name in names for each in root.all(BPMN, name)}


def base(element: Element, kind: NodeKind) -> Node:
    return Node(
        id=element.get("id"),
        kind=kind,
        line=element.line,
        name=element.get("name"),
        documentation=documentation_of(element),
        default_flow=element.get("default"),
    )


class EventReader:
    """Reads events; holds the messages, signals, escalations and errors declared beside the processes."""

    def __init__(self, root: Element, report: Report) -> None:
        self.report = report
        self._declared = declared_in(root)

    def read(self, element: Element) -> Node | None:
        definitions = [each for each in element.children if each.name.endswith("EventDefinition")]
        referred = [each for each in element.children if each.name == "eventDefinitionRef"]
        if len(definitions) + len(referred) > 1:
            self.report.refuse(element.get("id"), element.line, "一个事件有几个事件定义。", "请拆成几个事件。")
            return None
        if referred:
            self.report.refuse(element.get("id"), element.line, "事件定义写在别处。", "请把事件定义放在事件里。")
            return None
        if not definitions:
            return self._plain(element)
        if definitions[0].name == "terminateEventDefinition" and element.name == "endEvent":
            return self._complete(element, base(element, NodeKind.TERMINATE))
        return self._defined(element, definitions[0])

    def message_task(self, element: Element, node: Node) -> Node:
        """A send or receive task that names a message instead of an operation."""
        rule = self._rule(element, element, EventKind.MESSAGE)
        kind = NodeKind.EVENT_THROW if element.name == "sendTask" else NodeKind.RECEIVE
        if kind is NodeKind.EVENT_THROW:
            rule = _published(element, rule)
        return replace(node, kind=kind, event=rule)

    def _plain(self, element: Element) -> Node | None:
        kind = _PLAIN.get(element.name)
        if kind is None:
            self.report.refuse(
                element.get("id"), element.line, f"{element.name} 没有事件定义。", "请选定时、消息或其他事件。"
            )
            return None
        return self._complete(element, base(element, kind))

    def _defined(self, element: Element, definition: Element) -> Node | None:
        kind = EVENT_DEFINITIONS.get(definition.name)
        node_kind, allowed = _ALLOWED[element.name]
        if kind is None or kind not in allowed:
            mend = REFUSED_EVENTS.get(definition.name, "请用BPMN允许的位置上的事件代替。")
            self.report.refuse(element.get("id"), element.line, f"{element.name} 的 {definition.name} 不支持。", mend)
            return None
        node = self._complete(element, base(element, node_kind))
        if node.work is not None and node.work.target:
            return self._operation(element, node, kind)
        if kind is EventKind.TIMER:
            return self._timer(element, definition, node)
        rule = self._rule(element, definition, kind)
        if kind is EventKind.ERROR and element.name != "startEvent":
            old = NodeKind.BOUNDARY_ERROR if element.name == "boundaryEvent" else NodeKind.ERROR_END
            return replace(node, kind=old, error_code=rule.name)
        return replace(node, event=_published(element, rule) if element.name in _THROWING else rule)

    def _complete(self, element: Element, node: Node) -> Node:
        """Adds what all events may carry: mappings, and for a boundary or start whether it interrupts."""
        work = zeebe.read_work(element, self.report)
        if element.name == "boundaryEvent":
            interrupting = element.get("cancelActivity") != "false"
            node = replace(node, attached_to=element.get("attachedToRef"), interrupting=interrupting)
        elif element.name == "startEvent":
            if work.form_key:
                self.report.warn(node.id, node.line, "开始事件的表单由发起的一方负责，不起作用。")
            node = replace(node, interrupting=element.get("isInterrupting") != "false")
        return replace(node, work=work) if work.inputs or work.outputs or work.target else node

    def _operation(self, element: Element, node: Node, kind: EventKind) -> Node | None:
        """A message that an operation sends (Camunda 8): the event is a service task."""
        if element.name in _THROWING and kind is EventKind.MESSAGE:
            return replace(node, kind=NodeKind.SERVICE)
        self.report.refuse(
            node.id, node.line, "这种事件不能有 zeebe:taskDefinition。", "请删去它，或改用抛出的消息事件。"
        )
        return None

    def _timer(self, element: Element, definition: Element, node: Node) -> Node:
        rules = [TimerRule(kind, each.text.strip()) for kind in TimerKind for each in definition.all(BPMN, kind.value)]
        if len(rules) != 1 or not rules[0].text:
            self.report.refuse(
                node.id, definition.line, "定时事件没有时间。", "请填写 timeDate、timeDuration 或 timeCycle。"
            )
        rule = rules[0] if rules else None
        if element.name == "startEvent":
            return replace(node, timer=rule, event=EventRule(EventKind.TIMER))
        kind = NodeKind.BOUNDARY_TIMER if element.name == "boundaryEvent" else NodeKind.TIMER_CATCH
        return replace(node, kind=kind, timer=rule)

    def _rule(self, element: Element, definition: Element, kind: EventKind) -> EventRule:
        if kind is EventKind.CONDITION:
            return self._condition(element, definition)
        reference = definition.get(f"{kind.value}Ref")
        declared = self._declared.get(reference)
        names = {EventKind.ESCALATION: "escalationCode", EventKind.ERROR: "errorCode"}
        name = declared.get(names.get(kind, "name")) if declared is not None else ""
        by_code = kind in names
        if not name and (not by_code or element.name in _THROWING or reference):
            self.report.refuse(element.get("id"), element.line, *_NO_REFERENCE[kind])
        subscription = zeebe.extension(declared, "subscription") if declared is not None else None
        return EventRule(kind, name, key=subscription.get("correlationKey") if subscription else "")

    def _condition(self, element: Element, definition: Element) -> EventRule:
        condition = definition.first(BPMN, "condition")
        text = "" if condition is None else condition.text.strip()
        if not text:
            self.report.refuse(element.get("id"), element.line, *_NO_REFERENCE[EventKind.CONDITION])
        return EventRule(EventKind.CONDITION, condition=text)


def _published(element: Element, rule: EventRule) -> EventRule:
    """`zeebe:publishMessage` of a throwing event: the key, the id and the time to live of what is sent."""
    found = zeebe.extension(element, "publishMessage")
    if found is None:
        return rule
    return replace(
        rule,
        key=found.get("correlationKey") or rule.key,
        message_id=found.get("messageId"),
        time_to_live=found.get("timeToLive"),
    )
