"""What type the parser may expect of an expression: only as far as it helps to find where a name ends."""

from collections.abc import Mapping

from . import tree
from .feeltypes import (
    BUILT_IN,
    DATE,
    DATE_TIME,
    NUMBER,
    STRING,
    TIME,
    ContextOf,
    FeelType,
    FunctionOf,
    ListOf,
    RangeOf,
    item_of,
    members,
    plain,
)
from .names import Scope
from .temporal import Date, DateTime, Time
from .temporal_text import parse_at_literal

_RESULTS = {"date": DATE, "time": TIME, "date and time": DATE_TIME, "now": DATE_TIME, "today": DATE}
_TEMPORAL: Mapping[type, FeelType] = {Date: DATE, Time: TIME, DateTime: DATE_TIME}


def shape(node: tree.Expression, scope: Scope) -> FeelType | None:  # noqa: C901, PLR0911 - one return for each kind
    """The type of an expression where it shows, else None."""
    match node:
        case tree.Name(name):
            return scope.type_of(name)
        case tree.Path(base, member):
            known = members(shape(base, scope))
            return known.get(member) if known is not None else None
        case tree.Filter(base, predicate):
            outer = shape(base, scope)
            return item_of(outer) if isinstance(predicate, tree.NumberLiteral | tree.Negation) else outer
        case tree.ContextLiteral(entries):
            inner = scope.child()
            found: list[tuple[str, FeelType]] = []
            for name, value in entries:
                inner.add(name, shape(value, inner))
                found.append((name, inner.types[name] or BUILT_IN["Any"]))
            return ContextOf(tuple(found))
        case tree.ListLiteral(items):
            first = shape(items[0], scope) if items else None
            return ListOf(first) if first is not None else None
        case tree.Call(function) | tree.NamedCall(function):
            return _result(function, scope)
        case tree.If(_, then, otherwise):
            return shape(then, scope) or shape(otherwise, scope)
        case tree.RangeLiteral(start):
            return RangeOf(shape(start, scope) or BUILT_IN["Any"])
        case tree.AtLiteral(text):
            return _TEMPORAL.get(type(parse_at_literal(text)))
    return NUMBER if isinstance(node, tree.NumberLiteral) else STRING if isinstance(node, tree.StringLiteral) else None


def _result(function: tree.Expression, scope: Scope) -> FeelType | None:
    declared = shape(function, scope)
    declared = plain(declared) if declared is not None else None
    if isinstance(declared, FunctionOf):
        return declared.result
    return _RESULTS.get(function.name) if isinstance(function, tree.Name) else None
