"""Two drawings of one process told apart, element by element: what came, what went, what says something else.

Works on what was drawn, not on what it means, so that a draft with faults can be compared too. Where an element stands on the
canvas does not count. Whoever publishes relies on it: nothing that the engine would run differently may be left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum

from .reader import chosen
from .reader_events import declared_in
from .safe_xml import Element, XmlRefused, read
from .vocabulary import BPMN, ZEEBE

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
_ENDS = ("sourceRef", "targetRef")
_MAPPING = re.compile(r"ioMapping\.(?P<target>(?:in|out)put\[.*\])\.source")
_MOST_SAID = 20_000_000
"""Characters of paths in one file: some seconds of work. What is shared by thousands of elements is said at each of them."""


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class ElementChange:
    """One element that differs. `tag` is its BPMN name (`userTask`); `parts` are (what, before, after), the empty text where absent.

    `what` is a path of names: `name`, `conditionExpression`, `taskDefinition.type`, `ioMapping.input[target=x].source`; `order`
    where only the order of parts differs. A line without id is called `name:source→target`, an id met again `id[2]`. A line
    `follows` that came or went with one of its ends and has no condition.
    """

    element_id: str
    tag: str
    name: str
    kind: ChangeKind
    parts: tuple[tuple[str, str, str], ...] = ()
    follows: bool = False


def compare(before: bytes, after: bytes) -> tuple[ElementChange, ...] | None:
    """The elements that differ, in the order of the later file, then those that went.

    None where a text is no XML, or says so much that nobody could read it.
    """
    try:
        old, new = _elements(read(before)), _elements(read(after))
    except XmlRefused:
        return None
    both = old.keys() & new.keys()
    found = []
    for key, each in new.items():
        if key not in old:
            found.append(_alone(key, each, ChangeKind.ADDED, both))
            continue
        parts = _parts(old[key], each)
        if parts:
            found.append(ElementChange(key, each.tag, each.name, ChangeKind.CHANGED, parts))
    found += [_alone(key, each, ChangeKind.REMOVED, both) for key, each in old.items() if key not in new]
    return tuple(found)


@dataclass(slots=True)
class _Drawn:
    """An element with all that it says by path; `ways` are the lines that leave it, in the order in which they are tried."""

    tag: str
    said: dict[str, str]
    ways: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return " ".join(self.said.get("name", "").split())


def _alone(key: str, each: _Drawn, kind: ChangeKind, both: AbstractSet[str]) -> ElementChange:
    said = {path: text for path, text in each.said.items() if path != "name"}
    parts = tuple((path, "", text) if kind is ChangeKind.ADDED else (path, text, "") for path, text in said.items())
    stays = all(said.get(name) in both for name in _ENDS)
    conditional = any(path.startswith("conditionExpression") for path in said)
    return ElementChange(
        key, each.tag, each.name, kind, parts, each.tag == "sequenceFlow" and not (stays or conditional)
    )


def _parts(old: _Drawn, new: _Drawn) -> tuple[tuple[str, str, str], ...]:
    first, second = {**old.said, "": old.tag}, {**new.said, "": new.tag}
    keys = dict.fromkeys([*second, *first])
    found = [
        (key, first.get(key, ""), second.get(key, "")) for key in keys if first.get(key, "") != second.get(key, "")
    ]
    for one, other in ((old.ways, new.ways), (_mapped(old), _mapped(new))):
        known, wanted = set(other), set(one)
        kept, now = [each for each in one if each in known], [each for each in other if each in wanted]
        if kept != now:
            found.append(("order", "、".join(kept), "、".join(now)))
    return tuple(found)


def _mapped(each: _Drawn) -> list[str]:
    """The targets of mappings: one sees those before it."""
    return [found["target"] for path in each.said if (found := _MAPPING.match(path))]


def _elements(root: Element) -> dict[str, _Drawn]:
    """What the engine would run, with all that each element says; messages and signals are told where they are used."""
    declared = declared_in(root)
    found: dict[str, _Drawn] = {}
    keys: dict[str, int] = {}
    spent = 0
    for process in chosen(root):
        for element in _within(process):
            drawn, paths = _Drawn(element.name, {}), dict[str, int]()
            for path, text in _said(element, "", "", declared, BPMN):
                drawn.said[_fresh(path, paths)] = text
                spent += len(path)
                if spent > _MOST_SAID:
                    raise XmlRefused("流程图的内容过多，无法比较。", "请把流程拆成几个被调用的流程。")
            name = element.get("id") or f"{element.name}:{'→'.join(map(element.get, _ENDS))}"
            found[_fresh(name, keys)] = drawn
    for key, drawn in found.items():
        source = found.get(drawn.said.get("sourceRef", "")) if drawn.tag == "sequenceFlow" else None
        if source is not None and source.tag == "exclusiveGateway":
            source.ways.append(key)
    return found


def _fresh(key: str, counts: dict[str, int]) -> str:
    """The key where it is met for the first time, else one that tells it apart."""
    counts[key] = counts.get(key, 0) + 1
    return key if counts[key] == 1 else _fresh(f"{key}[{counts[key]}]", counts)


def _within(element: Element) -> Iterator[Element]:
    yield element
    for child in element.children:
        if _stands_alone(child):
            yield from _within(child)


def _stands_alone(element: Element) -> bool:
    """Whether it is drawn by itself, and not a part of what another element says."""
    name = element.name
    return element.namespace == BPMN and (name in _ALONE or name.endswith(("Task", "Event", "Gateway")))


def _said(
    element: Element, path: str, mark: str, declared: Mapping[str, Element], expected: str
) -> Iterator[tuple[str, str]]:
    """(path, text) of each attribute and text, those of parts included; not the attribute that already marks the path.

    A part of another namespace than the `expected` one, which the engine would not read, is told with its namespace.
    """
    for name, value in element.attributes.items():
        if name in {"id", mark} or (name, value) in _DEFAULTS:
            continue
        if name in _SHARED and value.strip() in declared:
            # What is shared refers to nothing further: a chain of references would never end.
            yield from _said(declared[value.strip()], f"{path}{_SHARED[name]}.", "", {}, BPMN)
        elif value.strip():
            yield path + name, value.strip()
    text = element.text.strip()
    if text:
        yield path.rstrip(".") or "text", text
    counts: dict[str, int] = {}
    for child in element.children:
        if child.namespace == BPMN and (child.name in _SKIPPED or (path == "" and _stands_alone(child))):
            continue
        if child.namespace == BPMN and child.name == "extensionElements" and "extensionElements" not in counts:
            counts["extensionElements"] = 1
            yield from _said(child, path, "", declared, ZEEBE)
            continue
        called = child.name if child.namespace == expected else f"{{{child.namespace}}}{child.name}"
        counts[called] = counts.get(called, 0) + 1
        marked = next((each for each in _MARKS if path and child.get(each)), "")
        number = "" if counts[called] == 1 else f"[{counts[called]}]"
        step = f"[{child.get(marked)}]" if marked else number
        yield from _said(child, f"{path}{called}{step}.", marked, declared, child.namespace)
