"""Refusals of archives."""

from yiwang.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from yiwang.kernel.text import gettext_noop as _


class ArchiveNotFound(NotFound):
    """No such archive, or it is none of the viewer's business."""

    code = "archives.not_found"
    message = _("没有找到这份档案。")
    next_step = _("请核对档号，或从档案列表查找。")


class ListNotFound(NotFound):
    """No such list."""

    code = "archives.list_not_found"
    message = _("没有找到这份清册。")
    next_step = _("请从清册列表进入。")


class MayNotView(Forbidden):
    """No grant to look at archives."""

    code = "archives.may_not_view"
    message = _("您的岗位不能查看电子档案。")
    next_step = _("需要查阅的，请联系档案管理人员。")


class MayNotKeep(Forbidden):
    """No grant to keep archives."""

    code = "archives.may_not_keep"
    message = _("您的岗位不能管理电子档案。")
    next_step = _("请由档案管理人员办理。")


class ArchiveStateRefused(Conflict):
    """The step can't be taken in this state."""

    code = "archives.state_refused"
    message = _("{number}：{reason}")
    next_step = _("请刷新页面，查看档案现在的状态。")


class NotAcceptable(Conflict):
    """More is wrong with the package than files that came so from outside."""

    code = "archives.not_acceptable"
    message = _("{number} 还有不能登记为缺陷的问题。")
    next_step = _("请先按检测意见处理，再退回重新组卷。")


class StillKept(Conflict):
    """Its period has not ended, or never ends."""

    code = "archives.still_kept"
    message = _("{number} 的保管期限未满，不能列入销毁清册。")
    next_step = _("请只选择保管期限已满的档案。")


class OnHold(Conflict):
    """A law suit, a review or an audit needs it: it is not destroyed, whatever its period."""

    code = "archives.on_hold"
    message = _("{number} 已暂缓销毁：{ground}")
    next_step = _("暂缓的原因消除后，请先解除，再列入销毁清册。")


class ArchiveDamaged(Conflict):
    """The package in the store is not the one that was registered, or is gone."""

    code = "archives.damaged"
    message = _("{number} 的信息包已损坏或者丢失，不能取用。")
    next_step = _("请联系档案管理人员，用备份的信息包恢复。")


class OwnProposal(Forbidden):
    """Two people answer for what can't be taken back."""

    code = "archives.own_proposal"
    message = _("不能审批自己提出的申请。")
    next_step = _("请由另一位有审批权限的人员审批。")


class NothingChosen(Invalid):
    """A list of nothing."""

    code = "archives.nothing_chosen"
    message = _("没有选择档案。")
    next_step = _("请至少选择一份档案。")


class PurposeMissing(Invalid):
    """Nobody reads an archive without saying what for."""

    code = "archives.purpose_missing"
    message = _("请填写理由。")
    next_step = _("请写明用途或依据，5 到 200 个字。")


class AccessNotOpen(Forbidden):
    """Not approved, or past its date."""

    code = "archives.access_not_open"
    message = _("查阅申请没有批准，或者已经到期。")
    next_step = _("请重新申请查阅。")


class NotYourRequest(NotFound):
    """A request of somebody else."""

    code = "archives.not_your_request"
    message = _("没有找到这份查阅申请。")
    next_step = _("请从“查阅申请”进入。")
