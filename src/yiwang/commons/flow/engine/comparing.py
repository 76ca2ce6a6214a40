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

_SKIPPED = {"incoming", "outgoing", "flowNodeRef"}
_LOOSE = {"messageRef": "message", "signalRef": "signal", "errorRef": "error", "escalationRef": "escalation"}
_CONTAINERS = {"process", "subProcess", "adHocSubProcess", "transaction", "collaboration", "laneSet"}
_DRAWN = {"textAnnotation", "association", "group", "lane", "participant", "dataObjectReference", "dataStoreReference"}


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
    """The elements that differ, in the order of the later file, then those that went; None where a text is no XML."""
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
    for top in root.children:
        if top.namespace == BPMN and top.name in {"process", "collaboration"}:
            for element in _within(top):
                identifier = element.get("id")
                if identifier and element.name not in _DRAWN | {"laneSet"}:
                    found.setdefault(identifier, (element, dict(_said(element, "", named))))
    return found


def _within(element: Element) -> Iterator[Element]:
    if element.name not in {"collaboration", "laneSet"}:
        yield element
    for child in element.children:
        if child.namespace == BPMN and _stands_alone(child):
            yield from _within(child)


def _stands_alone(element: Element) -> bool:
    """Whether it is drawn by itself, and not a part of what another element says."""
    name = element.name
    return (
        name in _CONTAINERS | {"sequenceFlow", "callActivity"}
        or name.endswith(("Task", "Event", "Gateway"))
        or name == "task"
    )


def _said(element: Element, path: str, named: Mapping[str, Element]) -> Iterator[tuple[str, str]]:
    for name, value in element.attributes.items():
        if name in {"id", "type"} and (path == "" or name == "id"):
            continue
        if name in _LOOSE and value in named:
            yield from _said(named[value], f"{path}{_LOOSE[name]}.", named)
        else:
            yield path + name, value.strip()
    text = element.text.strip()
    if text:
        yield path.rstrip(".") or "text", text
    counts: dict[str, int] = {}
    for child in element.children:
        if child.namespace == BPMN and (child.name in _SKIPPED or (path == "" and _stands_alone(child))):
            continue
        counts[child.name] = counts.get(child.name, 0) + 1
        yield from _said(child, _step(child, path, counts[child.name]), named)


def _step(child: Element, path: str, count: int) -> str:
    """The path into a part: several of one name are told apart by their target, key or name, else by their number."""
    if child.name == "extensionElements":
        return path
    mark = child.get("target") or child.get("key") or (child.get("name") if path else "")
    if mark:
        return f"{path}{child.name}[{mark}]."
    return f"{path}{child.name}." if count == 1 else f"{path}{child.name}[{count}]."
