"""What flow hears from below."""

from datetime import datetime
from uuid import UUID

from yiwang.commons.flow import commands
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import AccountDeactivated, AppointmentEnded
from yiwang.commons.identity.contracts.people import AccountReactivated
from yiwang.commons.identity.queries import assurance
from yiwang.kernel.actor import Actor
from yiwang.kernel.calendars import YearAnnounced
from yiwang.kernel.outbox import Delivery, subscribe

CALENDAR = Actor.system("flow calendar")
LEAVING = Actor.system("flow leaving")
REVIEWS = Actor.system("flow reviews")


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
    """Also what was given by name, unless the account is open again when this is heard late."""
    closed = not _is_open(event.account_id)
    commands.return_tasks(account_id=event.account_id, everything=closed, by=LEAVING, at=delivery.at)


@subscribe(AccountDeactivated, name="flow.review_of_closed")
def review_of_closed(event: AccountDeactivated, *, delivery: Delivery) -> None:
    """Nobody has to look at the real name of an account that is closed."""
    _follow(event.account_id, delivery.at)


@subscribe(AccountReactivated, name="flow.review_of_opened")
def review_of_opened(event: AccountReactivated, *, delivery: Delivery) -> None:
    """What waited before waits again."""
    _follow(event.account_id, delivery.at)


def _follow(account_id: UUID, at: datetime) -> None:
    """By how the account stands now: the two pieces of news may be heard in either order."""
    check_id = assurance.waiting_check_of(account_id=account_id, viewer=REVIEWS)
    if check_id is None:
        return
    if _is_open(account_id):
        commands.open_review(check_id=check_id, by=REVIEWS, at=at)
    else:
        commands.close_review(check_id=check_id, by=REVIEWS, at=at)


def _is_open(account_id: UUID) -> bool:
    return identity.account(account_id=account_id, viewer=LEAVING).is_active
