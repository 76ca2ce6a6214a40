"""Equality, order and arithmetic of FEEL values (DMN 1.5, tables 44-55); whatever is undefined is null.

These are the slow paths with every rule; compiled code does number against number itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from .budget import Run
from .diagnostics import NOWHERE, Fault, Place
from .temporal import DAY, MAX_MONTHS, MAX_NANOS, Date, DateTime, DaysDuration, MonthsDuration, Time, at_midnight
from .unknown import OPEN, unknown
from .values import DECIMAL128, NumberError, Range, Value, kind

_add, _subtract, _multiply, _divide = DECIMAL128.add, DECIMAL128.subtract, DECIMAL128.multiply, DECIMAL128.divide
TRANSCENDENT = 30
"""Steps of a power, a logarithm or an exponential: what they cost beside an addition."""


def equal(left: Value, right: Value) -> Value:  # noqa: PLR0911 - one return for each kind
    """True, False, null where the kinds differ, unknown where it depends on absent facts."""
    if type(left) in OPEN or type(right) in OPEN:
        return unknown(left, right)
    if left is None or right is None:
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(equal(a, b) is True for a, b in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(v, right[k]) is True for k, v in left.items())
    if kind(left) != kind(right):
        return None
    if isinstance(left, Range):
        return same_range(left, right)
    return bool(left == right)


def same_range(left: Range, right: Range) -> bool:
    ends = equal(left.start, right.start) is True and equal(left.end, right.end) is True
    return (
        ends
        and (left.start_included, left.end_included) == (right.start_included, right.end_included)
        and (left.has_start, left.has_end) == (right.has_start, right.has_end)
    )


_ORDERED = frozenset({Decimal, str, Date, DaysDuration, MonthsDuration})


def order(left: Value, right: Value) -> int | None:
    """-1, 0 or 1; None where the two have no order."""
    kind_ = type(left)
    if kind_ is not type(right):
        return None
    if kind_ in _ORDERED:
        return int(left > right) - int(left < right)
    if kind_ is Time or kind_ is DateTime:
        first, second = _placed(left, right), _placed(right, left)
        return int(first > second) - int(first < second)
    return None


def _placed(value: Time | DateTime, other: Time | DateTime) -> int:
    """Nanoseconds on one scale; a local value has the zone of the other (10.3.2.15, order of times)."""
    value = value if value.zone is not None else replace(value, zone=other.zone)
    return value.utc_nanos if isinstance(value, Time) else value.instant


_ORDERS: Mapping[str, Callable[[int], bool]] = {
    "<": lambda o: o < 0,
    "<=": lambda o: o <= 0,
    ">": lambda o: o > 0,
    ">=": lambda o: o >= 0,
}


def compare(operator: str, left: Value, right: Value, run: Run, at: Place) -> Value:
    """`left operator right` for the six comparisons."""
    if type(left) in OPEN or type(right) in OPEN:
        return unknown(left, right)
    if operator in {"=", "!="}:
        run.weigh(left, right)
        same = equal(left, right)
        if same is None:
            return run.fail("rules.not_comparable", at, left=kind(left), right=kind(right))
        return same if operator == "=" else not same
    ordered = order(left, right)
    if ordered is None:
        return run.fail("rules.not_comparable", at, left=kind(left), right=kind(right))
    return _ORDERS[operator](ordered)


def within(value: Value, span: Range) -> Value:
    """Whether the range includes the value; null where it can't be compared."""
    if span.has_start:
        low = order(span.start, value)
        if low is None:
            return None
        if low > 0 or (low == 0 and not span.start_included):
            return False
    if span.has_end:
        high = order(value, span.end)
        if high is None:
            return None
        if high > 0 or (high == 0 and not span.end_included):
            return False
    return True


def negate(value: Value, run: Run, at: Place) -> Value:
    match value:
        case Decimal():
            return DECIMAL128.minus(value)
        case DaysDuration(nanos):
            return DaysDuration(-nanos)
        case MonthsDuration(months):
            return MonthsDuration(-months)
    if type(value) in OPEN:
        return unknown(value)
    return run.fail("rules.operand", at, operator="-", value=kind(value))


def arithmetic(operator: str, left: Value, right: Value, run: Run, at: Place = NOWHERE) -> Value:
    """`left operator right` for + - * / **."""
    if type(left) in OPEN or type(right) in OPEN:
        return unknown(left, right)
    rule = _RULES.get((operator, type(left), type(right)))
    if rule is None:
        return run.fail("rules.operands", at, operator=operator, left=kind(left), right=kind(right))
    if isinstance(left, str) and isinstance(right, str):
        run.make_text(len(left) + len(right))
    elif operator == "**" and isinstance(right, Decimal):
        run.charge(4 if right == right.to_integral_value() else 2 * TRANSCENDENT)
    try:
        result = rule(left, right)
    except Fault as fault:
        return run.fail(fault.code, at, **fault.params)
    except NumberError:
        result = None
    return run.fail("rules.out_of_range", at) if result is None else result


def power(base: Decimal, exponent: Decimal) -> Decimal:
    if not exponent:
        return Decimal(1)
    if not base and exponent < 0:
        raise Fault("rules.division_by_zero")
    return DECIMAL128.power(base, exponent)


