"""Reads of licences: types, what a holder has, one licence, its uses."""

from yiwang.commons.licences.queries.page import licence, showings, use_standing, uses, uses_of
from yiwang.commons.licences.queries.types import type_keys, type_spec, types
from yiwang.commons.licences.queries.wallet import briefs, held, wallet

__all__ = [
    "briefs",
    "held",
    "licence",
    "showings",
    "type_keys",
    "type_spec",
    "types",
    "use_standing",
    "uses",
    "uses_of",
    "wallet",
]
