"""FEEL values to and from JSON: plain for people and other systems, tagged where nothing may be lost."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .feeltypes import DATE, DATE_TIME, DAYS, MONTHS, TIME, ContextOf, FeelType, ListOf, plain
from .functions_conversion import as_text, plain_number
from .temporal import Date, DateTime, DaysDuration, MonthsDuration, Time
from .temporal_text import format_temporal, parse_at_literal, parse_date, parse_date_time, parse_duration, parse_time
from .values import Range, Value, number

MAX_EXACT_INTEGER = 2**53
Json = Any


def to_json(value: Value, *, tagged: bool = False) -> Json:  # noqa: PLR0911 - one return for each kind
    """A value that `json.dumps` takes.

    Plain: dates, times and durations as their text, a number that no float holds exactly as text, functions as null.
    `tagged`: `{"@": text}` for temporal values, `{"@number": text}`, `{"@range": …}`, which `from_json` reads back.
    """
    match value:
        case None | bool() | str():
            return value
        case Decimal():
            return _number(value, tagged=tagged)
        case Date() | Time() | DateTime() | DaysDuration() | MonthsDuration():
            text = format_temporal(value)
            return {"@": text} if tagged else text
        case list():
            return [to_json(item, tagged=tagged) for item in value]
        case dict():
            return {key: to_json(entry, tagged=tagged) for key, entry in value.items()}
        case Range():
            return {"@range": _range(value)} if tagged else as_text(value)
    return None


def _number(value: Decimal, *, tagged: bool) -> Json:
    if value == value.to_integral_value() and abs(value) <= MAX_EXACT_INTEGER:
        return int(value)
    if Decimal(repr(float(value))) == value:
        return float(value)
    return {"@number": plain_number(value)} if tagged else plain_number(value)


def _range(value: Range) -> Json:
    return {
        "start": to_json(value.start, tagged=True),
        "end": to_json(value.end, tagged=True),
        "included": [value.start_included, value.end_included],
        "has": [value.has_start, value.has_end],
    }


_READ = {
    DATE: parse_date,
    TIME: parse_time,
    DATE_TIME: parse_date_time,
    DAYS: parse_duration,
    MONTHS: parse_duration,
}


def from_json(data: Json, declared: FeelType | None = None) -> Value:  # noqa: PLR0911 - one return for each kind
    """The FEEL value of JSON data; what JSON has no word for (Python's own dates) is left as it is.

    Text becomes a date, time or duration only where that type is declared or tagged.
    """
    base = plain(declared) if declared is not None else None
    match data:
        case bool() | None:
            return data
        case int() | float():
            return number(data)
        case str():
            read = _READ.get(base) if base is not None else None  # type: ignore[arg-type]  # other types are not keys
            found = read(data) if read is not None else None
            return data if found is None else found
        case list():
            item = base.item if isinstance(base, ListOf) else None
            return [from_json(part, item) for part in data]
        case {"@": str(text)} if len(data) == 1:
            return parse_at_literal(text)
        case {"@number": str(text)} if len(data) == 1:
            return number(text)
        case {"@range": span} if len(data) == 1:
            ends = from_json(span["start"]), from_json(span["end"])
            return Range(*ends, *span["included"], *span["has"])
        case Mapping():
            entries = dict(base.entries) if isinstance(base, ContextOf) else {}
            return {str(key): from_json(entry, entries.get(key)) for key, entry in data.items()}
    return data
