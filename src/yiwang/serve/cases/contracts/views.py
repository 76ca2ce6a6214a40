"""A case as its pages and lists show it: frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from yiwang.commons.licences.contracts import LicenceBrief
from yiwang.serve.cases.contracts.documents import DeferredView, DeliveryChannel, DocumentView, PledgeView, SealStatus
from yiwang.serve.cases.contracts.filing import Answer
from yiwang.serve.cases.contracts.kinds import CaseAction, CaseKind, CaseStatus, MaterialBy, ResultKind, TaskChoice
from yiwang.serve.matters.contracts import Law


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
    """A result of the decision: the `licence` that it is as far as the viewer may see it, else a paper to be sealed."""

    id: UUID
    kind: str
    number: str
    title: str
    issued_by: str
    issued_at: datetime
    payload: Mapping[str, Any]
    seal: SealStatus = SealStatus.NONE
    licence: LicenceBrief | None = None

    @property
    def sealed(self) -> bool:
        """Whether it bears the organisation's electronic seal."""
        return self.seal is SealStatus.SEALED


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
    deferred_until: date | None = None
    documents: tuple[DocumentView, ...] = ()


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
    bundle_id: UUID | None = None
    matter_ids: tuple[UUID, ...] = ()
    documents: tuple[DocumentView, ...] = ()
    deferred: tuple[DeferredView, ...] = ()
    pledges: tuple[PledgeView, ...] = ()
    promised_unit: str = "working_day"
    statutory_unit: str = "working_day"
    extension_days: int = 0
    special: str = ""
    special_until: date | None = None
    corrections: int = 0
    deferred_until: date | None = None
    delivery_channel: DeliveryChannel = DeliveryChannel.ONLINE
    delivery_together: bool = True
    delivery_address: str = ""

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
    """A task of a case's process as the person at the desk sees it.

    `fields`: (fact, label) to fill in for the result; `deferrable`: (code, name) of missing materials that may follow.
    """

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
    deferrable: tuple[tuple[str, str], ...] = ()

    @property
    def blocked(self) -> str:
        """Why nothing can be chosen now; empty where something can."""
        refusals = [each.refusal for each in self.choices]
        return refusals[0] if refusals and all(refusals) else ""
