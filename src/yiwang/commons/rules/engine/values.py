"""What FEEL computes with: None, bool, str, Decimal, temporal values, list, dict, `Range` and `Function`.

Facts of Python's own types are converted here once, when an expression first reads them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from . import temporal
from .temporal import NANOS, Date, DateTime, DaysDuration, MonthsDuration, Time
from .unknown import FactContext, PartialContext, Unknown

Value = Any
"""A FEEL value; see the module."""

DECIMAL128 = Context(
    prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[InvalidOperation, DivisionByZero, Overflow]
)
NumberError = DecimalException


@dataclass(frozen=True, slots=True)
class Range:
    """A range as a value; an absent end (None with `has_*` False) belongs to a comparison such as `(< 5)`."""

    start: Value
    end: Value
    start_included: bool
    end_included: bool
    has_start: bool = True
    has_end: bool = True


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    type: Any = None
    optional: bool = False
    variadic: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function value: `call` takes the run and the arguments in the order of `parameters`.

    A built-in has `overloads` (several parameter lists) instead and binds its arguments itself.
    """

    name: str
    parameters: tuple[Parameter, ...]
    call: Callable[..., Value]
    result: Any = None
    overloads: tuple[Any, ...] = ()


def number(value: float | str | Decimal) -> Decimal:
    """Rounded to the 34 digits of FEEL; raises `NumberError` beyond the exponents of decimal128."""
    if isinstance(value, float):
        value = repr(value)
    result = DECIMAL128.create_decimal(value)
    if not result.is_finite():
        raise InvalidOperation
    return result


def integer(value: Decimal) -> int:
    """The number without its fraction."""
    return int(value)


def is_integral(value: Decimal) -> bool:
    return value == value.to_integral_value()


KIND: Mapping[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    DaysDuration: "days and time duration",
    MonthsDuration: "years and months duration",
    list: "list",
    dict: "context",
    FactContext: "context",
    PartialContext: "context",
    Range: "range",
    Function: "function",
    Unknown: "unknown",
}


def kind(value: Value) -> str:
    """The FEEL type's name, for dispatch and diagnostics."""
    return KIND.get(type(value)) or ("context" if isinstance(value, dict) else type(value).__name__)


_SAME = frozenset({type(None), bool, Decimal, Date, Time, DateTime, DaysDuration, MonthsDuration, Range, Function})


class NotAFact(TypeError):
    """A value from outside that FEEL has none for, under the path of the fact."""

    def __init__(self, path: str, kind_: str) -> None:
        super().__init__(f"FEEL has no value for {kind_} (fact {path})")
        self.path = path
        self.kind = kind_


def of_fact(value: object, path: str, *, keep_missing: bool = True) -> Value:  # noqa: PLR0911 - one return for each kind
    """A fact given from outside as a FEEL value.

    Ints, floats, Python dates, mappings and sequences are converted at any depth; with `keep_missing` an absent entry of
    a mapping is unknown under `path`, without it an absent entry is null. Raises `NotAFact` for what FEEL has no value for.
    """
    kind_ = type(value)
    if kind_ in _SAME:
        return number(value) if isinstance(value, Decimal) else value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, Mapping):
        context: dict[str, Any] = FactContext(path) if keep_missing else {}
        for key, entry in value.items():
            context[str(key)] = of_fact(entry, f"{path}.{key}", keep_missing=keep_missing)
        return context
    if isinstance(value, list | tuple):
        return [of_fact(v, f"{path}[{i}]", keep_missing=keep_missing) for i, v in enumerate(value, 1)]
    if isinstance(value, date | timedelta):
        return temporal.of_python(value)
    if isinstance(value, time):
        shift = value.utcoffset()
        seconds = (value.hour * 60 + value.minute) * 60 + value.second
        zone = int(shift.total_seconds()) if shift is not None else None
        return Time(seconds * NANOS + value.microsecond * 1000, zone)
    raise NotAFact(path, type(value).__name__)
