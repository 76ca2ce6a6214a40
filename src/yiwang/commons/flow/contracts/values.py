"""Frozen values that cross flow's border."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from yiwang.commons.flow.contracts.kinds import HistoryKind, InstanceStatus, TaskStatus, Urgency
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.packs import Kept


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
    applicant: str = ""
    """Name of the person or legal entity, where the list asked for it."""


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
    """What publishing did: `created` is false where the latest version has the same content, or was kept against a pack's."""

    definition_id: UUID
    version: int
    created: bool
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of a process model, as the linter found it; `name` is what people call the element."""

    file: str
    line: int
    element_id: str
    message: str
    mend: str
    is_error: bool
    name: str = ""
