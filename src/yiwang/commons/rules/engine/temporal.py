"""Date, time, date and time, and the two durations of FEEL (DMN 1.5, 10.3.2.3.4-10).

The standard's years reach ±999,999,999 and its seconds nine digits, beyond Python's `datetime`; hence own values.
All are immutable and hashable. A zone is None (local), an offset in seconds, or an IANA name.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

NANOS = 1_000_000_000
DAY = 86_400 * NANOS
MAX_YEAR = 999_999_999
MAX_MONTHS = 24 * (MAX_YEAR + 1)
MAX_NANOS = MAX_MONTHS * 31 * DAY
"""The longest durations: between the first and the last date, with room."""
EPOCH_ORDINAL = 719_468
REFERENCE_DAY = datetime(1970, 1, 1, tzinfo=UTC)

Zone = int | str | None


@lru_cache(maxsize=600)
def zone_info(name: str) -> ZoneInfo | None:
    """The IANA zone of that exact name, or None."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None


def ordinal(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 in the proleptic Gregorian calendar, for any year."""
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - EPOCH_ORDINAL


def from_ordinal(days: int) -> tuple[int, int, int]:
    era, day_of_era = divmod(days + EPOCH_ORDINAL, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + (3 if shifted < 10 else -9)
    return year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted + 2) // 5 + 1


def days_in_month(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in {4, 6, 9, 11} else 31


@dataclass(frozen=True, slots=True, order=True)
class Date:
    year: int
    month: int
    day: int

    @classmethod
    def checked(cls, year: int, month: int, day: int) -> "Date | None":
        """The date, or None where the calendar has no such day."""
        if abs(year) > MAX_YEAR or not 1 <= month <= 12 or not 1 <= day <= days_in_month(year, month):
            return None
        return cls(year, month, day)

    @classmethod
    def of_ordinal(cls, days: int) -> "Date | None":
        return cls.checked(*from_ordinal(days))

    @property
    def ordinal(self) -> int:
        return ordinal(self.year, self.month, self.day)

    @property
    def weekday(self) -> int:
        """1 Monday … 7 Sunday."""
        return (self.ordinal + 3) % 7 + 1

    def plus_months(self, months: int) -> "Date | None":
        """Same day so many months later, or the last of that month."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Date.checked(year, month + 1, min(self.day, days_in_month(year, month + 1)))


@dataclass(frozen=True, slots=True)
class Time:
    """Nanoseconds since midnight, and a zone."""

    nanos: int
    zone: Zone = None

    @property
    def utc_nanos(self) -> int:
        """Nanoseconds since midnight in UTC (may be negative); a named zone counts with its offset of 1970-01-01."""
        return self.nanos - (offset_at_reference(self.zone) or 0) * NANOS

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Time):
            return NotImplemented
        return (self.zone is None) == (other.zone is None) and self.utc_nanos % DAY == other.utc_nanos % DAY

    def __hash__(self) -> int:
        return hash((self.zone is None, self.utc_nanos % DAY))


@dataclass(frozen=True, slots=True)
class DateTime:
    date: Date
    nanos: int
    zone: Zone = None

    @property
    def offset(self) -> int | None:
        """Offset from UTC in seconds, None for a local date and time."""
        if self.zone is None or isinstance(self.zone, int):
            return self.zone
        return named_offset(self.zone, self.date, self.nanos)

    @property
    def instant(self) -> int:
        """Nanoseconds since 1970-01-01T00:00:00 UTC (a local one is counted as if it were UTC)."""
        return self.date.ordinal * DAY + self.nanos - (self.offset or 0) * NANOS

    @property
    def time(self) -> Time:
        return Time(self.nanos, self.zone)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DateTime):
            return NotImplemented
        return (self.zone is None) == (other.zone is None) and self.instant == other.instant

    def __hash__(self) -> int:
        return hash((self.zone is None, self.instant))

    @classmethod
    def of_instant(cls, instant: int, zone: Zone) -> "DateTime | None":
        """The wall-clock time of an instant in that zone; None beyond the largest year."""
        shift = zone if isinstance(zone, int) else 0
        if isinstance(zone, str):
            shift = named_offset_of_instant(zone, instant)
        days, nanos = divmod(instant + shift * NANOS, DAY)
        day = Date.of_ordinal(days)
        return None if day is None else cls(day, nanos, zone)


@dataclass(frozen=True, slots=True, order=True)
class DaysDuration:
    """Days and time duration, in nanoseconds."""

    nanos: int


@dataclass(frozen=True, slots=True, order=True)
class MonthsDuration:
    """Years and months duration, in months."""

    months: int


Temporal = Date | Time | DateTime | DaysDuration | MonthsDuration
MIDNIGHT_UTC = 0


def at_midnight(value: Date) -> DateTime:
    """A date as a date and time: midnight UTC (10.3.2.3.5)."""
    return DateTime(value, MIDNIGHT_UTC, 0)


def offset_at_reference(zone: Zone) -> int | None:
    if isinstance(zone, str):
        info = zone_info(zone)
        shift = REFERENCE_DAY.astimezone(info).utcoffset() if info else None
        return int(shift.total_seconds()) if shift is not None else 0
    return zone


def _python_year(year: int) -> int:
    """A year that `datetime` knows, with the same calendar (the Gregorian cycle is 400 years)."""
    return year if 2 <= year <= 9998 else 2000 + year % 400


def named_offset(zone: str, day: Date, nanos: int) -> int:
    info = zone_info(zone)
    local = datetime(_python_year(day.year), day.month, day.day, tzinfo=info) + timedelta(seconds=nanos // NANOS)
    shift = local.utcoffset()
    return int(shift.total_seconds()) if shift is not None else 0


def named_offset_of_instant(zone: str, instant: int) -> int:
    days, nanos = divmod(instant, DAY)
    year, month, day = from_ordinal(days)
    moment = datetime(_python_year(year), month, day, tzinfo=UTC) + timedelta(seconds=nanos // NANOS)
    shift = moment.astimezone(zone_info(zone)).utcoffset()
    return int(shift.total_seconds()) if shift is not None else 0


def of_python(value: date | datetime | timedelta) -> Temporal:
    """Python's date, datetime or timedelta as the FEEL value."""
    if isinstance(value, timedelta):
        return DaysDuration((value.days * 86_400 + value.seconds) * NANOS + value.microseconds * 1000)
    if not isinstance(value, datetime):
        return Date(value.year, value.month, value.day)
    seconds = (value.hour * 60 + value.minute) * 60 + value.second
    zone: Zone = None
    if value.tzinfo is not None:
        key = getattr(value.tzinfo, "key", None)
        shift = value.utcoffset()
        zone = key if key and key != "UTC" else int(shift.total_seconds()) if shift is not None else 0
    return DateTime(Date(value.year, value.month, value.day), seconds * NANOS + value.microsecond * 1000, zone)
