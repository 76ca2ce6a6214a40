"""What flow hears from below."""

from yiwang.commons.flow import commands
from yiwang.kernel.actor import Actor
from yiwang.kernel.calendars import YearAnnounced
from yiwang.kernel.outbox import Delivery, subscribe

CALENDAR = Actor.system("flow calendar")


@subscribe(YearAnnounced, name="flow.on_year_announced")
def on_year_announced(event: YearAnnounced, *, delivery: Delivery) -> None:
    """Deadlines in working days are reckoned anew."""
    commands.reckon_tasks(year=event.year, by=CALENDAR, at=delivery.at)
