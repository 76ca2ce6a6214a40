"""Archives as pages and lists show them: frozen values."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from yiwang.commons.archives.contracts.kinds import AccessState, ArchiveStep, ListKind, ListState, Retention, State
from yiwang.kernel.actor import SubjectRef


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """An archive in a list. `passed`: of its last check, None before the first; `waiting`: what packing waits for."""

    id: UUID
    subject: SubjectRef
    number: str
    archive_number: str
    title: str
    organisation: str
    matter_code: str
    year: int
    closed_at: datetime
    retention: Retention | None
    retain_until: date | None
    state: State
    passed: bool | None
    waiting: str
    size: int


@dataclass(frozen=True, slots=True)
class CheckView:
    """A four-property check that was made. `findings`: (check, outcome, evidence), by the engine's names."""

    stage: str
    at: datetime
    passed: bool
    findings: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class StepView:
    """A line of an archive's history."""

    step: ArchiveStep
    at: datetime
    actor: str
    words: str


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """One archive with its checks (newest first) and history (oldest first).

    `held`: why it is not destroyed for now. `accepted`: checks whose failure an archivist took on record as a defect.
    """

    row: ArchiveRow
    digest: str
    retention_ground: str
    applicant: str
    packed_at: datetime | None
    next_check: date | None
    organisation_id: UUID
    held: str
    accepted: frozenset[str]
    checks: tuple[CheckView, ...]
    steps: tuple[StepView, ...]


@dataclass(frozen=True, slots=True)
class ListEntry:
    """A line of a list: what stays known of an archive also when it is destroyed."""

    archive_id: UUID
    archive_number: str
    title: str
    year: int
    retention: str
    retain_until: date | None
    digest: str
    size: int
    state: State


@dataclass(frozen=True, slots=True)
class ListView:
    """A destruction or handover list."""

    id: UUID
    number: str
    kind: ListKind
    state: ListState
    reason: str
    target: str
    proposed_at: datetime
    proposed_by: str
    decided_at: datetime | None
    decided_by: str
    done_at: datetime | None
    count: int
    own: bool
    entries: tuple[ListEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessView:
    """A request to read an archive. `open`: approved and not past its end."""

    id: UUID
    archive_id: UUID
    archive_number: str
    title: str
    asked_by: str
    organisation: str
    purpose: str
    asked_at: datetime
    state: AccessState
    decided_by: str
    until: datetime | None
    words: str
    own: bool
    open: bool


@dataclass(frozen=True, slots=True)
class FixityView:
    """A run over the packages that are due: how far it is, how many failed."""

    started_at: datetime
    ended_at: datetime | None
    total: int
    done: int
    failed: int


@dataclass(frozen=True, slots=True)
class StandingView:
    """How many archives are in which state, how many wait for an archivist."""

    by_state: tuple[tuple[State, int], ...]
    unscheduled: int
    failing: int
    expired: int
