"""What must hold of events, of what may carry a boundary event, and of how a process or sub-process begins."""

from __future__ import annotations

from .definition import Body, EventKind, EventRule, Node, NodeKind, TimerKind, expression_in
from .findings import Report
from .normalise import BOUNDARY, STARTS
from .timers import TimerFault, check_literal, parse_duration

HOLDS_BOUNDARY = {
    NodeKind.USER,
    NodeKind.SERVICE,
    NodeKind.DECISION,
    NodeKind.CALL,
    NodeKind.SUBPROCESS,
    NodeKind.RECEIVE,
}
_THROWS_ESCALATION = {NodeKind.CALL, NodeKind.SUBPROCESS}
_RACES = {NodeKind.TIMER_CATCH, NodeKind.EVENT_CATCH, NodeKind.RECEIVE}
_STARTS_AN_INSTANCE = {EventKind.MESSAGE, EventKind.SIGNAL, EventKind.TIMER}
_THROWS = {NodeKind.EVENT_THROW, NodeKind.EVENT_END}


def check_starts(owner: str, line: int, body: Body, kind: NodeKind | None, report: Report) -> None:
    """`kind` is that of the sub-process that owns the body, None for a process."""
    plain = [node for node in body.nodes if node.kind is NodeKind.START]
    events = [node for node in body.nodes if node.kind is NodeKind.EVENT_START]
    if kind is NodeKind.EVENT_SUBPROCESS:
        if plain or len(events) != 1:
            report.refuse(owner, line, "事件子流程没有恰好一个带事件的开始事件。", "请画一个消息、定时或其他开始事件。")
    elif kind is not None:
        for node in events:
            report.refuse(node.id, node.line, "子流程的开始事件不能带事件。", "请用普通的开始事件，或改成事件子流程。")
    else:
        _check_process_starts(plain, events, report)


def _check_process_starts(plain: list[Node], events: list[Node], report: Report) -> None:
    if len(plain) > 1:
        report.refuse(plain[1].id, plain[1].line, "有几个普通的开始事件。", "请只留一个，其余改用网关分支。")
    for node in events:
        rule = _rule(node)
        if rule.kind not in _STARTS_AN_INSTANCE:
            report.refuse(
                node.id, node.line, f"流程不能由 {rule.kind.value} 事件开始。", "请用消息、信号、定时或普通的开始事件。"
            )
        elif expression_in(rule.name) is not None:
            report.refuse(node.id, node.line, "开始流程的消息或信号的名称不能用变量。", "请直接填写名称。")


def check_event(node: Node, body: Body, kind: NodeKind | None, report: Report) -> None:
    """`kind` as in `check_starts`."""
    if node.kind in BOUNDARY:
        _check_boundary(node, body, report)
    if node.kind is NodeKind.EVENT_GATEWAY:
        _check_race(node, body, report)
    if node.kind is NodeKind.EVENT_SUBPROCESS and (body.incoming(node.id) or body.outgoing(node.id)):
        report.refuse(node.id, node.line, "事件子流程不能有顺序流。", "请删去它的顺序流。")
    if node.kind is NodeKind.EVENT_SUBPROCESS and node.loop is not None:
        report.refuse(node.id, node.line, "事件子流程不能多实例。", "请把多实例放进它里面的子流程。")
    if node.timer is not None:
        _check_timer(node, kind, report)
    if node.event is not None:
        _check_rule(node, node.event, kind, report)


def _rule(node: Node) -> EventRule:
    assert node.event is not None
    return node.event


def _check_rule(node: Node, rule: EventRule, kind: NodeKind | None, report: Report) -> None:
    starts_process = node.kind is NodeKind.EVENT_START and kind is None
    if rule.kind is EventKind.MESSAGE and not rule.key and not starts_process:
        mend = "请在 bpmn:message 的 zeebe:subscription 中填写 correlationKey。"
        if node.kind in _THROWS:
            mend = "请在 zeebe:publishMessage 中填写 correlationKey，或用 zeebe:taskDefinition 指定发送的操作。"
        report.refuse(node.id, node.line, "消息没有相关键。", mend)
    if rule.time_to_live and expression_in(rule.time_to_live) is None:
        try:
            parse_duration(rule.time_to_live)
        except TimerFault as fault:
            report.refuse(node.id, node.line, f"timeToLive“{rule.time_to_live}”不合ISO 8601。", str(fault))
    if node.kind is NodeKind.EVENT_START and rule.kind is EventKind.ERROR and not node.interrupting:
        report.refuse(node.id, node.line, "错误开始事件必须中断。", "请去掉虚线边框。")


def _check_race(node: Node, body: Body, report: Report) -> None:
    known = {each.id: each for each in body.nodes}
    outgoing = body.outgoing(node.id)
    if len(outgoing) < 2:
        report.refuse(node.id, node.line, "事件网关之后不到两个事件。", "请画出至少两个等待的事件。")
    for flow in outgoing:
        target = known.get(flow.target)
        if target is None:
            continue
        if target.kind not in _RACES or target.loop or any(each.attached_to == target.id for each in body.nodes):
            report.refuse(
                node.id,
                flow.line,
                f"事件网关之后的 {target.id} 不是等待的事件。",
                "请用定时、消息、信号、条件事件或不带边界事件的接收任务。",
            )
        elif len(body.incoming(target.id)) > 1:
            report.refuse(target.id, target.line, "事件网关之后的事件还有别的顺序流流入。", "请为它另画一个事件。")


def _check_boundary(node: Node, body: Body, report: Report) -> None:
    holder = next((each for each in body.nodes if each.id == node.attached_to), None)
    kind = EventKind.ERROR if node.kind is NodeKind.BOUNDARY_ERROR else node.event and node.event.kind
    if holder is None:
        report.refuse(node.id, node.line, "边界事件没有附在元素上。", "请把它拖到任务的边上。")
    elif holder.kind not in HOLDS_BOUNDARY:
        report.refuse(node.id, node.line, f"{holder.kind.value} 不能带边界事件。", "请附在任务、调用活动或子流程上。")
    elif kind is EventKind.ERROR and holder.kind in (NodeKind.USER, NodeKind.RECEIVE):
        report.refuse(node.id, node.line, "用户任务和接收任务不会出错。", "请用排他网关判断办理结果。")
    elif kind is EventKind.ESCALATION and holder.kind not in _THROWS_ESCALATION:
        report.refuse(node.id, node.line, f"{holder.kind.value} 不会升级。", "请附在调用活动或子流程上。")
    if kind is EventKind.ERROR and not node.interrupting:
        report.refuse(node.id, node.line, "错误边界事件必须中断任务。", "请去掉虚线边框。")
    if not body.outgoing(node.id):
        report.refuse(node.id, node.line, "边界事件之后没有顺序流。", "请画出之后的步骤。")


def _check_timer(node: Node, kind: NodeKind | None, report: Report) -> None:
    assert node.timer is not None
    repeats = node.kind in (NodeKind.BOUNDARY_TIMER, NodeKind.EVENT_START) and not node.interrupting
    starts_process = node.kind in STARTS and kind is None
    if node.timer.kind is TimerKind.CYCLE and not repeats and not starts_process:
        report.refuse(node.id, node.line, "循环定时只能用于不中断的边界事件和开始事件。", "请改用 timeDuration。")
    if expression_in(node.timer.text) is None:
        try:
            check_literal(node.timer.kind, node.timer.text)
        except TimerFault as fault:
            report.refuse(node.id, node.line, f"时间“{node.timer.text}”不合ISO 8601。", str(fault))
