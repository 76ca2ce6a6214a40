"""FEEL values as columns: what is known of a column before a row is read, and how two columns compare.

A `Term` is a column expression whose kind is certain. SQL's null stands for FEEL's null (`nullable`) and for what
depends on absent facts (`miss`, a set of facts as bits): both are null in the value, only the bits tell them apart.
What SQL would answer otherwise than the closures is refused with `Uncompilable`, never approximated.
"""

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import reduce
from operator import or_
from typing import Any

import ibis
import ibis.expr.datatypes as dt

from yiwang.commons.rules.engine.temporal import Date

EXACT_DIGITS = 34
"""Up to here sums and products of DECIMAL(38, s) are those of FEEL, digit for digit."""
FLOAT_DIGITS = 15
"""A decimal of so many digits and the float next to it compare alike with every float's shortest text."""
LARGEST = 10**18
Column = Any
"""An expression of Ibis, which has no types of its own worth naming."""


class Uncompilable(Exception):
    """Why a node can't become a column; `where` names the node in words of the model."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(f"{where}: {reason}" if where else reason)
        self.reason = reason
        self.where = where


@dataclass(frozen=True, slots=True)
class Term:
    """A column of one kind: number, string, boolean, date or null.

    Numbers are either floats or exact with at most `digits` digits, `scale` of them decimals. `constant` is the FEEL
    value where it is the same in every row (then `is_constant`).
    """

    kind: str
    value: Column
    nullable: bool = False
    miss: Column | None = None
    digits: int = 0
    scale: int = 0
    floating: bool = False
    is_constant: bool = False
    constant: Any = None
    gone: Column | None = None

    @property
    def open(self) -> Column:
        """Whether the value depends on absent facts: `gone` where it says the same more cheaply."""
        if self.gone is not None:
            return self.gone
        return ibis.literal(False) if self.miss is None else self.miss != 0


@dataclass(frozen=True, slots=True)
class Entries:
    """A context; `value` is None where all of it is null (`nullable`) or depends on absent facts."""

    terms: dict[str, Term]
    nullable: bool = False


Meaning = Term | Entries


def constant(value: Any) -> Term:
    """The term of a FEEL value: null, truth value, number, text, date."""
    if value is None:
        return Term("null", ibis.null(), nullable=True, is_constant=True)
    if isinstance(value, bool):
        return Term("boolean", ibis.literal(value), is_constant=True, constant=value)
    if isinstance(value, str):
        return Term("string", ibis.literal(value), is_constant=True, constant=value)
    if isinstance(value, Date):
        if not 1 <= value.year <= 9999:
            raise Uncompilable("a date beyond the years 1 to 9999")
        made = ibis.date(value.year, value.month, value.day)
        return Term("date", made, is_constant=True, constant=value)
    if isinstance(value, Decimal):
        digits, scale = measures(value)
        return Term("number", exact(value), digits=digits, scale=scale, is_constant=True, constant=value)
    raise Uncompilable(f"a constant of kind {type(value).__name__}")


def measures(value: Decimal) -> tuple[int, int]:
    """(digits, decimals) that the number needs as DECIMAL."""
    _, figures, exponent = value.normalize().as_tuple()
    assert isinstance(exponent, int)
    scale = max(0, -exponent)
    return max(len(figures) + max(exponent, 0), scale, 1), scale


def exact(value: Decimal) -> Column:
    digits, scale = measures(value)
    if digits > EXACT_DIGITS:
        raise Uncompilable(f"a number of more than {EXACT_DIGITS} digits")
    if scale == 0 and abs(value) < LARGEST:
        return ibis.literal(int(value))
    return ibis.literal(round(value, scale), dt.Decimal(digits, scale))


def united(*misses: Column | None) -> Column | None:
    """The facts of all of them."""
    known = {id(miss): miss for miss in misses if miss is not None}
    return reduce(or_, known.values()) if known else None


def unless(condition: Column, miss: Column | None) -> Column | None:
    """The facts, but none where the condition holds (null counts as no)."""
    return None if miss is None else ibis.cases((condition, ibis.literal(0, "int64")), else_=miss)


def orderly(left: Term, right: Term) -> tuple[Term, Term]:
    """Two terms that SQL compares as FEEL does; raises where it might not."""
    if left.kind != right.kind:
        raise Uncompilable(f"{left.kind} against {right.kind}")
    if left.kind == "number" and left.floating != right.floating:
        floating, other = (left, right) if left.floating else (right, left)
        if not other.is_constant:
            raise Uncompilable("a floating column against an exact one")
        digits = len(other.constant.normalize().as_tuple().digits)
        if digits > FLOAT_DIGITS or abs(other.constant.adjusted()) > 290:
            raise Uncompilable(f"a floating column against a number of more than {FLOAT_DIGITS} digits")
        made = replace(other, value=ibis.literal(float(other.constant), "float64"), floating=True)
        return (floating, made) if left.floating else (made, floating)
    return left, right


def compared(operator: str, left: Term, right: Term) -> Term:
    """`left operator right` of the six; null as FEEL has it."""
    if "null" in {left.kind, right.kind} and operator in {"=", "!="}:
        return _with_null(operator, left, right)
    left, right = orderly(left, right)
    if left.kind == "boolean" and operator not in {"=", "!="}:
        raise Uncompilable("truth values have no order")
    miss = united(left.miss, right.miss)
    made = _on_grid(operator, left, right)
    if made is None:
        made = _SQL[operator](*_alike(left, right))
    nullable = left.nullable or right.nullable
    if nullable and operator in {"=", "!="}:
        if left.nullable and right.nullable:
            made = left.value.identical_to(right.value)
            made = made if operator == "=" else ~made
        else:
            made = made.fill_null(operator == "!=")
        if miss is not None:
            made = ibis.cases((miss != 0, ibis.null("boolean")), else_=made)
        nullable = False
    return Term("boolean", made, nullable, miss)


def _with_null(operator: str, left: Term, right: Term) -> Term:
    other = left if right.kind == "null" else right
    same: Column = other.value.isnull() if other.kind != "null" else ibis.literal(True)
    if not other.nullable:
        same = ibis.literal(False)
    made = same if operator == "=" else ~same
    if other.miss is not None:
        made = ibis.cases((other.miss != 0, ibis.null("boolean")), else_=made)
    return Term("boolean", made, False, other.miss)


def _alike(left: Term, right: Term) -> tuple[Column, Column]:
    """Exact numbers with as many decimals on both sides, so that SQL never goes by floats."""
    if left.kind != "number" or left.floating or left.scale == right.scale == 0:
        return left.value, right.value
    scale = max(left.scale, right.scale)
    whole = max(left.digits - left.scale, right.digits - right.scale)
    if whole + scale > 38:
        raise Uncompilable("numbers that have no common DECIMAL")
    return as_exact(left, whole + scale, scale), as_exact(right, whole + scale, scale)


def as_exact(term: Term, digits: int, scale: int) -> Column:
    return term.value.cast(dt.Decimal(digits, scale))


def _on_grid(operator: str, left: Term, right: Term) -> Column | None:
    """A column of numbers against a constant, which is moved to the column's own grid: no cast, the same answer."""
    if left.kind != "number" or left.floating:
        return None
    if left.is_constant and not right.is_constant:
        return _on_grid(_MIRRORED[operator], right, left)
    if left.is_constant or not right.is_constant:
        return None
    step = Decimal(1).scaleb(-left.scale)
    bound: Decimal = right.constant
    if abs(bound) >= LARGEST:
        raise Uncompilable("a comparison with a number of more than 18 digits")
    if bound % step:
        if operator in {"=", "!="}:
            differs = operator == "!="
            return ibis.cases((left.value.notnull(), ibis.literal(differs)), else_=ibis.null("boolean"))
        up = operator in {">", ">="}
        bound = bound.quantize(step, ROUND_CEILING if up else ROUND_FLOOR)
        operator = ">=" if up else "<="
    if left.scale == 0:
        return _SQL[operator](left.value, ibis.literal(int(bound)))
    digits = max(left.digits, measures(bound)[0] - measures(bound)[1] + left.scale)
    return _SQL[operator](left.value, ibis.literal(bound.quantize(step), dt.Decimal(digits, left.scale)))


