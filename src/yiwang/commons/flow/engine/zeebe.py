"""The `zeebe:` extension elements of Camunda 8 models, so that any BPMN editor can draw our processes.

Read: taskDefinition, assignmentDefinition, formDefinition, taskSchedule, calledDecision, calledElement, ioMapping, taskHeaders,
properties, script, loopCharacteristics, subscription, publishMessage, listeners, adHoc. An extension that would change behaviour and is not read is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .definition import Loop, Mapped, Work
from .findings import Report
from .safe_xml import Element
from .vocabulary import BPMN, ZEEBE

_MARKERS = {
    "executionListeners",
    "userTask",
    "versionTag",
    "userTaskForm",
    "loopCharacteristics",
    "script",
    "subscription",
    "publishMessage",
}
_ONLY_IN = {"adHoc": "adHocSubProcess", "taskListeners": "userTask"}
_LOOSE = {"priorityDefinition"}
DEFAULT_RETRIES = 3


def extensions(element: Element) -> list[Element]:
    holder = element.first(BPMN, "extensionElements")
    return [] if holder is None else [child for child in holder.children if child.namespace == ZEEBE]


def extension(element: Element, name: str) -> Element | None:
    return next((child for child in extensions(element) if child.name == name), None)


def read_work(element: Element, report: Report) -> Work:
    """Everything the host must know about a waiting node. Complains about extensions it does not know."""
    work = Work()
    for child in extensions(element):
        _check_binding(element, child, report)
        reader = _READERS.get(child.name)
        if reader is not None:
            work = reader(work, child)
        elif child.name in _LOOSE:
            report.warn(element.get("id"), child.line, f"扩展元素 zeebe:{child.name} 不起作用。")
        elif child.name not in _MARKERS and _ONLY_IN.get(child.name) != element.name:
            report.refuse(
                element.get("id"),
                child.line,
                f"扩展元素 zeebe:{child.name} 不支持。",
                "请删去它，或改用已支持的扩展元素。",
            )
    _warn_foreign(element, report)
    return work


def _check_binding(element: Element, child: Element, report: Report) -> None:
    """Called versions are pinned when the outermost process starts: the newest of then."""
    if child.get("bindingType") == "versionTag":
        mend = "请改用 latest：所用的版本在最外层的流程启动时固定。"
        report.refuse(element.get("id"), child.line, "按版本标签绑定不支持。", mend)
    elif child.get("bindingType") == "deployment":
        report.warn(element.get("id"), child.line, "bindingType 不起作用：所用的版本在最外层的流程启动时固定。")


def read_loop(element: Element, report: Report) -> Loop | None:
    marker = element.first(BPMN, "multiInstanceLoopCharacteristics")
    if marker is None:
        return None
    details = extension(marker, "loopCharacteristics")
    completion = marker.first(BPMN, "completionCondition")
    loop = Loop(
        sequential=marker.get("isSequential") == "true",
        collection=details.get("inputCollection") if details else "",
        element=details.get("inputElement") if details else "",
        output_collection=details.get("outputCollection") if details else "",
        output_element=details.get("outputElement") if details else "",
        completion=completion.text.strip() if completion else "",
    )
    if marker.first(BPMN, "loopCardinality") is not None and not loop.collection:
        cardinality = marker.first(BPMN, "loopCardinality")
        text = cardinality.text.strip().removeprefix("=").strip() if cardinality else ""
        # In FEEL 1..0 counts down.
        loop = replace(loop, collection=f"=if ({text}) < 1 then [] else for i in 1..({text}) return i")
    if not loop.collection:
        report.refuse(
            element.get("id"),
            marker.line,
            "多实例没有给出集合。",
            "请在 zeebe:loopCharacteristics 中填写 inputCollection。",
        )
    return loop


def _warn_foreign(element: Element, report: Report) -> None:
    holder = element.first(BPMN, "extensionElements")
    for child in holder.children if holder else []:
        if child.namespace not in (ZEEBE, BPMN):
            report.warn(element.get("id"), child.line, f"扩展元素 {child.name} 属于其他产品，不起作用。")


def _task_definition(work: Work, child: Element) -> Work:
    retries = child.get("retries")
    return replace(work, target=child.get("type"), retries=int(retries) if retries.isdigit() else DEFAULT_RETRIES)


def _assignment(work: Work, child: Element) -> Work:
    return replace(work, assignee=child.get("assignee"), candidate_groups=child.get("candidateGroups"))


def _form(work: Work, child: Element) -> Work:
    key = child.get("formKey") or child.get("formId") or child.get("externalReference")
    return replace(work, form_key=key)


def _schedule(work: Work, child: Element) -> Work:
    return replace(work, due=child.get("dueDate"))


def _decision(work: Work, child: Element) -> Work:
    return replace(work, target=child.get("decisionId"), result_variable=child.get("resultVariable"))


def _called(work: Work, child: Element) -> Work:
    return replace(
        work,
        target=child.get("processId"),
        passes_all_in=child.get("propagateAllParentVariables", "true") != "false",
        passes_all_out=child.get("propagateAllChildVariables", "true") != "false",
    )


def _io(work: Work, child: Element) -> Work:
    inputs = tuple(Mapped(each.get("source"), each.get("target")) for each in child.all(ZEEBE, "input"))
    outputs = tuple(Mapped(each.get("source"), each.get("target")) for each in child.all(ZEEBE, "output"))
    return replace(work, inputs=inputs, outputs=outputs)


def _headers(work: Work, child: Element) -> Work:
    return replace(work, headers={each.get("key"): each.get("value") for each in child.all(ZEEBE, "header")})


def _properties(work: Work, child: Element) -> Work:
    found = {each.get("name"): each.get("value") for each in child.all(ZEEBE, "property")}
    return replace(work, properties={**work.properties, **found})


_READERS: dict[str, Callable[[Work, Element], Work]] = {
    "taskDefinition": _task_definition,
    "assignmentDefinition": _assignment,
    "formDefinition": _form,
    "taskSchedule": _schedule,
    "calledDecision": _decision,
    "calledElement": _called,
    "ioMapping": _io,
    "taskHeaders": _headers,
    "properties": _properties,
}
