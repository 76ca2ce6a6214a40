"""String functions (DMN 1.5, 10.3.4.3). Positions count characters from 1, negative ones from the end."""

from decimal import Decimal

from . import patterns
from .budget import Run
from .diagnostics import Fault
from .functions import builtin
from .values import Value


def made(run: Run, text: str) -> str:
    """The text, accounted for; no single step here makes much more than it was given."""
    run.make_text(len(text))
    return text


def position(value: Decimal, name: str = "start position") -> int:
    """A position without its fraction; 0 is none."""
    index = int(value)
    if index == 0:
        raise Fault("rules.argument_value", detail=name)
    return index


@builtin("substring", "string: string, start position: number, length?: number", "string")
def _substring(run: Run, string: str, start: Decimal, length: Decimal | None = None) -> Value:
    index = position(start)
    first = index - 1 if index > 0 else len(string) + index
    if not 0 <= first < len(string):
        raise Fault("rules.argument_value", detail="start position")
    if length is not None and not 1 <= int(length) <= len(string) - first:
        raise Fault("rules.argument_value", detail="length")
    return made(run, string[first:] if length is None else string[first : first + int(length)])


@builtin("string length", "string: string", "number")
def _string_length(run: Run, string: str) -> Value:
    return Decimal(len(string))


@builtin("upper case", "string: string", "string")
def _upper_case(run: Run, string: str) -> Value:
    return made(run, string.upper())


@builtin("lower case", "string: string", "string")
def _lower_case(run: Run, string: str) -> Value:
    return made(run, string.lower())


@builtin("substring before", "string: string, match: string", "string")
def _substring_before(run: Run, string: str, match: str) -> Value:
    return made(run, string.partition(match)[0] if match and match in string else "")


@builtin("substring after", "string: string, match: string", "string")
def _substring_after(run: Run, string: str, match: str) -> Value:
    return made(run, string.partition(match)[2] if match else string)


@builtin("contains", "string: string, match: string", "boolean")
def _contains(run: Run, string: str, match: str) -> Value:
    return match in string


@builtin("starts with", "string: string, match: string", "boolean")
def _starts_with(run: Run, string: str, match: str) -> Value:
    return string.startswith(match)


@builtin("ends with", "string: string, match: string", "boolean")
def _ends_with(run: Run, string: str, match: str) -> Value:
    return string.endswith(match)


@builtin("matches", "input: string, pattern: string, flags?: string", "boolean")
def _matches(run: Run, text: str, pattern: str, flags: str | None = None) -> Value:
    return patterns.matches(pattern, flags or "", text, _seconds(run, text))


@builtin("replace", "input: string, pattern: string, replacement: string, flags?: string", "string")
def _replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> Value:
    limit = min(run.budget.text, run.budget.all_text - run.made)
    return made(run, patterns.replace(pattern, flags or "", text, replacement, _seconds(run, text), limit))


@builtin("split", "string: string, delimiter: string", "list")
def _split(run: Run, string: str, delimiter: str) -> Value:
    parts = patterns.split(delimiter, string, _seconds(run, string))
    run.check_items(len(parts))
    run.make_text(len(string))
    run.charge(len(parts))
    return parts


def _seconds(run: Run, text: str) -> float:
    """What one use of a pattern may take; a long run looks at its own clock each time."""
    run.charge(10 + len(text) // 100)
    return min(run.budget.pattern_seconds, run.check_time())


@builtin("string join", "list: list, delimiter?: string", "string")
def _string_join(run: Run, items: list[Value], delimiter: str | None = None) -> Value:
    given = [item for item in items if item is not None]
    if not all(isinstance(item, str) for item in given):
        raise Fault("rules.argument_value", detail="list")
    run.charge(1 + len(given))
    run.make_text(sum(map(len, given)) + len(delimiter or "") * len(given))
    return (delimiter or "").join(given)
