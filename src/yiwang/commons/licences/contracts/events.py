"""News of licences. Ids only."""

from dataclasses import dataclass
from uuid import UUID

from yiwang.commons.licences.contracts.kinds import LICENCE
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True)
class LicenceEvent(Event):
    """What all news of licences say. `subject_kind`, `subject_id`: what it was issued for (a case), if anything."""

    licence_id: UUID
    type_key: str
    version: int
    subject_kind: str = ""
    subject_id: UUID | None = None

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef(LICENCE, self.licence_id)

    @property
    def subject(self) -> SubjectRef | None:
        """What the licence was issued for."""
        return SubjectRef(self.subject_kind, self.subject_id) if self.subject_id else None


@dataclass(frozen=True, slots=True)
class LicenceIssued(LicenceEvent):
    """Decided and numbered; its sealed file is being made."""


@dataclass(frozen=True, slots=True)
class LicenceSealed(LicenceEvent):
    """The sealed file of this version stands: the licence is in force with it."""


@dataclass(frozen=True, slots=True)
class LicenceChanged(LicenceEvent):
    """A new version was decided; it comes into force when it is sealed."""


@dataclass(frozen=True, slots=True)
class LicenceEnded(LicenceEvent):
    """Base of the news that matter to whoever uses the licence: `uses` are the uses that are not ended yet."""

    ground: str = ""
    uses: tuple[UUID, ...] = ()
    using: tuple[str, ...] = ()
    """`kind:id` of each subject (case) that uses it, in the order of `uses`."""


@dataclass(frozen=True, slots=True)
class LicenceSuspended(LicenceEnded):
    """It may not be used until it is resumed."""


@dataclass(frozen=True, slots=True)
class LicenceResumed(LicenceEnded):
    """It may be used again."""


@dataclass(frozen=True, slots=True)
class LicenceRevoked(LicenceEnded):
    """It is no licence any more."""


@dataclass(frozen=True, slots=True)
class LicenceExpired(LicenceEnded):
    """Its validity is over."""


@dataclass(frozen=True, slots=True)
class LicenceReplaced(LicenceEnded):
    """Another licence stands in its place."""

    by_licence: UUID | None = None
