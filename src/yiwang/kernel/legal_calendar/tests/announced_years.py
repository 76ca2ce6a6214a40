"""The calendar of the tests: every year that the oracle knows, in the shape that the program takes."""

from datetime import date, timedelta
from functools import cache

import chinese_calendar

from yiwang.kernel.legal_calendar import DayKind, SpecialDay, WorkCalendar

FIRST, LAST = 2005, 2026


@cache
def oracle_calendar():
    years = {}
    for year in range(FIRST, LAST + 1):
        day = date(year, 1, 1)
        special = years.setdefault(year, {})
        while day.year == year:
            on_holiday, name = chinese_calendar.get_holiday_detail(day)
            if name:
                special[day] = SpecialDay(DayKind.HOLIDAY if on_holiday else DayKind.WORKDAY, name)
            day += timedelta(days=1)
    return WorkCalendar(years)
