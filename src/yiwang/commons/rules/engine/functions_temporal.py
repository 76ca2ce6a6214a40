"""Conversion to temporal values, and calendar functions (DMN 1.5, 10.3.4.1, 10.3.4.11)."""

from decimal import Decimal

from . import temporal
from .budget import Run
from .diagnostics import Fault
from .functions import builtin
from .temporal import NANOS, Date, DateTime, DaysDuration, MonthsDuration, Time, Zone, at_midnight, ordinal, zone_info
from .temporal_text import MAX_OFFSET, parse_date, parse_date_time, parse_duration, parse_time
from .values import Value, kind

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _read(value: Value | None, name: str, given: object) -> Value:
    if value is None:
        detail = given[:60] if isinstance(given, str) else kind(given)
        raise Fault("rules.argument_value", name=name, detail=detail)
    return value


def _single(value: Value) -> Value:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _whole(value: Decimal) -> int:
    if value != value.to_integral_value():
        raise Fault("rules.argument_value", detail=str(value))
    return int(value)


@builtin("date", "from: Any", "date")
def _date(run: Run, given: Value) -> Value:
    match given := _single(given):
        case str():
            return _read(parse_date(given), "date", given)
        case Date():
            return given
        case DateTime():
            return given.date
    return _read(None, "date", given)


@builtin("date", "year: number, month: number, day: number", "date")
def _date_of_parts(run: Run, year: Decimal, month: Decimal, day: Decimal) -> Value:
    return _read(Date.checked(_whole(year), _whole(month), _whole(day)), "date", str(year))


@builtin("time", "from: Any", "time")
def _time(run: Run, given: Value) -> Value:
    match given := _single(given):
        case str():
            return _read(parse_time(given), "time", given)
        case Time():
            return given
        case DateTime():
            return given.time
        case Date():
            return at_midnight(given).time
    return _read(None, "time", given)


@builtin("time", "hour: number, minute: number, second: number, offset?: days and time duration", "time")
def _time_of_parts(
    run: Run,
    hour: Decimal,
    minute: Decimal,
    second: Decimal,
    offset: DaysDuration | None = None,
) -> Value:
    return Time(_nanos(hour, minute, second), _offset(offset))


def _nanos(hour: Decimal, minute: Decimal, second: Decimal) -> int:
    hours, minutes = _whole(hour), _whole(minute)
    if not (0 <= hours <= 23 and 0 <= minutes <= 59 and 0 <= second < 60):
        raise Fault("rules.argument_value", name="time", detail=f"{hour}:{minute}:{second}")
    return (hours * 60 + minutes) * 60 * NANOS + int(second * NANOS)


def _offset(offset: DaysDuration | None) -> Zone:
    if offset is None:
        return None
    seconds = offset.nanos // NANOS if offset.nanos >= 0 else -(-offset.nanos // NANOS)
    if abs(seconds) > MAX_OFFSET:
        raise Fault("rules.argument_value", name="time", detail="offset")
    return seconds


@builtin("date and time", "from: Any", "date and time")
def _date_and_time(run: Run, given: Value) -> Value:
    match given := _single(given):
        case str():
            if (day := parse_date(given)) is not None:
                return DateTime(day, 0)
            return _read(parse_date_time(given), "date and time", given)
        case DateTime():
            return given
        case Date():
            return at_midnight(given)
    return _read(None, "date and time", given)


@builtin("date and time", "date: Any, time: Any", "date and time")
def _date_with_time(run: Run, day: Value, time: Value) -> Value:
    day, time = _single(day), _single(time)
    if isinstance(day, DateTime):
        if isinstance(time, str):
            return _in_zone(day, time)
        day = day.date
    if not isinstance(day, Date) or not isinstance(time, Time):
        return _read(None, "date and time", day if isinstance(time, Time) else time)
    return DateTime(day, time.nanos, time.zone)


def _in_zone(moment: DateTime, zone: str) -> Value:
    """The same instant on the clocks of that zone."""
    if zone_info(zone) is None:
        raise Fault("rules.argument_value", name="date and time", detail=zone[:60])
    return DateTime.of_instant(moment.instant, zone)


_PARTS = "year: number, month: number, day: number, hour: number, minute: number, second: number"


@builtin("date and time", _PARTS, "date and time")
@builtin("date and time", f"{_PARTS}, offset: Any", "date and time")
@builtin("date and time", f"{_PARTS}, timezone: Any", "date and time")
def _moment_of_parts(
    run: Run,
    year: Decimal,
    month: Decimal,
    day: Decimal,
    hour: Decimal,
    minute: Decimal,
    second: Decimal,
    zone: Value = None,
) -> Value:
    date = _date_of_parts(run, year, month, day)
    if isinstance(zone, str):
        _read(zone_info(zone), "date and time", zone)
    elif isinstance(zone, DaysDuration) or zone is None:
        zone = _offset(zone)
    else:
        return _read(None, "date and time", zone)
    return DateTime(date, _nanos(hour, minute, second), zone)


@builtin("duration", "from: Any")
def _duration(run: Run, given: Value) -> Value:
    given = _single(given)
    if isinstance(given, DaysDuration | MonthsDuration):
        return given
    return _read(parse_duration(given) if isinstance(given, str) else None, "duration", given)


@builtin("years and months duration", "from: Any, to: Any", "years and months duration")
def _years_and_months(run: Run, start: Value, end: Value) -> Value:
    """Whole months between two days; the time of day doesn't count."""
    first, last = _day(start, "years and months duration"), _day(end, "years and months duration")
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return MonthsDuration(months)


def _day(value: Value, name: str) -> Date:
    value = _single(value)
    if isinstance(value, DateTime):
        return value.date
    if not isinstance(value, Date):
        raise Fault("rules.argument_type", name=name, parameter="date", value=kind(value))
    return value


@builtin("day of year", "date: Any", "number")
def _day_of_year(run: Run, value: Value) -> Value:
    day = _day(value, "day of year")
    return Decimal(day.ordinal - ordinal(day.year, 1, 1) + 1)


@builtin("day of week", "date: Any", "string")
def _day_of_week(run: Run, value: Value) -> Value:
    return WEEKDAYS[_day(value, "day of week").weekday - 1]


@builtin("month of year", "date: Any", "string")
def _month_of_year(run: Run, value: Value) -> Value:
    return MONTHS[_day(value, "month of year").month - 1]


@builtin("week of year", "date: Any", "number")
def _week_of_year(run: Run, value: Value) -> Value:
    """The week by ISO 8601: the one that holds the year's first Thursday is 1."""
    day = _day(value, "week of year")
    thursday = day.ordinal + 4 - day.weekday
    year = temporal.from_ordinal(thursday)[0]
    return Decimal((thursday - ordinal(year, 1, 1)) // 7 + 1)


@builtin("now", "", "date and time")
def _now(run: Run) -> Value:
    return temporal.of_python(run.now)


@builtin("today", "", "date")
def _today(run: Run) -> Value:
    return temporal.of_python(run.now.date())
