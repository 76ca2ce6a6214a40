"""Acting for others that ends by itself: a child comes of age, an entity is dissolved or gets another representative."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.events import Event


class Lapse(StrEnum):
    """Why the register ended it."""

    DISSOLVED = "dissolved"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class GuardianshipParties:
    """Who is to hear of the end of a guardianship; `of_age` is the child's eighteenth birthday."""

    guardian: UUID
    child: UUID
    of_age: date


@dataclass(frozen=True, slots=True)
class WatchedEntity:
    """An entity for which somebody may act, to be held against its register: its legal representative as known here."""

    id: UUID
    credit_code: str
    representative_id: UUID | None
    representative_number: str | None


@dataclass(frozen=True, slots=True)
class GuardianshipEndNeared(Event):
    """The child is eighteen within thirty days."""

    representation_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("representation", self.representation_id)


@dataclass(frozen=True, slots=True)
class GuardianshipEnded(Event):
    """The child is eighteen: its guardian acts for it no more."""

    representation_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("representation", self.representation_id)


@dataclass(frozen=True, slots=True)
class EntityLapsed(Event):
    """By the register, `person_id` acts for the entity no more. Once for each who did without a mandate."""

    entity_id: UUID
    person_id: UUID
    reason: str

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("legal_entity", self.entity_id)
