"""What crosses the border of the portal: refusals on the way to a case, and how much of a bundle one can have here."""

from dataclasses import dataclass
from enum import StrEnum

from yiwang.kernel.errors import Conflict, DomainError, ErrorKind, Forbidden
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
