"""Why a condition written as an expression holds, fails or is open: its first decisive parts, with what was seen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from yiwang.commons.rules.engine import tree
from yiwang.commons.rules.engine.analysis.constants import Inexact, value_of
from yiwang.commons.rules.engine.dmn_graph import Node
from yiwang.commons.rules.engine.printer import unparse
from yiwang.commons.rules.engine.unknown import OPEN, missing_in
from yiwang.commons.rules.engine.values import Range, Value

from .facts import Known
from .views import NO, UNKNOWN, YES
from .words import Words, compared, in_words, requirement, spaced, spoken, within

_MIRRORED: Mapping[str, str] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a condition; `names` are what it reads."""

    text: str
    sign: str
    names: tuple[str, ...]


class Conditions:
    """Explains the expressions of one element."""

    def __init__(self, known: Known, node: Node, language: str) -> None:
        self.known = known
        self.node = node
        self.language = language
        self.english = language == "en"

    def explain(self, expression: tree.Expression) -> Iterator[Reason]:
        """The parts that decided; nothing where the expression is no condition."""
        match expression:
            case tree.Conjunction(parts) | tree.Disjunction(parts):
                yield from self._logic(parts, decisive=isinstance(expression, tree.Disjunction))
            case tree.If(condition, then, otherwise):
                yield from self.explain(condition)
                value = self.known.evaluate(self.node, condition)
                if type(value) not in OPEN:
                    yield from self.explain(then if value is True else otherwise)
            case tree.Call(tree.Name("not"), (inner,)) if not self._leaf(inner):
                yield from self.explain(inner)
            case _ if self._leaf(expression):
                yield self._reason(expression)

    def _logic(self, parts: tuple[tree.Expression, ...], *, decisive: bool) -> Iterator[Reason]:
        values = [self.known.evaluate(self.node, part) for part in parts]
        settled = [part for part, value in zip(parts, values, strict=True) if value is decisive]
        if settled:  # one way suffices; of conditions that all must hold, each that failed is named
            for part in settled[:1] if decisive else settled:
                yield from self.explain(part)
            return
        opened = [part for part, value in zip(parts, values, strict=True) if type(value) in OPEN]
        for part in opened or parts:
            yield from self.explain(part)

    def _leaf(self, node: tree.Expression) -> bool:
        if isinstance(node, tree.Comparison | tree.Between | tree.In | tree.InstanceOf | tree.Quantified):
            return True
        value = self.known.evaluate(self.node, node) if isinstance(node, tree.Name | tree.Path | tree.Call) else None
        return isinstance(value, bool) or (type(value) in OPEN and isinstance(node, tree.Name | tree.Path))

    def _reason(self, node: tree.Expression) -> Reason:
        value = self.known.evaluate(self.node, node)
        names = tuple(
            dict.fromkeys(p.name for p in tree.walk(node) if isinstance(p, tree.Name) and p.name in self.node.names)
        )
        if type(value) in OPEN:
            return Reason(self._open(missing_in(value)), UNKNOWN, names)
        sign = YES if value is True else NO
        subject, wanted = self._asked(node)
        if subject is None:
            return Reason(self._quoted(node, names, holds=value is True), sign, names)
        words = self._words(subject)
        seen = in_words(self.known.evaluate(self.node, subject), words, self.language)
        label = spoken(words.label, self.language)
        return Reason(self._sentence(label, wanted, seen, holds=value is True), sign, names)

    def _sentence(self, label: str, wanted: str, seen: str, *, holds: bool) -> str:
        if not wanted:
            return f"because “{label}” is {seen};" if self.english else f"因为“{label}”为{seen}；"
        if self.english:
            if holds:
                return f"because {label} is {seen}, as required: {wanted};"
            return f"because {label} was required to be {wanted}, and {seen} was found."
        if holds:
            return f"因为{label}为{spaced(seen)}，符合“{wanted}”的要求；"
        return f"因为{label}要求{wanted}，实际为{spaced(seen)}。"

    def _open(self, missing: tuple[str, ...]) -> str:
        told = [spoken(self.known.words(name).label, self.language) for name in missing]
        return f"{', '.join(told)} is not known yet." if self.english else f"还不知道{'、'.join(told)}。"

    def _asked(self, node: tree.Expression) -> tuple[tree.Expression | None, str]:  # noqa: PLR0911 - each kind
        """What a plain condition looks at, and what it asks of that in words."""
        match node:
            case tree.Name() | tree.Path():
                return node, ""
            case tree.Comparison(operator, left, right):
                for subject, end, mark in ((left, right, operator), (right, left, _MIRRORED[operator])):
                    constant = self._constant(end)
                    if constant is not None:
                        return subject, compared(mark, constant, self._words(subject), self.language)
                end_value = self.known.evaluate(self.node, right)
                if type(end_value) in OPEN or end_value is None:
                    return None, ""
                bound = compared(operator, end_value, self._words(left), self.language)
                return left, f"{bound}（{self._said(right)}）" if not self.english else f"{bound} ({self._said(right)})"
            case tree.Between(subject, low, high):
                ends = self._constant(low), self._constant(high)
                if None in ends:
                    return None, ""
                return subject, within(Range(*ends, True, True), self._words(subject), self.language)
            case tree.In(subject, tests):
                return subject, requirement(tree.UnaryTests(tests), self._words(subject), self.language)
        return None, ""

    def _constant(self, node: tree.Expression) -> Value:
        try:
            return value_of(node)
        except Inexact:
            return None

    def _said(self, node: tree.Expression) -> str:
        return spoken(self._words(node).label, self.language)

    def _words(self, node: tree.Expression) -> Words:
        match node:
            case tree.Name(name):
                return self.known.words(name)
            case tree.Path(tree.Name(name), member):
                return self.known.words(f"{name}.{member}", member)
        return Words({"zh": unparse(node)})

    def _quoted(self, node: tree.Expression, names: tuple[str, ...], *, holds: bool) -> str:
        told = []
        for name in names:
            words = self.known.words(name)
            seen = in_words(self.known.value(self.node, name), words, self.language)
            label = spoken(words.label, self.language)
            told.append(f"{label} is {seen}" if self.english else f"{label}为{seen}")
        if self.english:
            return f"the condition “{unparse(node)}” {'holds' if holds else 'does not hold'} ({', '.join(told)})."
        return f"条件“{unparse(node)}”{'成立' if holds else '不成立'}（{'，'.join(told)}）。"
