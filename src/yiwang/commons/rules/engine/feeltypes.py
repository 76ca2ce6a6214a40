"""The types of FEEL: `instance of`, coercion of values to declared types, and the members a parser may expect.

Source: DMN 1.5, 10.3.2.9 (type system), 10.3.2.9.4 (type conversions). Allowed values restrict coercion, not `instance of`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .diagnostics import Fault
from .temporal import Date, at_midnight
from .unknown import OPEN, FactContext, PartialContext, Unknown
from .values import Function, Range, Value, kind


@dataclass(frozen=True, slots=True)
class Simple:
    name: str


@dataclass(frozen=True, slots=True)
class ListOf:
    item: "FeelType"


@dataclass(frozen=True, slots=True)
class RangeOf:
    item: "FeelType"


@dataclass(frozen=True, slots=True)
class ContextOf:
    entries: tuple[tuple[str, "FeelType"], ...]


@dataclass(frozen=True, slots=True)
class FunctionOf:
    parameters: tuple["FeelType", ...]
    result: "FeelType"


@dataclass(frozen=True, slots=True)
class Named:
    """A type of the model by its name; resolved against the declared types when compiled."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Restricted:
    """A declared type: its base, and the test that allowed values must pass (None: all); `tests` is its text."""

    name: str
    base: "FeelType"
    allowed: Callable[[Value], Value] | None = None
    tests: str = ""


FeelType = Simple | ListOf | RangeOf | ContextOf | FunctionOf | Named | Restricted

ANY = Simple("Any")
NULL = Simple("Null")
NUMBER = Simple("number")
STRING = Simple("string")
BOOLEAN = Simple("boolean")
DATE = Simple("date")
TIME = Simple("time")
DATE_TIME = Simple("date and time")
DAYS = Simple("days and time duration")
MONTHS = Simple("years and months duration")
LIST = ListOf(ANY)
CONTEXT = ContextOf(())
RANGE = RangeOf(ANY)
FUNCTION = Simple("function")

BUILT_IN: Mapping[str, FeelType] = {
    **{t.name: t for t in (ANY, NULL, NUMBER, STRING, BOOLEAN, DATE, TIME, DATE_TIME, DAYS, MONTHS, FUNCTION)},
    "any": ANY,
    "dateTime": DATE_TIME,
    "dayTimeDuration": DAYS,
    "yearMonthDuration": MONTHS,
    "list": LIST,
    "context": CONTEXT,
    "range": RANGE,
}

Members = Mapping[str, FeelType]
_DAY: Members = dict.fromkeys(("year", "month", "day", "weekday"), NUMBER)
_CLOCK: Members = {
    **dict.fromkeys(("hour", "minute", "second"), NUMBER),
    "time offset": DAYS,
    "timezone": STRING,
}
_MEMBERS: Mapping[str, Members] = {
    "date": _DAY,
    "time": _CLOCK,
    "date and time": {**_DAY, **_CLOCK},
    "days and time duration": dict.fromkeys(("days", "hours", "minutes", "seconds"), NUMBER),
    "years and months duration": dict.fromkeys(("years", "months"), NUMBER),
}
ALL_TEMPORAL_MEMBERS: Members = {k: v for members in _MEMBERS.values() for k, v in members.items()}


def plain(declared: FeelType) -> FeelType:
    while isinstance(declared, Restricted):
        declared = declared.base
    return declared


def members(declared: FeelType | None) -> Members | None:
    """Names that may follow a dot; None where nothing is known (a list stands for its items)."""
    declared = plain(declared) if declared is not None else None
    match declared:
        case ContextOf(entries) if entries:
            return dict(entries)
        case ListOf(item):
            return members(item)
        case RangeOf(item):
            return {"start": item, "end": item, "start included": BOOLEAN, "end included": BOOLEAN}
        case Simple(name):
            return _MEMBERS.get(name)
    return None


def item_of(declared: FeelType | None) -> FeelType | None:
    declared = plain(declared) if declared is not None else None
    return declared.item if isinstance(declared, ListOf | RangeOf) else declared


def type_name(declared: FeelType) -> str:
    match declared:
        case Simple(name) | Named(name) | Restricted(name):
            return name
        case ListOf(item):
            return f"list<{type_name(item)}>"
        case RangeOf(item):
            return f"range<{type_name(item)}>"
        case ContextOf(entries):
            return f"context<{', '.join(f'{n}: {type_name(t)}' for n, t in entries)}>" if entries else "context"
        case FunctionOf(parameters, result):
            return f"function<{', '.join(map(type_name, parameters))}> -> {type_name(result)}"


def is_instance(value: Value, declared: FeelType) -> bool:
    """`value instance of declared`; null is an instance of Null only."""
    return kind(value) == "null" if declared is NULL else value is not None and conforms(value, declared)


