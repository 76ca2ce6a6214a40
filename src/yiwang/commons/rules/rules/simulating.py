"""Tries a decision on some facts and says of every cell what became of it, so that a page can light it up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from yiwang.commons.rules.contracts import FactWords
from yiwang.commons.rules.engine import Diagnostic, Model, from_json, to_json
from yiwang.commons.rules.rules.layout import FactKind, Layout, TableLayout

if TYPE_CHECKING:
    from yiwang.commons.rules.engine.explaining import RuleView, Sentence, TableView

_MOST_WORLDS = 12


class CellState(StrEnum):
    """What became of one condition: nothing asked (a dash), met, not met, depends on a missing fact, not compared any more."""

    BLANK = "any"
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
    """One rule: matched, not, or None where that depends on missing facts; `outputs` as JSON where it alone matched."""

    number: int
    matched: bool | None
    cells: tuple[CellTrial, ...]
    outputs: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class TableTrial:
    """What became of a table."""

    id: str
    rules: tuple[RuleTrial, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """The whole trial. `spared` are facts not given that can't change the outcome any more.

    `worlds`: where one fact with few values is missing, what comes out for each of them; `possible`: all outcomes that
    are still possible, where they are known. `sentences` gives the reasons by language ("zh", "en").
    """

    value: Any
    known: bool
    missing: tuple[str, ...]
    spared: tuple[str, ...]
    tables: Mapping[str, TableTrial]
    values: Mapping[str, Any]
    sentences: Mapping[str, tuple["Sentence", ...]]
    worlds: tuple[tuple[str, Any], ...] = ()
    possible: tuple[Any, ...] = ()
    remarks: tuple[Diagnostic, ...] = ()


def simulate(
    model: Model,
    layout: Layout,
    facts: Mapping[str, Any],
    *,
    words: Mapping[str, FactWords] | None = None,
    now: datetime | None = None,
) -> Simulation:
    """`facts` as JSON by the names of the inputs; those that are absent are unknown. `words` as for `explain`."""
    from yiwang.commons.rules.engine.explaining import Words, explain, missing_facts  # not needed to start the program

    types = model.inputs
    told = {name: from_json(value, types.get(name)) for name, value in facts.items() if name in types}
    spoken = {name: Words(each.label, each.unit, each.values) for name, each in (words or {}).items()}
    explained = explain(model, layout.key, told, vocabulary=spoken, now=now)
    missing = missing_facts(model, layout.key, told, now=now)
    outcome = explained.outcome
    known = outcome.known or missing.settled
    value = to_json(outcome.value if outcome.known else missing.value)
    absent = [fact.name for fact in layout.facts if fact.name not in told]
    return Simulation(
        value,
        known,
        missing.facts,
        tuple(name for name in absent if name not in missing.facts),
        _tables(model, layout, explained.tables, told, now),
        _values(model, layout, told, now),
        {language: explained.sentences(language) for language in ("zh", "en")},
        _worlds(model, layout, told, missing.facts, now),
        tuple(to_json(each) for each in missing.outcomes) if not known else (),
        outcome.diagnostics,
    )


def _values(model: Model, layout: Layout, told: Mapping[str, Any], now: datetime | None) -> dict[str, Any]:
    """What the decisions below came to, by their ids."""
    values: dict[str, Any] = {}
    for part in layout.parts[1:]:
        if part.name in model.decisions and (found := model.decide(part.id, told, now=now)).known:
            values[part.id] = to_json(found.value)
    return values


def _worlds(
    model: Model, layout: Layout, told: Mapping[str, Any], missing: Sequence[str], now: datetime | None
) -> tuple[tuple[str, Any], ...]:
    fact = next((fact for fact in layout.facts if [fact.name] == list(missing)), None)
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


def _tables(
    model: Model, layout: Layout, views: "Sequence[TableView]", told: Mapping[str, Any], now: datetime | None
) -> dict[str, TableTrial]:
    """Each table by its last evaluation; one that was not needed stays dark."""
    last = {view.name: view for view in views}
    found: dict[str, TableTrial] = {}
    for table in layout.tables:
        view = last.get(table.name)
        if view is not None:
            value = to_json(model.decide(table.id, told, now=now).value) if table.name in model.decisions else None
            alone = len(view.matched) == 1
            found[table.id] = TableTrial(table.id, tuple(_rule(rule, table, value, alone) for rule in view.rules))
    return found


def _rule(rule: "RuleView", table: TableLayout, value: Any, alone: bool) -> RuleTrial:
    cells = tuple(
        CellTrial(CellState(cell.state), to_json(cell.seen) if cell.state in {CellState.YES, CellState.NO} else None)
        for cell in rule.cells
    )
    outputs: tuple[Any, ...] = ()
    if rule.matched and alone and value is not None:
        several = len(table.outputs) > 1 and isinstance(value, dict)
        outputs = tuple(value.get(column.expression) for column in table.outputs) if several else (value,)
    return RuleTrial(rule.number, rule.matched if rule.looked_at else False, cells, outputs)
