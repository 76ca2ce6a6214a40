"""Ports that higher contexts fill at start-up: how their statements are worded, and what records somebody holds."""

from yiwang.commons.ledger.registry.holding import Held, held_by, register_holding
from yiwang.commons.ledger.registry.statements import (
    Statements,
    fact_words,
    facts,
    kind_words,
    kinds,
    register_statements,
    steps,
    value_words,
    values,
)

__all__ = [
    "Held",
    "Statements",
    "fact_words",
    "facts",
    "held_by",
    "kind_words",
    "kinds",
    "register_holding",
    "register_statements",
    "steps",
    "value_words",
    "values",
]
