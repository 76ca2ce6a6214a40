"""What holds in the life of a decision, and what its pages show, without any framework."""

from yiwang.commons.rules.rules.changing import FactsUnreadable, Tally, outcome_words, read_facts_table, rows_in, tally
from yiwang.commons.rules.rules.checking import Checked, check_text
from yiwang.commons.rules.rules.compiling import model_of
from yiwang.commons.rules.rules.differing import RuleChange, TableChange, differences
from yiwang.commons.rules.rules.entering import EnteredFacts, entered, told
from yiwang.commons.rules.rules.examples import Examined, moved_examples, try_example, try_examples
from yiwang.commons.rules.rules.layout import (
    FactField,
    FactKind,
    Layout,
    LogicLayout,
    TableColumn,
    TableLayout,
    TableRow,
    layout_of,
    spoken_words,
    with_words,
)
from yiwang.commons.rules.rules.life import DRAFT_MOVES, DraftMove, Term, moved, placed, standing
from yiwang.commons.rules.rules.reading import cell_parts, constant, shown_value
from yiwang.commons.rules.rules.simulating import CellState, CellTrial, RuleTrial, Simulation, TableTrial, simulate
from yiwang.commons.rules.rules.starting import first_model

__all__ = [
    "DRAFT_MOVES",
    "CellState",
    "CellTrial",
    "Checked",
    "DraftMove",
    "EnteredFacts",
    "Examined",
    "FactField",
    "FactKind",
    "FactsUnreadable",
    "Layout",
    "LogicLayout",
    "RuleChange",
    "RuleTrial",
    "Simulation",
    "TableChange",
    "TableColumn",
    "TableLayout",
    "TableRow",
    "TableTrial",
    "Tally",
    "Term",
    "cell_parts",
    "check_text",
    "constant",
    "differences",
    "entered",
    "first_model",
    "layout_of",
    "model_of",
    "moved",
    "moved_examples",
    "outcome_words",
    "placed",
    "read_facts_table",
    "rows_in",
    "shown_value",
    "simulate",
    "spoken_words",
    "standing",
    "tally",
    "told",
    "try_example",
    "try_examples",
    "with_words",
]
