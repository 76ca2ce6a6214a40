"""Numeric functions (DMN 1.5, 10.3.4.5): rounding, `modulo`, roots and powers."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    InvalidOperation,
)

from .budget import Run
from .diagnostics import Fault
from .functions import builtin
from .operators import TRANSCENDENT, divide
from .temporal import DaysDuration, MonthsDuration
from .values import DECIMAL128, Value, kind, number

MIN_SCALE, MAX_SCALE = -6111, 6176
_WIDE = Context(prec=12_400, traps=[InvalidOperation])


def rounded(value: Decimal, scale: Decimal | None, rounding: str) -> Decimal:
    """`value` with so many decimal places; a negative scale rounds before the point."""
    places = int(scale) if scale is not None else 0
    if not MIN_SCALE <= places <= MAX_SCALE:
        raise Fault("rules.argument_value", detail="scale")
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # a FEEL number is finite
    if exponent > -places and value.adjusted() + places >= DECIMAL128.prec:
        return value  # so many places would need more digits than there are
    return number(value.quantize(Decimal((0, (1,), -places)), rounding=rounding, context=_WIDE))


@builtin("decimal", "n: number, scale: number", "number")
def _decimal(run: Run, n: Decimal, scale: Decimal) -> Value:
    return rounded(n, scale, ROUND_HALF_EVEN)


@builtin("floor", "n: number", "number")
@builtin("floor", "n: number, scale: number", "number")
def _floor(run: Run, n: Decimal, scale: Decimal | None = None) -> Value:
    return rounded(n, scale, ROUND_FLOOR)


@builtin("ceiling", "n: number", "number")
@builtin("ceiling", "n: number, scale: number", "number")
def _ceiling(run: Run, n: Decimal, scale: Decimal | None = None) -> Value:
    return rounded(n, scale, ROUND_CEILING)


@builtin("round up", "n: number, scale: number", "number")
def _round_up(run: Run, n: Decimal, scale: Decimal) -> Value:
    return rounded(n, scale, ROUND_UP)


@builtin("round down", "n: number, scale: number", "number")
def _round_down(run: Run, n: Decimal, scale: Decimal) -> Value:
    return rounded(n, scale, ROUND_DOWN)


@builtin("round half up", "n: number, scale: number", "number")
def _round_half_up(run: Run, n: Decimal, scale: Decimal) -> Value:
    return rounded(n, scale, ROUND_HALF_UP)


@builtin("round half down", "n: number, scale: number", "number")
def _round_half_down(run: Run, n: Decimal, scale: Decimal) -> Value:
    return rounded(n, scale, ROUND_HALF_DOWN)


@builtin("abs", "n: Any")
def _abs(run: Run, n: Value) -> Value:
    match n:
        case Decimal():
            return abs(n)
        case DaysDuration(nanos):
            return DaysDuration(abs(nanos))
        case MonthsDuration(months):
            return MonthsDuration(abs(months))
        case [single]:
            return _abs(run, single)
    raise Fault("rules.argument_type", name="abs", parameter="n", value=kind(n))


@builtin("modulo", "dividend: number, divisor: number", "number")
def _modulo(run: Run, dividend: Decimal, divisor: Decimal) -> Value:
    if not divisor:
        raise Fault("rules.division_by_zero")
    whole = divide(dividend, divisor).to_integral_value(rounding=ROUND_FLOOR)
    return DECIMAL128.subtract(dividend, DECIMAL128.multiply(divisor, whole))


@builtin("sqrt", "number: number", "number")
def _sqrt(run: Run, value: Decimal) -> Value:
    if value < 0:
        raise Fault("rules.argument_value", detail="number")
    return DECIMAL128.sqrt(value)


@builtin("log", "number: number", "number")
def _log(run: Run, value: Decimal) -> Value:
    if value <= 0:
        raise Fault("rules.argument_value", detail="number")
    run.charge(TRANSCENDENT)
    return DECIMAL128.ln(value)


@builtin("exp", "number: number", "number")
def _exp(run: Run, value: Decimal) -> Value:
    run.charge(TRANSCENDENT)
    return DECIMAL128.exp(value)


def _parity(value: Decimal) -> int | None:
    """0 or 1, None for a fraction; a number so large that its last digits are zeros is even."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent > 0:
        return 0
    return int(value) % 2 if value == value.to_integral_value() else None


@builtin("odd", "number: number", "boolean")
def _odd(run: Run, value: Decimal) -> Value:
    return _parity(value) == 1


@builtin("even", "number: number", "boolean")
def _even(run: Run, value: Decimal) -> Value:
    return _parity(value) == 0
