"""Who acts or looks: the value that every command ends in and every query begins with."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SubjectRef:
    """A reference to a record of any context, for those who may not import it: `kind` as `case`, `incident`."""

    kind: str
    id: UUID

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


class ActorKind(StrEnum):
    """In which capacity somebody acts."""

    PERSON = "person"
    OFFICIAL = "official"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Actor:
    """An account in one capacity; `viewer` in queries is an Actor too.

    `on_behalf` names the person or legal entity acted for (代办), or the absent account that a deputy stands in for,
    `within` the scope pattern that a deputy is kept to; `organisation_id` and `role` the office an official
    acts in. `assurance` is the level of the real name (0 nobody known, 1 claimed, 2 checked against a register,
    3 confirmed as this person, 4 seen in person), `factors` how the account showed at log-in that it is itself.
    """

    kind: ActorKind
    account_id: UUID | None = None
    person_id: UUID | None = None
    on_behalf: SubjectRef | None = None
    organisation_id: UUID | None = None
    role: str = ""
    assurance: int = 0
    factors: tuple[str, ...] = field(default=())
    device: str = ""
    zone: str = ""
    purpose: str = ""
    within: str = "*"

    @classmethod
    def system(cls, purpose: str) -> "Actor":
        """The program itself, acting for a stated purpose (a job, a timer, the loading of a pack)."""
        return cls(kind=ActorKind.SYSTEM, purpose=purpose)

    @classmethod
    def anonymous(cls, device: str = "") -> "Actor":
        """Somebody who has not logged in."""
        return cls(kind=ActorKind.ANONYMOUS, device=device)

    @property
    def is_system(self) -> bool:
        """Whether the program itself acts."""
        return self.kind is ActorKind.SYSTEM

    @property
    def is_official(self) -> bool:
        """Whether somebody acts in an office."""
        return self.kind is ActorKind.OFFICIAL

    @property
    def is_known(self) -> bool:
        """Whether an account stands behind the actor."""
        return self.account_id is not None
