"""What matters tell when something was published: ids only."""

from dataclasses import dataclass
from uuid import UUID

from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True)
class MatterPublished(Event):
    matter_id: UUID
    code: str
    version: int

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("matter", self.matter_id)


@dataclass(frozen=True, slots=True)
class BundlePublished(Event):
    bundle_id: UUID
    key: str
    version: int

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("bundle", self.bundle_id)
