"""News of real names and of acting for others. A message names no principal: who is asked reads it where they answer."""

from uuid import UUID

from django.urls import reverse

from yiwang.commons.identity.contracts.endings import EntityLapsed, GuardianshipEnded, GuardianshipEndNeared, Lapse
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
from yiwang.commons.identity.queries import agency, endings
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
CHILD_GROWS = "identity.guardianship_near_end"
OWN_MAJORITY = "identity.of_age_soon"
CHILD_GREW = "identity.guardianship_ended"
OF_AGE = "identity.of_age"
DISSOLVED = "identity.entity_dissolved"
REPLACED = "identity.representative_replaced"
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
register_kind(
    Kind(
        CHILD_GROWS,
        _("您替孩子办事将于{day}结束"),
        _("孩子从这一天起年满十八周岁，由本人办事。需要您继续代办的，请孩子用自己的账号委托您。"),
    ),
    Kind(
        OWN_MAJORITY,
        _("您将于{day}年满十八周岁"),
        _("从这一天起由您本人办事，监护人不再代办。请先注册账号并完成实名认证；需要别人代办的，可以委托代办人。"),
    ),
    Kind(
        CHILD_GREW,
        _("您替孩子办事已经结束"),
        _("孩子已年满十八周岁，由本人办事。需要您继续代办的，请孩子用自己的账号委托您。"),
    ),
    Kind(
        OF_AGE,
        _("您已年满十八周岁，由本人办事"),
        _("监护人不再替您办事。需要别人代办的，可以在“我的授权”里委托代办人。"),
    ),
    Kind(
        DISSOLVED,
        _("您不能再代{entity}办事"),
        _("登记机关的信息显示这家单位已经注销，代表和委托都已结束。登记有误的，请联系登记机关更正后重新关联。"),
    ),
    Kind(
        REPLACED,
        _("您不再是{entity}的法定代表人"),
        _("登记机关登记的法定代表人已经变更，您不能再以这个身份办事。登记有误的，请联系登记机关更正后重新关联。"),
    ),
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


@subscribe(GuardianshipEndNeared, name="notify.on_guardianship_near_end")
def on_guardianship_near_end(event: GuardianshipEndNeared, *, delivery: Delivery) -> None:
    """Parent and child hear of it a month before."""
    _tell_family(event.representation_id, CHILD_GROWS, OWN_MAJORITY, delivery)


@subscribe(GuardianshipEnded, name="notify.on_guardianship_ended")
def on_guardianship_ended(event: GuardianshipEnded, *, delivery: Delivery) -> None:
    """Parent and child hear that it is over; with two parents the child hears once."""
    _tell_family(event.representation_id, CHILD_GREW, OF_AGE, delivery)


def _tell_family(representation_id: UUID, kind: str, own: str, delivery: Delivery) -> None:
    found = endings.guardianship_parties(representation_id=representation_id, viewer=_PROGRAM)
    if found is None:
        return
    href, params = reverse("real:mandates"), {"day": found.of_age.isoformat()}
    _tell(found.guardian, kind, href, f"{kind}:{representation_id}", delivery, **params)
    _tell(found.child, own, href, f"{own}:{found.child}", delivery, **params)


@subscribe(EntityLapsed, name="notify.on_entity_lapsed")
def on_entity_lapsed(event: EntityLapsed, *, delivery: Delivery) -> None:
    """Whoever acted for the entity reads why it is over; who did by a mandate hears of the mandate's end."""
    name = endings.entity_name(entity_id=event.entity_id, viewer=_PROGRAM)
    kind = DISSOLVED if event.reason == Lapse.DISSOLVED.value else REPLACED
    key = f"{kind}:{delivery.event_id}"
    _tell(event.person_id, kind, reverse("real:entities"), key, delivery, entity=name)


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
