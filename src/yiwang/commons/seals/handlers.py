"""News of signatures become messages that open the page where one signs; who leaves keeps no seal."""

from django.urls import reverse

from yiwang.commons.identity.contracts import AccountDeactivated, AppointmentEnded
from yiwang.commons.notify import commands
from yiwang.commons.notify.contracts import Recipient
from yiwang.commons.notify.registry import Kind, register_kind
from yiwang.commons.seals import queries
from yiwang.commons.seals.commands import leaving
from yiwang.commons.seals.contracts import COSIGNATURE, SignatureWanted
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.outbox import Delivery, subscribe
from yiwang.kernel.text import gettext_noop as _

TO_SIGN = "seals.to_sign"
REMINDED = "seals.to_sign_again"
_PROGRAM = Actor.system("seals.on_signature_wanted")
_LEAVING = Actor.system("seals leaving")

register_kind(
    Kind(TO_SIGN, _("等您签署：{title}"), _("“{title}”需要您签署。签署前请看清全文。")),
    Kind(REMINDED, _("提醒：还没有签署 {title}"), _("“{title}”还在等您签署，请在截止日期前办理。")),
)


@subscribe(SignatureWanted, name="seals.on_signature_wanted")
def on_signature_wanted(event: SignatureWanted, *, delivery: Delivery) -> None:
    """Once for each event."""
    page = queries.cosignature(cosignature_id=event.cosignature_id, viewer=_PROGRAM)
    commands.send(
        to=Recipient(account_id=event.account_id),
        kind=REMINDED if event.again else TO_SIGN,
        params={"title": page.row.title},
        subject=SubjectRef(COSIGNATURE, event.cosignature_id),
        href=reverse("seals:sign", args=[event.cosignature_id]),
        key=f"seals.to_sign:{delivery.event_id}",
        by=_PROGRAM,
        at=clock.now(),
    )


@subscribe(AppointmentEnded, name="seals.on_appointment_ended")
def on_appointment_ended(event: AppointmentEnded, *, delivery: Delivery) -> None:
    """The office's seals wait for a new keeper."""
    leaving.end_custody(account_id=event.account_id, by=_LEAVING, at=delivery.at)


@subscribe(AccountDeactivated, name="seals.on_account_deactivated")
def on_account_deactivated(event: AccountDeactivated, *, delivery: Delivery) -> None:
    """Also what was kept by a right given by name; and the key of the hand."""
    leaving.end_custody(account_id=event.account_id, by=_LEAVING, at=delivery.at)
    leaving.end_signature_key(account_id=event.account_id, by=_LEAVING, at=delivery.at)
