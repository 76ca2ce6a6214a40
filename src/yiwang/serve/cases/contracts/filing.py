"""What is handed to cases when something is filed or supplied."""

from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO
from uuid import UUID

from yiwang.kernel.actor import SubjectRef
from yiwang.serve.cases.contracts.kinds import Attention, CaseStatus, MaterialBy


@dataclass(frozen=True, slots=True)
class Applicant:
    """Whom the case is for; exactly one of the two is set. `agent_authority` names what an agent acts on."""

    person_id: UUID | None = None
    entity_id: UUID | None = None
    agent_authority: str = ""

    def __post_init__(self) -> None:
        if (self.person_id is None) == (self.entity_id is None):
            raise ValueError("an applicant is a person or a legal entity")

    @property
    def subject(self) -> SubjectRef:
        """The applicant as a subject of identity."""
        if self.person_id is not None:
            return SubjectRef("person", self.person_id)
        assert self.entity_id is not None
        return SubjectRef("legal_entity", self.entity_id)


@dataclass(frozen=True, slots=True)
class RealNameGap:
    """The level of real name that is asked for, and the names of the matters that ask for more than who applies has."""

    level: int
    matters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A fact as it was filed, with where it came from: typed, prefilled, licence, shared, member."""

    fact: str
    value: Any
    label: str = ""
    shown: str = ""
    source: str = "typed"
    source_label: str = ""


@dataclass(frozen=True, slots=True)
class MaterialInput:
    """A material as it is handed in. `file_id` for uploads, `reference` for a licence or a dataset."""

    material: str
    name: str = ""
    by: MaterialBy = MaterialBy.UPLOAD
    file_id: UUID | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class MaterialUpload:
    """A material that comes with its bytes: `stream` is read once, `filename` is as the applicant calls it."""

    material: str
    name: str
    stream: BinaryIO
    filename: str


@dataclass(frozen=True, slots=True)
class CaseSearch:
    """What an official looks for. `text`: a number or its beginning, part of a name, a whole ID number or credit code."""

    text: str = ""
    status: CaseStatus | None = None
    open_only: bool = False
    matter_code: str = ""
    attention: Attention | None = None
    since: date | None = None
    until: date | None = None

    @property
    def conditions(self) -> dict[str, str]:
        """What was asked for, without what was typed: it may be somebody's name or number."""
        told = {
            "text": "…" if self.text else "",
            "status": self.status.value if self.status else "",
            "open": "yes" if self.open_only else "",
            "matter": self.matter_code,
            "attention": self.attention.value if self.attention else "",
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }
        return {name: value for name, value in told.items() if value}
