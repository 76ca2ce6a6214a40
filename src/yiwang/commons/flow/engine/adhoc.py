"""Ad-hoc sub-processes of Camunda 8: a list of element ids, or an operation, says which of the elements inside begin.

They become what the engine has: `<id>.each`, a parallel multi-instance with one instance for each element that begins, inside it
`<id>.choose`. With an operation, `<id>.ask` calls it first and again when all that it began has ended, until it says that the
work is done (its outputs `activateElements`, `isCompletionConditionFulfilled`).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from . import zeebe
from .definition import AdHoc, Body, Flow, Loop, Mapped, Node, NodeKind, Work
from .findings import Report
from .safe_xml import Element
from .vocabulary import BPMN

ACTIVATED = "adHocElement"
ASKED = {"activateElements": [], "isCompletionConditionFulfilled": False}
_NOT_INSIDE = {
    NodeKind.START,
    NodeKind.EVENT_START,
    NodeKind.END,
    NodeKind.TERMINATE,
    NodeKind.ERROR_END,
    NodeKind.EVENT_END,
}
_NEVER_BEGIN = {NodeKind.BOUNDARY_TIMER, NodeKind.BOUNDARY_ERROR, NodeKind.BOUNDARY_EVENT, NodeKind.EVENT_SUBPROCESS}


def read_ad_hoc(element: Element) -> AdHoc | None:
    if element.name != "adHocSubProcess":
        return None
    told = zeebe.extension(element, "adHoc")
    completion = element.first(BPMN, "completionCondition")
    return AdHoc(
        collection=told.get("activeElementsCollection") if told else "",
        completion=completion.text.strip() if completion else "",
        cancels=element.get("cancelRemainingInstances") != "false",
        output_collection=told.get("outputCollection") if told else "",
        output_element=told.get("outputElement") if told else "",
    )


def expanded(node: Node, report: Report) -> Node:
    """The node as a plain sub-process. Complains about one of which nobody says what begins."""
    if node.ad_hoc is None or node.body is None:
        return node
    ad_hoc, inner, work = node.ad_hoc, node.body, node.work or Work()
    led = {flow.target for flow in inner.flows}
    roots = [each for each in inner.nodes if each.id not in led and each.kind not in _NEVER_BEGIN]
    for each in inner.nodes:
        if each.kind in _NOT_INSIDE:
            report.refuse(each.id, each.line, "自由子流程里不能有开始或结束事件。", "请删去它。")
    if not roots:
        report.refuse(node.id, node.line, "自由子流程里没有可以启动的环节。", "请画出其中的任务。")
    if not (ad_hoc.collection or work.target):
        mend = "请在 zeebe:adHoc 中填写 activeElementsCollection，或用 zeebe:taskDefinition 指定操作。"
        report.refuse(node.id, node.line, "没有说明自由子流程启动哪些环节。", mend)
    watching = tuple(each for each in inner.nodes if each.kind is NodeKind.EVENT_SUBPROCESS)
    inside = Body(tuple(each for each in inner.nodes if each not in watching), inner.flows)
    each = _each(node, ad_hoc, inside, roots, asked=bool(work.target))
    body = _asking(node, work, each) if work.target else _completing(node, ad_hoc, each)
    body = Body((*body.nodes, *watching), body.flows)
    return replace(node, ad_hoc=None, body=body, work=replace(work, target="", headers={}, properties={}))


def _each(node: Node, ad_hoc: AdHoc, inner: Body, roots: list[Node], *, asked: bool) -> Node:
    line, prefix = node.line, f"{node.id}."
    begin = Node(f"{prefix}begin", NodeKind.START, line)
    choose = Node(f"{prefix}choose", NodeKind.AD_HOC, line)
    flows = [Flow(f"{prefix}begins", begin.id, choose.id, line)]
    flows += [Flow(f"{prefix}to.{root.id}", choose.id, root.id, line) for root in roots]
    loop = Loop(
        sequential=False,
        collection="=activateElements" if asked else ad_hoc.collection,
        element=ACTIVATED,
        output_collection=ad_hoc.output_collection,
        output_element=ad_hoc.output_element,
        completion=ad_hoc.completion if ad_hoc.cancels and not asked else "",
        ad_hoc=True,
    )
    body = Body((begin, choose, *inner.nodes), (*flows, *inner.flows))
    return Node(f"{prefix}each", NodeKind.SUBPROCESS, line, name=node.name, loop=loop, body=body)


def _completing(node: Node, ad_hoc: AdHoc, each: Node) -> Body:
    """Ends when all have ended; where a condition is stated and does not hold then, the process halts there."""
    start, end = Node(f"{node.id}.start", NodeKind.START, node.line), Node(f"{node.id}.end", NodeKind.END, node.line)
    if not ad_hoc.completion:
        return _in_a_row(start, each, end)
    done = Node(f"{node.id}.done", NodeKind.EXCLUSIVE, node.line)
    body = _in_a_row(start, each, done)
    complete = Flow(f"{node.id}.complete", done.id, end.id, node.line, condition=ad_hoc.completion)
    return Body((*body.nodes, end), (*body.flows, complete))


def _asking(node: Node, work: Work, each: Node) -> Body:
    start, end = Node(f"{node.id}.start", NodeKind.START, node.line), Node(f"{node.id}.end", NodeKind.END, node.line)
    names = dict.fromkeys(mapped.target.partition(".")[0] for mapped in work.inputs)
    asking = replace(work, inputs=tuple(Mapped(f"={name}", name) for name in names), outputs=())
    ask = Node(f"{node.id}.ask", NodeKind.SERVICE, node.line, name=node.name, work=asking, ad_hoc=AdHoc())
    again = f"{node.id}.again"
    more = Node(f"{node.id}.more", NodeKind.EXCLUSIVE, node.line, default_flow=again)
    body = _in_a_row(start, ask, more)
    flows = (
        Flow(f"{node.id}.complete", more.id, end.id, node.line, condition="=isCompletionConditionFulfilled"),
        Flow(again, more.id, each.id, node.line),
        Flow(f"{node.id}.asks", each.id, ask.id, node.line),
    )
    return Body((*body.nodes, each, end), (*body.flows, *flows))


def _in_a_row(*nodes: Node) -> Body:
    flows = (Flow(f"{a.id}.to.{b.id}", a.id, b.id, a.line) for a, b in pairwise(nodes))
    return Body(nodes, tuple(flows))
