"""Counting. The day on which a period begins is not counted (民法典 第二百零一条); limits of licensing procedures are
working days without statutory holidays (行政许可法 第八十二条); time of hearings, inspections, tests, appraisals and
expert review is not counted (行政许可法 第四十五条). Every result can be computed again from the same input.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from yiwang.kernel.clock import CHINA
from yiwang.kernel.legal_calendar.contracts import (
    CalendarWarning,
    DayKind,
    DayReason,
    DueDate,
    DueTime,
    Limit,
    LimitUnit,
    Pause,
    SpecialDay,
    Step,
    Stopped,
    TimePause,
    WorkSpan,
)
from yiwang.kernel.legal_calendar.hours import WorkHours

_SATURDAY = 5
_DAY = timedelta(days=1)
_NO_TIME = timedelta()
_LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Announced years (a year that is present but empty is announced as having no special days) and the hours table."""

    years: Mapping[int, Mapping[date, SpecialDay]] = field(default_factory=dict)
    hours: WorkHours = field(default_factory=WorkHours)

    def is_announced(self, year: int) -> bool:
        return year in self.years

    def is_working_day(self, day: date) -> bool:
        return self.why(day).reason in {DayReason.WORKING, DayReason.MAKE_UP}

    def why(self, day: date) -> Step:
        """What kind of day it is, as an uncounted step."""
        special = self.years.get(day.year, {}).get(day)
        if special is not None:
            reason = DayReason.HOLIDAY if special.kind is DayKind.HOLIDAY else DayReason.MAKE_UP
            return Step(day, reason, name=special.name)
        return Step(day, DayReason.WORKING if day.weekday() < _SATURDAY else DayReason.WEEKEND)

    def working_days_in(self, year: int) -> int:
        first = date(year, 1, 1)
        return sum(self.is_working_day(first + n * _DAY) for n in range((date(year + 1, 1, 1) - first).days))

    def add_working_days(self, start: date, count: int, *, pauses: Sequence[Pause] = ()) -> DueDate:
        """The `count`-th working day after `start` (0: `start` itself), days in `pauses` left out.

        Raises ValueError for a negative or absurd count, or an open pause (use `due`, which can answer Stopped).
        """
        result = self.due(start, Limit(count, LimitUnit.WORKING_DAY), pauses=pauses)
        if isinstance(result, Stopped):
            raise ValueError("an open pause has no due date")  # noqa: TRY004 - the value is wrong, not its type
        return result

    def due(self, start: date, limit: Limit, *, pauses: Sequence[Pause] = ()) -> DueDate | Stopped:
        """The last day of a limit that runs from `start`, or Stopped while a pause that it would enter is open.

        A limit in calendar days that ends on a day off ends on the next working day (民法典 第二百零三条).
        """
        if not 0 <= limit.count <= _LONGEST:
            raise ValueError(f"a limit of {limit.count} days")
        steps = [Step(start, DayReason.START, name=self.why(start).name)]
        number = 0
        for step in self._days_after(start, pauses, limit.unit):
            if number == limit.count:
                break
            if step.reason is DayReason.PAUSED and any(p.last is None and p.covers(step.date) for p in pauses):
                return Stopped(step.date, limit.count - number, tuple(steps), self._warnings(steps[1:]))
            counts = step.reason in {DayReason.WORKING, DayReason.MAKE_UP, DayReason.CALENDAR}
            number += counts
            steps.append(Step(step.date, step.reason, number if counts else None, step.name))
        if limit.unit is LimitUnit.CALENDAR_DAY and limit.count:
            steps.extend(self._until_working_day(steps[-1].date))
        return DueDate(steps[-1].date, tuple(steps), self._warnings(steps[1:]))

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` comes first."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(start + n * _DAY) for n in range(1, (end - start).days + 1))

    def add_working_hours(self, start: datetime, amount: timedelta, *, pauses: Sequence[TimePause] = ()) -> DueTime:
        """The instant at which `amount` of working time after `start` (aware) is used up.

        Working time that ends with a session is due at its end (12:00), not at the next beginning (13:30).
        Raises ValueError for a naive start or a negative amount.
        """
        if start.tzinfo is None or amount < _NO_TIME:
            raise ValueError("needs an aware start and an amount that is not negative")
        local = start.astimezone(CHINA)
        if amount == _NO_TIME:
            return DueTime(local, ())
        spans: list[WorkSpan] = []
        left = amount
        for begin, end in self._working_time(local, pauses):
            taken = min(left, end - begin)
            spans.append(WorkSpan(begin, begin + taken))
            left -= taken
            if left == _NO_TIME:
                break
        return DueTime(spans[-1].end, tuple(spans), self._warnings(spans))

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` to `end`, both aware; zero when `end` comes first."""
        total = _NO_TIME
        if end <= start:
            return total
        for begin, finish in self._working_time(start.astimezone(CHINA), ()):
            if begin >= end:
                break
            total += min(finish, end.astimezone(CHINA)) - begin
        return total

    def _until_working_day(self, day: date) -> Iterator[Step]:
        while not self.is_working_day(day):
            day += _DAY
            yield self.why(day)

    def _days_after(self, start: date, pauses: Sequence[Pause], unit: LimitUnit) -> Iterator[Step]:
        day = start
        while True:
            day += _DAY
            pause = next((entry for entry in pauses if entry.covers(day)), None)
            if pause is not None:
                yield Step(day, DayReason.PAUSED, name=pause.name)
            elif unit is LimitUnit.CALENDAR_DAY:
                yield Step(day, DayReason.CALENDAR, name=self.why(day).name)
            else:
                yield self.why(day)

    def _working_time(self, start: datetime, pauses: Sequence[TimePause]) -> Iterator[tuple[datetime, datetime]]:
        day = start.date()
        while True:
            if self.is_working_day(day):
                for begin, end in self.hours.on(day):
                    if end > start:
                        yield from _without(max(begin, start), end, sorted(pauses, key=lambda pause: pause.start))
            day += _DAY

    def _warnings(self, steps: Sequence[Step | WorkSpan]) -> tuple[CalendarWarning, ...]:
        days = [step.date if isinstance(step, Step) else step.start.date() for step in steps]
        return tuple(
            CalendarWarning(year) for year in sorted({day.year for day in days}) if not self.is_announced(year)
        )


def _without(begin: datetime, end: datetime, pauses: Sequence[TimePause]) -> Iterator[tuple[datetime, datetime]]:
    for pause in pauses:
        if pause.end <= begin or pause.start >= end:
            continue
        if pause.start > begin:
            yield begin, pause.start.astimezone(CHINA)
        begin = pause.end.astimezone(CHINA)
        if begin >= end:
            return
    if begin < end:
        yield begin, end
