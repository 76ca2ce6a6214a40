# ruff: noqa: INP001  a script, not a package
"""Draws the process of a bundle from its members: `python tools/draw_bundle.py packs/changzhou/bundles/retirement`.

Reads bundle.yaml (members, `after`) and the members' matter.yaml, writes process.bpmn beside it. Members without `after` begin
together; each other one waits for those named there and begins when all that take part are granted. What it writes may be
drawn over by hand in any editor; nothing in the program calls this script.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from ruamel.yaml import YAML

CELL, ROW, LEFT, TOP = 140, 140, 100, 120
SIZES = {"event": (36, 36), "gateway": (50, 50), "task": (100, 80)}
XMLNS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
}
Point = tuple[int, int]


def read(path: Path) -> Any:
    """A YAML file as plain values."""
    return YAML(typ="safe", pure=True).load(path.read_text("utf-8"))


@dataclass
class Node:
    id: str
    tag: str
    name: str
    column: int
    row: int
    inner: str = ""
    attributes: str = ""

    @property
    def kind(self) -> str:
        if "Event" in self.tag:
            return "event"
        return "gateway" if "Gateway" in self.tag else "task"

    @property
    def centre(self) -> Point:
        return LEFT + self.column * CELL, TOP + self.row * ROW

    @property
    def half(self) -> Point:
        width, height = SIZES[self.kind]
        return width // 2, height // 2


@dataclass
class Flow:
    source: Node
    target: Node
    name: str = ""
    condition: str = ""
    under: bool = False

    @property
    def id(self) -> str:
        return f"{self.source.id}_to_{self.target.id}"

    def points(self) -> list[Point]:
        """Straight in a row; out of a fork down beside it, else along the row and down beside the target."""
        (ax, ay), (bx, by) = self.source.centre, self.target.centre
        if self.under:
            below = ay + 56
            return [(ax, ay + 25), (ax, below), (bx, below), (bx, by + 25)]
        start, end = ax + self.source.half[0], bx - self.target.half[0]
        if ay == by:
            return [(start, ay), (end, by)]
        lane = start + 24 if self.source.tag == "parallelGateway" else end - 24
        return [(start, ay), (lane, ay), (lane, by), (end, by)]


@dataclass
class Drawing:
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)

    def node(self, *given: Any, **more: Any) -> Node:
        made = Node(*given, **more)
        self.nodes[made.id] = made
        return made

    def flow(self, source: Node, target: Node, *given: Any, **more: Any) -> None:
        self.flows.append(Flow(source, target, *given, **more))


def before(after: Mapping[str, list[str]], key: str) -> list[str]:
    """All members that come before one, the earliest first. A later one has no outcome where an earlier one was refused."""
    found: list[str] = []
    for one in after[key]:
        found += [each for each in (*before(after, one), one) if each not in found]
    return found


def reduced(after: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Without what follows from the rest: a member need not wait for the one before the one before."""
    return {
        key: [one for one in ones if not any(one in before(after, other) for other in ones)]
        for key, ones in after.items()
    }


def depths(after: Mapping[str, list[str]]) -> dict[str, int]:
    found: dict[str, int] = {}

    def depth(key: str) -> int:
        if key not in found:
            found[key] = max((depth(one) + 1 for one in after[key]), default=0)
        return found[key]

    for key in after:
        depth(key)
    return found


def rows_of(after: Mapping[str, list[str]]) -> dict[str, int]:
    """A row for each member; the followers of one stand right below it."""
    order: list[str] = []

    def place(key: str) -> None:
        if key in order or any(one not in order for one in after[key]):
            return
        order.append(key)
        for other in after:
            if key in after[other]:
                place(other)

    for key in after:
        place(key)
    return {key: row for row, key in enumerate(order)}


