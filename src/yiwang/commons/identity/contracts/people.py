"""What crosses identity's border about joiners, movers and leavers: grounds, frozen values, events, refusals. No Django."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from yiwang.commons.identity.contracts.kinds import AccountKind, Tree
from yiwang.commons.identity.contracts.values import Office, OrganisationRef
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.errors import Conflict, DomainError, ErrorKind, Forbidden, Invalid, NotFound
from yiwang.kernel.events import Event
from yiwang.kernel.text import gettext_noop as _


class LeaveGround(StrEnum):
    """Why somebody leaves the service; the words of personnel departments."""

    TRANSFERRED = "transferred"
    RESIGNED = "resigned"
    RETIRED = "retired"
    CONTRACT_ENDED = "contract_ended"
    DISMISSED = "dismissed"
    DECEASED = "deceased"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _GROUNDS[self]


_GROUNDS = {
    LeaveGround.TRANSFERRED: _("调离本市"),
    LeaveGround.RESIGNED: _("辞职"),
    LeaveGround.RETIRED: _("退休"),
    LeaveGround.CONTRACT_ENDED: _("合同期满"),
    LeaveGround.DISMISSED: _("辞退或开除"),
    LeaveGround.DECEASED: _("去世"),
    LeaveGround.OTHER: _("其他原因"),
}


class ImportState(StrEnum):
    """Where an import of accounts stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"

    @property
    def label(self) -> str:
        return _STATES[self]


_STATES = {ImportState.WAITING: _("等待处理"), ImportState.RUNNING: _("正在导入"), ImportState.DONE: _("已完成")}


@dataclass(frozen=True, slots=True)
class Reach:
    """The root of a subtree in which somebody administers accounts."""

    organisation: OrganisationRef
    tree: Tree


@dataclass(frozen=True, slots=True)
class OfficialRow:
    """An account in the administrators' list; `offices` are those in force."""

    id: UUID
    username: str
    name: str
    kind: AccountKind
    is_active: bool
    ready: bool
    sample: bool
    created_at: datetime
    offices: tuple[Office, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldOffice:
    """An appointment of an account, also one that ended or has not begun; `gives`: the role has rights there."""

    id: UUID
    organisation: OrganisationRef
    role: str
    title: str
    title_en: str
    valid_from: date
    valid_to: date | None
    in_force: bool
    gives: bool = True


@dataclass(frozen=True, slots=True)
class PostEffect:
    """Whether a role gives any right in an organisation; if not, places where it does."""

    gives: bool
    elsewhere: tuple[OrganisationRef, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldRight:
    """A right in force: an action over a subtree, through a role (`office` says where) or by the account's own name."""

    action: str
    scope: str
    organisation: OrganisationRef
    office: OrganisationRef | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class LoginTrace:
    """One log-in, failed try or log-out of an account, from the audit. No address: the audit keeps none."""

    at: datetime
    what: str
    device: str


@dataclass(frozen=True, slots=True)
class OfficialPage:
    """An account as an administrator sees it. `ready`: it has a password; `masked_number`, `masked_mobile` hide the middle."""

    row: OfficialRow
    masked_number: str
    masked_mobile: str
    held: tuple[HeldOffice, ...]
    rights: tuple[HeldRight, ...]
    traces: tuple[LoginTrace, ...]
    may_administer: bool
    systems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportRow:
    """An import of accounts with its progress; `lines` are those judged until now, `total` all of the file."""

    id: UUID
    organisation: OrganisationRef
    file_name: str
    state: ImportState
    dry_run: bool
    total: int
    lines: int
    created: int
    changed: int
    unchanged: int
    rejected: int
    begun_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class RejectRow:
    """A line that was not taken in: which field, why, and what to do."""

    line: int
    field: str
    reason: str
    mend: str


@dataclass(frozen=True, slots=True)
class SystemRow:
    """A personnel system (人事系统) that keeps accounts by SCIM: bounded to a subtree and to roles, until a day."""

    id: UUID
    name: str
    organisation: OrganisationRef
    tree: Tree
    roles: tuple[str, ...]
    valid_to: date
    ended: bool
    in_force: bool
    accounts: int = 0


@dataclass(frozen=True, slots=True)
class AccountReactivated(Event):
    """An account that had been switched off can log in again."""

    account_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("account", self.account_id)


@dataclass(frozen=True, slots=True)
class AccessEnded(Event):
    """All sessions and tokens of an account ended at once (left, moved, reset); whoever keeps more of it ends that too."""

    account_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("account", self.account_id)


class NotInReach(Forbidden):
    """The account holds offices or rights beyond what the administrator administers, or is the administrator's own."""

    code = "identity.not_in_reach"
    message = _("这个账号不在您的管理范围内。")
    next_step = _("请由管理其全部任职单位的上级管理员办理；本人的账号请由另一位管理员办理。")


class OfficialExists(Conflict):
    """The person has an official's account already."""

    code = "identity.official_exists"
    message = _("这个人已有工作人员账号。")
    next_step = _("请在账号列表中找到该账号，为其办理调动或恢复使用，不要重复开户。")


class NotAdmitted(Conflict):
    """The ID number is registered under another name, or its bearer has an official's account that the asker does not reach.

    Which of the two is not told: an administrator learns nothing of people outside the own subtree.
    """

    code = "identity.not_admitted"
    message = _("不能用这个身份证件号码开户。")
    next_step = _("请核对姓名和号码；核对无误的，请联系上级管理员办理。")


class LinkSpent(DomainError):
    """A one-time link was used, replaced by another, or is too old."""

    code = "identity.link_spent"
    kind = ErrorKind.GONE
    message = _("这个链接已经用过或已过期。")
    next_step = _("请联系本单位管理员重新发送。")


class ImportRefused(Invalid):
    """A file of accounts can't be taken in as a whole."""

    code = "identity.import_refused"
    message = _("文件没有导入：{reason}。")
    next_step = _("请按模板整理后重新上传。")


class ImportUnknown(NotFound):
    """No such import, or none that the viewer may see."""

    code = "identity.import_not_found"
