"""What flow tells others: ids only, no personal data."""

from dataclasses import dataclass
from uuid import UUID

from yiwang.commons.flow.contracts.kinds import InstanceStatus
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.events import Event


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
