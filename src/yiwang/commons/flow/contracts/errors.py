"""Refusals, each with what to do next."""

from yiwang.commons.flow.contracts.values import Finding
from yiwang.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from yiwang.kernel.text import gettext_noop as _


class UnknownTask(NotFound):
    code = "flow.unknown_task"
    message = _("没有找到这件待办。")
    next_step = _("它可能已办结，或不在您的权限之内。请回到待办列表。")


class UnknownProcess(NotFound):
    code = "flow.unknown_process"
    message = _("没有找到流程“{key}”。")
    next_step = _("请先发布这个流程。")


class UnknownInstance(NotFound):
    code = "flow.unknown_instance"
    message = _("没有找到这个流程。")
    next_step = _("请核对网址。")


class TaskTaken(Conflict):
    code = "flow.task_taken"
    message = _("这件待办已由他人认领。")
    next_step = _("请选择其他待办，或请负责人转办。")


class OwnedElsewhere(Conflict):
    code = "flow.owned_elsewhere"
    message = _("这件待办要在它自己的页面上办理。")
    next_step = _("请从待办列表打开它。")


class TaskClosed(Conflict):
    code = "flow.task_closed"
    message = _("这件待办已经办结或撤销。")
    next_step = _("请回到待办列表。")


class NotYourTask(Forbidden):
    code = "flow.not_your_task"
    message = _("您不能办理这件待办。")
    next_step = _("如果这是您的工作，请联系本单位管理员授权。")


class InstanceIsHalted(Conflict):
    code = "flow.instance_halted"
    message = _("这个流程因故暂停，已报管理员处理。")
    next_step = _("恢复后即可继续办理，您填写的内容不会丢失。")


class InstanceIsOver(Conflict):
    code = "flow.instance_over"
    message = _("这个流程已经结束。")
    next_step = _("请刷新页面。")


class DefinitionRefused(Invalid):
    """`findings` holds every fault; `fields` maps `file:line` to the sentence."""

    code = "flow.definition_refused"
    message = _("流程“{key}”有{count}处错误，没有发布。")
    next_step = _("请按所列的行号逐处改正后重新发布。")

    def __init__(self, *, key: str, findings: tuple[Finding, ...]) -> None:
        faults = {f"{found.file}:{found.line}": f"{found.element_id} {found.message}{found.mend}" for found in findings}
        super().__init__(fields=faults, key=key, count=len(findings))
        self.findings = findings


class NotAdministrator(Forbidden):
    code = "flow.not_administrator"
    message = _("这一页只供负责全市系统的管理员使用。")
    next_step = _("如果这是您的工作，请联系上级管理员授权。")


class NothingChosen(Invalid):
    code = "flow.nothing_chosen"
    message = _("请先选中要重试的项。")
    next_step = _("在列表左侧勾选后再试。")


class TooMuchToExport(Invalid):
    code = "flow.too_much_to_export"
    message = _("记录超过 {limit} 条，没有导出。")
    next_step = _("请缩短时间范围或增加条件后再导出。")


class NothingToRetry(Conflict):
    code = "flow.nothing_to_retry"
    message = _("这次暂停已经处理过。")
    next_step = _("请刷新页面。")


class NoReason(Invalid):
    code = "flow.no_reason"
    message = _("请写明原因。")
    next_step = _("写一两句，接手的人和以后查看的人都能看到。")


class NotTheirWork(Invalid):
    code = "flow.not_their_work"
    message = _("这位同事没有办理这些待办的权限，没有转办。")
    next_step = _("请选名单中的同事，或请管理员先授权。")


class UnknownView(NotFound):
    code = "flow.unknown_view"
    message = _("没有找到这个保存的筛选。")
    next_step = _("它可能已被删除。请回到待办列表。")


class ViewRefused(Invalid):
    code = "flow.view_refused"
    message = _("没有保存这个筛选。")
    next_step = _("请按提示改正后再保存。")


class DelegationRefused(Invalid):
    code = "flow.delegation_refused"
    message = _("没有登记这次代理。")
    next_step = _("请按提示改正后再提交。")


class UnknownDelegation(NotFound):
    code = "flow.unknown_delegation"
    message = _("没有找到这次代理，或它已经结束。")
    next_step = _("请回到“请假与代理”查看。")
