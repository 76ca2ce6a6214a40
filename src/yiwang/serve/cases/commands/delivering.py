"""Delivery (送达): by which channel, all results at once or each, when it reached the applicant, and the proof of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.clock import CHINA
from yiwang.kernel.command import command
from yiwang.kernel.ids import new_id
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases import policies, rules
from yiwang.serve.cases.commands import documents, journal
from yiwang.serve.cases.contracts import (
    AddressMissing,
    CaseAction,
    CaseNotFound,
    CaseStatus,
    DeliveryChannel,
    DeliveryRefused,
    DocumentKind,
    DocumentNotFound,
)
from yiwang.serve.cases.models import Case, CaseDelivery


def release(outer: Case, at: datetime, *, anyway: bool = False) -> int:
    """Deliver the results that wait, when the last of the bundle is ready, each at once, or `anyway`. How many.

    Inside a command with the outer case locked. Online they arrive now; otherwise they are ready to be handed over.
    """
    ended = CaseStatus(outer.status).is_final
    rows = CaseDelivery.objects.select_related("document", "case").select_for_update(of=("self",))
    rows = rows.filter(Q(case=outer) | Q(case__parent=outer), waits=True).order_by("pk")
    if not (ended or anyway or not outer.delivery_together):
        return 0
    ready = [row for row in rows if ended or anyway or CaseStatus(row.case.status).is_final]
    parcel, channel = new_id(), DeliveryChannel(outer.delivery_channel)
    for row in ready:
        row.waits, row.parcel, row.channel = False, parcel, channel.value
        if channel is DeliveryChannel.ONLINE:
            row.delivered_at = at
            documents.told(row.document, row.case)
    CaseDelivery.objects.bulk_update(ready, ["waits", "parcel", "channel", "delivered_at"])
    return len(ready)


@command("cases.release_results")
def release_results(*, case_id: UUID, by: Actor, at: datetime) -> int:
    """Deliver what waits of a bundle although others are still open: the ten working days are up. Returns how many."""
    case, parent = journal.locked(case_id)
    policies.check_delivers(by, case)
    count = release(parent or case, at, anyway=True)
    journal.noted(case, CaseAction.DELIVER, repeat=not count)
    return count


@command("cases.choose_delivery")
def choose_delivery(
    *, case_id: UUID, channel: DeliveryChannel, together: bool, address: str = "", by: Actor, at: datetime
) -> None:
    """The applicant says how results are to be delivered, and whether all at once. Raises CaseNotFound, AddressMissing.

    What waits follows the new wish; what was delivered stays as it is. Announcement is never the applicant's choice.
    """
    case, parent = journal.locked(case_id)
    outer = parent or case
    policies.check_applicant(by, outer)
    if channel is DeliveryChannel.ANNOUNCEMENT:
        raise DeliveryRefused(number=case.number, reason=_("公告送达只用于其他方式无法送达的情形"))
    if channel is DeliveryChannel.POST and not address.strip():
        raise AddressMissing(fields={"address": _("请填写收件人、电话和地址")})
    outer.delivery_channel, outer.delivery_together = channel.value, together
    outer.notice_channel, outer.delivery_address = channel.value, address.strip() or None
    outer.save(update_fields=["delivery_channel", "notice_channel", "delivery_together", "delivery_address"])
    mine = CaseDelivery.objects.filter(Q(case=outer) | Q(case__parent=outer), waits=True)
    mine.update(channel=channel.value)
    release(outer, at)
    journal.noted(outer, CaseAction.DELIVER, repeat=False)


@command("cases.record_delivery")
def record_delivery(
    *,
    document_id: UUID,
    channel: DeliveryChannel,
    signer: str = "",
    detail: str = "",
    delivered: bool = True,
    by: Actor,
    at: datetime,
) -> None:
    """An official hands over (signed at the counter), posts, notes a mail receipt, or announces; the parcel goes whole.

    Post with `delivered` false is on its way. An announcement counts as delivery thirty days after it. Raises
    DocumentNotFound, DeliveryRefused, Forbidden.
    """
    rows, case, parent = _parcel_of(document_id)
    policies.check_delivers(by, case)
    if any(row.confirmed_at or (row.delivered_at and channel is not DeliveryChannel.COUNTER) for row in rows):
        raise DeliveryRefused(number=rows[0].document.number, reason=_("已经送达"))
    if channel is DeliveryChannel.COUNTER and not signer.strip():
        raise DeliveryRefused(number=rows[0].document.number, reason=_("窗口领取需要写明签收人"))
    if channel in {DeliveryChannel.POST, DeliveryChannel.ANNOUNCEMENT} and not detail.strip():
        raise DeliveryRefused(number=rows[0].document.number, reason=_("请写明邮件号码或者公告的位置"))
    for row in rows:
        row.waits, row.channel, row.handled_by_id = False, channel.value, by.account_id
        row.detail, row.sent_at = detail.strip() or None, row.sent_at or at
        row.delivered_at = _reached(channel, delivered, at) or row.delivered_at
        row.signer = signer.strip()
        if channel is DeliveryChannel.COUNTER:
            row.confirmed_at = at
        if row.delivered_at is not None:
            documents.told(row.document, case)
    _keep(rows, case, parent, CaseAction.DELIVER, by, at)


@command("cases.confirm_receipt")
def confirm_receipt(*, document_id: UUID, by: Actor, at: datetime) -> bool:
    """The applicant confirms having received a document, with all that came with it; the proof of delivery is written.

    Whether this was the first time. Raises DocumentNotFound, CaseNotFound, DeliveryRefused (not delivered yet).
    """
    rows, case, parent = _parcel_of(document_id)
    policies.check_applicant(by, case)
    if all(row.confirmed_at for row in rows):
        journal.noted(case, CaseAction.CONFIRM_RECEIPT)
        return False
    if any(row.delivered_at is None or row.delivered_at > at for row in rows):
        raise DeliveryRefused(number=rows[0].document.number, reason=_("还没有送达"))
    for row in rows:
        row.confirmed_at, row.signer = at, row.document.addressee
    _keep(rows, case, parent, CaseAction.CONFIRM_RECEIPT, by, at)
    return True


def _parcel_of(document_id: UUID) -> tuple[list[CaseDelivery], Case, Case | None]:
    """The deliveries that go together with a document's, its case and parent, all locked."""
    found = CaseDelivery.objects.filter(document_id=document_id).values_list("case_id", "parcel").first()
    if found is None:
        raise DocumentNotFound
    try:
        case, parent = journal.locked(found[0])
    except CaseNotFound:
        raise DocumentNotFound from None
    rows = CaseDelivery.objects.select_related("document").select_for_update(of=("self",))
    return list(rows.filter(parcel=found[1]).order_by("pk")), case, parent


