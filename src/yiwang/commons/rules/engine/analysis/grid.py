"""A decision table as boxes: every cell as the parts of its column that it takes."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from yiwang.commons.rules.engine import tree
from yiwang.commons.rules.engine.budget import Budget, BudgetExceeded
from yiwang.commons.rules.engine.compile_tests import compile_cell
from yiwang.commons.rules.engine.compiler import RUN, Code, Environment, Frame, Unit
from yiwang.commons.rules.engine.diagnostics import FeelSyntaxError
from yiwang.commons.rules.engine.expression import start
from yiwang.commons.rules.engine.feeltypes import FeelType
from yiwang.commons.rules.engine.names import Scope
from yiwang.commons.rules.engine.parser import parse, parse_unary_tests
from yiwang.commons.rules.engine.tables import DecisionTable, Input
from yiwang.commons.rules.engine.values import Value

from .boxes import Box
from .constants import Inexact, of_tests
from .domains import NULL, OPEN, ORDERED, OTHER, POINT, Domain, admits, domain_of, kinds_of

ANYTHING = frozenset({"", "-"})
_BUDGET = Budget(steps=1_000_000)


@dataclass(frozen=True, slots=True)
class Column:
    """`over` are, for each rule, the parts that its cell may take, `under` those that it surely takes."""

    label: str
    expression: tree.Expression | None
    domain: Domain
    over: tuple[int, ...]
    under: tuple[int, ...]

    @property
    def whole(self) -> bool:
        """Whether it is cut at whole numbers only."""
        points = [part.sample for part in self.domain.parts if part.shape == POINT]
        return bool(points) and all(isinstance(p, Decimal) and p == p.to_integral_value() for p in points)


@dataclass(frozen=True, slots=True)
class Grid:
    table: DecisionTable
    columns: tuple[Column, ...]
    opaque: tuple[int, ...]
    """Numbers from 1 of the rules of which some cell can't be told apart by constants."""

    def over(self, rule: int) -> Box:
        """The box that the rule (index from 0) may take."""
        return tuple(column.over[rule] for column in self.columns)

    def under(self, rule: int) -> Box:
        return tuple(column.under[rule] for column in self.columns)

    @property
    def told(self) -> Box:
        """All allowed values without null."""
        return tuple(column.domain.allowed for column in self.columns)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a column tests: its type, and the only values it can have where they are known."""

    type: FeelType | None = None
    values: Sequence[Value] | None = None


def grid_of(table: DecisionTable, scope: Scope, types: Mapping[str, FeelType], subjects: Sequence[Subject]) -> Grid:
    """Cells that are no FEEL count as opaque: they are faults of their own."""
    columns: list[Column] = []
    opaque: set[int] = set()
    for index, (given, subject) in enumerate(zip(table.inputs, subjects, strict=True)):
        reader = _Reader(given, scope, types, subject)
        cells = [rule.inputs[index] for rule in table.rules]
        column, doubtful = reader.column(cells)
        columns.append(column)
        opaque.update(doubtful)
    return Grid(table, tuple(columns), tuple(sorted(opaque)))


class _Reader:
    """Reads the cells of one column."""

    def __init__(self, given: Input, scope: Scope, types: Mapping[str, FeelType], subject: Subject) -> None:
        self.given = given
        self.scope = scope
        self.types = types
        self.subject = subject
        self.unit = Unit({}, types)
        self.slot = self.unit.slot()

    def parsed(self, text: str) -> tree.UnaryTests | None:
        try:
            return parse_unary_tests(text, self.scope, self.types, self.subject.type)
        except (FeelSyntaxError, RecursionError):
            return None

    def column(self, cells: Sequence[str]) -> tuple[Column, list[int]]:
        texts = {text.strip(): None for text in cells}
        read: dict[str, tree.UnaryTests] = {}
        cuts: list[Value] = []
        for text in texts:
            tests = self.parsed(text) if text not in ANYTHING else None
            if tests is None:
                continue
            try:
                cuts += of_tests(tests)
            except Inexact:
                continue
            read[text] = tests
        domain = self._domain(cuts)
        masks = {text: self._mask(text, read.get(text), domain) for text in texts}
        over = tuple(masks[text.strip()][0] for text in cells)
        under = tuple(masks[text.strip()][1] for text in cells)
        doubtful = [number for number, text in enumerate(cells, 1) if masks[text.strip()][0] != masks[text.strip()][1]]
        label = self.given.label or self.given.expression.strip()
        return Column(label, self._expression(), domain, over, under), doubtful

    def _expression(self) -> tree.Expression | None:
        try:
            return parse(self.given.expression, self.scope, self.types)
        except (FeelSyntaxError, RecursionError):
            return None

    def _domain(self, cuts: list[Value]) -> Domain:
        declared, known = self.subject.type, self.subject.values
        if known is not None and any(isinstance(value, dict | list) for value in known):
            known = None  # contexts and lists are no parts of a line
        listed = self.parsed(self.given.values) if self.given.values.strip() not in ANYTHING else None
        check = self._holds(listed) if listed is not None else None
        if listed is not None:
            with contextlib.suppress(Inexact):
                cuts = [*cuts, *of_tests(listed)]

        def allowed(value: Value) -> bool:
            if known is not None and value not in known:
                return False
            return admits(declared, value) and (check is None or check(value))

        return domain_of(declared, [*cuts, *(v for v in known or () if v is not None)], allowed)

    def _holds(self, tests: tree.UnaryTests) -> Callable[[Value], bool]:
        try:
            code = compile_cell(tests, self.slot, Environment(self.unit))
        except RecursionError:
            return lambda _: False
        frame: Frame = self.unit.frame(start(_BUDGET, None), lambda _: None)
        slot = self.slot

        def holds(value: Value) -> bool:
            if code is None:
                return True
            frame[slot] = value
            return _quietly(code, frame)

        return holds

    def _mask(self, text: str, tests: tree.UnaryTests | None, domain: Domain) -> tuple[int, int]:
        if text in ANYTHING:
            return domain.full, domain.full
        if tests is None:
            return domain.full, 0
        mask = stretch(tests, domain)
        if mask is None:
            mask = domain.mask(self._holds(tests))
        return mask, mask


def _quietly(code: Code, frame: Frame) -> bool:
    try:
        return code(frame) is True
    except BudgetExceeded:
        frame[RUN] = start(_BUDGET, None)
        return False


def stretch(tests: tree.UnaryTests, domain: Domain) -> int | None:
    """The mask of a cell that is one comparison, range or number, without trying every part; None for other cells."""
    if tests.negated or len(tests.tests) != 1 or not _one_line(domain):
        return None
    places = {part.sample: i for i, part in enumerate(domain.parts) if part.shape == POINT}
    end = len(domain.parts) - 1
    match tests.tests[0]:
        case tree.ComparisonTest(operator, tree.NumberLiteral(value)) if value in places:
            return _half(operator, places[value], end)
        case tree.ExpressionTest(tree.NumberLiteral(value)) if value in places:
            return 1 << places[value]
        case tree.ExpressionTest(
            tree.RangeLiteral(tree.NumberLiteral(low), tree.NumberLiteral(high), low_in, high_in)
        ) if low in places and high in places and low <= high:
            first = places[low] + (not low_in)
            behind = places[high] + high_in
            return max(0, (1 << behind) - (1 << first)) if behind > first else 0
    return None


def _half(operator: str, place: int, end: int) -> int | None:
    below, point = (1 << place) - 1, 1 << place
    above = (1 << end) - 1 & ~(below | point)
    return {"<": below, "<=": below | point, ">": above, ">=": above | point, "=": point, "!=": below | above}.get(
        operator
    )


def _one_line(domain: Domain) -> bool:
    return all(p.shape == NULL or (p.shape in {POINT, OPEN} and isinstance(p.sample, Decimal)) for p in domain.parts)


__all__ = ["NULL", "OPEN", "ORDERED", "OTHER", "POINT", "Column", "Grid", "Subject", "grid_of", "kinds_of", "stretch"]