def conforms(value: Value, declared: FeelType) -> bool:  # noqa: PLR0911 - one return for each kind
    """Whether a value, or null, may stand where the type is declared (allowed values apart)."""
    declared = plain(declared)
    if value is None or declared is ANY:
        return True
    match declared:
        case Simple(name):
            return kind(value) == name
        case ListOf(item):
            return isinstance(value, list) and all(conforms(v, item) for v in value)
        case ContextOf(entries):
            return isinstance(value, dict) and all(_entry_conforms(value, n, t) for n, t in entries)
        case RangeOf(item):
            return isinstance(value, Range) and conforms(value.start, item) and conforms(value.end, item)
        case FunctionOf():
            return isinstance(value, Function) and _function_conforms(value, declared)
    return False


def _entry_conforms(value: dict[str, Value], name: str, declared: FeelType) -> bool:
    """An entry must be there, unless it is a fact that may still be told."""
    return conforms(value[name], declared) if name in value else isinstance(value, FactContext)


def _function_conforms(value: Function, declared: FunctionOf) -> bool:
    if value.overloads:
        return any(_signature_conforms(o.parameters, o.result, declared) for o in value.overloads)
    return _signature_conforms(value.parameters, value.result, declared)


def _signature_conforms(parameters: tuple[Any, ...], result: FeelType | None, declared: FunctionOf) -> bool:
    if len(parameters) != len(declared.parameters):
        return False
    given = all(subtype(d, p.type or ANY) for p, d in zip(parameters, declared.parameters, strict=True))
    return given and (result is None or result is ANY or subtype(result, declared.result))


def subtype(narrow: FeelType, wide: FeelType) -> bool:
    """`narrow` conforms to `wide` (10.3.2.9.3)."""
    return _subtype(narrow, wide, {})


def _subtype(narrow: FeelType, wide: FeelType, seen: dict[tuple[int, int], bool]) -> bool:
    """`seen` holds the pairs that were compared: types share parts, and written out they may be beyond all bounds."""
    narrow, wide = plain(narrow), plain(wide)
    if wide is ANY or narrow is NULL or narrow is wide:
        return True
    pair = (id(narrow), id(wide))
    if pair not in seen:
        seen[pair] = _conforming(narrow, wide, seen)
    return seen[pair]


def _conforming(narrow: FeelType, wide: FeelType, seen: dict[tuple[int, int], bool]) -> bool:
    match narrow, wide:
        case (ListOf(a), ListOf(b)) | (RangeOf(a), RangeOf(b)):
            return _subtype(a, b, seen)
        case ContextOf(a), ContextOf(b):
            known = dict(a)
            return all(n in known and _subtype(known[n], t, seen) for n, t in b)
        case FunctionOf(a, r), FunctionOf(b, s):
            arguments = all(_subtype(theirs, mine, seen) for mine, theirs in zip(a, b, strict=False))
            return len(a) == len(b) and arguments and _subtype(r, s, seen)
    return narrow == wide


def coerce(value: Value, declared: FeelType) -> Value:  # noqa: PLR0911 - one return for each kind
    """The value as the declared type, by the implicit conversions; raises `Fault` where it doesn't fit."""
    if value is None or declared is ANY:
        return value
    if type(value) in OPEN:
        return _coerce_partial(value, declared)
    if conforms(value, declared):
        return _allowed(value, declared)
    base = plain(declared)
    if isinstance(value, Date) and base is DATE_TIME:
        return _allowed(at_midnight(value), declared)
    if isinstance(base, ListOf) and not isinstance(value, list):
        return _allowed([coerce(value, base.item)], declared)
    if isinstance(value, list) and len(value) == 1 and not isinstance(base, ListOf):
        return _single(value[0], declared)
    if isinstance(base, ListOf) and any(isinstance(v, Date) for v in value):
        return _allowed([coerce(v, base.item) for v in value], declared)
    raise Fault("rules.coercion", value=kind(value), type=type_name(declared))


def _single(value: Value, declared: FeelType) -> Value:
    """The only item of a list where one value is declared; lists inside it are not opened again."""
    if isinstance(value, list) and plain(declared) is not ANY:
        raise Fault("rules.coercion", value="list", type=type_name(declared))
    return coerce(value, declared)


def _coerce_partial(value: Unknown | PartialContext, declared: FeelType) -> Value:
    base = plain(declared)
    if isinstance(value, Unknown) or not isinstance(base, ContextOf):
        return value
    given = dict(base.entries)
    return PartialContext((name, coerce(v, given.get(name, ANY))) for name, v in value.items())


def _allowed(value: Value, declared: FeelType) -> Value:
    """Checks allowed values at every depth of the declared type."""
    while isinstance(declared, Restricted):
        if declared.allowed is not None and declared.allowed(value) is not True:
            raise Fault("rules.not_allowed", type=declared.name)
        declared = declared.base
    if isinstance(declared, ListOf) and restricts(declared.item):
        for item in value:
            if item is not None:
                _allowed(item, declared.item)
    elif isinstance(declared, ContextOf):
        for name, inner in declared.entries:
            if value.get(name) is not None:
                _allowed(value[name], inner)
    return value


def restricts(declared: FeelType) -> bool:
    return isinstance(declared, Restricted | ContextOf) or (isinstance(declared, ListOf) and restricts(declared.item))
