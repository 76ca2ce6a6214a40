"""Two drawings of one process told apart, element by element: what came, what went, what says something else.

Works on what was drawn, not on what it means, so that a draft with faults can be compared too. Where an element stands on the
canvas does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from .safe_xml import Element, XmlRefused, read
from .vocabulary import BPMN

_SKIPPED = {"incoming", "outgoing", "flowNodeRef", "laneSet", "association", "group", "dataObject", "category"} | {
    "dataObjectReference",
    "dataStoreReference",
}
_SHARED = {"messageRef": "message", "signalRef": "signal", "errorRef": "error", "escalationRef": "escalation"}
_ALONE = {"sequenceFlow", "callActivity", "task", "subProcess", "adHocSubProcess", "transaction", "textAnnotation"}
_MARKS = ("target", "key", "name")
"""Attributes by which several parts of one name are told apart."""

_DEFAULTS = {
    ("cancelActivity", "true"),
    ("isInterrupting", "true"),
    ("isSequential", "false"),
    ("triggeredByEvent", "false"),
    ("gatewayDirection", "Unspecified"),
    ("isForCompensation", "false"),
    ("instantiate", "false"),
    ("parallelMultiple", "false"),
    ("type", "bpmn:tFormalExpression"),
    ("type", "tFormalExpression"),
}
"""What an editor leaves out or puts in without a change of meaning."""
_MOST_SAID = 20_000_000
"""Characters of paths in one file: some seconds of work. What is shared by thousands of elements is said at each of them."""


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class ElementChange:
    """One element that differs. `tag` is its BPMN name (`userTask`); `parts` are (what, before, after), the empty text where absent.

    `what` is a path of names: `name`, `conditionExpression`, `taskDefinition.type`, `ioMapping.input[target=x].source`.
    """

    element_id: str
    tag: str
    name: str
    kind: ChangeKind
    parts: tuple[tuple[str, str, str], ...] = ()


def compare(before: bytes, after: bytes) -> tuple[ElementChange, ...] | None:
    """The elements that differ, in the order of the later file, then those that went.

    None where a text is no XML, or says so much that nobody could read it.
    """
    try:
        old, new = _elements(read(before)), _elements(read(after))
    except XmlRefused:
        return None
    found = []
    for key, (element, said) in new.items():
        if key not in old:
            found.append(_change(key, element, said, ChangeKind.ADDED))
        elif (parts := _parts(old[key], (element, said))) != ():
            found.append(_change(key, element, said, ChangeKind.CHANGED, parts))
    found += [_change(key, *old[key], ChangeKind.REMOVED) for key in old if key not in new]
    return tuple(found)


_Said = Mapping[str, str]


def _change(
    key: str, element: Element, said: _Said, kind: ChangeKind, parts: tuple[tuple[str, str, str], ...] = ()
) -> ElementChange:
    return ElementChange(key, element.name, " ".join(said.get("name", "").split()), kind, parts)


def _parts(old: tuple[Element, _Said], new: tuple[Element, _Said]) -> tuple[tuple[str, str, str], ...]:
    first, second = ({**said, "": element.name} for element, said in (old, new))
    keys = dict.fromkeys([*second, *first])
    return tuple(
        (key, first.get(key, ""), second.get(key, "")) for key in keys if first.get(key, "") != second.get(key, "")
    )


def _elements(root: Element) -> dict[str, tuple[Element, _Said]]:
    """Elements by id, with all that each says; messages and signals are told where they are used."""
    named = {element.get("id"): element for element in root.children if element.get("id")}
    found: dict[str, tuple[Element, _Said]] = {}
    spent = 0
    for process in root.all(BPMN, "process"):
        for element in _within(process):
            said: dict[str, str] = {}
            for path, text in _said(element, "", "", named):
                said[path] = text
                spent += len(path)
                if spent > _MOST_SAID:
                    raise XmlRefused("流程图的内容过多，无法比较。", "请把流程拆成几个被调用的流程。")
            if element.get("id"):
                found.setdefault(element.get("id"), (element, said))
    return found


def _within(element: Element) -> Iterator[Element]:
    yield element
    for child in element.children:
        if _stands_alone(child):
            yield from _within(child)


def _stands_alone(element: Element) -> bool:
    """Whether it is drawn by itself, and not a part of what another element says."""
    name = element.name
    return element.namespace == BPMN and (name in _ALONE or name.endswith(("Task", "Event", "Gateway")))


def _said(element: Element, path: str, mark: str, named: Mapping[str, Element]) -> Iterator[tuple[str, str]]:
    """(path, text) of each attribute and text, those of parts included; not the attribute that already marks the path."""
    for name, value in element.attributes.items():
        if name in {"id", mark} or (name, value) in _DEFAULTS:
            continue
        if name in _SHARED and value in named:
            # What is shared refers to nothing further: a chain of references would never end.
            yield from _said(named[value], f"{path}{_SHARED[name]}.", "", {})
        elif value.strip():
            yield path + name, value.strip()
    text = element.text.strip()
    if text:
        yield path.rstrip(".") or "text", text
    counts: dict[str, int] = {}
    for child in element.children:
        if child.namespace == BPMN and (child.name in _SKIPPED or (path == "" and _stands_alone(child))):
            continue
        if child.name == "extensionElements":
            yield from _said(child, path, "", named)
            continue
        counts[child.name] = counts.get(child.name, 0) + 1
        marked = next((each for each in _MARKS if path and child.get(each)), "")
        number = "" if counts[child.name] == 1 else f"[{counts[child.name]}]"
        step = f"[{child.get(marked)}]" if marked else number
        yield from _said(child, f"{path}{child.name}{step}.", marked, named)
