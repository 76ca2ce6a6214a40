"""What a draft must show before somebody else can judge it: each element has an id of its own and stands on the canvas.

A file of a pack may do without a drawing. A draft is reviewed in its drawing and by the ids of its elements.
"""

from __future__ import annotations

from collections.abc import Iterator

from .findings import Report
from .reader import chosen
from .safe_xml import Element, XmlRefused, read
from .values import Finding
from .vocabulary import BPMN, DI, EVENTS, GATEWAYS, TASKS

_WHOLES = {"subProcess", "adHocSubProcess"}


def check_drawn(data: bytes, file: str) -> tuple[Finding, ...]:
    """What hides an element from whoever looks at the drawing. Nothing where the file is no XML: `parse` says so."""
    report = Report(file)
    try:
        root = read(data)
    except XmlRefused:
        return ()
    _check_ids(root, report)
    shapes, lines = _shown(root)
    for process in chosen(root):
        for element in _inside(process):
            name = element.get("id")
            if not name:
                if element.name == "sequenceFlow":  # the reader tells of nodes
                    report.refuse("", element.line, "顺序流没有id。", "请删去它，在编辑器里重新画一条。")
            elif name not in (lines if element.name == "sequenceFlow" else shapes):
                report.refuse(
                    name, element.line, "这个元素没有画在图上，看图的人看不到它。", "请删去它，在编辑器里重新画。"
                )
    return tuple(report.findings)


def element_names(data: bytes) -> dict[str, str]:
    """What people call the elements of a file, by id; empty where it is no XML."""
    try:
        root = read(data)
    except XmlRefused:
        return {}
    return {each.get("id"): each.get("name") for each in _all(root) if each.get("name")}


def _all(root: Element) -> Iterator[Element]:
    todo = [root]
    while todo:
        element = todo.pop()
        yield element
        todo += element.children


def _check_ids(root: Element, report: Report) -> None:
    """Each id once, over everything in the file; one holder of extensions for each element."""
    seen: set[str] = set()
    for element in _all(root):
        if element.namespace in (BPMN, DI) and (name := element.get("id")):
            if name in seen:
                report.refuse(name, element.line, f"标识 {name} 在文件里出现几次。", "请为每个元素填写不同的id。")
            seen.add(name)
        if len(list(element.all(BPMN, "extensionElements"))) > 1:
            said = "这个元素有几组扩展元素，只有第一组起作用。"
            report.refuse(element.get("id"), element.line, said, "请合并成一组。")


def _inside(element: Element) -> Iterator[Element]:
    for child in element.children:
        if child.namespace != BPMN:
            continue
        if child.name in TASKS or child.name in GATEWAYS or child.name in EVENTS or child.name == "sequenceFlow":
            yield child
        if child.name in _WHOLES:
            yield from _inside(child)


def _shown(root: Element) -> tuple[set[str], set[str]]:
    """The elements with a shape that has a size, and those with a line; on the canvas that opens, or inside a sub-process."""
    wholes = {each.get("id") for each in _everything(root) if each.name in _WHOLES}
    shapes, lines = set(), set()
    for at, diagram in enumerate(root.all(DI, "BPMNDiagram")):
        for plane in diagram.all(DI, "BPMNPlane"):
            if at and plane.get("bpmnElement") not in wholes:
                continue
            shapes |= {each.get("bpmnElement") for each in plane.all(DI, "BPMNShape") if _has_size(each)}
            edges = plane.all(DI, "BPMNEdge")
            lines |= {each.get("bpmnElement") for each in edges if sum(x.name == "waypoint" for x in each.children) > 1}
    return shapes, lines


def _everything(root: Element) -> Iterator[Element]:
    todo = [root]
    while todo:
        element = todo.pop()
        yield element
        todo += element.children


def _has_size(shape: Element) -> bool:
    bounds = next((each for each in shape.children if each.name == "Bounds"), None)
    if bounds is None:
        return False
    try:
        return min(float(bounds.get("width")), float(bounds.get("height"))) > 1
    except ValueError:
        return False
