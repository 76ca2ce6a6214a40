"""News of rules."""

from dataclasses import dataclass
from uuid import UUID

from yiwang.commons.rules.contracts.decisions import DECISION
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True)
class DecisionPublished(Event):
    """A new version of a decision was published; it holds from `effective_from` (ISO date)."""

    decision_id: UUID
    key: str
    version: int
    effective_from: str = ""

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef(DECISION, self.decision_id)


@dataclass(frozen=True, slots=True)
class DecisionWithdrawn(Event):
    """A version of a decision holds no more from `ends_on` (ISO date), and none replaces it."""

    decision_id: UUID
    key: str
    version: int
    ends_on: str

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef(DECISION, self.decision_id)
