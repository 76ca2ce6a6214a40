"""Tries a decision on some facts and says of every cell what became of it, so that a page can light it up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from yiwang.commons.rules.engine import (
    Diagnostic,
    Expression,
    FeelSyntaxError,
    FeelType,
    Model,
    compile_expression,
    compile_unary_tests,
    from_json,
    to_json,
)
from yiwang.commons.rules.rules.layout import FactKind, Layout, TableLayout, TableRow

_MOST_WORLDS = 12


class CellState(StrEnum):
    """What became of one condition: not asked for (a dash), met, not met, depends on a missing fact, not compared any more."""

    BLANK = "blank"
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class CellTrial:
    """One condition; `seen` is the value that it met, as JSON."""

    state: CellState
    seen: Any = None


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """One rule: matched, not, or None where that depends on missing facts; `outputs` as JSON where they are known."""

    number: int
    matched: bool | None
    cells: tuple[CellTrial, ...]
    outputs: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class TableTrial:
    """What became of a table; `seen` are the values of its columns as JSON."""

    id: str
    rules: tuple[RuleTrial, ...]
    seen: tuple[Any, ...]
    value: Any = None
    known: bool = False

    @property
    def matched(self) -> tuple[int, ...]:
        return tuple(rule.number for rule in self.rules if rule.matched)


@dataclass(frozen=True, slots=True)
class Simulation:
    """The whole trial. `spared` are facts not given that can't change the outcome any more.

    `worlds`: where one fact with few values is missing, what comes out for each of them.
    """

    value: Any
    known: bool
    missing: tuple[str, ...]
    spared: tuple[str, ...]
    tables: Mapping[str, TableTrial]
    values: Mapping[str, Any]
    worlds: tuple[tuple[str, Any], ...] = ()
    remarks: tuple[Diagnostic, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)


def simulate(model: Model, layout: Layout, facts: Mapping[str, Any], now: datetime | None = None) -> Simulation:
    """`facts` as JSON by the names of the inputs; those that are absent are unknown."""
    types = model.inputs
    told = {name: from_json(value, types.get(name)) for name, value in facts.items() if name in types}
    outcome = model.decide(layout.key, told, now=now)
    values: dict[str, Any] = {}
    known = dict(told)
    for part in layout.parts[1:]:
        if not model.has(part.id) or part.name not in model.decisions:
            continue
        found = model.decide(part.id, told, now=now)
        if found.known:
            known[part.name] = found.value
            values[part.id] = to_json(found.value)
    tables = {t.id: _table(model, t, known, told, now) for t in layout.tables if t.name in model.decisions}
    missing = outcome.missing_facts
    absent = tuple(fact.name for fact in layout.facts if fact.name not in told)
    return Simulation(
        to_json(outcome.value),
        outcome.known,
        missing,
        tuple(name for name in absent if name not in missing),
        tables,
        values,
        _worlds(model, layout, told, missing, now),
        outcome.diagnostics,
    )


def _worlds(
    model: Model, layout: Layout, told: Mapping[str, Any], missing: Sequence[str], now: datetime | None
) -> tuple[tuple[str, Any], ...]:
    if len(missing) != 1:
        return ()
    fact = next((fact for fact in layout.facts if fact.name == missing[0]), None)
    if fact is None:
        return ()
    options: Sequence[Any] = (True, False) if fact.kind is FactKind.YES_NO else fact.options if fact.closed else ()
    if not 0 < len(options) <= _MOST_WORLDS:
        return ()
    worlds = []
    for option in options:
        outcome = model.decide(layout.key, {**told, fact.name: option}, now=now)
        if not outcome.known:
            return ()
        worlds.append((option if isinstance(option, str) else ("true" if option else "false"), to_json(outcome.value)))
    return tuple(worlds)


def _table(
    model: Model, table: TableLayout, known: Mapping[str, Any], told: Mapping[str, Any], now: datetime | None
) -> TableTrial:
    names: dict[str, FeelType | None] = {**model.inputs, **{name: model.type_of(name) for name in model.decisions}}
    columns = [_compiled(column.expression, names) for column in table.inputs]
    seen = [None if each is None else each.evaluate(known, now=now) for each in columns]
    outcome = model.decide(table.id, told, now=now)
    own = next((trace for trace in reversed(outcome.tables) if trace.where == table.name), None)
    verdicts = {rule.number: rule.matched for rule in own.rules} if own is not None else {}
    rules = []
    for row in table.rows:
        cells = tuple(_cells(row, seen, names, known, now))
        matched = verdicts.get(row.number, False if row.number > len(verdicts) else None)
        if own is None:
            matched = _matched(cells)
        rules.append(RuleTrial(row.number, matched, cells, _outputs(row, names, known, now)))
    values = tuple(None if result is None or not result.known else to_json(result.value) for result in seen)
    return TableTrial(table.id, tuple(rules), values, to_json(outcome.value), outcome.known)


def _matched(cells: Sequence[CellTrial]) -> bool | None:
    states = {cell.state for cell in cells}
    return False if CellState.NO in states else None if CellState.UNKNOWN in states else True


def _cells(
    row: TableRow,
    seen: Sequence[Any],
    names: Mapping[str, FeelType | None],
    known: Mapping[str, Any],
    now: datetime | None,
) -> list[CellTrial]:
    """Up to the first condition that is not met; those after it need not be compared."""
    cells: list[CellTrial] = []
    failed = False
    for text, value in zip(row.inputs, seen, strict=False):
        if failed:
            cells.append(CellTrial(CellState.BLANK if text.strip() in {"", "-"} else CellState.SKIPPED))
            continue
        cell = _cell(text, value, names, known, now)
        cells.append(cell)
        failed = cell.state is CellState.NO
    return cells


def _cell(
    text: str, value: Any, names: Mapping[str, FeelType | None], known: Mapping[str, Any], now: datetime | None
) -> CellTrial:
    if text.strip() in {"", "-"}:
        return CellTrial(CellState.BLANK)
    if value is None or not value.known:
        return CellTrial(CellState.UNKNOWN)
    try:
        test = compile_unary_tests(text, names)
    except FeelSyntaxError:
        return CellTrial(CellState.UNKNOWN)
    result = test.evaluate(known, input=value.value, now=now)
    if not result.known:
        return CellTrial(CellState.UNKNOWN)
    return CellTrial(CellState.YES if result.value is True else CellState.NO, to_json(value.value))


def _outputs(
    row: TableRow, names: Mapping[str, FeelType | None], known: Mapping[str, Any], now: datetime | None
) -> tuple[Any, ...]:
    found = []
    for text in row.outputs:
        compiled = _compiled(text, names) if text.strip() else None
        result = compiled.evaluate(known, now=now) if compiled is not None else None
        found.append(to_json(result.value) if result is not None and result.known else None)
    return tuple(found)


def _compiled(text: str, names: Mapping[str, FeelType | None]) -> Expression | None:
    try:
        return compile_expression(text, names) if text.strip() else None
    except FeelSyntaxError:
        return None
