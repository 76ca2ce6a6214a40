"""News of real names and of acting for others. A message names no principal: who is asked reads it where they answer."""

from uuid import UUID

from django.urls import reverse

from yiwang.commons.identity.contracts.real_names import (
    MandateAnswered,
    MandateEnded,
    MandateOffered,
    MandateParties,
    MandateState,
    RealNameClaimed,
    RealNameConfirmed,
    RealNameDecided,
)
from yiwang.commons.identity.queries import agency
from yiwang.commons.notify import commands
from yiwang.commons.notify.contracts import Recipient
from yiwang.commons.notify.registry import Kind, register_kind
from yiwang.kernel.actor import Actor
from yiwang.kernel.outbox import Delivery, subscribe
from yiwang.kernel.text import gettext_noop as _

OFFERED = "identity.mandate_offered"
ACCEPTED = "identity.mandate_accepted"
DECLINED = "identity.mandate_declined"
ENDED = "identity.mandate_ended"
PASSED = "identity.real_name_passed"
REFUSED = "identity.real_name_refused"
CLAIMED = "identity.real_name_claimed"
_PROGRAM = Actor.system("notify.on_mandate")

register_kind(
    Kind(OFFERED, _("有人请您代办"), _("请看清委托人、范围和期限，再决定接受还是不接受。")),
    Kind(ACCEPTED, _("{agent}接受了您的委托"), _("对方现在可以按委托的范围办事，您可以随时撤回。")),
    Kind(DECLINED, _("{agent}没有接受您的委托"), _("仍需代办的，请另外委托别人。")),
    Kind(ENDED, _("一份代办委托已经结束"), _("从结束时起，不能再按这份委托办事。")),
    Kind(PASSED, _("您的实名认证已通过"), _("现在可以委托代办、关联企业。")),
    Kind(
        CLAIMED,
        _("有人用您的身份信息申请实名认证"),
        _(
            "另一个账号填写了您的姓名和身份证件号码，工作人员正在核对。不是您本人申请的，请拨打 12345 或者到服务窗口反映。"
        ),
    ),
    Kind(REFUSED, _("您的实名认证没有通过"), _("请看没有通过的原因，按提示再试或者到服务窗口办理。")),
)


@subscribe(MandateOffered, name="notify.on_mandate_offered")
def on_mandate_offered(event: MandateOffered, *, delivery: Delivery) -> None:
    """Who is asked hears of it where their real name is checked."""
    _offer(event.mandate_id, delivery)


@subscribe(RealNameConfirmed, name="notify.on_real_name_confirmed")
def on_real_name_confirmed(event: RealNameConfirmed, *, delivery: Delivery) -> None:
    """Whoever was asked before their real name was checked hears of it now."""
    for mandate_id in agency.offers_waiting(account_id=event.account_id, viewer=_PROGRAM):
        _offer(mandate_id, delivery)


def _offer(mandate_id: UUID, delivery: Delivery) -> None:
    found = agency.mandate_parties(mandate_id=mandate_id, viewer=_PROGRAM)
    if found is not None and found.state is MandateState.OFFERED:
        _tell(found.agent, OFFERED, reverse("real:mandates"), f"mandate_offered:{mandate_id}", delivery)


@subscribe(MandateAnswered, name="notify.on_mandate_answered")
def on_mandate_answered(event: MandateAnswered, *, delivery: Delivery) -> None:
    """The principal hears what the agent said, by the name that the principal wrote."""
    found = agency.mandate_parties(mandate_id=event.mandate_id, viewer=_PROGRAM)
    if found is not None:
        kind = ACCEPTED if event.accepted else DECLINED
        _tell_of(event.mandate_id, found.principal, kind, delivery, agent=found.agent_name)


@subscribe(MandateEnded, name="notify.on_mandate_ended")
def on_mandate_ended(event: MandateEnded, *, delivery: Delivery) -> None:
    """The other side hears of it; both, where an official ended it."""
    found = agency.mandate_parties(mandate_id=event.mandate_id, viewer=_PROGRAM)
    for person_id in _others(found) if found is not None else ():
        _tell_of(event.mandate_id, person_id, ENDED, delivery)


def _others(found: MandateParties) -> list[UUID]:
    """An offer that nobody answered is withdrawn in silence."""
    sides = (found.principal, found.agent if found.answered else None)
    return [each for each in sides if each is not None and each != found.ended_by]


@subscribe(RealNameClaimed, name="notify.on_real_name_claimed")
def on_real_name_claimed(event: RealNameClaimed, *, delivery: Delivery) -> None:
    """The person who is known hears of it in the account they have; who claims it is not told that there is one."""
    _tell(event.person_id, CLAIMED, reverse("real:standing"), f"real_name_claimed:{event.check_id}", delivery)


@subscribe(RealNameDecided, name="notify.on_real_name_decided")
def on_real_name_decided(event: RealNameDecided, *, delivery: Delivery) -> None:
    """The owner of the account hears what an official found."""
    commands.send(
        to=Recipient(account_id=event.account_id),
        kind=PASSED if event.passed else REFUSED,
        href=reverse("real:standing"),
        key=f"real_name:{event.check_id}",
        by=Actor.system("notify.on_real_name_decided"),
        at=delivery.at,
    )


def _tell_of(mandate_id: UUID, person_id: UUID | None, kind: str, delivery: Delivery, **params: str) -> None:
    href, key = reverse("real:mandate", args=[mandate_id]), f"{kind}:{mandate_id}:{person_id}"
    _tell(person_id, kind, href, key, delivery, **params)


def _tell(person_id: UUID | None, kind: str, href: str, key: str, delivery: Delivery, **params: str) -> None:
    if person_id is None:
        return
    to = Recipient(person_id=person_id)
    commands.send(to=to, kind=kind, params=params, href=href, key=key, by=_PROGRAM, at=delivery.at)
