"""The values that a column's subject may have, cut at constants into parts that no condition can tell apart.

A part stands for all its values by one of them (`sample`), so what holds for the sample holds for the part.
"""

import contextlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cmp_to_key

from yiwang.commons.rules.engine.expression import BUILTIN_SCOPE
from yiwang.commons.rules.engine.feeltypes import ANY, FeelType, Restricted, plain, type_name
from yiwang.commons.rules.engine.operators import order
from yiwang.commons.rules.engine.parser import parse_unary_tests
from yiwang.commons.rules.engine.temporal import DAY, NANOS, Date, DateTime, DaysDuration, MonthsDuration, Time
from yiwang.commons.rules.engine.values import DECIMAL128, Value, kind

from .constants import Inexact, of_tests

POINT, OPEN, OTHER, NULL = "point", "open", "other", "null"
ORDERED = frozenset({"number", "date", "time", "date and time", "days and time duration", "years and months duration"})
OTHER_TEXT = "其他"


@dataclass(frozen=True, slots=True)
class Part:
    """One value (POINT, NULL), all values strictly between two (OPEN; an absent end is None), or all OTHER texts."""

    shape: str
    sample: Value
    low: Value = None
    high: Value = None


@dataclass(frozen=True, slots=True)
class Domain:
    """The parts in order, those of one kind together, null last; masks have bit `i` for part `i`."""

    parts: tuple[Part, ...]
    allowed: int

    @property
    def full(self) -> int:
        return (1 << len(self.parts)) - 1

    @property
    def null(self) -> int:
        return 1 << (len(self.parts) - 1)

    def place(self, value: Value) -> int | None:
        """The part in which a value lies, None where there is none."""
        if value is None:
            return len(self.parts) - 1
        found = (i for i, part in enumerate(self.parts) if part.shape != NULL and _lies_in(part, value))
        return next(found, None)

    def mask(self, holds: Callable[[Value], bool]) -> int:
        """The parts whose sample has a property."""
        return sum(1 << i for i, part in enumerate(self.parts) if holds(part.sample))


def _lies_in(part: Part, value: Value) -> bool:
    if part.shape == OTHER:
        return part.sample is None or isinstance(value, str)
    if type(part.sample) is not type(value):
        return False
    if part.shape == POINT:
        return bool(part.sample == value)
    after = part.low is None or (order(part.low, value) or 0) < 0
    return after and (part.high is None or (order(value, part.high) or 0) < 0)


def kinds_of(declared: FeelType | None, values: Iterable[Value]) -> frozenset[str]:
    """The kinds of values to look at: the declared one, or those of the constants where the type says nothing."""
    base = plain(declared) if declared is not None else ANY
    name = type_name(base)
    if name in ORDERED or name in {"string", "boolean"}:
        return frozenset({name})
    return frozenset(kind(value) for value in values)


def domain_of(declared: FeelType | None, values: Iterable[Value], allowed: Callable[[Value], bool]) -> Domain:
    """Cut at `values`; what is not `allowed` (null excepted) is left out of `Domain.allowed`.

    Where neither the type nor a constant says what the values are, one part stands for all of them.
    """
    known = list(dict.fromkeys([*values, *allowed_values(declared)]))
    kinds = kinds_of(declared, known)
    parts: list[Part] = []
    for name in sorted(kinds):
        given = [value for value in known if kind(value) == name]
        if name == "boolean":
            parts += [Part(POINT, True), Part(POINT, False)]
        elif name in ORDERED:
            parts += _line(name, given)
        elif name == "string":
            parts += [Part(POINT, value) for value in given] + [Part(OTHER, _other(given))]
    if not parts:
        return Domain((Part(OTHER, None), Part(NULL, None)), 1)
    parts.append(Part(NULL, None))
    mask = sum(1 << i for i, p in enumerate(parts) if p.shape != NULL and allowed(p.sample))
    return Domain(tuple(parts), mask)


