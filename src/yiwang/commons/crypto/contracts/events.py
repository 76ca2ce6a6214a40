"""News of crypto."""

from dataclasses import dataclass
from uuid import UUID

from yiwang.commons.crypto.contracts.kinds import KEY
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True)
class _KeyNews(Event):
    key_id: UUID
    name: str
    version: int

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef(KEY, self.key_id)


@dataclass(frozen=True, slots=True)
class KeyCreated(_KeyNews):
    """A key was made; `version` is 1."""


@dataclass(frozen=True, slots=True)
class KeyRotated(_KeyNews):
    """A key has a new version."""


@dataclass(frozen=True, slots=True)
class KeyDestroyed(_KeyNews):
    """The material of a version is gone for good; `version` 0: of all of them."""
