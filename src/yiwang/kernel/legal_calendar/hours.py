"""The sessions of a working day: a table that an organisation may change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from yiwang.kernel.clock import CHINA


@dataclass(frozen=True, slots=True)
class WorkHours:
    """Sessions as (begin, end), in order and without overlap. Raises ValueError otherwise."""

    sessions: tuple[tuple[time, time], ...] = ((time(9), time(12)), (time(13, 30), time(17, 30)))

    def __post_init__(self) -> None:
        edges = [edge for session in self.sessions for edge in session]
        if not edges or any(later <= earlier for earlier, later in pairwise(edges)):
            raise ValueError("sessions must be in order, not empty, and must not overlap")

    @property
    def day_length(self) -> timedelta:
        midnight = date.min
        return sum(
            (datetime.combine(midnight, end) - datetime.combine(midnight, begin) for begin, end in self.sessions),
            timedelta(),
        )

    def on(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The sessions of one day as aware instants."""
        for begin, end in self.sessions:
            yield datetime.combine(day, begin, CHINA), datetime.combine(day, end, CHINA)