def _keep(
    rows: Sequence[CaseDelivery], case: Case, parent: Case | None, action: CaseAction, by: Actor, at: datetime
) -> None:
    """Write the deliveries, the proof where they were signed for, the event and the evidence."""
    names = [f"{row.document.title}（{row.document.number}）" for row in rows]
    if all(row.confirmed_at for row in rows):
        _prove(rows, case, parent, names, by, at)
    CaseDelivery.objects.bulk_update(
        rows,
        ["waits", "channel", "handled_by", "detail", "sent_at", "delivered_at", "signer", "confirmed_at", "receipt"],
    )
    numbers = [row.document.number for row in rows]
    data = {"documents": numbers, "channel": rows[0].channel}
    journal.record(case, action, parent=parent, by=by, at=at, data=data)
    statement = {"case": case.number, "documents": numbers, "channel": rows[0].channel, "action": action.value}
    evidence.record("case.delivery", SubjectRef("case", case.pk), statement)


def _prove(
    rows: Sequence[CaseDelivery], case: Case, parent: Case | None, names: Sequence[str], by: Actor, at: datetime
) -> None:
    first = rows[0]
    facts = {
        "delivered": list(names),
        "channel_words": DeliveryChannel(first.channel).label,
        "delivered_day": f"{(first.delivered_at or at).astimezone(CHINA):%Y年%-m月%-d日 %H:%M}",
        "signer": first.signer,
        "confirmed_at": f"{at.astimezone(CHINA):%Y年%-m月%-d日 %H:%M}",
        "remark": first.detail or "",
    }
    proof = documents.issue(case, DocumentKind.SERVICE, outer=parent, by=by, at=at, facts=facts, delivers=False)
    for row in rows:
        row.receipt = proof


def _reached(channel: DeliveryChannel, delivered: bool, at: datetime) -> datetime | None:
    if channel is DeliveryChannel.ANNOUNCEMENT:
        until = rules.announced_until(rules.day_of(at))
        return datetime.combine(until, at.astimezone(CHINA).timetz())
    return at if delivered else None
