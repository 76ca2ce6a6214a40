"""Decision tables as data, and what their evaluation tells: which rules matched, which entry failed first in the others.

The clauses' texts are FEEL; `tables_compile` makes them ready. Source: DMN 1.5, chapter 8.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .feeltypes import FeelType


class HitPolicy(StrEnum):
    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    PRIORITY = "PRIORITY"
    ANY = "ANY"
    COLLECT = "COLLECT"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"


class Aggregation(StrEnum):
    LIST = "LIST"
    SUM = "SUM"
    COUNT = "COUNT"
    MIN = "MIN"
    MAX = "MAX"


@dataclass(frozen=True, slots=True)
class Input:
    """An input column: its expression, and the values (unary tests) that it may take."""

    expression: str
    label: str = ""
    values: str = ""
    type: FeelType | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Output:
    """An output column: name (only one column may go without), values in order of priority, default."""

    name: str = ""
    values: str = ""
    default: str = ""
    type: FeelType | None = None
    line: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: unary tests for each input, an expression for each output; `line` is one of its file.

    `notes` are its entries in the table's annotation columns, `annotation` the first of them or its description.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    id: str = ""
    annotation: str = ""
    line: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionTable:
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    hit_policy: HitPolicy = HitPolicy.UNIQUE
    aggregation: Aggregation = Aggregation.LIST
    name: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """What became of a rule: matched, not, or None where that depends on absent facts.

    `failed_input` is the index from 0 of the input entry that failed first (or is first to depend on an absent fact).
    """

    number: int
    id: str
    matched: bool | None
    failed_input: int | None = None
    annotation: str = ""


@dataclass(frozen=True, slots=True)
class TableTrace:
    """One evaluation of a table, in a model under the name of its decision; `rules` are those that were looked at.

    `values` are what the input columns were; a column that no rule had to look at is absent facts without names.
    """

    where: str
    hit_policy: HitPolicy
    inputs: tuple[str, ...]
    rules: tuple[RuleTrace, ...]
    values: tuple[Any, ...] = ()

    @property
    def matched_rules(self) -> tuple[int, ...]:
        """Numbers from 1 of the rules that matched."""
        return tuple(rule.number for rule in self.rules if rule.matched)
