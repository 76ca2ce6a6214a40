"""What the law's clock takes and gives: announced days, limits, pauses; due dates with their steps and warnings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from yiwang.kernel.text import gettext_noop


class DayKind(StrEnum):
    """What an announcement says of a day that differs from the plain week, or confirms a holiday on a weekend."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A holiday, or a weekend day on which work is made up (调休上班); `name` is the festival."""

    kind: DayKind
    name: str


class DayReason(StrEnum):
    """Why a day was counted or not."""

    START = "start"
    WORKING = "working"
    MAKE_UP = "make_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    PAUSED = "paused"
    CALENDAR = "calendar"

    @property
    def label(self) -> str:
        return _REASONS[self]


_REASONS = {
    DayReason.START: gettext_noop("开始的当日不计入"),
    DayReason.WORKING: gettext_noop("工作日"),
    DayReason.MAKE_UP: gettext_noop("调休上班"),
    DayReason.WEEKEND: gettext_noop("周末"),
    DayReason.HOLIDAY: gettext_noop("法定节假日"),
    DayReason.PAUSED: gettext_noop("不计入期限"),
    DayReason.CALENDAR: gettext_noop("自然日"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One day on the way to the due date; `number` is its place among the counted days, None when not counted."""

    date: date
    reason: DayReason
    number: int | None = None
    name: str = ""

    @property
    def counted(self) -> bool:
        return self.number is not None


@dataclass(frozen=True, slots=True)
class CalendarWarning:
    """The holidays of a year that the result depends on are not announced."""

    year: int
    code: str = "calendar.year_not_announced"
    message: str = gettext_noop("{year}年的节假日安排尚未公布，暂按周一至周五为工作日推算，公布后会重新计算")

    @property
    def params(self) -> Mapping[str, int]:
        return {"year": self.year}

    def __str__(self) -> str:
        return self.message.format(**self.params)


@dataclass(frozen=True, slots=True)
class Pause:
    """Days that do not count (hearing, inspection, expert review…): `first` to `last`, both included; None: still open."""

    first: date
    last: date | None
    name: str = ""

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class TimePause:
    """The same by the minute, half-open; both aware."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class DueDate:
    """The last day of a limit and how it came about; `steps` begin with the day that is not counted."""

    date: date
    steps: tuple[Step, ...]
    warnings: tuple[CalendarWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class Stopped:
    """The clock stands still: no due date until the open pause ends, `remaining` units after it."""

    since: date
    remaining: int
    steps: tuple[Step, ...]
    warnings: tuple[CalendarWarning, ...] = ()


class LimitUnit(StrEnum):
    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"


@dataclass(frozen=True, slots=True)
class Limit:
    """A length of time as a law or a promise states it."""

    count: int
    unit: LimitUnit = LimitUnit.WORKING_DAY


@dataclass(frozen=True, slots=True)
class WorkSpan:
    """A stretch of working time that was counted; both ends aware, in China's zone."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class DueTime:
    """The instant at which an amount of working time is used up."""

    at: datetime
    spans: tuple[WorkSpan, ...]
    warnings: tuple[CalendarWarning, ...] = ()
