"""FEEL as forms use it: a condition is true, false, or not yet known because facts are missing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from yiwang.commons.forms.contracts import Problem
from yiwang.commons.rules.engine import Expression, FeelSyntaxError, compile_expression


@dataclass(frozen=True, slots=True)
class Truth:
    """`value` None: not known until `missing` are."""

    value: bool | None
    missing: tuple[str, ...] = ()


TRUE = Truth(True)
FALSE = Truth(False)


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled expression with the names of the facts that it reads."""

    text: str
    expression: Expression

    @property
    def names(self) -> tuple[str, ...]:
        return self.expression.names

    def truth(self, facts: Mapping[str, Any]) -> Truth:
        """True only for FEEL's true; null and anything else is false (DMN 1.5 § 10.3.2.13)."""
        result = self.expression.evaluate(facts)
        return Truth(result.value is True) if result.known else Truth(None, result.missing_facts)

    def value(self, facts: Mapping[str, Any]) -> tuple[bool, Any]:
        """(known, value)."""
        result = self.expression.evaluate(facts)
        return result.known, result.value


def all_of(truths: Collection[Truth]) -> Truth:
    """Conjunction in three-valued logic."""
    if any(truth.value is False for truth in truths):
        return FALSE
    missing = tuple(dict.fromkeys(name for truth in truths for name in truth.missing))
    return Truth(None, missing) if missing else TRUE


def any_of(truths: Collection[Truth]) -> Truth:
    """Disjunction in three-valued logic."""
    if any(truth.value is True for truth in truths):
        return TRUE
    missing = tuple(dict.fromkeys(name for truth in truths for name in truth.missing))
    return Truth(None, missing) if missing else FALSE


def compiled(
    text: str | None, names: Collection[str], place: tuple[str | int, ...], problems: list[Problem]
) -> Condition | None:
    """Compile `text`; what is wrong with it goes to `problems` at `place`."""
    if text is None:
        return None
    try:
        expression = compile_expression(str(text), names=names)
    except FeelSyntaxError as error:
        problems.append(Problem(place, f"表达式有误：{error}", f"检查表达式：{text}"))
        return None
    mend = "改正名称，或先在 facts.yaml 中定义"
    problems += [Problem(place, f"表达式有误（第{r.at.column}列）：{r.text}", mend) for r in expression.remarks]
    return None if expression.remarks else Condition(str(text), expression)
