"""Drawings that were never meant to run, made to run for tests of what we read: what they leave open is given a name.

Operations, messages and codes are called by the id of their element; a condition asks whether the list `taken` names its flow;
a time is an hour. Nothing that is refused elsewhere is let through. Never used for what is published.
"""

from __future__ import annotations

from collections.abc import Iterator

from .definition import TimerKind
from .safe_xml import Element
from .timers import TimerFault, check_literal
from .vocabulary import BPMN, DRAWING, EVENTS, GATEWAYS, PARTS_OF_A_NODE, REFUSED_NODES, ROOT_IGNORED, TASKS, ZEEBE

_IN_A_BODY = {*TASKS, *GATEWAYS, *EVENTS, *REFUSED_NODES, *DRAWING, *PARTS_OF_A_NODE, "sequenceFlow"}
_NODES = {*TASKS, *GATEWAYS, *EVENTS, *REFUSED_NODES}
_CALLED = {"serviceTask", "sendTask", "receiveTask", "businessRuleTask", "scriptTask"}
_NAMED = {
    "messageEventDefinition": ("message", "name"),
    "signalEventDefinition": ("signal", "name"),
    "escalationEventDefinition": ("escalation", "escalationCode"),
    "errorEventDefinition": ("error", "errorCode"),
}


def assume(root: Element) -> None:
    """Completes the tree in place."""
    root.children = [each for each in root.children if each.name in ROOT_IGNORED or each.name == "process"]
    declared = {each.get("id"): each for each in root.children}
    for process in list(root.all(BPMN, "process")):
        process.attributes["isExecutable"] = "true"
        for body in [process, *_inside(process, {"subProcess"})]:
            _complete_body(body)
            if body is not process and not any(each.name in _NODES for each in body.children):
                body.name = "serviceTask"  # collapsed, with nothing inside
        for task in _inside(process, set(TASKS)):
            _complete_task(task)
        for event in _inside(process, EVENTS):
            _complete_event(event, root, declared)


def _inside(element: Element, names: set[str]) -> Iterator[Element]:
    for child in element.children:
        if child.namespace == BPMN:
            if child.name in names:
                yield child
            yield from _inside(child, names)


def _add(parent: Element, namespace: str, name: str, **attributes: str) -> Element:
    child = Element(namespace, name, attributes, parent.line)
    parent.children.append(child)
    return child


def _complete_body(body: Element) -> None:
    body.children = [each for each in body.children if each.namespace != BPMN or each.name in _IN_A_BODY]
    chosen = {"exclusiveGateway", "inclusiveGateway"}
    for node in [each for each in body.children if each.name in (*TASKS, *GATEWAYS)]:
        flows = [each for each in body.all(BPMN, "sequenceFlow") if each.get("sourceRef") == node.get("id")]
        chooses = node.name in chosen
        if chooses and len(flows) > 1 and not node.get("default"):
            node.attributes["default"] = flows[0].get("id")
        for flow in flows:
            drawn = flow.first(BPMN, "conditionExpression")
            flow.children = [each for each in flow.children if each is not drawn]
            if flow.get("id") != node.get("default") and ((chooses and len(flows) > 1) or drawn is not None):
                condition = _add(flow, BPMN, "conditionExpression")
                condition.text = f'=list contains(taken, "{flow.get("id")}")'


def _complete_task(task: Element) -> None:
    for marker in task.all(BPMN, "multiInstanceLoopCharacteristics"):
        marker.children = []
        _add(_add(marker, BPMN, "extensionElements"), ZEEBE, "loopCharacteristics", inputCollection="=[1, 2]")
    task.children = [each for each in task.children if each.name != "script"]
    task.attributes.pop("scriptFormat", None)
    if task.name in _CALLED:
        _add(_extensions(task), ZEEBE, "taskDefinition", type=task.get("id"))
    elif task.name == "callActivity":
        _add(_extensions(task), ZEEBE, "calledElement", processId=task.get("calledElement") or task.get("id"))


def _extensions(element: Element) -> Element:
    element.children = [each for each in element.children if each.name != "extensionElements"]
    return _add(element, BPMN, "extensionElements")


def _complete_event(event: Element, root: Element, declared: dict[str, Element]) -> None:
    for definition in event.children:
        if definition.name == "timerEventDefinition":
            _complete_timer(definition)
        elif definition.name == "conditionalEventDefinition":
            definition.children = []
            _add(definition, BPMN, "condition").text = "=true"
        elif definition.name in _NAMED and not (definition.name == "errorEventDefinition" and event.name != "endEvent"):
            _complete_reference(event, definition, root, declared)


def _complete_timer(definition: Element) -> None:
    for kind in TimerKind:
        for each in definition.all(BPMN, kind.value):
            try:
                check_literal(kind, each.text)
            except TimerFault:
                break
            else:
                return
    definition.children = []
    _add(definition, BPMN, TimerKind.DURATION.value).text = "PT1H"


def _complete_reference(event: Element, definition: Element, root: Element, declared: dict[str, Element]) -> None:
    kind, naming = _NAMED[definition.name]
    reference = f"{kind}Ref"
    target = declared.get(definition.get(reference))
    if target is None:
        identifier = f"{event.get('id')}.{kind}"
        target = declared[identifier] = _add(root, BPMN, kind, id=identifier)
        definition.attributes[reference] = identifier
    if not target.get(naming):
        target.attributes[naming] = target.get("id")
    if kind == "message":
        _add(_extensions(target), ZEEBE, "subscription", correlationKey=target.get("name"))
