"""FEEL and DMN 1.5 without any framework: parse, compile to closures, decide, explain.

Doors: `compile_expression`, `compile_unary_tests`, `compile_table`, `load_dmn`, `missing_facts`. Errors of FEEL are null with a
`Diagnostic`; absent facts are unknown, not null, and named in `missing_facts`; a `Budget` ends what runs away.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from . import tree
from .budget import Budget
from .diagnostics import MESSAGES, Diagnostic, DmnError, FeelSyntaxError, Place, RulesError
from .expression import Absent, Expression, Result, compile_expression, compile_unary_tests
from .feeltypes import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    MONTHS,
    NUMBER,
    STRING,
    TIME,
    ContextOf,
    FeelType,
    ListOf,
    RangeOf,
    is_instance,
    type_name,
)
from .functions import builtin
from .functions_conversion import as_text
from .json_values import from_json, to_json
from .outcome import Outcome
from .parser import parse, parse_unary_tests
from .printer import unparse, unparse_tests
from .table_expression import TableExpression, compile_table
from .tables import Aggregation, DecisionTable, HitPolicy, Input, Output, Rule, RuleTrace, TableTrace
from .temporal import Date, DateTime, DaysDuration, MonthsDuration, Time
from .temporal_text import format_temporal
from .values import Function, Range

_LATER = {
    "Comparison": "explaining",
    "DecisionProof": "explaining",
    "Missing": "explaining",
    "Model": "dmn_model",
    "ProofUnreadable": "explaining",
    "Reading": "faults",
    "Source": "explaining",
    "load_dmn": "dmn_model",
    "missing_facts": "explaining",
    "prove": "explaining",
    "read_dmn": "faults",
    "recompute": "explaining",
}
"""Doors whose parts are loaded when they are first used: who only computes FEEL need not load DMN and XML."""

if TYPE_CHECKING:
    from .dmn_model import Model, load_dmn
    from .explaining import Comparison, DecisionProof, Missing, ProofUnreadable, Source, missing_facts, prove, recompute
    from .faults import Reading, read_dmn
else:

    def __getattr__(name: str) -> object:
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f".{_LATER[name]}", __name__), name)


__all__ = [
    "ANY",
    "BOOLEAN",
    "DATE",
    "DATE_TIME",
    "DAYS",
    "MESSAGES",
    "MONTHS",
    "NUMBER",
    "STRING",
    "TIME",
    "Absent",
    "Aggregation",
    "Budget",
    "Comparison",
    "ContextOf",
    "Date",
    "DateTime",
    "DaysDuration",
    "DecisionProof",
    "DecisionTable",
    "Diagnostic",
    "DmnError",
    "Expression",
    "FeelSyntaxError",
    "FeelType",
    "Function",
    "HitPolicy",
    "Input",
    "ListOf",
    "Missing",
    "Model",
    "MonthsDuration",
    "Outcome",
    "Output",
    "Place",
    "ProofUnreadable",
    "Range",
    "RangeOf",
    "Reading",
    "Result",
    "Rule",
    "RuleTrace",
    "RulesError",
    "Source",
    "TableExpression",
    "TableTrace",
    "Time",
    "as_text",
    "builtin",
    "compile_expression",
    "compile_table",
    "compile_unary_tests",
    "format_temporal",
    "from_json",
    "is_instance",
    "load_dmn",
    "missing_facts",
    "parse",
    "parse_unary_tests",
    "prove",
    "read_dmn",
    "recompute",
    "to_json",
    "tree",
    "type_name",
    "unparse",
    "unparse_tests",
]
