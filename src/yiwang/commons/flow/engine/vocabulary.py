"""Which elements of BPMN 2.0 are read, which are drawing only, and why each of the others is refused.

A construct that the token library drops or sticks at silently (compensation, link events) is refused here, never at run time.
"""

from __future__ import annotations

from .definition import EventKind, NodeKind

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"

TASKS = {
    "task": NodeKind.PASS,
    "manualTask": NodeKind.PASS,
    "userTask": NodeKind.USER,
    "serviceTask": NodeKind.SERVICE,
    "sendTask": NodeKind.SERVICE,
    "receiveTask": NodeKind.RECEIVE,
    "businessRuleTask": NodeKind.DECISION,
    "scriptTask": NodeKind.SCRIPT,
    "callActivity": NodeKind.CALL,
    "subProcess": NodeKind.SUBPROCESS,
    "adHocSubProcess": NodeKind.SUBPROCESS,
}
GATEWAYS = {
    "parallelGateway": NodeKind.PARALLEL,
    "exclusiveGateway": NodeKind.EXCLUSIVE,
    "inclusiveGateway": NodeKind.INCLUSIVE,
    "eventBasedGateway": NodeKind.EVENT_GATEWAY,
}
EVENTS = {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
EVENT_DEFINITIONS = {
    "messageEventDefinition": EventKind.MESSAGE,
    "signalEventDefinition": EventKind.SIGNAL,
    "escalationEventDefinition": EventKind.ESCALATION,
    "conditionalEventDefinition": EventKind.CONDITION,
    "errorEventDefinition": EventKind.ERROR,
    "timerEventDefinition": EventKind.TIMER,
}
DRAWING = {
    "documentation",
    "extensionElements",
    "laneSet",
    "textAnnotation",
    "association",
    "group",
    "dataObject",
    "dataObjectReference",
    "dataStoreReference",
    "incoming",
    "outgoing",
    "sequenceFlow",
}
ROOT_IGNORED = {
    "collaboration",
    "message",
    "error",
    "signal",
    "escalation",
    "category",
    "itemDefinition",
    "dataStore",
    "extensionElements",
    "documentation",
}
PARTS_OF_A_NODE = {
    "documentation",
    "extensionElements",
    "incoming",
    "outgoing",
    "multiInstanceLoopCharacteristics",
    "dataInputAssociation",
    "dataOutputAssociation",
    "script",
    "completionCondition",
}

SPLIT_WITH = "请用并行、排他或包容网关代替。"
NO_COMPENSATION = "请把撤销动作画成普通的服务任务。"

REFUSED_NODES = {
    "complexGateway": SPLIT_WITH,
    "transaction": "请用带错误边界事件的子流程代替。",
    "subChoreography": "请只画流程图。",
    "callChoreography": "请只画流程图。",
    "implicitThrowEvent": "请用中间抛出事件代替。",
}
REFUSED_EVENTS = {
    "compensateEventDefinition": NO_COMPENSATION,
    "linkEventDefinition": "请用顺序流直接相连。",
    "cancelEventDefinition": "请用错误边界事件代替。",
}
