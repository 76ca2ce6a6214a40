"""A decision table as its page draws it, with or without the lights of a trial."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from yiwang.commons.rules import rules
from yiwang.commons.rules.rules import CellState
from yiwang.commons.rules.views import words
from yiwang.web.components import Text

MOST_ROWS = 200
_LONG, _WIDE = 14, 48
_MOST_VALUE = 100
_CLASSES = {
    CellState.YES: "is-yes",
    CellState.NO: "is-no",
    CellState.UNKNOWN: "is-unknown",
    CellState.SKIPPED: "is-skipped",
    CellState.BLANK: "",
}


@dataclass(frozen=True, slots=True)
class GridCell:
    """`note` is what was found instead; `feel` tells that the words are FEEL text."""

    words: str
    css: str = ""
    note: Text = ""
    feel: bool = False
    changed: bool = False

    @property
    def size(self) -> str:
        """How much room the words ask for."""
        return "is-wide" if len(self.words) > _WIDE else "is-long" if len(self.words) > _LONG else ""

    @property
    def said(self) -> Text:
        """What the light means, for those who can't see it."""
        return {
            "is-yes": _("成立"),
            "is-no": _("不成立"),
            "is-unknown": _("事实未知"),
            "is-skipped": _("不必再比较"),
        }.get(self.css, "")


@dataclass(frozen=True, slots=True)
class GridRow:
    """`state` is "live" for a rule that matched, "open" for one that may; `mark` how it differs from another version."""

    number: int
    cells: tuple[GridCell, ...]
    outputs: tuple[GridCell, ...]
    note: str
    state: str = ""
    mark: Text = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """One table with its columns as label and what stands below it."""

    id: str
    label: str
    description: str
    letter: str
    policy: Text
    inputs: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    rows: tuple[GridRow, ...]
    notes: bool
    left_out: int = 0
    value: Text = ""
    sources: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Logic:
    """A decision or function that is one expression."""

    id: str
    label: str
    description: str
    text: str
    value: Text = ""
    sources: tuple[str, ...] = ()


def part_of(
    part: rules.TableLayout | rules.LogicLayout,
    simulation: rules.Simulation | None = None,
    layout: rules.Layout | None = None,
) -> Grid | Logic:
    """A decision of the model for its page."""
    value: Text = ""
    if simulation is not None and part.id in simulation.values:
        said = words.value_words(simulation.values[part.id])
        value = said if len(said) <= _MOST_VALUE else ""
    if isinstance(part, rules.LogicLayout):
        return Logic(part.id, part.label, part.description, part.text, value, part.sources)
    return grid_of(part, simulation.tables.get(part.id) if simulation is not None else None, value, layout)


def grid_of(
    table: rules.TableLayout,
    trial: rules.TableTrial | None = None,
    value: Text = "",
    layout: rules.Layout | None = None,
) -> Grid:
    """A table; of a very large one the first rules and those that matched or may."""
    tried = {rule.number: rule for rule in trial.rules} if trial is not None else {}
    shown = [
        r for r in table.rows if r.number <= MOST_ROWS or (r.number in tried and tried[r.number].matched is not False)
    ]
    shown = shown[: 2 * MOST_ROWS]
    named = {fact.name: fact.named for fact in layout.facts} if layout is not None else {}
    names: tuple[Mapping[str, str], ...] = tuple(named.get(column.expression, {}) for column in table.inputs)
    codes = tuple(column.named for column in table.outputs)
    letter, policy = words.policy_words(table.policy, table.aggregation)
    return Grid(
        table.id,
        table.label,
        table.description,
        letter,
        policy,
        tuple((column.label, _values(column, table)) for column in table.inputs),
        tuple(
            (column.label, column.expression if column.label != column.expression else "") for column in table.outputs
        ),
        tuple(_row(row, tried.get(row.number), names, codes) for row in shown),
        any(row.note for row in table.rows),
        len(table.rows) - len(shown),
        value,
        table.sources,
    )


def _values(column: rules.TableColumn, table: rules.TableLayout) -> str:
    if column.values:
        return words.cell_words(column.values)
    if column.type == "boolean":
        return _("是、否")
    return "" if column.expression == column.label else column.expression[:60]


def _row(
    row: rules.TableRow,
    trial: rules.RuleTrial | None,
    names: tuple[Mapping[str, str], ...],
    codes: tuple[Mapping[str, str], ...],
) -> GridRow:
    cells = tuple(
        _cell(text, trial.cells[i] if trial and i < len(trial.cells) else None, names[i])
        for i, text in enumerate(row.inputs)
    )
    outputs = tuple(
        _output(text, trial.outputs[i] if trial and trial.matched and i < len(trial.outputs) else None, codes[i])
        for i, text in enumerate(row.outputs)
    )
    state = "" if trial is None else {True: "live", None: "open", False: ""}[trial.matched]
    return GridRow(row.number, cells, outputs, row.note, state)


def _cell(text: str, trial: rules.CellTrial | None, named: Mapping[str, str]) -> GridCell:
    parts = rules.cell_parts(text)
    feel = any(kind == "feel" for _part, kind in parts)
    if trial is None:
        return GridCell(words.cell_words(text, named), "", "", feel)
    note = ""
    if trial.state is CellState.NO:
        note = _("实为 %(value)s") % {
            "value": named.get(trial.seen, trial.seen) if isinstance(trial.seen, str) else words.value_words(trial.seen)
        }
    return GridCell(words.cell_words(text, named), _CLASSES[trial.state], note, feel)


def _output(text: str, value: Any, named: Mapping[str, str]) -> GridCell:
    simple = rules.constant(text) is not None or not text.strip()
    note = "" if simple or value is None else words.value_words(value)
    return GridCell(words.output_words(text, named), "", note, not simple)
