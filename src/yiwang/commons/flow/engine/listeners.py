"""Execution listeners of Camunda 8: operations before and after an element. They become service tasks of their own, or are refused."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from . import zeebe
from .definition import Body, Flow, Node, NodeKind, Work
from .findings import Report
from .safe_xml import Element
from .vocabulary import ZEEBE

_ENDS = {NodeKind.END, NodeKind.TERMINATE, NodeKind.ERROR_END, NodeKind.EVENT_END}
_BEFORE_OR_AFTER = {
    NodeKind.PASS,
    NodeKind.USER,
    NodeKind.SERVICE,
    NodeKind.DECISION,
    NodeKind.SCRIPT,
    NodeKind.CALL,
    NodeKind.SUBPROCESS,
    NodeKind.RECEIVE,
    NodeKind.PASS_THROUGH,
    NodeKind.EVENT_THROW,
    NodeKind.EVENT_CATCH,
    NodeKind.TIMER_CATCH,
}
_ONLY = {"start": _BEFORE_OR_AFTER | _ENDS, "end": _BEFORE_OR_AFTER | {NodeKind.START, NodeKind.EVENT_START}}
_MEND = "请把监听器画成服务任务。"


def read_listeners(element: Element, node: Node, report: Report) -> tuple[tuple[str, Work], ...]:
    """(`start` or `end`, what is called) in the order of the file. Refuses those that have no place of their own here."""
    holder = zeebe.extension(element, "executionListeners")
    found = []
    for child in holder.all(ZEEBE, "executionListener") if holder is not None else ():
        event, target = child.get("eventType"), child.get("type")
        if node.kind not in _ONLY.get(event, ()) or node.loop is not None or node.attached_to:
            report.refuse(node.id, child.line, f"这个元素的 {event} 监听器不支持。", _MEND)
        elif not target or target.startswith("="):
            report.refuse(node.id, child.line, "监听器没有说明要执行的操作。", "请在 type 中填写已登记的操作名。")
        else:
            retries = child.get("retries")
            found.append((event, Work(target=target, retries=int(retries) if retries.isdigit() else 3)))
    return tuple(found)


def with_listeners(body: Body) -> Body:
    """The body with a service task for each listener, in the flows before and after its element."""
    nodes: list[Node] = []
    flows = list(body.flows)
    for node in body.nodes:
        nodes.append(replace(node, listeners=()))
        for event in ("start", "end"):
            works = [work for when, work in node.listeners if when == event]
            tasks = [
                Node(
                    id=f"{node.id}.{event}{number}", kind=NodeKind.SERVICE, line=node.line, name=work.target, work=work
                )
                for number, work in enumerate(works, 1)
            ]
            nodes += tasks
            if tasks:
                flows = _threaded(flows, node.id, [task.id for task in tasks], before=event == "start", line=node.line)
    return Body(tuple(nodes), tuple(flows))


def _threaded(flows: list[Flow], node_id: str, tasks: list[str], *, before: bool, line: int) -> list[Flow]:
    if before:
        moved = [replace(flow, target=tasks[0]) if flow.target == node_id else flow for flow in flows]
        chain = [*tasks, node_id]
    else:
        moved = [replace(flow, source=tasks[-1]) if flow.source == node_id else flow for flow in flows]
        chain = [node_id, *tasks]
    links = pairwise(chain)
    return [*moved, *(Flow(id=f"{a}.to.{b}", source=a, target=b, line=line) for a, b in links)]
