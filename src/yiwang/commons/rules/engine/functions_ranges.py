"""How points and ranges lie to one another (DMN 1.5, 10.3.4.9, table 78, after Allen's interval algebra)."""

from collections.abc import Callable, Iterator
from itertools import product

from .budget import Run
from .diagnostics import Fault
from .functions import builtin
from .operators import order, same_range, within
from .values import Range, Value, kind


def compared(left: Value, right: Value) -> int:
    result = order(left, right)
    if result is None:
        raise Fault("rules.not_comparable", left=kind(left), right=kind(right))
    return result


def _bounded(value: Value) -> Value:
    if value is None:
        raise Fault("rules.not_comparable", left="null", right="null")
    return value


def _starts(a: Range) -> tuple[Value, bool]:
    return _bounded(a.start), a.start_included


def _ends(a: Range) -> tuple[Value, bool]:
    return _bounded(a.end), a.end_included


def _includes_point(span: Range, point: Value) -> bool:
    inside = within(point, span)
    if inside is None:
        raise Fault("rules.not_comparable", left=kind(point), right="range")
    return bool(inside)


def _ends_before(a: Range, b: Range) -> bool:
    (end, end_in), (start, start_in) = _ends(a), _starts(b)
    ordered = compared(end, start)
    return ordered < 0 or (ordered == 0 and not (end_in and start_in))


def before(a: Value, b: Value) -> bool:
    if isinstance(a, Range) and isinstance(b, Range):
        return _ends_before(a, b)
    if isinstance(a, Range):
        ordered = compared(_bounded(a.end), b)
        return ordered < 0 or (ordered == 0 and not a.end_included)
    if isinstance(b, Range):
        ordered = compared(a, _bounded(b.start))
        return ordered < 0 or (ordered == 0 and not b.start_included)
    return compared(a, b) < 0


def meets(a: Range, b: Range) -> bool:
    (end, end_in), (start, start_in) = _ends(a), _starts(b)
    return compared(end, start) == 0 and end_in and start_in


def _start_order(a: Range, b: Range) -> int:
    """Which begins first: an included start lies before an excluded one of the same value."""
    (x, x_in), (y, y_in) = _starts(a), _starts(b)
    return compared(x, y) or (y_in > x_in) - (y_in < x_in)


def _end_order(a: Range, b: Range) -> int:
    (x, x_in), (y, y_in) = _ends(a), _ends(b)
    return compared(x, y) or (x_in > y_in) - (x_in < y_in)


def overlaps(a: Range, b: Range) -> bool:
    return not _ends_before(a, b) and not _ends_before(b, a)


def overlaps_before(a: Range, b: Range) -> bool:
    return overlaps(a, b) and _start_order(a, b) < 0 and _end_order(a, b) <= 0


def overlaps_after(a: Range, b: Range) -> bool:
    return overlaps(a, b) and _start_order(a, b) > 0 and _end_order(a, b) >= 0


def includes(a: Range, b: Value) -> bool:
    if not isinstance(b, Range):
        return _includes_point(a, b)
    return _start_order(a, b) <= 0 and _end_order(a, b) >= 0


def starts(a: Value, b: Range) -> bool:
    if not isinstance(a, Range):
        return compared(a, _bounded(b.start)) == 0 and b.start_included
    return _start_order(a, b) == 0 and _end_order(a, b) <= 0


def finishes(a: Value, b: Range) -> bool:
    if not isinstance(a, Range):
        return compared(a, _bounded(b.end)) == 0 and b.end_included
    return _end_order(a, b) == 0 and _start_order(a, b) >= 0


def coincides(a: Value, b: Value) -> bool:
    if isinstance(a, Range) and isinstance(b, Range):
        compared(a.start, b.start)
        return same_range(a, b)
    if isinstance(a, Range) or isinstance(b, Range):
        raise Fault("rules.not_comparable", left=kind(a), right=kind(b))
    return compared(a, b) == 0


def _swapped(relation: Callable[[Value, Value], bool]) -> Callable[[Value, Value], bool]:
    return lambda a, b: relation(b, a)


ANYTHING, SPAN = "Any", "range"
_RELATIONS: tuple[tuple[str, Callable[..., bool], str, str], ...] = (
    ("before", before, ANYTHING, ANYTHING),
    ("after", _swapped(before), ANYTHING, ANYTHING),
    ("meets", meets, SPAN, SPAN),
    ("met by", _swapped(meets), SPAN, SPAN),
    ("overlaps", overlaps, SPAN, SPAN),
    ("overlaps before", overlaps_before, SPAN, SPAN),
    ("overlaps after", overlaps_after, SPAN, SPAN),
    ("finishes", finishes, ANYTHING, SPAN),
    ("finished by", _swapped(finishes), SPAN, ANYTHING),
    ("includes", includes, SPAN, ANYTHING),
    ("during", _swapped(includes), ANYTHING, SPAN),
    ("starts", starts, ANYTHING, SPAN),
    ("started by", _swapped(starts), SPAN, ANYTHING),
    ("coincides", coincides, ANYTHING, ANYTHING),
)


def _kinds(own: str) -> tuple[str, ...]:
    return ("point", "range") if own == ANYTHING else ("range",)


def _signatures(first: str, second: str) -> Iterator[str]:
    """Every way to name the arguments; `Any` comes first, so that it serves those without names."""
    for own, other in product(_kinds(first), _kinds(second)):
        names = (f"{own}1", f"{other}2") if own == other else (own, other)
        yield f"{names[0]}: {first}, {names[1]}: {second}"


def _register(name: str, relation: Callable[..., bool], first: str, second: str) -> None:
    def related(run: Run, a: Value, b: Value) -> Value:
        if a is None or b is None:
            raise Fault("rules.not_comparable", left=kind(a), right=kind(b))
        return relation(a, b)

    for signature in _signatures(first, second):
        builtin(name, signature, "boolean")(related)


for _relation in _RELATIONS:
    _register(*_relation)
