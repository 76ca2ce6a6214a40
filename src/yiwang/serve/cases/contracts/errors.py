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


class SealMissing(Conflict):
    """The seal that was there when the paper was issued can't be found now."""

    code = "cases.seal_missing"
    message = _("{organisation}没有可以使用的电子印章。")
    next_step = _("请在“电子印章”中恢复或重新制发，之后重试盖章。")


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


class PurposeMissing(Invalid):
    code = "cases.purpose_missing"
    message = _("请选择查看完整号码的用途。")
    next_step = _("查看完整号码会记下查看人、时间和用途，申请人可以查询。")


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


class MatterHalted(Conflict):
    """A matter that takes no applications today; of a bundle one that it can't do without. `halted` names which and why."""

    code = "cases.matter_halted"
    message = _("现在不能提交：{halted}")
    next_step = _("填写的内容已保存，恢复办理后可以接着提交；不清楚的请拨打 12345 咨询。")


class HistoryBroken(Conflict):
    code = "cases.history_broken"
    message = _("办件{number}的办理记录校验不一致。")
    next_step = _("请联系系统管理员核查第 {seq} 条记录。")


class AlreadyExtended(Conflict):
    code = "cases.already_extended"
    message = _("办件{number}已经延长过一次。")
    next_step = _("依照行政许可法第四十二条，办理期限只能延长一次，请在期限内作出决定。")


class ExtensionTooLong(Invalid):
    code = "cases.extension_too_long"
    message = _("延长不得超过 {most} 个工作日。")
    next_step = _("请填写 1 至 {most} 之间的天数（行政许可法第四十二条）。")


class ExtensionTooLate(Conflict):
    code = "cases.extension_too_late"
    message = _("办件{number}的办理期限已经届满，不能再延长。")
    next_step = _("请尽快作出决定；超期会记入时效统计。")


class NothingToDefer(Invalid):
    code = "cases.nothing_to_defer"
    message = _("办件{number}没有可以容缺的材料。")
    next_step = _("只有事项清单列明可以后补、并且还没有提交的材料才能容缺；请受理、一次性告知补正或者不予受理。")


class PledgeNotOffered(Invalid):
    code = "cases.pledge_not_offered"
    message = _("“{name}”不能用书面承诺代替。")
    next_step = _("请提交材料；可以承诺代替的材料见办事指南。")


class PledgeBarred(Conflict):
    """An earlier pledge of the applicant in such a matter was found false, and trust is not restored yet."""

    code = "cases.pledge_barred"
    message = _("“{name}”不能用书面承诺代替：您在办件{number}中的承诺经核查不实，信用修复之前不适用告知承诺。")
    next_step = _("请提交材料；已经完成信用修复的，请告诉办理机关，登记以后可以再用告知承诺（国办发〔2020〕42号）。")


class NotBarred(Conflict):
    code = "cases.not_barred"
    message = _("这项承诺没有影响再次使用告知承诺，不用登记信用修复。")
    next_step = _("请刷新页面，按最新的状态继续。")


class PledgeAlreadyChecked(Conflict):
    code = "cases.pledge_checked"
    message = _("这项承诺已经核查过。")
    next_step = _("请查看核查结论；发现新情况的，按撤销程序处理。")


class DocumentNotFound(NotFound):
    code = "cases.document_not_found"
    message = _("没有找到这份文书。")
    next_step = _("请从办件页面打开文书。")


class DeliveryRefused(Conflict):
    code = "cases.delivery"
    message = _("文书{number}现在不能这样送达：{reason}")
    next_step = _("请刷新页面，按最新的状态继续。")


class AddressMissing(Invalid):
    code = "cases.address_missing"
    message = _("邮寄送达需要收件人、电话和地址。")
    next_step = _("请填写后再保存。")


class TemplateChanged(Conflict):
    code = "cases.template_changed"
    message = _("“{kind}”样式的 {version} 版已经发布过，内容不同。")
    next_step = _("已发布的样式不能改动，请换一个版本号。")