def called(key: str, name: str, process: str) -> str:
    place = {
        "subject": f"=members.{key}.case_id",
        "organisation": f"=members.{key}.organisation",
        "scope": f"matter:{key}",
        "title": name,
    }
    stated = "".join(f'<zeebe:property name="{one}" value={quoteattr(value)} />' for one, value in place.items())
    return (
        "      <bpmn:extensionElements>\n"
        f'        <zeebe:calledElement processId="{process}" propagateAllParentVariables="true" propagateAllChildVariables="false" />\n'
        f'        <zeebe:ioMapping><zeebe:input source="=members.{key}.case_id" target="case_id" />'
        f'<zeebe:output source="=outcome" target="{key}_outcome" /></zeebe:ioMapping>\n'
        f"        <zeebe:properties>{stated}</zeebe:properties>\n"
        "      </bpmn:extensionElements>\n"
    )


CLOSES = """      <bpmn:documentation>没有开始的事项一并结束，并写明原因。</bpmn:documentation>
      <bpmn:extensionElements>
        <zeebe:taskDefinition type="cases.close" />
        <zeebe:ioMapping><zeebe:input source="=case_id" target="case_id" /></zeebe:ioMapping>
      </bpmn:extensionElements>
"""


def draw(bundle: Mapping[str, Any], matters: Mapping[str, Mapping[str, Any]]) -> Drawing:
    after = reduced({each["matter"]: list(each["after"]) for each in bundle["members"]})
    depth, row = depths(after), rows_of(after)
    followers = {key: [other for other in after if key in after[other]] for key in after}
    drawing = Drawing()
    start = drawing.node("start", "startEvent", "提交申请", 0, 0)
    fork = drawing.node("fork", "parallelGateway", "", 1, 0)
    drawing.flow(start, fork)
    ways_in: dict[str, Node] = {}
    ways_out: dict[str, Node] = {}
    for key in row:
        ways_in[key], ways_out[key] = member(drawing, key, matters[key], after, followers, 2 + 5 * depth[key], row[key])
    last = 2 + 5 * (max(depth.values()) + 1)
    for key in row:
        for one in after[key]:
            drawing.flow(ways_out[one], ways_in[key])
        if not after[key]:
            drawing.flow(fork, ways_in[key])
    join = drawing.node("join", "parallelGateway", "", last, 0)
    for key in row:
        if not followers[key]:
            drawing.flow(ways_out[key], join)
    close = drawing.node("close", "serviceTask", "一件事办结", last + 1, 0, CLOSES)
    drawing.flow(join, close)
    drawing.flow(close, drawing.node("end", "endEvent", "全部办结", last + 2, 0))
    return drawing


def member(
    drawing: Drawing,
    key: str,
    matter: Mapping[str, Any],
    after: Mapping[str, list[str]],
    followers: Mapping[str, list[str]],
    column: int,
    row: int,
) -> tuple[Node, Node]:
    """The elements of one member: where the flow comes in and where it goes out."""
    needed_id, passed_id = f"{key}_needed", f"{key}_passed"
    needed = drawing.node(
        needed_id,
        "exclusiveGateway",
        "要办吗",
        column + 1,
        row,
        attributes=f' default="{needed_id}_to_{passed_id}"',
    )
    name = matter["short_name"]["zh"]
    process = matter["process"] if matter["process"] != "process.bpmn" else key
    call = drawing.node(key, "callActivity", name, column + 2, row, called(key, name, process))
    passed = drawing.node(passed_id, "exclusiveGateway", "", column + 3, row)
    conditions = [f"members.{key}.applies"]
    conditions += [f'({one}_outcome = "approved" or not(members.{one}.applies))' for one in before(after, key)]
    drawing.flow(needed, call, "办", " and ".join(conditions))
    drawing.flow(call, passed)
    drawing.flow(needed, passed, "不办", under=True)
    entry, way_out = needed, passed
    if len(after[key]) > 1:
        entry = drawing.node(f"join_before_{key}", "parallelGateway", "", column, row)
        drawing.flow(entry, needed)
    if len(followers[key]) > 1:
        way_out = drawing.node(f"fork_after_{key}", "parallelGateway", "", column + 4, row)
        drawing.flow(passed, way_out)
    return entry, way_out


