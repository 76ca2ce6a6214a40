"""A decision's version, and its outcome with what explains it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from yiwang.kernel.packs import Kept

DECISION = "decision"
"""Kind of the subject that audit and events name."""

ALWAYS = date(1, 1, 1)
"""First day of a version that was published without one and follows no other."""


@dataclass(frozen=True, slots=True)
class DecisionRef:
    """One published version of a decision; `kept` where it stays although a pack says something else."""

    key: str
    version: int
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A case of a decision (用例): on these facts, this must come out.

    `expect` names outputs, or the whole value as `value`; `note` says what it shows, for example the clause.
    """

    name: str
    given: Mapping[str, Any]
    expect: Mapping[str, Any]
    note: str = ""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Example":
        """From the JSON that `data` gives."""
        return cls(str(data["name"]), data["given"], data["expect"], str(data.get("note", "")))

    @property
    def data(self) -> dict[str, Any]:
        """As JSON."""
        told = {"name": self.name, "given": dict(self.given), "expect": dict(self.expect)}
        return told | ({"note": self.note} if self.note else {})


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A published version with its text: `xml` is DMN, `imports` the DMN files that it imports.

    It holds from `valid_from` to the day before `valid_to`.
    """

    ref: DecisionRef
    id: UUID
    title: str
    xml: str
    imports: tuple[str, ...]
    sha256: str
    published_at: datetime
    examples: tuple[Example, ...] = ()
    valid_from: date = ALWAYS
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """Why a value is null or doubtful: `message` is a msgid with the fields of `params`, `where` a decision's name."""

    code: str
    message: str
    params: Mapping[str, object]
    where: str = ""

    @property
    def text(self) -> str:
        """The Chinese sentence."""
        return self.message.format(**self.params)


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """A rule of the decision's table: matched, not, or None where that depends on absent facts.

    `failed_input` is the label of the input whose entry failed first (or first depends on an absent fact).
    """

    number: int
    id: str
    matched: bool | None
    failed_input: str = ""
    annotation: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision yields, as JSON values. Where facts are missing `value` is None and `known` false.

    `rules` explain the decision's own table, `matched_rules` are the numbers from 1 of those that matched.
    """

    decision: DecisionRef
    value: Any
    missing_facts: tuple[str, ...] = ()
    matched_rules: tuple[int, ...] = ()
    rules: tuple[RuleVerdict, ...] = ()
    remarks: tuple[Remark, ...] = ()
    steps: int = 0

    @property
    def known(self) -> bool:
        """Whether the facts suffice."""
        return not self.missing_facts

    @property
    def record(self) -> dict[str, Any]:
        """What a history keeps of how the value came about."""
        return {"version": self.decision.version, "matched_rules": list(self.matched_rules)}


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence of an explanation; `sign` is yes, no, unknown or note, `depth` how far below the decision it stands."""

    text: str
    sign: str
    clause: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Explained:
    """An outcome with its reasons in words; `proof` is a decision proof as canonical JSON where one was asked for."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    proof: bytes = b""


@dataclass(frozen=True, slots=True)
class FactWords:
    """How a fact is spoken of, by language ("zh", "en"): its label, the unit of its number, what its coded values mean."""

    label: Mapping[str, str]
    unit: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
