"""What must hold before a process may be published: its shape, its references, each FEEL expression in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from .definition import Body, Node, NodeKind, Process, Work, expression_in
from .errors import ExpressionFault
from .findings import Report
from .lint_events import HOLDS_BOUNDARY, check_event, check_starts
from .normalise import BOUNDARY, CHOOSING, STARTS
from .ports import Evaluator

_MAY_LOOP = HOLDS_BOUNDARY | {NodeKind.EVENT_SUBPROCESS}
_ENDS = {NodeKind.END, NodeKind.TERMINATE, NodeKind.ERROR_END, NodeKind.EVENT_END}
_NEVER_MAPS = {NodeKind.TERMINATE, NodeKind.ERROR_END}
_NEEDS_TARGET = {
    NodeKind.SERVICE: ("没有说明要执行的操作。", "请在 zeebe:taskDefinition 的 type 中填写操作名。"),
    NodeKind.DECISION: ("没有说明要作的决策。", "请在 zeebe:calledDecision 的 decisionId 中填写决策的标识。"),
    NodeKind.CALL: ("没有说明要调用的流程。", "请在 zeebe:calledElement 的 processId 中填写流程的标识。"),
}


def check(process: Process, evaluator: Evaluator, report: Report, *, complete: bool) -> None:
    """Adds a finding for each fault. The process must have been normalised.

    Without what was refused in reading (not `complete`) the rest hangs together badly: only what each element says is checked.
    """
    _check_ids(process, report)
    for owner, body in _bodies(None, process.body):
        name, line, kind = (owner.id, owner.line, owner.kind) if owner else (process.id, 0, None)
        if complete:
            check_starts(name, line, body, kind, report)
            _check_flows(name, body, report)
            _check_reach(body, report)
            _check_exit(body, report)
        for node in body.nodes:
            if complete:
                _check_node(node, body, report)
                check_event(node, body, kind, report)
            for place, text, bare in _expressions(node):
                _check_expression(node.id, node.line, place, text, evaluator, report, bare=bare)
        for flow in body.flows:
            if flow.condition:
                _check_expression(flow.id, flow.line, "条件", flow.condition, evaluator, report, bare=True)


def _bodies(owner: Node | None, body: Body) -> Iterator[tuple[Node | None, Body]]:
    yield owner, body
    for node in body.nodes:
        if node.body is not None:
            yield from _bodies(node, node.body)


def _check_ids(process: Process, report: Report) -> None:
    ids: Counter[str] = Counter()
    for _owner, body in _bodies(None, process.body):
        ids.update(node.id for node in body.nodes)
        ids.update(flow.id for flow in body.flows)
    for identifier, times in ids.items():
        if times > 1:
            report.refuse(identifier, 0, f"标识 {identifier} 出现{times}次。", "请为每个元素填写不同的id。")


def _check_flows(owner: str, body: Body, report: Report) -> None:
    known = {node.id: node for node in body.nodes}
    pairs: Counter[tuple[str, str]] = Counter()
    for flow in body.flows:
        if flow.source not in known or flow.target not in known:
            report.refuse(flow.id or owner, flow.line, "顺序流的一端不存在。", "请重新连接，不要跨出子流程。")
            continue
        pairs[flow.source, flow.target] += 1
        if pairs[flow.source, flow.target] == 2:
            report.refuse(flow.id, flow.line, "两个元素之间有几条顺序流。", "请合并成一条，条件用 or 相连。")
        if flow.condition and known[flow.source].kind not in CHOOSING:
            report.refuse(flow.id, flow.line, "这条顺序流不能带条件。", "请把条件画在排他网关之后。")
        if known[flow.source].kind in _ENDS:
            report.refuse(flow.id, flow.line, "结束事件之后还有顺序流。", "请删去它。")
        if known[flow.target].kind in BOUNDARY | STARTS:
            report.refuse(flow.id, flow.line, "顺序流不能流向开始事件或边界事件。", "请重新连接。")


def _check_reach(body: Body, report: Report) -> None:
    todo = [node.id for node in body.nodes if node.kind in STARTS]
    if not todo:
        return
    todo += [node.id for node in body.nodes if node.kind is NodeKind.EVENT_SUBPROCESS]
    seen: set[str] = set()
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo += [flow.target for flow in body.outgoing(current)]
            todo += [node.id for node in body.nodes if node.attached_to == current]
    for node in body.nodes:
        if node.id not in seen:
            report.refuse(node.id, node.line, "从开始事件走不到这里。", "请连接它，或删去它。")


def _check_exit(body: Body, report: Report) -> None:
    """From each node some way leads to where no flow goes on; the way of a boundary event counts for its activity."""
    done = {node.id for node in body.nodes if not body.outgoing(node.id)}
    todo = list(done)
    hosts = {node.id: node.attached_to for node in body.nodes if node.attached_to}
    while todo:
        current = todo.pop()
        before = {flow.source for flow in body.incoming(current)} | ({hosts[current]} if current in hosts else set())
        todo += before - done
        done |= before
    for node in body.nodes:
        if node.id not in done:
            report.refuse(node.id, node.line, "从这里走不到结束。", "请为循环画一个出口。")


def _check_node(node: Node, body: Body, report: Report) -> None:
    if node.kind in _NEEDS_TARGET and node.work is not None and not node.work.target:
        report.refuse(node.id, node.line, *_NEEDS_TARGET[node.kind])
    if node.kind in _NEVER_MAPS and node.work is not None:
        report.refuse(node.id, node.line, "这个结束事件的输入输出映射不起作用。", "请把映射放在它之前的任务上。")
    if node.loop is not None and node.kind not in _MAY_LOOP:
        report.refuse(node.id, node.line, "这种任务不能多实例。", "请把它放进多实例的子流程。")
    if node.kind in CHOOSING and not body.outgoing(node.id):
        report.refuse(node.id, node.line, "网关没有流出的顺序流。", "请连接后面的元素。")


def _expressions(node: Node) -> Iterator[tuple[str, str, bool]]:
    """(place, text, whether it is FEEL even without a leading '=')."""
    if node.kind is NodeKind.SCRIPT:
        yield "脚本", node.script, True
    if node.timer is not None:
        yield "时间", node.timer.text, False
    if node.event is not None:
        yield "名称", node.event.name, False
        yield "相关键", node.event.key, False
        yield "条件", node.event.condition, True
        yield "messageId", node.event.message_id, False
        yield "timeToLive", node.event.time_to_live, False
    if node.loop is not None:
        yield "inputCollection", node.loop.collection, True
        yield "outputElement", node.loop.output_element, True
        yield "completionCondition", node.loop.completion, True
    if node.work is not None:
        yield from _work_expressions(node.work)


def _work_expressions(work: Work) -> Iterator[tuple[str, str, bool]]:
    yield "操作、决策或流程的标识", work.target, False
    yield "assignee", work.assignee, False
    yield "candidateGroups", work.candidate_groups, False
    yield "formKey", work.form_key, False
    yield "dueDate", work.due, False
    for mapped in (*work.inputs, *work.outputs):
        yield mapped.target, mapped.source, False
    for name, text in work.properties.items():
        yield name, text, False


def _check_expression(
    element_id: str, line: int, place: str, text: str, evaluator: Evaluator, report: Report, *, bare: bool
) -> None:
    if text.startswith(("${", "#{")):
        report.refuse(element_id, line, f"{place}“{text}”不是FEEL。", "请去掉 ${ }，改写成FEEL并以“=”开头。")
        return
    expression = expression_in(text)
    if expression is None:
        expression = text.strip() if bare else ""
    if text.strip().startswith("=") and not expression:
        report.refuse(element_id, line, f"{place}是空的表达式。", "请在“=”后填写FEEL。")
    if not expression:
        return
    try:
        evaluator.check(expression)
    except ExpressionFault as fault:
        where = f"第{fault.line}行第{fault.column}列：" if fault.line else ""
        report.refuse(element_id, line, f"{place}“{text}”不是合法的FEEL：{where}{fault.message}", "请按FEEL语法改正。")
