"""What cases tell when something has happened: ids only."""

from dataclasses import dataclass
from uuid import UUID

from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.events import Event


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


@dataclass(frozen=True, slots=True)
class DocumentDelivered(CaseEventBase):
    """A document has reached the applicant: it lies in the online inbox, or was handed over."""

    document_id: UUID | None = None
    kind: str = ""
    parent_id: UUID | None = None
