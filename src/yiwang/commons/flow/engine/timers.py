"""ISO 8601 dates, durations and repetitions of timer events (and cron tables), and when they come due.

The token library would evaluate such texts as Python; here a text is a literal, or FEEL where it begins with '='.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import CroniterBadDateError, CroniterError, croniter

from .definition import TimerKind

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
_DURATION = re.compile(
    r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_CYCLE = re.compile(r"R(?P<times>-1|\d*)/(?:(?P<start>[^/P]+)/)?(?P<duration>P[^/]+)")
_FIELD = r"(?:[\d*?,/#LW-]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|MON|TUE|WED|THU|FRI|SAT|SUN)+"
_CRON = re.compile(
    rf"(?:{_FIELD}\s+){{5}}{_FIELD}|@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)", re.IGNORECASE
)
_ZONE = re.compile(r"(?P<moment>[^\[\]]+)\[(?P<zone>[\w+/-]+)\]")
MAX_DAYS = 366 * 200


class TimerFault(ValueError):
    """The text is no date, duration or cycle; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Duration:
    months: int
    exact: timedelta

    def after(self, start: datetime) -> datetime:
        """Calendar months first (the last day of a shorter month), then the exact part."""
        month = start.month - 1 + self.months
        year, month = start.year + month // 12, month % 12 + 1
        if year > date.max.year - 1:
            raise TimerFault("时长太长。")
        day = min(start.day, monthrange(year, month)[1])
        return start.replace(year=year, month=month, day=day) + self.exact


@dataclass(frozen=True, slots=True)
class Cycle:
    """Again and again `every` so long, from `start` on where it is given, or by the `cron` table, in Beijing time.

    `times` is None for an endless repetition.
    """

    times: int | None = None
    every: Duration | None = None
    start: datetime | None = None
    cron: str = ""

    def first(self, now: datetime) -> datetime:
        """When it comes due first, for what waits from `now` on; rounds before that are not made up for."""
        if self.start is None:
            return self.following(now)
        due = self.start
        while due < now:
            due = self.following(due)
        return due

    def following(self, due: datetime) -> datetime:
        """The round after the one at `due`."""
        if self.every is not None:
            return self.every.after(due)
        try:
            following: datetime = _cron(self.cron, due).get_next(datetime)
        except CroniterBadDateError as error:
            raise TimerFault(f"“{self.cron}”没有下一次。") from error
        return following


def parse_duration(text: str) -> Duration:
    match = _DURATION.fullmatch(text.strip().upper())
    if match is None or not any(match.groupdict().values()) or text.strip().upper().endswith("T"):
        raise TimerFault("时长应写成 P5D、PT2H、P1M 这样的形式。")
    parts = {key: float(value or 0) for key, value in match.groupdict().items()}
    days = parts["weeks"] * 7 + parts["days"]
    if days + parts["months"] * 31 + parts["years"] * 366 > MAX_DAYS:
        raise TimerFault("时长太长。")
    exact = timedelta(days=days, hours=parts["hours"], minutes=parts["minutes"], seconds=parts["seconds"])
    return Duration(int(parts["years"]) * 12 + int(parts["months"]), exact)


def parse_cycle(text: str) -> Cycle:
    """`R3/PT1H`, `R/2026-03-01T09:00:00+08:00/P1D` (ISO 8601; `R-1` is endless as `R`), or a cron table with seconds first."""
    text = text.strip()
    if _CRON.fullmatch(text):
        _cron(text, datetime(2026, 1, 1, tzinfo=CHINA))
        return Cycle(cron=text)
    match = _CYCLE.fullmatch(text.upper())
    if match is None:
        raise TimerFault("循环应写成 R3/PT1H 这样的形式，或者秒在最前的六项 cron。")
    every = parse_duration(match["duration"])
    if not every.months and every.exact < timedelta(seconds=1):
        raise TimerFault("循环的间隔至少一秒。")
    times = None if match["times"] in ("", "-1") else int(match["times"])
    return Cycle(times, every, parse_date(match["start"]) if match["start"] else None)


def _cron(text: str, after: datetime) -> croniter:
    try:
        return croniter(text, after.astimezone(CHINA), second_at_beginning=True, day_or=False)
    except (CroniterError, KeyError) as error:
        raise TimerFault(f"“{text}”不是合法的 cron：{error}") from error


def parse_date(text: str) -> datetime:
    """Aware; a text without an offset is Beijing time, a bare date is its first moment, a zone may follow in brackets."""
    zoned = _ZONE.fullmatch(text.strip())
    try:
        moment = datetime.fromisoformat(zoned["moment"] if zoned else text.strip())
        zone = ZoneInfo(zoned["zone"]) if zoned else CHINA
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise TimerFault("日期应写成 2026-03-01T09:00:00+08:00 这样的形式。") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def moment_in(value: Any) -> datetime | None:
    """The moment that a variable holds, as such or as text; None for anything else."""
    if isinstance(value, datetime):
        return due_date(value)
    if not isinstance(value, str):
        return None
    try:
        return parse_date(value)
    except TimerFault:
        return None


def check_literal(kind: TimerKind, text: str) -> None:
    {TimerKind.DATE: parse_date, TimerKind.DURATION: parse_duration, TimerKind.CYCLE: parse_cycle}[kind](text)


def due_date(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=CHINA)
    if isinstance(value, date):
        return datetime.combine(value, time.min, CHINA)
    return parse_date(str(value))


def due_after(value: Any, now: datetime) -> datetime:
    if isinstance(value, timedelta):
        return now + value
    return parse_duration(str(value)).after(now)
