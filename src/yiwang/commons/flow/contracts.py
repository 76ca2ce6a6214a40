"""What crosses flow's border: words, frozen values, events, errors. Holds no Django and no engine state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from yiwang.kernel.events import Event
from yiwang.kernel.text import gettext_noop as _

WORK = "flow.work"
"""Action of grants: see, claim and complete tasks in reach."""
ASSIGN = "flow.assign"
"""Action of grants: give a task in reach to somebody else."""
ADMINISTER = "flow.administer"
"""Action of grants: see halted instances, try again, cancel."""
AUDIT = "audit.view"
"""Action of grants: read the audit trail; the acts of the offices in reach, over the whole territory those of everybody."""
CALENDAR = "calendar.announce"
"""Action of grants: announce the holidays of a year; over the whole territory only."""
ANY_SCOPE = "process:any"
"""Scope key of a task whose subject has none of its own."""


class InstanceStatus(StrEnum):
    RUNNING = "running"
    HALTED = "halted"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class TaskStatus(StrEnum):
    OPEN = "open"
    CLAIMED = "claimed"
    DONE = "done"
    CANCELLED = "cancelled"


class CallStatus(StrEnum):
    """Of a remote operation: FAILED waits for an administrator."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class HistoryKind(StrEnum):
    STARTED = "started"
    ENTERED = "entered"
    PASSED = "passed"
    TAKEN_AWAY = "taken_away"
    CLAIMED = "claimed"
    RELEASED = "released"
    REASSIGNED = "reassigned"
    COMPLETED = "completed"
    DECIDED = "decided"
    OPERATED = "operated"
    CALLED = "called"
    HALTED = "halted"
    RETRIED = "retried"
    ENDED = "ended"
    CANCELLED = "cancelled"


class InboxView(StrEnum):
    """The views of the inbox. ALL is everything in reach that is not done."""

    ALL = "all"
    MINE = "mine"
    UNCLAIMED = "unclaimed"
    TODAY = "today"
    OVERDUE = "overdue"


class Urgency(StrEnum):
    """How the inbox groups tasks by due date."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task in a list."""

    id: UUID
    instance_id: UUID
    subject: SubjectRef
    title: str
    name: str
    status: TaskStatus
    net: str
    organisation: str
    assignee_id: UUID | None
    assignee_name: str
    due_at: datetime | None
    urgency: Urgency
    created_at: datetime
    for_applicant: bool = False
    is_mine: bool = False


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task with what its page needs; `inputs`, `headers` and `properties` are the model's."""

    row: TaskRow
    element_id: str
    documentation: str
    form_key: str
    process_key: str
    process_version: int
    inputs: Mapping[str, Any]
    headers: Mapping[str, str]
    properties: Mapping[str, Any]
    can_claim: bool
    can_release: bool
    can_complete: bool


@dataclass(frozen=True, slots=True)
class InboxCounts:
    all: int = 0
    mine: int = 0
    unclaimed: int = 0
    today: int = 0
    overdue: int = 0
    nets: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """One of the applicant's processes; `stages` are the names of what is being worked on, `waiting` tasks are the applicant's."""

    id: UUID
    subject: SubjectRef
    title: str
    net: str
    status: InstanceStatus
    started_at: datetime
    ended_at: datetime | None
    stages: tuple[str, ...]
    waiting: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One line of a history; `actor` is a name that the viewer may read, empty for the program."""

    at: datetime
    kind: HistoryKind
    instance_id: UUID
    element_id: str
    name: str
    actor: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HaltRow:
    """A halted instance as an administrator sees it."""

    id: UUID
    instance_id: UUID
    title: str
    process_key: str
    process_version: int
    element_id: str
    reason: str
    expression: str
    diagnostics: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class AdministrationCounts:
    """What waits for an administrator; None where the viewer does not look after it."""

    halts: int
    deliveries: int | None = None
    jobs: int | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did: `created` is false where the latest version has the same content."""

    definition_id: UUID
    version: int
    created: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of a process model, as the linter found it."""

    file: str
    line: int
    element_id: str
    message: str
    mend: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class TaskCreated(Event):
    subject: SubjectRef
    instance_id: UUID
    task_id: UUID
    element_id: str
    for_applicant: bool

    @property
    def aggregate(self) -> SubjectRef:
        return self.subject


@dataclass(frozen=True, slots=True)
class TaskCompleted(Event):
    subject: SubjectRef
    instance_id: UUID
    task_id: UUID
    element_id: str

    @property
    def aggregate(self) -> SubjectRef:
        return self.subject


@dataclass(frozen=True, slots=True)
class InstanceEnded(Event):
    """`status` is completed or cancelled."""

    subject: SubjectRef
    instance_id: UUID
    process_key: str
    status: InstanceStatus

    @property
    def aggregate(self) -> SubjectRef:
        return self.subject


@dataclass(frozen=True, slots=True)
class InstanceHalted(Event):
    subject: SubjectRef
    instance_id: UUID
    element_id: str

    @property
    def aggregate(self) -> SubjectRef:
        return self.subject


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
