"""What a package is about: one record with the people, the business and the relations that explain it (GB/T 42727-2023).

The four entities are those of the multi-entity metadata standards: record, agent, business, relation.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a file of the package is; also its folder. In the order in which a case brings them about."""

    FORM = "form"
    MATERIAL = "material"
    HISTORY = "history"
    DECISION = "decision"
    DOCUMENT = "document"
    RESULT = "result"
    EVIDENCE = "evidence"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Kind.FORM: "申请表",
    Kind.MATERIAL: "申请材料",
    Kind.HISTORY: "办理过程",
    Kind.DECISION: "审批决定",
    Kind.DOCUMENT: "文书",
    Kind.RESULT: "办理结果",
    Kind.EVIDENCE: "存证回执",
}


@dataclass(frozen=True, slots=True)
class Item:
    """A file that is to be archived. `name`: its ASCII name with the ending of its type; `sealed`: it bears a seal."""

    kind: Kind
    name: str
    title: str
    data: bytes
    media_type: str
    made_at: datetime
    origin: str = ""
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Agent:
    """Who took part: `role` (立档单位, 承办机关, 申请人 …), `kind` organisation, person or entity, `code` where it is public."""

    role: str
    kind: str
    name: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One act of the business. `by`: the agent's name, or the office where it was the program."""

    name: str
    at: datetime
    by: str
    status: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """How the record relates to another (`kind`: 包含, 属于, 关联), named by its number."""

    kind: str
    number: str
    title: str = ""


MISSING: Final = "文件缺失"
"""How the note on an absent material begins whose file there should be."""


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that is packed. Times are aware. `absent`: materials without a file, with what stands in their place."""

    archive_number: str
    number: str
    title: str
    category: str
    organisation: str
    organisation_code: str
    retention: str
    retention_ground: str
    matter_code: str
    matter: str
    result: str
    submitted_at: datetime
    closed_at: datetime
    packed_at: datetime
    matter_version: str = ""
    region: str = ""
    grade: str = ""
    language: str = "zh"
    sample: bool = False
    agents: tuple[Agent, ...] = ()
    steps: tuple[Step, ...] = ()
    relations: tuple[Relation, ...] = ()
    items: tuple[Item, ...] = ()
    absent: tuple[tuple[str, str], ...] = field(default=())
