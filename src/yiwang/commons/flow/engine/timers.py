"""ISO 8601 dates, durations and repetitions of timer events, and when they come due.

The token library would evaluate such texts as Python; here a text is a literal, or FEEL where it begins with '='.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from .definition import TimerKind

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
_DURATION = re.compile(
    r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_CYCLE = re.compile(r"R(?P<times>\d*)/(?P<duration>P[^/]+)")
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
    """`times` is None for an endless repetition."""

    times: int | None
    every: Duration


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
    match = _CYCLE.fullmatch(text.strip().upper())
    if match is None:
        raise TimerFault("循环应写成 R3/PT1H 这样的形式。")
    every = parse_duration(match["duration"])
    if not every.months and every.exact < timedelta(seconds=1):
        raise TimerFault("循环的间隔至少一秒。")
    return Cycle(int(match["times"]) if match["times"] else None, every)


def parse_date(text: str) -> datetime:
    """Aware; a text without an offset is Beijing time, a bare date is its first moment."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise TimerFault("日期应写成 2026-03-01T09:00:00+08:00 这样的形式。") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


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
