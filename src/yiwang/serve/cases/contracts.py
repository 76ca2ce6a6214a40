"""Cases as they cross the border: states, frozen views, events, errors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, BinaryIO
from uuid import UUID

from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from yiwang.kernel.events import Event
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.matters.contracts import Law


class CaseKind(StrEnum):
    """A matter by itself, a bundle (the parent), a member of one."""

    SINGLE = "single"
    BUNDLE = "bundle"
    MEMBER = "member"


class CaseStatus(StrEnum):
    """Where a case stands. WAITING: a member whose predecessor has not ended. Receiving is not accepting."""

    WAITING = "waiting"
    SUBMITTED = "submitted"
    RECEIVED = "received"
    CORRECTION = "correction"
    ACCEPTED = "accepted"
    REVIEWING = "reviewing"
    DECIDED = "decided"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    DISCONTINUED = "discontinued"

    @property
    def label(self) -> str:
        return _STATUS[self]

    @property
    def is_final(self) -> bool:
        return self in {CaseStatus.CLOSED, CaseStatus.WITHDRAWN, CaseStatus.DISCONTINUED}


_STATUS = {
    CaseStatus.WAITING: _("等待前序事项"),
    CaseStatus.SUBMITTED: _("已提交"),
    CaseStatus.RECEIVED: _("已收件"),
    CaseStatus.CORRECTION: _("请您补正"),
    CaseStatus.ACCEPTED: _("已受理"),
    CaseStatus.REVIEWING: _("审查中"),
    CaseStatus.DECIDED: _("已决定"),
    CaseStatus.CLOSED: _("已办结"),
    CaseStatus.WITHDRAWN: _("已撤回"),
    CaseStatus.DISCONTINUED: _("已终止"),
}


class CaseAction(StrEnum):
    """What moves a case; each leaves one event of this kind."""

    SUBMIT = "submit"
    RELEASE = "release"
    RECEIVE = "receive"
    REQUEST_CORRECTION = "request_correction"
    SUPPLY = "supply"
    ACCEPT = "accept"
    DECLINE = "decline"
    REVIEW = "review"
    GRANT = "grant"
    REFUSE = "refuse"
    ISSUE_RESULT = "issue_result"
    ADD_MATERIAL = "add_material"
    CHECK_MATERIAL = "check_material"
    STOP_CLOCK = "stop_clock"
    RESUME_CLOCK = "resume_clock"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    DISCONTINUE = "discontinue"

    @property
    def label(self) -> str:
        return _ACTION[self]


_ACTION = {
    CaseAction.SUBMIT: _("提交申请"),
    CaseAction.RELEASE: _("前序事项已办结，开始办理"),
    CaseAction.RECEIVE: _("收件"),
    CaseAction.REQUEST_CORRECTION: _("一次性告知补正"),
    CaseAction.SUPPLY: _("补正材料已提交"),
    CaseAction.ACCEPT: _("受理"),
    CaseAction.DECLINE: _("不予受理"),
    CaseAction.REVIEW: _("开始审查"),
    CaseAction.GRANT: _("准予"),
    CaseAction.REFUSE: _("不予"),
    CaseAction.ISSUE_RESULT: _("出具办理结果"),
    CaseAction.ADD_MATERIAL: _("收到材料"),
    CaseAction.CHECK_MATERIAL: _("核对材料"),
    CaseAction.STOP_CLOCK: _("进入特别程序，停止计时"),
    CaseAction.RESUME_CLOCK: _("特别程序结束，恢复计时"),
    CaseAction.CLOSE: _("办结"),
    CaseAction.WITHDRAW: _("撤回申请"),
    CaseAction.DISCONTINUE: _("前序事项未通过，终止办理"),
}


class TaskChoice(StrEnum):
    """What can be chosen at a task of a case's process; which of them is what the task's form says."""

    ACCEPT = "accept"
    CORRECT = "correct"
    DECLINE = "decline"
    GRANT = "grant"
    REFUSE = "refuse"
    PRODUCE = "produce"
    SUPPLY = "supply"

    @property
    def action(self) -> CaseAction | None:
        """The step that follows, None where the task itself is the work."""
        return _CHOSEN.get(self)


_CHOSEN = {
    TaskChoice.ACCEPT: CaseAction.ACCEPT,
    TaskChoice.CORRECT: CaseAction.REQUEST_CORRECTION,
    TaskChoice.DECLINE: CaseAction.DECLINE,
    TaskChoice.GRANT: CaseAction.GRANT,
    TaskChoice.REFUSE: CaseAction.REFUSE,
    TaskChoice.SUPPLY: CaseAction.SUPPLY,
}
CHOICES_OF: Mapping[str, tuple[TaskChoice, ...]] = {
    "accept": (TaskChoice.ACCEPT, TaskChoice.CORRECT, TaskChoice.DECLINE),
    "decide": (TaskChoice.GRANT, TaskChoice.REFUSE),
    "produce": (TaskChoice.PRODUCE,),
    "supply": (TaskChoice.SUPPLY,),
}
"""The choices of a task by the key of its form."""


class ResultKind(StrEnum):
    """How a case ended."""

    GRANTED = "granted"
    PARTLY_GRANTED = "partly_granted"
    REFUSED = "refused"
    NOT_ACCEPTED = "not_accepted"
    WITHDRAWN = "withdrawn"
    DISCONTINUED = "discontinued"

    @property
    def label(self) -> str:
        return _RESULT[self]


_RESULT = {
    ResultKind.GRANTED: _("准予"),
    ResultKind.PARTLY_GRANTED: _("部分准予"),
    ResultKind.REFUSED: _("不予"),
    ResultKind.NOT_ACCEPTED: _("不予受理"),
    ResultKind.WITHDRAWN: _("申请人撤回"),
    ResultKind.DISCONTINUED: _("终止"),
}


class MaterialBy(StrEnum):
    """What provided a material of a case."""

    UPLOAD = "upload"
    LICENCE = "licence"
    SHARED = "shared"
    MEMBER_OUTPUT = "member_output"
    FORM = "form"

    @property
    def label(self) -> str:
        return _MATERIAL_BY[self]


_MATERIAL_BY = {
    MaterialBy.UPLOAD: _("申请人上传"),
    MaterialBy.LICENCE: _("电子证照，免交"),
    MaterialBy.SHARED: _("共享数据，免交"),
    MaterialBy.MEMBER_OUTPUT: _("本次联办的办理结果，免交"),
    MaterialBy.FORM: _("在线填写"),
}


@dataclass(frozen=True, slots=True)
class Applicant:
    """Whom the case is for; exactly one of the two is set. `agent_authority` names what an agent acts on."""

    person_id: UUID | None = None
    entity_id: UUID | None = None
    agent_authority: str = ""

    def __post_init__(self) -> None:
        if (self.person_id is None) == (self.entity_id is None):
            raise ValueError("an applicant is a person or a legal entity")


@dataclass(frozen=True, slots=True)
class Answer:
    """A fact as it was filed, with where it came from: typed, prefilled, licence, shared, member."""

    fact: str
    value: Any
    label: str = ""
    shown: str = ""
    source: str = "typed"
    source_label: str = ""


@dataclass(frozen=True, slots=True)
class MaterialInput:
    """A material as it is handed in. `file_id` for uploads, `reference` for a licence or a dataset."""

    material: str
    name: str = ""
    by: MaterialBy = MaterialBy.UPLOAD
    file_id: UUID | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class MaterialUpload:
    """A material that comes with its bytes: `stream` is read once, `filename` is as the applicant calls it."""

    material: str
    name: str
    stream: BinaryIO
    filename: str


@dataclass(frozen=True, slots=True)
class MaterialView:
    id: UUID
    material: str
    name: str
    by: MaterialBy
    file_id: UUID | None
    reference: str
    origin_number: str
    origin_name: str
    origin_result_id: UUID | None
    checked_at: datetime | None
    checked_by: str


@dataclass(frozen=True, slots=True)
class ResultView:
    """A result of the decision. `sealed` is false until it bears the organisation's electronic seal."""

    id: UUID
    kind: str
    number: str
    title: str
    issued_by: str
    issued_at: datetime
    payload: Mapping[str, Any]
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class EventView:
    """A line of the history. `note` are words to the applicant, `opinion` is internal and empty for applicants."""

    seq: int
    kind: CaseAction
    at: datetime
    actor: str
    note: str
    from_status: str
    to_status: str
    opinion: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClockDay:
    """A day on the law's clock: `number` counts the days used, None where the day does not count."""

    date: date
    reason: str
    number: int | None
    name: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """How a due date came about. `due` is None before acceptance and while the clock stands still."""

    started: date | None
    days: int
    due: date | None
    left: int | None
    steps: tuple[ClockDay, ...] = ()
    warnings: tuple[str, ...] = ()
    basis: str = ""
    stopped_since: date | None = None
    overdue: bool = False
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list."""

    id: UUID
    number: str
    kind: CaseKind
    title: str
    applicant: str
    organisation: str
    status: CaseStatus
    result: ResultKind | None
    submitted_at: datetime
    promised_due: date | None
    closed_at: datetime | None
    members: int = 0
    members_done: int = 0
    beneficiary: str = ""


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member case with what its lane shows."""

    key: str
    case: CaseRow
    received_at: datetime | None
    accepted_at: datetime | None
    decided_at: datetime | None
    promised_days: int
    clock: Clock
    depends_on: tuple[str, ...]
    results: tuple[ResultView, ...]
    last_note: str = ""
    events: tuple[EventView, ...] = ()
    stopped: tuple[date, date | None] | None = None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with everything that its pages show to this viewer."""

    id: UUID
    number: str
    kind: CaseKind
    title: str
    matter_code: str
    bundle_key: str
    parent_number: str
    parent_title: str
    member_key: str
    applicant: str
    agent: str
    beneficiary: str
    organisation: str
    organisation_id: UUID | None
    region_code: str
    channel: str
    status: CaseStatus
    result: ResultKind | None
    ground: str
    reason: str
    submitted_at: datetime
    received_at: datetime | None
    accepted_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    promised_due: date | None
    statutory_due: date | None
    promised_days: int
    statutory_days: int | None
    answers: tuple[Answer, ...]
    materials: tuple[MaterialView, ...]
    results: tuple[ResultView, ...]
    events: tuple[EventView, ...]
    members: tuple[MemberView, ...]
    clock: Clock
    acceptance: Clock
    laws: tuple[Law, ...]
    instance_id: UUID | None
    process_version: str
    is_official_view: bool

    @property
    def done(self) -> int:
        return sum(member.case.status.is_final for member in self.members)


@dataclass(frozen=True, slots=True)
class Choice:
    """A thing that an official may do now; `refusal` says why not, so that a disabled choice explains itself."""

    choice: TaskChoice
    label: str
    hint: str
    refusal: str = ""
    needs_reason: bool = False

    @property
    def allowed(self) -> bool:
        return not self.refusal


@dataclass(frozen=True, slots=True)
class DeskTask:
    """A task of a case's process as the person at the desk sees it. `fields`: (fact, label) to fill in for the result."""

    task_id: UUID
    case_id: UUID
    number: str
    stage: str
    form_key: str
    hint: str
    assignee: str
    can_claim: bool
    can_complete: bool
    choices: tuple[Choice, ...]
    fields: tuple[tuple[str, str], ...]
    due_at: datetime | None = None


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


@dataclass(frozen=True, slots=True)
class CaseEventBase(Event):
    case_id: UUID
    number: str

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("case", self.case_id)


@dataclass(frozen=True, slots=True)
class CaseSubmitted(CaseEventBase):
    parent_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CaseAccepted(CaseEventBase):
    parent_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CaseDecided(CaseEventBase):
    result: str = ""
    parent_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ResultIssued(CaseEventBase):
    result_id: UUID | None = None
    parent_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CaseClosed(CaseEventBase):
    result: str = ""
    parent_id: UUID | None = None
