"""Documents as paper and as lines of a list, with the light of their delivery."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from yiwang.serve.cases.contracts import (
    DeliveryState,
    DeliveryView,
    DocumentKind,
    DocumentView,
    DraftDocument,
    SealStatus,
)
from yiwang.serve.cases.rules import legal_day
from yiwang.serve.cases.views import words
from yiwang.web import components as ui

_LIGHTS = {
    DeliveryState.WAITING: ui.DueState.PAUSED,
    DeliveryState.READY: ui.DueState.SOON,
    DeliveryState.SENT: ui.DueState.FINE,
    DeliveryState.DELIVERED: ui.DueState.FINE,
    DeliveryState.CONFIRMED: ui.DueState.DONE,
}
_NOT_NUMBERED = "（编号在签发时生成）"
SEALS = {
    SealStatus.NONE: ui.SealState.NONE,
    SealStatus.WAITING: ui.SealState.WAITING,
    SealStatus.LATE: ui.SealState.WAITING,
    SealStatus.SEALED: ui.SealState.SEALED,
}


def draft_sheet(draft: DraftDocument) -> ui.Sheet:
    """The paper before it is issued: not numbered, not sealed."""
    return ui.Sheet(
        authority=draft.authority,
        title=draft.title,
        number=_NOT_NUMBERED,
        to=draft.addressee,
        paragraphs=draft.paragraphs,
        date=legal_day(draft.day),
        seal=ui.Seal(draft.authority, ui.SealState.WAITING),
        sample=draft.sample,
    )


def sheet(found: DocumentView) -> ui.Sheet:
    """The paper as issued."""
    return ui.Sheet(
        authority=found.authority,
        title=found.title,
        number=found.number,
        to=found.addressee,
        paragraphs=found.paragraphs,
        date=legal_day(found.day),
        seal=ui.Seal(found.authority, SEALS[found.seal], sample=found.sample),
        sample=found.sample,
    )


def address(document: DocumentView) -> str:
    return reverse("cases:document", args=[document.id])


def light(delivery: DeliveryView | None) -> ui.Due | None:
    """The state of a delivery; urgent where its ten working days are up."""
    if delivery is None:
        return None
    if delivery.overdue and delivery.state not in {DeliveryState.CONFIRMED, DeliveryState.DELIVERED}:
        return ui.Due(ui.DueState.OVER, _("应当在 %(day)s前送达") % {"day": words.day_words(delivery.due)})  # type: ignore[arg-type]
    return ui.Due(_LIGHTS[delivery.state], _(delivery.state.label))


def table(documents: Sequence[DocumentView], *, official: bool, may_deliver: bool = False) -> ui.Table | None:
    """The documents of a case: name and number, date, how far their delivery is."""
    if not documents:
        return None
    columns = [ui.Column(_("文书")), ui.Column(_("日期")), ui.Column(_("送达"))]
    columns += [ui.Column(_("登记送达"), hidden=True)] if official else []
    rows = []
    for each in documents:
        cells: list[ui.Text | ui.Component | ui.Cell | int | None] = [
            ui.Cell(each.title, each.number, address(each)),
            words.day_words(each.issued_at),
            light(each.delivery) or "",
        ]
        if official:
            cells.append(_hand_over(each) if may_deliver else "")
        rows.append(ui.Row(tuple(cells)))
    return ui.Table.of(_("文书"), tuple(columns), tuple(rows))


def _hand_over(document: DocumentView) -> ui.Link | str:
    delivery = document.delivery
    if delivery is None or delivery.state not in {DeliveryState.READY, DeliveryState.SENT}:
        return ""
    href = reverse("cases:hand_over", args=[document.id])
    return ui.Link(_("登记送达"), href, about=document.title, small=True)


def links(documents: Sequence[DocumentView]) -> tuple[ui.Link, ...]:
    """The documents of a member beside its lane; proofs of delivery are found from the document they prove."""
    return tuple(
        ui.Link(each.title, address(each), icon="paper", small=True)
        for each in documents
        if each.kind is not DocumentKind.SERVICE
    )


def facts(found: DocumentView) -> ui.Facts:
    """What one asks of a document: for which case, who issued it, when it was delivered and confirmed."""
    told = [
        ui.Fact(_("办件编号"), found.case_number, number=True),
        ui.Fact(_("作出机关"), found.authority),
        ui.Fact(_("日期"), words.moment_words(found.issued_at)),
    ]
    if found.issuer:
        told.append(ui.Fact(_("承办人"), found.issuer))
    delivery = found.delivery
    if delivery is not None:
        told.append(ui.Fact(_("送达方式"), _(delivery.channel.label)))
        if delivery.due is not None and delivery.delivered_at is None:
            told.append(ui.Fact(_("最迟送达"), words.day_words(delivery.due)))
        if delivery.delivered_at is not None:
            told.append(ui.Fact(_("送达时间"), words.moment_words(delivery.delivered_at)))
        if delivery.confirmed_at is not None:
            told.append(ui.Fact(_("签收时间"), words.moment_words(delivery.confirmed_at)))
        if delivery.receipt_id is not None:
            link = ui.Link(_("查看"), reverse("cases:document", args=[delivery.receipt_id]), about=_("送达回证"))
            told.append(ui.Fact(_("送达回证"), delivery.receipt_number, change=link))
    told.append(ui.Fact(_("校验码"), found.digest[:16], number=True))
    return ui.Facts(tuple(told), tight=True)
