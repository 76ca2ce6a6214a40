"""What follows from news of identity itself: who has left the platform has left the systems entered from it."""

from yiwang.commons.identity.commands import openid as commands
from yiwang.commons.identity.contracts import AccountDeactivated, AppointmentEnded, SessionEnd, SessionEnded
from yiwang.kernel.actor import Actor
from yiwang.kernel.outbox import Delivery, subscribe

_SYSTEM = Actor.system("identity.openid")


@subscribe(SessionEnded, name="identity.end_client_logins")
def on_session_ended(event: SessionEnded, *, delivery: Delivery) -> None:
    """Log-ins at client systems that came from this one end, and the systems are told."""
    commands.end_client_logins(
        session=event.session_id,
        spare_offline=event.reason == SessionEnd.EXPIRED.value,
        reason=event.reason,
        by=_SYSTEM,
        at=delivery.at,
    )


@subscribe(AccountDeactivated, name="identity.end_client_logins_of_account")
def on_account_deactivated(event: AccountDeactivated, *, delivery: Delivery) -> None:
    """Also what was agreed to for after the session."""
    commands.end_client_logins(account_id=event.account_id, reason="account_off", by=_SYSTEM, at=delivery.at)


@subscribe(AppointmentEnded, name="identity.end_closed_logins")
def on_appointment_ended(event: AppointmentEnded, *, delivery: Delivery) -> None:
    """Who has left an office has left the systems that were open to it."""
    commands.end_closed_logins(account_id=event.account_id, by=_SYSTEM, at=delivery.at)