def xml(key: str, name: str, documentation: str, drawing: Drawing) -> str:
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in XMLNS.items())
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<bpmn:definitions {spaces}",
        f'    id="definitions_{key}" targetNamespace="https://yiwang.example/bpmn" exporter="Yiwang" exporterVersion="1">',
        f'  <bpmn:process id="{key}" name={quoteattr(name)} isExecutable="true">',
        f"    <bpmn:documentation>{escape(documentation)}</bpmn:documentation>",
        *_semantics(drawing),
        "  </bpmn:process>",
        f'  <bpmndi:BPMNDiagram id="diagram_{key}">',
        f'    <bpmndi:BPMNPlane id="plane_{key}" bpmnElement="{key}">',
        *_shapes(drawing),
        "    </bpmndi:BPMNPlane>",
        "  </bpmndi:BPMNDiagram>",
        "</bpmn:definitions>",
        "",
    ]
    return "\n".join(lines)


def _semantics(drawing: Drawing) -> Iterator[str]:
    for node in drawing.nodes.values():
        name = f" name={quoteattr(node.name)}" if node.name else ""
        yield f'    <bpmn:{node.tag} id="{node.id}"{name}{node.attributes}>'
        if node.inner:
            yield node.inner.rstrip("\n")
        yield from (f"      <bpmn:incoming>{each.id}</bpmn:incoming>" for each in drawing.flows if each.target is node)
        yield from (f"      <bpmn:outgoing>{each.id}</bpmn:outgoing>" for each in drawing.flows if each.source is node)
        yield f"    </bpmn:{node.tag}>"
    for each in drawing.flows:
        name = f" name={quoteattr(each.name)}" if each.name else ""
        head = f'    <bpmn:sequenceFlow id="{each.id}"{name} sourceRef="{each.source.id}" targetRef="{each.target.id}"'
        if each.condition:
            yield f"{head}>"
            yield (
                '      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
                f"={escape(each.condition)}</bpmn:conditionExpression>"
            )
            yield "    </bpmn:sequenceFlow>"
        else:
            yield f"{head} />"


def _shapes(drawing: Drawing) -> Iterator[str]:
    for node in drawing.nodes.values():
        (x, y), (width, height) = node.centre, SIZES[node.kind]
        marker = ' isMarkerVisible="true"' if node.tag == "exclusiveGateway" else ""
        yield f'      <bpmndi:BPMNShape id="{node.id}_di" bpmnElement="{node.id}"{marker}>'
        yield (f'        <dc:Bounds x="{x - width // 2}" y="{y - height // 2}" width="{width}" height="{height}" />')
        if node.name and node.kind != "task":
            above = y - height // 2 - 20 if node.kind == "gateway" else y + height // 2 + 6
            yield f'        <bpmndi:BPMNLabel><dc:Bounds x="{x - 45}" y="{above}" width="90" height="14" /></bpmndi:BPMNLabel>'
        yield "      </bpmndi:BPMNShape>"
    for each in drawing.flows:
        yield f'      <bpmndi:BPMNEdge id="{each.id}_di" bpmnElement="{each.id}">'
        points = each.points()
        yield from (f'        <di:waypoint x="{x}" y="{y}" />' for x, y in points)
        if each.name:
            x, y = points[0] if not each.under else points[1]
            yield f'        <bpmndi:BPMNLabel><dc:Bounds x="{x + 6}" y="{y - 18}" width="40" height="14" /></bpmndi:BPMNLabel>'
        yield "      </bpmndi:BPMNEdge>"


def main() -> None:
    for name in sys.argv[1:]:
        folder = Path(name)
        bundle = read(folder / "bundle.yaml")
        pack = folder.parents[1]
        matters = {
            each["matter"]: read(pack / "matters" / each["matter"] / "matter.yaml") for each in bundle["members"]
        }
        drawing = draw(bundle, matters)
        text = xml(bundle["key"], bundle["name"]["zh"], bundle["description"]["zh"], drawing)
        (folder / "process.bpmn").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
