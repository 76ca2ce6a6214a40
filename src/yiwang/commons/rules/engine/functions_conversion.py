"""`number`, `string` and `range` (DMN 1.5, 10.3.4.1)."""

import re
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
    text = given if isinstance(given, str) else as_text(given)
    run.check_text(len(text))
    run.charge(1 + len(text) // 100)
    return text


def plain_number(value: Decimal) -> str:
    """The number without exponent."""
    return format(value, "f")


def as_text(value: Value) -> str:  # noqa: PLR0911 - one return for each kind
    """The value as FEEL text; strings inside lists and contexts are quoted."""
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
        case list():
            return f"[{', '.join(map(as_text, value))}]"
        case dict():
            return f"{{{', '.join(f'{key_text(k)}: {as_text(v)}' for k, v in value.items())}}}"
        case Range():
            return _range_text(value)
        case Function():
            return f"function {value.name}".strip()
    raise Fault("rules.argument_value", name="string", detail=type(value).__name__)


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return '"' + escaped.replace("\t", "\\t") + '"'


def key_text(name: str) -> str:
    return name if pieces(name) and not name[0].isdigit() else quoted(name)


def _range_text(span: Range) -> str:
    if not span.has_start:
        return f"<{'=' if span.end_included else ''} {as_text(span.end)}"
    if not span.has_end:
        return f">{'=' if span.start_included else ''} {as_text(span.start)}"
    opener, closer = "[" if span.start_included else "(", "]" if span.end_included else ")"
    return f"{opener}{as_text(span.start)}..{as_text(span.end)}{closer}"


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
