"""Closures for paths, filters and calls."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from . import tree
from .budget import Run
from .compiler import RUN, Code, Environment, Frame, compile_node, compiles
from .diagnostics import Place
from .functions import BUILTINS, call, call_named, call_overloads
from .temporal import NANOS, Date, DateTime, DaysDuration, MonthsDuration, Time, offset_at_reference
from .unknown import OPEN, LazyContext, Unknown, unknown
from .values import DECIMAL128, Function, Range, Value, kind


def _clock(nanos: int) -> dict[str, Decimal]:
    minutes, rest = divmod(nanos, 60 * NANOS)
    hour, minute = divmod(minutes, 60)
    return {
        "hour": Decimal(hour),
        "minute": Decimal(minute),
        "second": DECIMAL128.divide(Decimal(rest), Decimal(NANOS)),
    }


def _day(day: Date) -> dict[str, Value]:
    numbers = {"year": day.year, "month": day.month, "day": day.day, "weekday": day.weekday}
    return {name: Decimal(value) for name, value in numbers.items()}


def _zone(value: Time | DateTime, offset: int | None) -> dict[str, Value]:
    return {
        "time offset": None if offset is None else DaysDuration(offset * NANOS),
        "timezone": value.zone if isinstance(value.zone, str) else None,
    }


def _days_parts(value: DaysDuration) -> dict[str, Value]:
    sign = -1 if value.nanos < 0 else 1
    minutes, rest = divmod(abs(value.nanos), 60 * NANOS)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    seconds = DECIMAL128.divide(Decimal(sign * rest), Decimal(NANOS))
    return {**_signed(sign, days=days, hours=hours, minutes=minutes), "seconds": seconds}


def _signed(sign: int, **parts: int) -> dict[str, Value]:
    return {name: Decimal(sign * part) for name, part in parts.items()}


def _months_parts(value: MonthsDuration) -> dict[str, Value]:
    years, months = divmod(abs(value.months), 12)
    return _signed(-1 if value.months < 0 else 1, years=years, months=months)


_PROPERTIES: Mapping[type, Callable[[Any], dict[str, Value]]] = {
    Date: _day,
    Time: lambda v: {**_clock(v.nanos), **_zone(v, offset_at_reference(v.zone))},
    DateTime: lambda v: {**_day(v.date), **_clock(v.nanos), **_zone(v, v.offset)},
    DaysDuration: _days_parts,
    MonthsDuration: _months_parts,
    Range: lambda v: {
        "start": v.start,
        "end": v.end,
        "start included": v.start_included,
        "end included": v.end_included,
    },
}


def entry(value: Value, name: str, run: Run, at: Place) -> Value:
    """`value.name`: an entry of a context, a property of a temporal value or range, of each item of a list."""
    if isinstance(value, dict):
        if name in value or isinstance(value, LazyContext):
            return value[name]
        return run.fail("rules.no_such_entry", at, name=name)
    if value is None:
        return None
    if isinstance(value, list):
        run.charge(len(value))
        found = [entry(item, name, run, at) for item in value]
        return found if OPEN.isdisjoint(map(type, found)) else unknown(*found)
    if type(value) is Unknown:
        return value.entry(name)
    properties = _PROPERTIES.get(type(value))
    known = properties(value) if properties else {}
    return known[name] if name in known else run.fail("rules.no_such_entry", at, name=name)


@compiles(tree.Path)
def _path(node: tree.Path, env: Environment) -> Code:
    base, member, at = compile_node(node.base, env), node.member, node.at

    def read(f: Frame) -> Value:
        value = base(f)
        if type(value) is dict and member in value:
            return value[member]
        return entry(value, member, f[RUN], at)

    return read


@compiles(tree.Filter)
def _filter(node: tree.Filter, env: Environment) -> Code:
    slot = env.unit.slot()
    base, predicate = compile_node(node.base, env), compile_node(node.predicate, env.inside_filter(slot))
    return filtered(base, predicate, slot, node.at, weight=tree.weight(node.predicate))


def filtered(base: Code, predicate: Code, slot: int, at: Place, *, by_index: bool = True, weight: int = 1) -> Code:
    """The items for which the predicate is true, the item in `slot`; with `by_index` a number picks one.

    `weight` is what the predicate costs for each item.
    """

    def select(f: Frame) -> Value:
        value, run = base(f), f[RUN]
        if type(value) in OPEN:
            return unknown(value)
        items = value if isinstance(value, list) else [] if value is None else [value]
        f[slot] = items[0] if items else None
        first = predicate(f)
        if by_index and isinstance(first, Decimal):
            return _item(items, first)
        run.charge(weight * len(items))
        return _matching(items, first, predicate, slot, f, at) if items else _nothing(value, first, run, at)

    return select


def _nothing(value: Value, first: Value, run: Run, at: Place) -> Value:
    if first is not None and not isinstance(first, bool) and type(first) not in OPEN:
        return run.fail("rules.not_boolean", at, value=kind(first))
    return [] if value is not None else None


def _item(items: list[Value], index: Decimal) -> Value:
    if index != index.to_integral_value() or not index or abs(index) > len(items):
        return None
    return items[int(index) - 1] if index > 0 else items[int(index)]


def _matching(items: list[Value], first: Value, predicate: Code, slot: int, f: Frame, at: Place) -> Value:
    run: Run = f[RUN]
    found: list[Value] = []
    open_values: list[Value] = []
    verdict = first
    for index, item in enumerate(items):
        if index:
            f[slot] = item
            verdict = predicate(f)
        if verdict is True:
            found.append(item)
        elif type(verdict) in OPEN:
            open_values.append(verdict)
        elif verdict is not False and verdict is not None:
            return run.fail("rules.not_boolean", at, value=kind(verdict))
    return unknown(*open_values) if open_values else found


def _builtin(function: tree.Expression, env: Environment) -> Function | None:
    if isinstance(function, tree.Name) and env.builtin(function.name):
        return BUILTINS[function.name]
    return None


@compiles(tree.Call)
def _call(node: tree.Call, env: Environment) -> Code:
    arguments = [compile_node(a, env) for a in node.arguments]
    at, known = node.at, _builtin(node.function, env)
    if known is not None:
        name = known.name
        overloads = [o for o in known.overloads if o.takes(len(arguments))]
        if not overloads:
            env.unit.remark("rules.arguments", at, name=name)
            return lambda f: f[RUN].fail("rules.arguments", at, name=name)
        return lambda f: call_overloads(f[RUN], name, overloads, [a(f) for a in arguments], at)
    function = compile_node(node.function, env)
    return lambda f: call(f[RUN], function(f), [a(f) for a in arguments], at)


@compiles(tree.NamedCall)
def _named_call(node: tree.NamedCall, env: Environment) -> Code:
    arguments = [(name, compile_node(a, env)) for name, a in node.arguments]
    function, at = compile_node(node.function, env), node.at
    names = [name for name, _ in arguments]
    if len(set(names)) < len(names):
        env.unit.remark("rules.arguments", at, name=names[0])
        return lambda f: f[RUN].fail("rules.arguments", at, name=names[0])
    return lambda f: call_named(f[RUN], function(f), {name: a(f) for name, a in arguments}, at)
