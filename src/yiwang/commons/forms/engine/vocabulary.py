"""The vocabulary: each fact has one name, one type, one source. Forms only refer to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from yiwang.commons.forms.contracts import DefinitionFaulty, Problem, Words
from yiwang.commons.forms.engine.conditions import Condition, compiled

APPLICATION_DATE: Final = "application_date"
"""The day on which the answers are (to be) sent: given by the program, so that a case can be computed again."""
APPLICANT: Final = "applicant"


class FactType(StrEnum):
    """What a fact may be; each has one control, one JSON form, one FEEL type."""

    STRING = "string"
    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    CHOICE = "choice"
    CHOICES = "choices"
    ID_NUMBER = "id_number"
    MOBILE = "mobile"
    CREDIT_CODE = "credit_code"
    EMAIL = "email"
    ADDRESS = "address"
    REGION = "region"
    ORGANISATION = "organisation"


CHOSEN: Final = frozenset(
    {FactType.CHOICE, FactType.CHOICES, FactType.BOOLEAN, FactType.REGION, FactType.ORGANISATION, FactType.DATE}
)
"""Types that are chosen, not written: the error says 请选择."""

_TEXTUAL: Final = {FactType.STRING: 200, FactType.ADDRESS: 200, FactType.TEXT: 2000, FactType.EMAIL: 200}
_FORMATS: Final = {
    FactType.DATE: "date",
    FactType.TIME: "time-of-day",
    FactType.ID_NUMBER: "id-number",
    FactType.MOBILE: "mobile",
    FactType.CREDIT_CODE: "credit-code",
    FactType.EMAIL: "email",
    FactType.NUMBER: "decimal",
    FactType.REGION: "region-code",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One value of a list."""

    value: str
    label: Words
    help: Words | None = None


class Holds(StrEnum):
    """For which later applications of the same person an answer is proposed."""

    LASTING = "lasting"
    """For all: the parents, an address, an account."""
    OCCASION = "occasion"
    """For others on the same occasion: the shop that one opens."""
    ONCE = "once"
    """Only where this application is tried again: the child, the vehicle."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. `schema` narrows the type (JSON Schema keywords); `choose` says what a picker offers; `holds` how long an
    answer is good for.
    """

    name: str
    type: FactType
    label: Words
    sensitivity: str = "personal"
    source: Mapping[str, Any] = field(default_factory=dict)
    items: tuple[Item, ...] = ()
    schema: Mapping[str, Any] = field(default_factory=dict)
    pattern_message: Words | None = None
    valid_when: Condition | None = None
    valid_message: Words | None = None
    formula: Condition | None = None
    prefill: Condition | None = None
    choose: Mapping[str, Any] = field(default_factory=dict)
    standard: str = ""
    holds: Holds = Holds.OCCASION

    @property
    def asked(self) -> bool:
        """Whether a form may ask for it: computed and system facts are never asked."""
        return self.formula is None and self.source.get("kind") not in {"system", "computed"}

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema 2020-12 of the value."""
        schema: dict[str, Any] = {"title": self.label.get("zh", self.name)}
        match self.type:
            case FactType.INTEGER | FactType.BOOLEAN:
                schema["type"] = self.type.value
            case FactType.CHOICE:
                schema |= {"type": "string", "enum": [item.value for item in self.items]}
            case FactType.CHOICES:
                items = {"type": "string", "enum": [item.value for item in self.items]}
                schema |= {"type": "array", "items": items, "uniqueItems": True, "maxItems": len(self.items)}
            case _:
                schema |= {"type": "string", "minLength": 1, "maxLength": _TEXTUAL.get(self.type, 64)}
        if self.type in _FORMATS:
            schema["format"] = _FORMATS[self.type]
        return {**schema, **self.schema}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All facts, by name; `computed` in the order in which they can be computed."""

    facts: Mapping[str, Fact]
    computed: tuple[str, ...]

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> "Vocabulary":
        """Of a facts file. Raises DefinitionFaulty with every problem."""
        problems: list[Problem] = []
        lists = data.get("lists", {})
        names = list(data["facts"])
        facts = {name: _fact(name, raw, lists, names, problems) for name, raw in data["facts"].items()}
        order = _order(facts, problems)
        if problems:
            raise DefinitionFaulty(tuple(problems))
        return cls(facts, order)


def needed(vocabulary: Vocabulary, start: Iterable[str]) -> frozenset[str]:
    """`start` and every fact that their formulas, prefills and rules read, at any depth."""
    found: set[str] = set()
    waiting = [name for name in start if name in vocabulary.facts]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        fact = vocabulary.facts[name]
        read = [c.names for c in (fact.formula, fact.prefill, fact.valid_when) if c is not None]
        waiting += [other for names in read for other in names if other in vocabulary.facts]
    return frozenset(found)


def _fact(
    name: str, raw: Mapping[str, Any], lists: Mapping[str, Any], names: list[str], problems: list[Problem]
) -> Fact:
    place = ("facts", name)
    chosen = raw["type"] in {FactType.CHOICE, FactType.CHOICES}
    if chosen and raw.get("list") not in lists:
        problems.append(
            Problem((*place, "list"), f"没有名为 {raw.get('list')} 的选项表", "在 lists 中补上，或改正名称")
        )
    items = [
        Item(str(i["value"]), i["label"], i.get("help")) for i in (lists.get(raw.get("list", ""), ()) if chosen else ())
    ]
    if bool(raw.get("valid_when")) != bool(raw.get("valid_message")):
        problems.append(Problem(place, "valid_when 与 valid_message 要一起写", "补上另一项"))
    if "pattern" in raw.get("schema", {}) and not raw.get("pattern_message"):
        problems.append(Problem((*place, "schema"), "有 pattern 而没有 pattern_message", "写明填表人看得懂的要求"))

    def condition(part: str, *more: str) -> Condition | None:
        return compiled(raw.get(part), [*names, *more], (*place, part), problems)

    return Fact(
        name=name,
        type=FactType(raw["type"]),
        label=raw["label"],
        sensitivity=raw.get("sensitivity", "personal"),
        source=raw.get("source", {}),
        items=tuple(items),
        schema=raw.get("schema", {}),
        pattern_message=raw.get("pattern_message"),
        valid_when=condition("valid_when"),
        valid_message=raw.get("valid_message"),
        formula=condition("formula"),
        prefill=condition("prefill", APPLICANT),
        choose=raw.get("choose", {}),
        standard=raw.get("standard", ""),
        holds=Holds(raw.get("holds", Holds.OCCASION)),
    )


def _order(facts: Mapping[str, Fact], problems: list[Problem]) -> tuple[str, ...]:
    order: list[str] = []
    underway: list[str] = []

    def visit(name: str) -> None:
        fact = facts.get(name)
        if fact is None or fact.formula is None or name in order:
            return
        if name in underway:
            circle = " → ".join([*underway[underway.index(name) :], name])
            problems.append(Problem(("facts", name, "formula"), f"公式互相引用：{circle}", "去掉其中一处引用"))
            return
        underway.append(name)
        for other in fact.formula.names:
            visit(other)
        underway.pop()
        order.append(name)

    for name in facts:
        visit(name)
    return tuple(order)
