"""What the panel beside the editor asks of an element: the parts of Camunda 8's extensions that the engine reads."""

from django.utils.translation import gettext as _

from yiwang.commons.flow.contracts import Suggestions
from yiwang.web.components import Text
from yiwang.web.components.modellers import ModelField, ModelPanel

_EVENTS = ("StartEvent", "EndEvent", "IntermediateCatchEvent", "IntermediateThrowEvent", "BoundaryEvent")
_TASKS = ("UserTask", "ServiceTask", "SendTask", "ReceiveTask", "BusinessRuleTask", "ScriptTask", "ManualTask", "Task")
_GATEWAYS = ("ExclusiveGateway", "ParallelGateway", "InclusiveGateway", "EventBasedGateway")
_WHOLES = ("Process", "CallActivity", "SubProcess", "AdHocSubProcess")
_MAPPED = ("UserTask", "ServiceTask", "SendTask", "BusinessRuleTask", "CallActivity", "SubProcess")
_TIMED = ("StartEvent", "IntermediateCatchEvent", "BoundaryEvent")
_OPERATES = ("ServiceTask", "SendTask")


def panel_of(known: Suggestions) -> ModelPanel:
    """The panel with its suggestions."""
    lists: dict[str, tuple[tuple[str, Text], ...]] = {
        "operations": tuple((name, name) for name in known.operations),
        "decisions": known.decisions,
        "processes": known.processes,
    }
    return ModelPanel("element", _fields(), lists)


def _fields() -> tuple[ModelField, ...]:
    lines = _("每行一个：名称 = 内容。")
    feel = _("每行一个：名称 = 表达式（FEEL）。")
    return (
        ModelField("name", _("显示名称"), (*_EVENTS, *_TASKS, *_GATEWAYS, *_WHOLES, "SequenceFlow")),
        ModelField("condition", _("走这条线的条件"), ("SequenceFlow",), _('以 = 开头的表达式，例如 =result = "accept"。'), "area"),
        ModelField("default", _("其余情况都走这条线"), ("SequenceFlow",), "", "flag"),
        ModelField("assignmentDefinition@candidateGroups", _("由谁办理"), ("UserTask",), _("岗位编号，例如 acceptor；申请人自己办的写 applicant。")),
        ModelField("assignmentDefinition@assignee", _("指定办理人"), ("UserTask",), _("一般不填，由有权限的人认领。")),
        ModelField("formDefinition@formKey", _("表单"), ("UserTask",)),
        ModelField("taskSchedule@dueDate", _("办理期限"), ("UserTask",), _("日期时间，或以 = 开头的表达式。")),
        ModelField("taskDefinition@type", _("操作"), _OPERATES, _("只能用系统里登记的操作。"), "text", "operations"),
        ModelField("calledDecision@decisionId", _("决策"), ("BusinessRuleTask",), "", "text", "decisions"),
        ModelField("calledDecision@resultVariable", _("结果存为"), ("BusinessRuleTask",), _("变量名，后面的条件可以引用。")),
        ModelField("calledElement@processId", _("调用的流程"), ("CallActivity",), "", "text", "processes"),
        ModelField("script@expression", _("算式"), ("ScriptTask",), _("以 = 开头的表达式。"), "area"),
        ModelField("script@resultVariable", _("结果存为"), ("ScriptTask",)),
        ModelField("timer.kind", _("时间的写法"), _TIMED, "", "select", "", (("timeDuration", _("过多久")), ("timeDate", _("到什么时候")), ("timeCycle", _("每隔多久")))),
        ModelField("timer.text", _("时间"), _TIMED, _("例如 P5D（五天）、PT2H（两小时），或以 = 开头的表达式。")),
        ModelField("message.name", _("消息名称"), (*_EVENTS, "ReceiveTask", "SendTask"), _("等待的一方和发送的一方写同一个名称。")),
        ModelField("message.key", _("相关键"), (*_EVENTS, "ReceiveTask", "SendTask"), _("以 = 开头的表达式，例如 =case_id；开始流程的消息不用填。")),
        ModelField("signal.name", _("信号名称"), _EVENTS),
        ModelField("error.code", _("错误码"), _EVENTS, _("在边界上留空，就接住所有错误。")),
        ModelField("escalation.code", _("升级码"), _EVENTS),
        ModelField("conditional.text", _("等到什么条件成立"), _TIMED, _('以 = 开头的表达式，例如 =result = "accept"。'), "area"),
        ModelField("loop.collection", _("对哪个列表逐一办理"), (*_TASKS, *_WHOLES), _("以 = 开头的表达式，例如 =items。")),
        ModelField("loop.element", _("每一项存为"), (*_TASKS, *_WHOLES), _("变量名，环节里可以引用。")),
        ModelField("ioMapping>input", _("输入"), _MAPPED, feel, "area"),
        ModelField("ioMapping>output", _("输出"), _MAPPED, feel, "area"),
        ModelField("taskHeaders>header", _("参数"), _OPERATES, lines, "area"),
        ModelField("properties>property", _("属性"), ("UserTask", "CallActivity"), lines, "area"),
        ModelField("documentation", _("说明"), (*_EVENTS, *_TASKS, *_GATEWAYS, *_WHOLES), "", "area"),
    )  # fmt: skip