_MIRRORED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_SQL: dict[str, Any] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def conjoined(parts: list[Term]) -> Term:
    """Three-valued and; absent facts matter only where no part is false."""
    return _logic(parts, decisive=False)


def disjoined(parts: list[Term]) -> Term:
    """Three-valued or."""
    return _logic(parts, decisive=True)


def negated(part: Term) -> Term:
    return replace(truth(part), value=~truth(part).value, is_constant=False)


def truth(term: Term) -> Term:
    if term.kind == "null":
        return Term("boolean", ibis.null("boolean"), nullable=True)
    if term.kind != "boolean":
        raise Uncompilable(f"a {term.kind} as an operand of logic")
    return term


def _logic(parts: list[Term], *, decisive: bool) -> Term:
    parts = [truth(part) for part in parts]
    value = parts[0].value
    for part in parts[1:]:
        value = (value | part.value) if decisive else (value & part.value)
    miss = united(*(part.miss for part in parts))
    if miss is not None and len(parts) > 1:
        settled = [part.value if decisive else ~part.value for part in parts]
        miss = unless(reduce(or_, settled), miss)
    return Term("boolean", value, any(part.nullable for part in parts), miss)


def chosen(condition: Term, then: Term, otherwise: Term) -> Term:
    """`if`: null chooses `otherwise`; an open condition is open unless both ways lead to the same."""
    condition = truth(condition)
    kind = otherwise.kind if then.kind == "null" else then.kind
    if otherwise.kind not in (kind, "null"):
        raise Uncompilable(f"an if that yields {then.kind} or {otherwise.kind}")
    if kind == "number" and then.kind == otherwise.kind and then.floating != otherwise.floating:
        raise Uncompilable("an if that yields floating or exact numbers")
    value = ibis.cases((condition.value, then.value), else_=otherwise.value)
    miss: Column | None = None
    if condition.miss is not None:
        same = then.value.identical_to(otherwise.value) if kind != "null" else ibis.literal(True)
        branches = united(then.miss, otherwise.miss)
        if branches is not None:
            same = same & (branches == 0)
        open_ = condition.miss != 0
        value = ibis.cases((open_ & ~same, ibis.null()), (condition.value, then.value), else_=otherwise.value)
        both = united(condition.miss, branches)
        single = _either(condition.value, then.miss, otherwise.miss)
        none = ibis.literal(0, "int64")
        miss = ibis.cases((open_ & ~same, both), (open_, none), else_=none if single is None else single)
    else:
        miss = _either(condition.value, then.miss, otherwise.miss)
    scale = max(then.scale, otherwise.scale)
    whole = max(then.digits - then.scale, otherwise.digits - otherwise.scale)
    return Term(
        kind,
        value,
        then.nullable or otherwise.nullable,
        miss,
        whole + scale,
        scale,
        then.floating or otherwise.floating,
    )


