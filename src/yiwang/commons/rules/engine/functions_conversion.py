"""`number`, `string` and `range` (DMN 1.5, 10.3.4.1)."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from . import tree
from .budget import Run
from .compile_values import literal, make_range
from .diagnostics import NOWHERE, Fault, FeelSyntaxError
from .functions import BUILTINS, builtin, call
from .names import Scope, pieces
from .parser import parse
from .temporal import Date, DateTime, DaysDuration, MonthsDuration, Time
from .temporal_text import format_temporal
from .values import Function, Range, Value, number

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_GROUPING = (None, " ", ",", ".")
_DECIMAL = (None, ",", ".")


@builtin("number", "from: string, grouping separator?: string, decimal separator?: string", "number")
def _number(run: Run, given: str, grouping: str | None = None, decimal: str | None = None) -> Value:
    wrong = grouping not in _GROUPING or decimal not in _DECIMAL or (grouping is not None and grouping == decimal)
    if wrong:
        raise Fault("rules.argument_value", detail="from")
    text = given.replace(grouping, "") if grouping else given
    text = text.replace(decimal, ".") if decimal else text
    if not _NUMBER.fullmatch(text):
        raise Fault("rules.argument_value", detail=given[:60])
    return number(text)


@builtin("string", "from: Any", "string")
def _string(run: Run, given: Value) -> Value:
    if given is None:
        return None
    if isinstance(given, str):
        return given
    parts: list[str] = []
    for part in _written(given):
        run.make_text(len(part))
        parts.append(part)
    run.check_text(sum(map(len, parts)))
    return "".join(parts)


def plain_number(value: Decimal) -> str:
    """The number without exponent."""
    return format(value, "f")


def as_text(value: Value) -> str:
    """The value as FEEL text; strings inside lists and contexts are quoted."""
    return "".join(_written(value))


def _written(value: Value) -> Iterator[str]:
    """The text part by part, so that a long one can be stopped."""
    match value:
        case list():
            yield from _listed("[", ((item,) for item in value), "]")
        case dict():
            yield from _listed("{", ((f"{key_text(key)}: ", entry) for key, entry in value.items()), "}")
        case Range():
            yield from _range_text(value)
        case _:
            yield _scalar(value)


def _listed(opener: str, entries: Iterable[tuple[Value, ...]], closer: str) -> Iterator[str]:
    """What stands in brackets; an entry is a value, or a key's text and a value."""
    yield opener
    for index, (*key, value) in enumerate(entries):
        yield ", " if index else ""
        yield from key
        yield from _written(value)
    yield closer


def _scalar(value: Value) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case Decimal():
            return plain_number(value)
        case Date() | Time() | DateTime() | DaysDuration() | MonthsDuration():
            return format_temporal(value)
        case Function():
            return f"function {value.name}".strip()
    raise Fault("rules.argument_value", name="string", detail=type(value).__name__)


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return '"' + escaped.replace("\t", "\\t") + '"'


def key_text(name: str) -> str:
    return name if pieces(name) and not name[0].isdigit() else quoted(name)


def _range_text(span: Range) -> Iterator[str]:
    if not span.has_start or not span.has_end:
        sign, included, end = (
            (">", span.start_included, span.start) if span.has_start else ("<", span.end_included, span.end)
        )
        yield f"{sign}{'=' if included else ''} "
        yield from _written(end)
        return
    yield "[" if span.start_included else "("
    yield from _written(span.start)
    yield ".."
    yield from _written(span.end)
    yield "]" if span.end_included else ")"


@builtin("range", "from: string", "range")
def _range(run: Run, given: str) -> Value:
    """A range literal whose ends are literals; nothing else is evaluated."""
    try:
        node = parse(given, Scope(BUILTINS))
    except FeelSyntaxError:
        node = None
    if not isinstance(node, tree.RangeLiteral):
        raise Fault("rules.argument_value", detail=given[:60])
    low, high = _endpoint(run, node.start), _endpoint(run, node.end)
    included = {"start_included": node.start_included, "end_included": node.end_included}
    return make_range(run, low, high, **included, at=NOWHERE)


def _endpoint(run: Run, node: tree.Expression) -> Value:
    value = literal(node)
    match node:
        case tree.Call(tree.Name("date" | "time" | "date and time" | "duration" as name), arguments) if all(
            isinstance(a, tree.StringLiteral) for a in arguments
        ):
            value = call(run, BUILTINS[name], [a.value for a in arguments if isinstance(a, tree.StringLiteral)])
    if value is None:
        raise Fault("rules.argument_value", name="range", detail="from")
    return value