def divide(left: Decimal, right: Decimal) -> Decimal:
    if not right:
        raise Fault("rules.division_by_zero")
    return _divide(left, right)


def days(nanos: int | Decimal) -> DaysDuration | None:
    return DaysDuration(int(nanos)) if -MAX_NANOS <= nanos <= MAX_NANOS else None


def months(count: int | Decimal) -> MonthsDuration | None:
    return MonthsDuration(int(count)) if -MAX_MONTHS <= count <= MAX_MONTHS else None


def _shift_date(day: Date, nanos: int) -> Date | None:
    return Date.of_ordinal((day.ordinal * DAY + nanos) // DAY)


def _shift_moment(moment: DateTime, nanos: int) -> DateTime | None:
    return DateTime.of_instant(moment.instant + nanos, moment.zone)


def _shift_time(time: Time, nanos: int) -> Time:
    return Time((time.nanos + nanos) % DAY, time.zone)


def _shift_months(moment: DateTime, count: int) -> DateTime | None:
    day = moment.date.plus_months(count)
    return None if day is None else DateTime(day, moment.nanos, moment.zone)


def _between(left: DateTime, right: DateTime) -> DaysDuration:
    """Undefined where only one of the two has a zone (table 57)."""
    if (left.zone is None) != (right.zone is None):
        raise Fault("rules.not_comparable", left="date and time", right="date and time")
    return DaysDuration(left.instant - right.instant)


def _between_times(left: Time, right: Time) -> DaysDuration:
    if (left.zone is None) != (right.zone is None):
        raise Fault("rules.not_comparable", left="time", right="time")
    return DaysDuration(left.utc_nanos - right.utc_nanos)


_RULES: Mapping[tuple[str, type, type], Callable[[Any, Any], Value]] = {
    ("+", Decimal, Decimal): _add,
    ("-", Decimal, Decimal): _subtract,
    ("*", Decimal, Decimal): _multiply,
    ("/", Decimal, Decimal): divide,
    ("**", Decimal, Decimal): power,
    ("+", str, str): lambda a, b: a + b,
    ("+", Date, DaysDuration): lambda a, b: _shift_date(a, b.nanos),
    ("+", DaysDuration, Date): lambda a, b: _shift_date(b, a.nanos),
    ("-", Date, DaysDuration): lambda a, b: _shift_date(a, -b.nanos),
    ("+", Date, MonthsDuration): lambda a, b: a.plus_months(b.months),
    ("+", MonthsDuration, Date): lambda a, b: b.plus_months(a.months),
    ("-", Date, MonthsDuration): lambda a, b: a.plus_months(-b.months),
    ("+", DateTime, DaysDuration): lambda a, b: _shift_moment(a, b.nanos),
    ("+", DaysDuration, DateTime): lambda a, b: _shift_moment(b, a.nanos),
    ("-", DateTime, DaysDuration): lambda a, b: _shift_moment(a, -b.nanos),
    ("+", DateTime, MonthsDuration): lambda a, b: _shift_months(a, b.months),
    ("+", MonthsDuration, DateTime): lambda a, b: _shift_months(b, a.months),
    ("-", DateTime, MonthsDuration): lambda a, b: _shift_months(a, -b.months),
    ("+", Time, DaysDuration): lambda a, b: _shift_time(a, b.nanos),
    ("+", DaysDuration, Time): lambda a, b: _shift_time(b, a.nanos),
    ("-", Time, DaysDuration): lambda a, b: _shift_time(a, -b.nanos),
    ("-", Date, Date): lambda a, b: DaysDuration((a.ordinal - b.ordinal) * DAY),
    ("-", DateTime, DateTime): _between,
    ("-", DateTime, Date): lambda a, b: _between(a, at_midnight(b)),
    ("-", Date, DateTime): lambda a, b: _between(at_midnight(a), b),
    ("-", Time, Time): _between_times,
    ("+", DaysDuration, DaysDuration): lambda a, b: days(a.nanos + b.nanos),
    ("-", DaysDuration, DaysDuration): lambda a, b: days(a.nanos - b.nanos),
    ("+", MonthsDuration, MonthsDuration): lambda a, b: months(a.months + b.months),
    ("-", MonthsDuration, MonthsDuration): lambda a, b: months(a.months - b.months),
    ("*", DaysDuration, Decimal): lambda a, b: days(_multiply(Decimal(a.nanos), b)),
    ("*", Decimal, DaysDuration): lambda a, b: days(_multiply(Decimal(b.nanos), a)),
    ("/", DaysDuration, Decimal): lambda a, b: days(divide(Decimal(a.nanos), b)),
    ("*", MonthsDuration, Decimal): lambda a, b: months(_multiply(Decimal(a.months), b)),
    ("*", Decimal, MonthsDuration): lambda a, b: months(_multiply(Decimal(b.months), a)),
    ("/", MonthsDuration, Decimal): lambda a, b: months(divide(Decimal(a.months), b)),
    ("/", DaysDuration, DaysDuration): lambda a, b: divide(Decimal(a.nanos), Decimal(b.nanos)),
    ("/", MonthsDuration, MonthsDuration): lambda a, b: divide(Decimal(a.months), Decimal(b.months)),
}