def _either(condition: Column, first: Column | None, second: Column | None) -> Column | None:
    if first is None and second is None:
        return None
    none = ibis.literal(0, "int64")
    return ibis.cases((condition, none if first is None else first), else_=none if second is None else second)


def computed(operator: str, left: Term, right: Term) -> Term:
    """Sums and products of exact numbers within 34 digits; anything else is left to the closures."""
    if left.kind != "number" or right.kind != "number" or left.floating or right.floating:
        raise Uncompilable(f"“{operator}” of {left.kind} and {right.kind}, or of floating numbers")
    if operator == "*":
        digits, scale = left.digits + right.digits, left.scale + right.scale
    elif operator in {"+", "-"}:
        scale = max(left.scale, right.scale)
        digits = max(left.digits - left.scale, right.digits - right.scale) + scale + 1
    else:
        raise Uncompilable(f"“{operator}” has no exact counterpart")
    if digits > EXACT_DIGITS:
        raise Uncompilable(f"“{operator}” may need more than {EXACT_DIGITS} digits")
    if scale == 0 and digits <= 18:
        a, b = left.value.cast("int64"), right.value.cast("int64")
    else:
        a, b = (as_exact(side, max(side.digits, 1), side.scale) for side in (left, right))
    made = {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b}[operator]()
    if scale or digits > 18:
        made = made.cast(dt.Decimal(max(digits, 1), scale))
    miss = united(left.miss, right.miss)
    return Term("number", made, left.nullable or right.nullable, miss, digits, scale)
