"""What crosses the border of rules: a decision's version, its outcome with what explains it, news, refusals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.errors import Invalid, NotFound
from yiwang.kernel.events import Event
from yiwang.kernel.text import gettext_noop as _

DECISION = "decision"
"""Kind of the subject that audit and events name."""


@dataclass(frozen=True, slots=True)
class DecisionRef:
    """One published version of a decision."""

    key: str
    version: int


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A published version with its text: `xml` is DMN, `imports` the DMN files that it imports."""

    ref: DecisionRef
    id: UUID
    title: str
    xml: str
    imports: tuple[str, ...]
    sha256: str
    published_at: datetime


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
class DecisionPublished(Event):
    """A new version of a decision is in force."""

    decision_id: UUID
    key: str
    version: int

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef(DECISION, self.decision_id)


class DecisionNotFound(NotFound):
    """No such decision or version is published."""

    code = "rules.decision_not_found"
    message = _("没有找到决策“{key}”。")
    next_step = _("请核对决策的编号和版本，或先发布它。")


@dataclass(frozen=True, slots=True)
class DecisionFault:
    """A fault of a DMN file: `line` counts from 1, `text` is a Chinese sentence."""

    line: int
    text: str
    where: str = ""


class DecisionFaulty(Invalid):
    """The file is no DMN, an expression in it is no FEEL, or it lacks the decision; `faults` say where and why."""

    code: ClassVar[str] = "rules.decision_faulty"
    message = _("决策“{key}”有 {count} 处错误，没有发布。")
    next_step = _("请按行号逐处修改后重新发布。")

    def __init__(self, *, key: str, faults: tuple[DecisionFault, ...]) -> None:
        super().__init__(key=key, count=len(faults))
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(f"  {fault.line}: {fault.where} {fault.text}" for fault in self.faults)])
