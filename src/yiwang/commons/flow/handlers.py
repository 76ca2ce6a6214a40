"""What flow hears from below."""

from yiwang.commons.flow import commands
from yiwang.commons.identity.contracts import AccountDeactivated, AppointmentEnded
from yiwang.kernel.actor import Actor
from yiwang.kernel.calendars import YearAnnounced
from yiwang.kernel.outbox import Delivery, subscribe

CALENDAR = Actor.system("flow calendar")
LEAVING = Actor.system("flow leaving")


@subscribe(YearAnnounced, name="flow.on_year_announced")
def on_year_announced(event: YearAnnounced, *, delivery: Delivery) -> None:
    """Deadlines in working days are reckoned anew."""
    commands.reckon_tasks(year=event.year, by=CALENDAR, at=delivery.at)


@subscribe(AppointmentEnded, name="flow.on_appointment_ended")
def on_appointment_ended(event: AppointmentEnded, *, delivery: Delivery) -> None:
    """Nobody waits for somebody who has left: what they held waits for all again."""
    commands.return_tasks(account_id=event.account_id, by=LEAVING, at=delivery.at)


@subscribe(AccountDeactivated, name="flow.on_account_deactivated")
def on_account_deactivated(event: AccountDeactivated, *, delivery: Delivery) -> None:
    """Also what was given by name."""
    commands.return_tasks(account_id=event.account_id, everything=True, by=LEAVING, at=delivery.at)
