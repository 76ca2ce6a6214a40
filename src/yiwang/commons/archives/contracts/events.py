"""Events of archives. Ids only."""

from dataclasses import dataclass
from uuid import UUID

from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True)
class ArchiveClosed(Event):
    """A record is archived: packed, checked, registered."""

    archive_id: UUID
    archive_number: str
    subject_kind: str
    subject_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("archive", self.archive_id)


@dataclass(frozen=True, slots=True)
class ArchiveFailed(Event):
    """A package that had passed, or was just made, did not pass its check."""

    archive_id: UUID
    archive_number: str

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("archive", self.archive_id)


@dataclass(frozen=True, slots=True)
class ArchiveDestroyed(Event):
    """An archive was destroyed by an approved list; its metadata stay."""

    archive_id: UUID
    archive_number: str

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("archive", self.archive_id)
