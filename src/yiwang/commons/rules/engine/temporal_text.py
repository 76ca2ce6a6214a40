"""Dates, times and durations from and to text (XML Schema lexical forms with FEEL's @zone, DMN 1.5 10.3.2.3.4-8)."""

import re

from .temporal import (
    MAX_MONTHS,
    MAX_NANOS,
    NANOS,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Temporal,
    Time,
    Zone,
    zone_info,
)

_DATE = r"(?P<year>-?(?:[1-9]\d{4,8}|\d{4}))-(?P<month>\d\d)-(?P<day>\d\d)"
_TIME = (
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d+))?"
    r"(?:(?P<utc>Z)|(?P<offset>[+-]\d\d:\d\d(?::\d\d)?)|@(?P<zone>[A-Za-z][A-Za-z0-9_+\-/]*))?"
)
DATE = re.compile(_DATE, re.ASCII)
TIME = re.compile(_TIME, re.ASCII)
DATE_TIME = re.compile(f"{_DATE}T{_TIME}", re.ASCII)
MONTHS = re.compile(r"(?P<sign>-)?P(?=\d)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?", re.ASCII)
DAYS = re.compile(
    r"(?P<sign>-)?P(?=\d|T\d)(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:\.(?P<fraction>\d*))?S)?)?",
    re.ASCII,
)
MAX_TEXT = 100
MAX_OFFSET = 18 * 3600


def _nanos(fraction: str | None) -> int:
    return int((fraction or "0")[:9].ljust(9, "0"))


def parse_date(text: str) -> Date | None:
    match = DATE.fullmatch(text) if len(text) <= MAX_TEXT else None
    return _date(match) if match else None


def parse_time(text: str) -> Time | None:
    match = TIME.fullmatch(text) if len(text) <= MAX_TEXT else None
    return _time(match) if match else None


def parse_date_time(text: str) -> DateTime | None:
    match = DATE_TIME.fullmatch(text) if len(text) <= MAX_TEXT else None
    if match is None:
        return None
    day, time = _date(match), _time(match)
    return None if day is None or time is None else DateTime(day, time.nanos, time.zone)


def parse_duration(text: str) -> DaysDuration | MonthsDuration | None:
    if len(text) > MAX_TEXT:
        return None
    if match := MONTHS.fullmatch(text):
        months = int(match["years"] or 0) * 12 + int(match["months"] or 0)
        if months > MAX_MONTHS:
            return None
        return MonthsDuration(-months if match["sign"] else months)
    if match := DAYS.fullmatch(text):
        minutes = (int(match["days"] or 0) * 24 + int(match["hours"] or 0)) * 60 + int(match["minutes"] or 0)
        nanos = (minutes * 60 + int(match["seconds"] or 0)) * NANOS + _nanos(match["fraction"])
        if nanos > MAX_NANOS:
            return None
        return DaysDuration(-nanos if match["sign"] else nanos)
    return None


def parse_at_literal(text: str) -> Temporal | None:
    """The value of `@"text"`: a date and time, a date, a time or a duration."""
    return parse_date_time(text) or parse_date(text) or parse_time(text) or parse_duration(text)


def _date(match: re.Match[str]) -> Date | None:
    return Date.checked(int(match["year"]), int(match["month"]), int(match["day"]))


def _time(match: re.Match[str]) -> Time | None:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"])
    if hour > 23 or minute > 59 or second > 59:
        return None
    zone: Zone = None
    if match["utc"]:
        zone = 0
    elif match["offset"]:
        parts = [int(part) for part in match["offset"][1:].split(":")]
        zone = parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) > 2 else 0)
        if zone > MAX_OFFSET or parts[1] > 59 or parts[-1] > 59:
            return None
        zone = -zone if match["offset"][0] == "-" else zone
    elif match["zone"]:
        zone = match["zone"]
        if zone_info(zone) is None:
            return None
    return Time(((hour * 60 + minute) * 60 + second) * NANOS + _nanos(match["fraction"]), zone)


def format_temporal(value: Temporal) -> str:
    """The canonical text, which `@"…"` reads back as the same value."""
    match value:
        case Date():
            return _format_date(value)
        case Time():
            return _format_time(value.nanos, value.zone)
        case DateTime():
            return f"{_format_date(value.date)}T{_format_time(value.nanos, value.zone)}"
        case MonthsDuration():
            return _format_months(value.months)
        case DaysDuration():
            return _format_days(value.nanos)


def _format_date(value: Date) -> str:
    sign = "-" if value.year < 0 else ""
    return f"{sign}{abs(value.year):04d}-{value.month:02d}-{value.day:02d}"


def _format_time(nanos: int, zone: Zone) -> str:
    seconds, fraction = divmod(nanos, NANOS)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours:02d}:{minutes:02d}:{seconds:02d}{_format_fraction(fraction)}"
    if zone is None:
        return text
    return f"{text}@{zone}" if isinstance(zone, str) else text + format_offset(zone)


def _format_fraction(nanos: int) -> str:
    return f".{nanos:09d}".rstrip("0") if nanos else ""


def format_offset(seconds: int) -> str:
    if seconds == 0:
        return "Z"
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02d}:{minutes:02d}" + (f":{rest:02d}" if rest else "")


def _format_months(months: int) -> str:
    years, rest = divmod(abs(months), 12)
    text = (f"{years}Y" if years else "") + (f"{rest}M" if rest or not years else "")
    return f"{'-' if months < 0 else ''}P{text}"


def _format_days(nanos: int) -> str:
    seconds, fraction = divmod(abs(nanos), NANOS)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    second_text = f"{seconds}{_format_fraction(fraction)}S" if seconds or fraction else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + second_text
    text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return f"{'-' if nanos < 0 else ''}P{text or 'T0S'}"
