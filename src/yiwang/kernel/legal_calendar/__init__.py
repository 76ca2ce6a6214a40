"""The law's clock: working days and working hours, every due date explained day by day. Pure; no Django, no today().

Holidays come in as a mapping year → announced days; a year that is missing is counted Monday to Friday and the result
says so in a warning, because a deadline set in December already needs a year that nobody has announced.
"""

from yiwang.kernel.legal_calendar.announced import AnnouncedYear, CalendarFault, read_year
from yiwang.kernel.legal_calendar.calendar import WorkCalendar
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

__all__ = [
    "AnnouncedYear",
    "CalendarFault",
    "CalendarWarning",
    "DayKind",
    "DayReason",
    "DueDate",
    "DueTime",
    "Limit",
    "LimitUnit",
    "Pause",
    "SpecialDay",
    "Step",
    "Stopped",
    "TimePause",
    "WorkCalendar",
    "WorkHours",
    "WorkSpan",
    "read_year",
]
