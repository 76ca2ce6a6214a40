"""Makes explicit what BPMN leaves implicit, where it has one meaning only: start events, splits at a task, default flows.

Everything ambiguous is refused with a finding; nothing is guessed.
"""

from __future__ import annotations

from dataclasses import replace

from .adhoc import expanded
from .definition import Body, Flow, Node, NodeKind
from .findings import Report
from .listeners import with_listeners

GATEWAYS = {NodeKind.PARALLEL, NodeKind.EXCLUSIVE, NodeKind.INCLUSIVE, NodeKind.EVENT_GATEWAY, NodeKind.AD_HOC}
CHOOSING = {NodeKind.EXCLUSIVE, NodeKind.INCLUSIVE}
BOUNDARY = {NodeKind.BOUNDARY_TIMER, NodeKind.BOUNDARY_ERROR, NodeKind.BOUNDARY_EVENT}
STARTS = {NodeKind.START, NodeKind.EVENT_START}
ALWAYS = "=true"


def normalised(body: Body, owner: str, line: int, report: Report) -> Body:
    """The body with explicit start, splits and defaults, inner sub-processes included, ad-hoc ones made plain."""
    plain = [expanded(node, report) for node in body.nodes]
    inner = tuple(
        node if node.body is None else replace(node, body=normalised(node.body, node.id, node.line, report))
        for node in plain
    )
    body = with_listeners(Body(inner, body.flows))
    if not any(node.kind is NodeKind.EVENT_START for node in inner):
        body = _with_start(body, owner, line, report)
    body = _with_defaults(body, report)
    return _with_splits(body, report)


def _with_start(body: Body, owner: str, line: int, report: Report) -> Body:
    starts = [node for node in body.nodes if node.kind is NodeKind.START]
    if len(starts) == 1:
        return body
    if len(starts) > 1:
        report.refuse(owner, starts[1].line, "有几个开始事件。", "请只留一个，其余改用网关分支。")
        return body
    targets = {flow.target for flow in body.flows}
    beside = BOUNDARY | {NodeKind.EVENT_SUBPROCESS}
    roots = [node for node in body.nodes if node.id not in targets and node.kind not in beside]
    if not roots:
        report.refuse(owner, line, "没有开始事件。", "请画一个开始事件。")
        return body
    # BPMN 2.0, 13.2: all that has no incoming flow begins.
    report.warn(owner, line, f"没有开始事件，从 {'、'.join(root.id for root in roots)} 开始。")
    start = Node(id=f"{owner}.start", kind=NodeKind.START, line=line)
    flows = (
        Flow(id=f"{start.id}.out{at or ''}", source=start.id, target=root.id, line=line)
        for at, root in enumerate(roots)
    )
    return Body((start, *body.nodes), (*flows, *body.flows))


def _with_defaults(body: Body, report: Report) -> Body:
    nodes, flows = list(body.nodes), list(body.flows)
    for position, node in enumerate(nodes):
        outgoing = body.outgoing(node.id)
        if node.kind not in CHOOSING:
            continue
        if len(outgoing) == 1 and not outgoing[0].condition:
            nodes[position] = replace(node, default_flow=outgoing[0].id)
            continue
        free = [flow for flow in outgoing if not flow.condition and flow.id != node.default_flow]
        if len(free) == 1 and not node.default_flow:
            report.warn(node.id, node.line, f"顺序流 {free[0].id} 没有条件，作为默认流向。")
            nodes[position] = replace(node, default_flow=free[0].id)
        elif free:
            report.refuse(node.id, free[0].line, f"顺序流 {free[0].id} 没有条件。", "请填写条件，或把它设为默认流向。")
        elif not node.default_flow:
            report.warn(node.id, node.line, "没有默认流向：条件都不成立时流程会停下。", "建议设一条默认流向。")
        for index, flow in enumerate(flows):
            if flow.id == node.default_flow and flow.condition:
                report.warn(node.id, flow.line, f"默认流向 {flow.id} 的条件不起作用。")
                flows[index] = replace(flow, condition="")
    return Body(tuple(nodes), tuple(flows))


def _with_splits(body: Body, report: Report) -> Body:
    nodes: list[Node] = []
    flows = list(body.flows)
    for node in body.nodes:
        outgoing = body.outgoing(node.id)
        conditional = [flow for flow in outgoing if flow.condition]
        if node.kind in GATEWAYS or (len(outgoing) < 2 and not conditional):
            nodes.append(node)
            continue
        kind = NodeKind.INCLUSIVE if conditional else NodeKind.PARALLEL
        split = Node(id=f"{node.id}.split", kind=kind, line=node.line, default_flow=node.default_flow)
        report.warn(node.id, node.line, "有几条流出的顺序流，按" + ("包容" if conditional else "并行") + "网关处理。")
        for index, flow in enumerate(flows):
            if flow.source == node.id:
                always = bool(conditional) and not flow.condition and flow.id != node.default_flow
                flows[index] = replace(flow, source=split.id, condition=ALWAYS if always else flow.condition)
        flows.append(Flow(id=f"{split.id}.in", source=node.id, target=split.id, line=node.line))
        nodes += [replace(node, default_flow=""), split]
    return Body(tuple(nodes), tuple(flows))
