"""What crosses the border of the portal: refusals on the way to a case, and how much of a bundle one can have here."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from yiwang.kernel.errors import Conflict, DomainError, ErrorKind, Forbidden, Invalid, NotFound
from yiwang.kernel.text import gettext_noop as _


class Scope(StrEnum):
    """How much of a bundle can be handled online in a situation."""

    ALL = "all"
    PARTIAL = "partial"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What the bundle's decision says of a situation; `advice` is for the applicant, from the pack."""

    scope: Scope
    advice: str = ""

    @property
    def refused(self) -> bool:
        return self.scope is Scope.NONE

    @property
    def is_partial(self) -> bool:
        return self.scope is Scope.PARTIAL


class NotEligible(Conflict):
    """The bundle's decision says that this situation can't be handled online."""

    code = "portal.not_eligible"
    message = _("按您的情况，不能在网上办理：{advice}")
    next_step = _("填过的内容已保存。情况填错了可以改；不清楚的请拨打 12345。")


class NotOffered(Conflict):
    """A matter without a form or a process of its own: its page tells where and how it is handled."""

    code = "portal.not_offered"
    message = _("「{name}」目前不能在这里申请。")
    next_step = _("请按办事指南上写的方式办理，或拨打 12345 咨询。")


class BundleWithdrawn(DomainError):
    """A draft is open for a bundle that is no longer offered."""

    code = "portal.bundle_withdrawn"
    kind = ErrorKind.GONE
    message = _("「{name}」已停止网上办理，您填写的内容没有提交。")
    next_step = _("可以在「我的」删除这份申请；要办理请拨打 12345 咨询。")


class FormReplaced(Conflict):
    """The form was published anew while the draft was filled in; the draft's pages lead to the new version."""

    code = "portal.form_replaced"
    message = _("这张表有了新版本，还没有提交。")
    next_step = _("请回到这份申请，换成新表后再提交；填过的内容会带过去。")


class AlreadySent(Conflict):
    """The draft was sent from another page, with other content than this page shows."""

    code = "portal.already_sent"
    message = _("这份申请已经从另一页提交。")
    next_step = _("请在「我的」查看进度，不用再交。")


class OfficialsApplyAsResidents(Forbidden):
    """An official in office opened an application for themself."""

    code = "portal.official_applies"
    message = _("您现在以工作人员身份登录，不能为自己申请。")
    next_step = _("请退出后用个人账号登录再申请。")


class WrongApplicant(Forbidden):
    """The bundle is for persons and an enterprise applies, or the other way round."""

    code = "portal.wrong_applicant"
    message = _("「{name}」不能以现在的身份申请。")
    next_step = _("请在页面上方更改为谁办事，选定后再申请。")


class ScanState(StrEnum):
    """What became of a scanned file. `refused`: its content can't be taken, see its fault."""

    WAITING = "waiting"
    USED = "used"
    REFUSED = "refused"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Scan:
    """A scanned file in the tray of a workplace. `message`, `advice` (msgids with `params`): why it was refused."""

    id: UUID
    name: str
    state: ScanState
    file_id: UUID | None
    arrived_at: datetime
    is_image: bool = False
    size: int = 0
    message: str = ""
    advice: str = ""
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FilingView:
    """A case filed at the counter: `papers` sheets were taken in; `difference` is what the receiver noted."""

    id: UUID
    case_id: UUID
    number: str
    title: str
    applicant: str
    clerk: str
    workplace: str
    papers: int
    filed_at: datetime
    difference: str = ""


@dataclass(frozen=True, slots=True)
class HandoverView:
    """A hand-over with its lines; sums are of its lines. `is_mine_to_confirm`: the viewer is the receiver and it is open."""

    id: UUID
    number: str
    organisation: str
    giver: str
    receiver: str
    remark: str
    made_at: datetime
    confirmed_at: datetime | None
    answer: str
    filings: tuple[FilingView, ...]
    is_mine_to_confirm: bool

    @property
    def papers(self) -> int:
        return sum(each.papers for each in self.filings)

    @property
    def differences(self) -> int:
        return sum(bool(each.difference) for each in self.filings)


class NotAtCounter(Forbidden):
    """The office is not a counter's."""

    code = "portal.not_at_counter"
    message = _("您现在的岗位不办理窗口业务。")
    next_step = _("请在右上角切换到窗口岗位，或联系本单位管理员授权。")


class NobodyServed(Conflict):
    """A page of the counter that needs a person, without one."""

    code = "portal.nobody_served"
    message = _("还没有选定正在办理的人。")
    next_step = _("请先用身份证号码查找或登记。")


class SignatureMissing(Invalid):
    """At the counter an application is filed only with the applicant's signature on the printed form."""

    code = "portal.signature_missing"
    message = _("请先打印申请表，由申请人核对并签字。")
    next_step = _("签字后勾选“申请人已签字”，填写收到的纸质材料页数，再提交。")


class AgentMissing(Conflict):
    """At the counter a legal entity is served through whoever came for it."""

    code = "portal.agent_missing"
    message = _("还没有核对经办人。")
    next_step = _("请从窗口首页输入统一社会信用代码，核对经办人的身份证件和委托书后再提交。")


class TrayClosed(Conflict):
    """The folder of the scanner can't be read."""

    code = "portal.tray_closed"
    message = _("打不开扫描文件夹（{workplace}）。")
    next_step = _("请检查扫描仪的保存位置，或请系统管理员核对窗口的文件夹设置；也可以直接上传文件。")


class ScanGone(NotFound):
    """No such scan at the clerk's organisation."""

    code = "portal.scan_not_found"
    message = _("没有找到这份扫描件。")
    next_step = _("请刷新扫描件列表。")


class ScanTaken(Conflict):
    """The scan was used or removed meanwhile."""

    code = "portal.scan_taken"
    message = _("“{name}”已经用过或删除。")
    next_step = _("每份扫描件只能用一次；需要再用请重新扫描。")


class HandoverNotFound(NotFound):
    """No such hand-over, or not between these people."""

    code = "portal.handover_not_found"
    message = _("没有找到这张交接单。")
    next_step = _("请从交接单列表打开。")


class NothingToHandOver(Conflict):
    """No case was taken in since the last hand-over."""

    code = "portal.nothing_to_hand_over"
    message = _("没有需要交接的办件。")
    next_step = _("上次交接以后收的办件会列在这里。")


class WrongReceiver(Invalid):
    """The receiver is the giver, or does not work at this counter."""

    code = "portal.wrong_receiver"
    message = _("请选择本单位的另一位工作人员。")
    next_step = _("交接单要由接收人核对确认。")


class HandoverConfirmed(Conflict):
    """It was confirmed already."""

    code = "portal.handover_confirmed"
    message = _("这张交接单已经确认过。")
    next_step = _("确认后不能再改；有问题请在新的交接单上说明。")
