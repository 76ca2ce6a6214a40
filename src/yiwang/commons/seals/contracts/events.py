"""News of seals and signatures."""

from dataclasses import dataclass
from uuid import UUID

from yiwang.commons.seals.contracts.kinds import COSIGNATURE, SEAL
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True)
class _SealNews(Event):
    seal_id: UUID
    organisation_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef(SEAL, self.seal_id)


@dataclass(frozen=True, slots=True)
class SealMade(_SealNews):
    """A seal was made; it is used when somebody keeps it."""


@dataclass(frozen=True, slots=True)
class SealSuspended(_SealNews):
    """A seal may not be used until it is resumed."""


@dataclass(frozen=True, slots=True)
class SealResumed(_SealNews):
    """A seal may be used again."""


@dataclass(frozen=True, slots=True)
class SealDestroyed(_SealNews):
    """A seal's key is gone for good."""


@dataclass(frozen=True, slots=True)
class _SignatureNews(Event):
    cosignature_id: UUID
    subject_kind: str
    subject_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef(COSIGNATURE, self.cosignature_id)


@dataclass(frozen=True, slots=True)
class SignatureWanted(_SignatureNews):
    """It is somebody's turn to sign, or they are reminded of it."""

    account_id: UUID
    again: bool = False


@dataclass(frozen=True, slots=True)
class SignaturesComplete(_SignatureNews):
    """All have signed; the signed file can be fetched (`queries.signed_file`)."""


@dataclass(frozen=True, slots=True)
class SignatureDeclined(_SignatureNews):
    """One of the signers declined: nobody signs this any more."""


@dataclass(frozen=True, slots=True)
class SignaturesExpired(_SignatureNews):
    """The deadline passed before all had signed."""
