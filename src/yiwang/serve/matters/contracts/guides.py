"""What somebody in a situation needs."""

from dataclasses import dataclass
from uuid import UUID

from yiwang.serve.matters.contracts.kinds import Inclusion, MemberKind, Necessity, SatisfierKind
from yiwang.serve.matters.contracts.specs import Limits, Satisfier, SituationQuestion
from yiwang.serve.matters.contracts.versions import Halt


@dataclass(frozen=True, slots=True)
class TailoredMember:
    key: str
    matter_id: UUID
    matter_code: str
    name: str
    organisation_name: str
    kind: MemberKind
    inclusion: Inclusion
    depends_on: tuple[str, ...]
    limits: Limits
    results: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TailoredMaterial:
    """One material of the merged list. `by` is how it will be provided; `origin`: the member whose result it is."""

    code: str
    name: str
    necessity: Necessity
    inclusion: Inclusion
    needed_by: tuple[str, ...]
    satisfiers: tuple[Satisfier, ...]
    by: SatisfierKind
    origin: str = ""
    kind: str = ""
    standard: str = ""
    note: str = ""
    supply_within: int | None = None
    types: tuple[str, ...] = ()
    max_bytes: int = 0

    @property
    def exempt(self) -> bool:
        return self.by.is_exempt


@dataclass(frozen=True, slots=True)
class HaltedMember:
    """A member that this situation asks for (`inclusion`) and that can't be handled now.

    `necessary`: the bundle can't do without it; otherwise it is left out. `waits_for`: the member that is halted, where
    this one can't begin without it.
    """

    key: str
    matter_code: str
    name: str
    halt: Halt
    necessary: bool
    inclusion: Inclusion
    waits_for: str = ""


@dataclass(frozen=True, slots=True)
class TailoredGuide:
    """What this applicant needs. `saved` counts requirements that fell away by merging and by outputs of members."""

    members: tuple[TailoredMember, ...]
    materials: tuple[TailoredMaterial, ...]
    questions_left: tuple[SituationQuestion, ...]
    next_question: SituationQuestion | None
    limits: Limits
    departments: tuple[str, ...]
    visits: int
    saved: int = 0
    halted: tuple[HaltedMember, ...] = ()

    @property
    def blocking(self) -> tuple[HaltedMember, ...]:
        """The members without which nothing can be filed now."""
        return tuple(each for each in self.halted if each.necessary and each.inclusion is Inclusion.YES)

    @property
    def left_out(self) -> tuple[HaltedMember, ...]:
        """The members that are not handled with the others because they are halted."""
        return tuple(each for each in self.halted if not each.necessary and each.inclusion is Inclusion.YES)

    @property
    def complete(self) -> bool:
        """Whether no open question changes the outcome any more."""
        return not self.questions_left
