"""What cases refuses, with what to do next."""

from yiwang.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from yiwang.kernel.text import gettext_noop as _


class CaseNotFound(NotFound):
    """No such case, or not for this viewer: the answer is the same, so that numbers can't be probed."""

    code = "cases.not_found"
    message = _("没有找到这个办件。")
    next_step = _("请核对办件编号，或在“我的”中查看您的办件。")


class CaseStateRefused(Conflict):
    code = "cases.state"
    message = _("办件{number}现在不能{action}：{reason}")
    next_step = _("请刷新页面，按最新的状态继续。")


class MemberBlocked(Conflict):
    code = "cases.member_blocked"
    message = _("办件{number}还在等待前序事项办结。")
    next_step = _("前序事项办结后会自动开始办理。")


class NotYourTask(Forbidden):
    code = "cases.not_your_task"
    message = _("这个办件当前的环节不由您办理。")
    next_step = _("请在待办中签收任务，或联系本单位管理员。")


class MaterialMissing(Invalid):
    code = "cases.material_missing"
    message = _("还缺少必需的材料：{names}")
    next_step = _("请补齐后再提交，已填写的内容不会丢失。")


class ReasonMissing(Invalid):
    code = "cases.reason_missing"
    message = _("请写明依据和理由。")
    next_step = _("不予许可、不予受理和补正必须说明依据和理由（行政许可法第三十八条）。")


class NothingSupplied(Invalid):
    code = "cases.nothing_supplied"
    message = _("还没有选择要补交的材料。")
    next_step = _("请按告知的内容选择文件后再提交。")


class FieldsMissing(Invalid):
    code = "cases.fields_missing"
    message = _("请填写办理结果中的{names}。")
    next_step = _("填写后再提交决定。")


class SituationIncomplete(Invalid):
    code = "cases.situation_incomplete"
    message = _("还有会影响办理结果的问题没有回答：{questions}")
    next_step = _("请回到上一步回答后再提交。")


class NothingToHandle(Invalid):
    code = "cases.nothing_to_handle"
    message = _("按您的情况，没有需要办理的事项。")
    next_step = _("请检查您的回答，或拨打 12345 咨询。")


class HistoryBroken(Conflict):
    code = "cases.history_broken"
    message = _("办件{number}的办理记录校验不一致。")
    next_step = _("请联系系统管理员核查第 {seq} 条记录。")
