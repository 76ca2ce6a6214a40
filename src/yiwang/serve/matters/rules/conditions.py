"""FEEL conditions in three-valued logic: yes, no, or open until a fact is told. Remembers what it has judged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from yiwang.commons.rules.engine import Expression, FeelSyntaxError, compile_expression
from yiwang.serve.matters.contracts import Inclusion

T = TypeVar("T")
Formulas = Mapping[str, str]
_NO_FORMULAS: Formulas = {}
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Judgement:
    """`value` is None while the outcome depends on the facts in `missing`."""

    value: Any
    missing: frozenset[str] = frozenset()

    @property
    def open(self) -> bool:
        return bool(self.missing)


class Condition(Protocol):
    """A compiled condition or formula."""

    @property
    def names(self) -> frozenset[str]:
        """The facts that it mentions."""

    def judge(self, facts: Mapping[str, Any]) -> Judgement:
        """Facts that are absent are unknown; null is an answer."""


_YES = Judgement(value=True)
_UNTOLD = object()


@dataclass(frozen=True, slots=True)
class FeelCondition:
    """A condition in FEEL, compiled once."""

    expression: Expression

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.expression.names)

    def judge(self, facts: Mapping[str, Any]) -> Judgement:
        result = self.expression.evaluate(facts)
        return Judgement(result.value, frozenset(name.partition(".")[0] for name in result.missing_facts))


@lru_cache(maxsize=8192)
def compile_condition(text: str) -> Condition:
    """Raises FeelSyntaxError with line and column."""
    return FeelCondition(compile_expression(text))


def condition_fault(text: str) -> str:
    """What is wrong with a condition, as a sentence; empty where nothing is. An empty condition always holds."""
    if not text.strip():
        return ""
    try:
        compile_condition(text)
    except FeelSyntaxError as error:
        return f"{error.diagnostic.text}（第 {error.line} 行第 {error.column} 列）"
    return ""


class Verdicts:
    """Judges conditions and remembers the judgements by the values of the facts that they mention."""

    def __init__(self, compiler: Callable[[str], Condition] = compile_condition) -> None:
        self._compile = compiler
        self._seen: dict[tuple[Any, ...], Judgement] = {}
        self._worked_out: dict[tuple[Any, ...], Any] = {}

    def once(self, key: tuple[Any, ...], work_out: Callable[[], T]) -> T:
        """The remembered value for `key`, worked out the first time."""
        if key not in self._worked_out:
            if len(self._worked_out) >= _REMEMBERED:
                self._worked_out.clear()
            self._worked_out[key] = work_out()
        return self._worked_out[key]  # type: ignore[no-any-return]

    def names(self, text: str) -> frozenset[str]:
        """The facts that a condition mentions."""
        return self._compile(text).names if text.strip() else frozenset()

    def judge(self, text: str, facts: Mapping[str, Any], formulas: Formulas = _NO_FORMULAS) -> Judgement:
        """The judgement on `text`; computed facts (`formulas`) are worked out from what is told."""
        if not text.strip():
            return _YES
        condition = self._compile(text)
        told, waiting = self._computed(condition.names, facts, formulas)
        key = (text, *(hashable(told.get(name, _UNTOLD)) for name in sorted(condition.names)))
        found = self._seen.get(key)
        if found is None:
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            found = self._seen[key] = condition.judge(told)
        if not found.open or not waiting:
            return found
        names = frozenset(one for name in found.missing for one in waiting.get(name, frozenset({name})))
        return Judgement(found.value, names)

    def inclusion(self, text: str, facts: Mapping[str, Any], formulas: Formulas = _NO_FORMULAS) -> Inclusion:
        """Yes or no where the facts decide it, open otherwise. Null counts as no."""
        judgement = self.judge(text, facts, formulas)
        if judgement.open:
            return Inclusion.OPEN
        return Inclusion.YES if judgement.value is True else Inclusion.NO

    def missing(self, text: str, facts: Mapping[str, Any], formulas: Formulas = _NO_FORMULAS) -> set[str]:
        """The facts on which the outcome still depends."""
        return set(self.judge(text, facts, formulas).missing)

    def _computed(
        self, names: frozenset[str], facts: Mapping[str, Any], formulas: Formulas
    ) -> tuple[Mapping[str, Any], dict[str, frozenset[str]]]:
        told: dict[str, Any] | None = None
        waiting: dict[str, frozenset[str]] = {}
        for name in names:
            if name in formulas and name not in facts:
                rest = {key: text for key, text in formulas.items() if key != name}
                outcome = self.judge(formulas[name], facts, rest)
                if outcome.open:
                    waiting[name] = outcome.missing
                else:
                    told = told if told is not None else dict(facts)
                    told[name] = outcome.value
        return (facts if told is None else told), waiting


def hashable(value: Any) -> Any:
    """The value as a key that tells true from 1."""
    if isinstance(value, dict | list):
        return repr(value)
    return (type(value), value)
