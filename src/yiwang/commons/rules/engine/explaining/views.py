"""The tables of a decision as they were evaluated, cell by cell: what a simulator lights up."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from yiwang.commons.rules.engine import tree
from yiwang.commons.rules.engine.diagnostics import FeelSyntaxError
from yiwang.commons.rules.engine.expression import BUILTIN_SCOPE
from yiwang.commons.rules.engine.names import Scope
from yiwang.commons.rules.engine.outcome import Outcome
from yiwang.commons.rules.engine.parser import parse, parse_unary_tests
from yiwang.commons.rules.engine.tables import DecisionTable, HitPolicy, Rule, RuleTrace
from yiwang.commons.rules.engine.unknown import OPEN
from yiwang.commons.rules.engine.values import Value

from .words import Words, requirement

YES, NO, UNKNOWN, SKIPPED, ANY = "yes", "no", "unknown", "skipped", "any"
_CLAUSE = re.compile("依据|条款|条文|出处|clause|basis|ground|source", re.IGNORECASE)
MAX_TRACED = 200


@dataclass(frozen=True, slots=True)
class Column:
    """An input column; `name` is the fact or decision that it reads, empty where it computes."""

    words: Words
    expression: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class CellView:
    """`state`: YES met, NO the first that failed, UNKNOWN open, SKIPPED not compared any more, ANY asks nothing.

    `seen` is the column's value where it was looked at.
    """

    test: str
    state: str
    column: Column
    seen: Value = None
    parse: "Callable[[str], tree.UnaryTests | None]" = field(default=lambda _: None, repr=False, compare=False)

    @property
    def tests(self) -> tree.UnaryTests | None:
        """The test as a tree, read when first asked for; None where it is no FEEL."""
        return self.parse(self.test)

    def words(self, language: str) -> str:
        """What the cell asks, in words."""
        tests = self.tests
        if tests is None:
            return "" if self.state == ANY else self.test
        return requirement(tests, self.column.words, language) if tests.tests else ""


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule as it came out; `matched` is None where that depends on absent facts or it was not looked at."""

    number: int
    id: str
    matched: bool | None
    looked_at: bool
    cells: tuple[CellView, ...]
    outputs: tuple[str, ...]
    clause: str

    @property
    def failed(self) -> CellView | None:
        """The first condition that failed."""
        return next((cell for cell in self.cells if cell.state == NO), None)


@dataclass(frozen=True, slots=True)
class TableView:
    """One evaluation of a table: of the decision `where`, or of the knowledge model `name` that it called."""

    where: str
    name: str
    hit_policy: HitPolicy
    columns: tuple[Column, ...]
    rules: tuple[RuleView, ...]

    @property
    def matched(self) -> tuple[RuleView, ...]:
        return tuple(rule for rule in self.rules if rule.matched)


WordsOf = Callable[[str, str], Words]
"""Words for a column, from the name that it reads (or its expression) and its label."""


def table_views(outcome: Outcome, words_of: WordsOf, scopes: Mapping[str, Scope]) -> tuple[TableView, ...]:
    """Every table that was evaluated, in order; `scopes` by the name of the element that holds the table."""
    views: list[TableView] = []
    for record, trace in zip(outcome.records[:MAX_TRACED], outcome.tables, strict=False):
        table = record.ready.table
        scope = scopes.get(table.name, BUILTIN_SCOPE)
        columns = tuple(_column(given.expression, given.label, words_of, scope) for given in table.inputs)
        reader = _Reader(table, columns, scope)
        traces: dict[int, RuleTrace] = {rule.number: rule for rule in trace.rules}
        rules = (reader.rule(n, rule, traces.get(n), trace.values) for n, rule in enumerate(table.rules, 1))
        views.append(TableView(trace.where, table.name, table.hit_policy, columns, tuple(rules)))
    return tuple(views)


def _column(expression: str, label: str, words_of: WordsOf, scope: Scope) -> Column:
    text = expression.strip()
    try:
        node = parse(text, scope)
    except (FeelSyntaxError, RecursionError):
        node = None
    match node:
        case tree.Name(name):
            return Column(words_of(name, label or text), text, name)
        case tree.Path(tree.Name(base), member):
            return Column(words_of(f"{base}.{member}", label or text), text, base)
    return Column(words_of(text, label or text), text)


class _Reader:
    """Reads the rules of one table, each distinct cell once."""

    def __init__(self, table: DecisionTable, columns: Sequence[Column], scope: Scope) -> None:
        self.table = table
        self.columns = columns
        self.scope = scope
        self._tests: dict[str, tree.UnaryTests | None] = {}

    def rule(self, number: int, rule: Rule, trace: RuleTrace | None, values: Sequence[Value]) -> RuleView:
        cells = tuple(self._cell(index, text, trace, values) for index, text in enumerate(rule.inputs))
        matched = None if trace is None else trace.matched
        return RuleView(number, rule.id, matched, trace is not None, cells, rule.outputs, clause_of(self.table, rule))

    def _cell(self, index: int, text: str, trace: RuleTrace | None, values: Sequence[Value]) -> CellView:
        column = self.columns[index]
        if text.strip() in {"", "-"}:
            return CellView("-", ANY, column)
        seen = values[index] if index < len(values) else None
        state = _state(index, trace, seen)
        shown = seen if state in {YES, NO} else None
        return CellView(text.strip(), state, column, shown, self._parsed)

    def _parsed(self, text: str) -> tree.UnaryTests | None:
        if text not in self._tests:
            try:
                self._tests[text] = parse_unary_tests(text, self.scope)
            except (FeelSyntaxError, RecursionError):
                self._tests[text] = None
        return self._tests[text]


def _state(index: int, trace: RuleTrace | None, seen: Value) -> str:
    if trace is None:
        return SKIPPED
    if trace.matched is False and trace.failed_input is not None:
        if index > trace.failed_input:
            return SKIPPED
        if index == trace.failed_input:
            return NO
    if type(seen) in OPEN or (trace.matched is None and index == trace.failed_input):
        return UNKNOWN
    return YES


def clause_of(table: DecisionTable, rule: Rule) -> str:
    """The clause that a rule cites: its note in the column named for that, else its first note or description."""
    for name, note in zip(table.notes, rule.notes, strict=False):
        if note and _CLAUSE.search(name):
            return note
    return rule.annotation
