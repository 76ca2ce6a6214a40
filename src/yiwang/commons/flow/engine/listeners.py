"""Listeners of Camunda 8: operations before and after an element. They become service tasks of their own, or are refused.

Before a user task is created an operation may correct it: its outputs `assignee`, `candidateGroups` and `dueDate`.
"""

from __future__ import annotations

from collections.abc import Iterator
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
_BEFORE, _AFTER = ("start", "creating"), ("completing", "end")
_ONLY = {
    "creating": {NodeKind.USER},
    "completing": {NodeKind.USER},
    "start": _BEFORE_OR_AFTER | _ENDS,
    "end": _BEFORE_OR_AFTER | {NodeKind.START, NodeKind.EVENT_START},
}
_MEND = "请把监听器画成服务任务。"


def read_listeners(element: Element, node: Node, report: Report) -> tuple[tuple[str, Work], ...]:
    """(when, what is called) in the order of the file. Refuses those that have no place of their own here."""
    found = []
    for child in _told(element):
        event, target = child.get("eventType"), child.get("type")
        if node.kind not in _ONLY.get(event, ()) or node.loop is not None or node.attached_to:
            report.refuse(node.id, child.line, f"这个元素的 {event} 监听器不支持。", _MEND)
        elif not target:
            report.refuse(node.id, child.line, "监听器没有说明要执行的操作。", "请在 type 中填写已登记的操作名。")
        else:
            retries = child.get("retries")
            found.append((event, Work(target=target, retries=int(retries) if retries.isdigit() else 3)))
    return tuple(found)


def _told(element: Element) -> Iterator[Element]:
    for several, one in (("executionListeners", "executionListener"), ("taskListeners", "taskListener")):
        holder = zeebe.extension(element, several)
        yield from holder.all(ZEEBE, one) if holder is not None else ()


def with_listeners(body: Body) -> Body:
    """The body with a service task for each listener, in the flows before and after its element."""
    nodes: list[Node] = []
    flows = list(body.flows)
    for node in body.nodes:
        nodes.append(replace(node, listeners=()))
        for events in (_BEFORE, _AFTER):
            tasks = [task for event in events for task in _tasks(node, event)]
            nodes += tasks
            if tasks:
                flows = _threaded(flows, node.id, [task.id for task in tasks], before=events is _BEFORE, line=node.line)
    return Body(tuple(nodes), tuple(flows))


def _tasks(node: Node, event: str) -> list[Node]:
    works = [work for when, work in node.listeners if when == event]
    corrects = node.id if event == "creating" else ""
    return [
        Node(f"{node.id}.{event}{number}", NodeKind.SERVICE, node.line, name=work.target, work=work, corrects=corrects)
        for number, work in enumerate(works, 1)
    ]


def _threaded(flows: list[Flow], node_id: str, tasks: list[str], *, before: bool, line: int) -> list[Flow]:
    if before:
        moved = [replace(flow, target=tasks[0]) if flow.target == node_id else flow for flow in flows]
        chain = [*tasks, node_id]
    else:
        moved = [replace(flow, source=tasks[-1]) if flow.source == node_id else flow for flow in flows]
        chain = [node_id, *tasks]
    links = pairwise(chain)
    return [*moved, *(Flow(id=f"{a}.to.{b}", source=a, target=b, line=line) for a, b in links)]