def _other(given: Sequence[Value]) -> str:
    text = OTHER_TEXT
    while text in given:
        text += "·"
    return text


def allowed_values(declared: FeelType | None) -> list[Value]:
    """The constants in the allowed values of a declared type; those of tests that do more are left out."""
    found: list[Value] = []
    while isinstance(declared, Restricted):
        if declared.tests:
            with contextlib.suppress(Inexact):
                found += of_tests(parse_unary_tests(declared.tests, BUILTIN_SCOPE, (), declared.base))
        declared = declared.base
    return found


def admits(declared: FeelType | None, value: Value) -> bool:
    """Whether the allowed values of a declared type take the value."""
    while isinstance(declared, Restricted):
        if declared.allowed is not None and declared.allowed(value) is not True:
            return False
        declared = declared.base
    return True


def _line(name: str, given: Sequence[Value]) -> list[Part]:
    """Points and the stretches between them; a stretch that holds no value is left out."""
    points = _sorted(given)
    if not points:
        return [Part(OPEN, _ANY_SAMPLE[name])]
    parts = [Part(OPEN, _beyond(points[0], -1), None, points[0])]
    for index, point in enumerate(points):
        parts.append(Part(POINT, point))
        following = points[index + 1] if index + 1 < len(points) else None
        sample = _beyond(point, 1) if following is None else between(point, following)
        if sample is not None:
            parts.append(Part(OPEN, sample, point, following))
    return [part for part in parts if part.sample is not None]


def _sorted(given: Sequence[Value]) -> list[Value]:
    """In order, equal ones (a time told in two zones) once."""
    points: list[Value] = []
    for value in sorted(given, key=cmp_to_key(lambda a, b: order(a, b) or 0)):
        if not points or order(points[-1], value) != 0:
            points.append(value)
    return points


def position(points: Sequence[Value], value: Value) -> int:
    """Where a value of the same kind stands among sorted points."""
    return bisect_left(points, 0, key=lambda point: order(point, value) or 0)


_ANY_SAMPLE: dict[str, Value] = {
    "number": Decimal(1),
    "date": Date(2026, 1, 1),
    "time": Time(12 * 3600 * NANOS),
    "date and time": DateTime(Date(2026, 1, 1), 0),
    "days and time duration": DaysDuration(DAY),
    "years and months duration": MonthsDuration(12),
}


def _beyond(value: Value, step: int) -> Value:  # noqa: PLR0911 - each kind
    """A value of the same kind on one side of it, None where there is none."""
    match value:
        case Decimal():
            rounded = value.to_integral_value(rounding="ROUND_CEILING" if step < 0 else "ROUND_FLOOR")
            return DECIMAL128.add(rounded, Decimal(step))
        case Date():
            return Date.of_ordinal(value.ordinal + step)
        case DateTime():
            return DateTime.of_instant(value.instant + step * DAY, value.zone)
        case Time(nanos, zone):
            inside = 0 <= nanos + step * NANOS < DAY
            return Time(nanos + step * NANOS, zone) if inside else None
        case DaysDuration(nanos):
            return DaysDuration(nanos + step * DAY)
        case MonthsDuration(months):
            return MonthsDuration(months + step)
    return None


def between(low: Value, high: Value) -> Value:
    """A value strictly between two of one kind, as plain as possible; None where there is none."""
    near = _beyond(low, 1)
    if near is not None and (order(near, high) or 0) < 0:
        return near
    match low, high:
        case Decimal(), Decimal():
            middle = DECIMAL128.divide(DECIMAL128.add(low, high), Decimal(2))
            return middle if low < middle < high else None
        case DaysDuration(a), DaysDuration(b):
            return DaysDuration((a + b) // 2) if b - a > 1 else None
        case Time(a, zone), Time(b, _) if b - a > 1:
            return Time((a + b) // 2, zone)
        case DateTime(), DateTime() if high.instant - low.instant > 1:
            return DateTime.of_instant((low.instant + high.instant) // 2, low.zone)
    return None
