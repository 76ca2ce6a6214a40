"""The page of a document: read, confirm receipt, print; and how an applicant wants results to be delivered."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.commons.identity import queries as identity
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import Invalid
from yiwang.serve.cases import commands, queries
from yiwang.serve.cases.contracts import CaseView, DeliveryChannel, DeliveryState, DocumentView, PaperKind
from yiwang.serve.cases.views import sheets
from yiwang.serve.cases.views.verifying import as_file
from yiwang.web import components as ui
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.printing import pdf
from yiwang.web.responses import go

_OWN_CHANNELS = (DeliveryChannel.ONLINE, DeliveryChannel.COUNTER, DeliveryChannel.POST)


@login_required
@require_GET
def document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """A document as paper, with its delivery."""
    viewer = identity.actor_of(request)
    found, number = queries.document(document_id=document_id, viewer=viewer)
    delivery = found.delivery
    confirms = delivery is not None and delivery.state is DeliveryState.DELIVERED and not viewer.is_official
    together = queries.parcel_of(document_id=document_id, viewer=viewer) if delivery is not None else ()
    context = {
        "base": "web/work_base.html" if viewer.is_official else "web/portal_base.html",
        "document": found,
        "crumbs": _crumbs(number, found, viewer),
        "back_url": _case_url(number, viewer),
        "light": sheets.light(delivery),
        "facts": sheets.facts(found),
        "sheet": sheets.sheet(found),
        "seal": ui.SealMark(_("已加盖电子印章")),
        "pdf_url": reverse("cases:document_pdf", args=[document_id]),
        "verify_url": reverse("cases:verify_document", args=[document_id]) if found.sealed else "",
        "confirms": confirms,
        "confirm_url": reverse("cases:confirm", args=[document_id]),
        "parcel": tuple(
            ui.Link(f"{title} {no}", reverse("cases:document", args=[pk]))
            for pk, title, no in together
            if pk != document_id
        ),
    }
    return render(request, "cases/document.html", context)


@login_required
@require_GET
def document_pdf(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The document as a file to keep. It is what was issued; whether it was received is confirmed on its page."""
    viewer = identity.actor_of(request)
    found, _number = queries.document(document_id=document_id, viewer=viewer)
    if found.sealed:
        held = queries.sealed_paper(kind=PaperKind.DOCUMENT, of=document_id, viewer=viewer)
        made = queries.sealed_bytes(found=held, viewer=viewer)
    else:
        made = pdf(queries.paper(document=found))
    return as_file(made, found.kind.value, f"{found.title} {found.number}.pdf")


@login_required
@require_POST
def confirm(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The applicant confirms having received it."""
    first = commands.confirm_receipt(document_id=document_id, by=identity.actor_of(request), at=clock.now())
    messages.success(request, _("已签收，送达回证已经生成。") if first else _("您已经签收过。"))
    return go(request, reverse("cases:document", args=[document_id]))


@login_required
@require_http_methods(["GET", "POST"])
def delivery(request: HttpRequest, number: str) -> HttpResponse:
    """How the applicant wants the results: by which channel, all at once or each as it is ready."""
    viewer = identity.actor_of(request)
    view = queries.case(number=number, viewer=viewer)
    if request.method == "POST":
        channel = request.POST.get("channel", "")
        try:
            commands.choose_delivery(
                case_id=view.id,
                channel=_channel(channel),
                together=request.POST.get("together", "yes") == "yes",
                address=request.POST.get("address", ""),
                by=viewer,
                at=clock.now(),
            )
        except Invalid as refused:
            return _delivery_page(request, view, dict(refused.fields), 422)
        messages.success(request, _("送达方式已保存。"))
        return go(request, reverse("cases:progress", args=[number]))
    return _delivery_page(request, view, {}, 200)


def _channel(text: str) -> DeliveryChannel:
    """Raises Invalid for what an applicant can't choose."""
    found = next((each for each in _OWN_CHANNELS if each.value == text), None)
    if found is None:
        raise Invalid(fields={"channel": _("请选择一项")})
    return found


def _delivery_page(request: HttpRequest, view: CaseView, errors: dict[str, str], status: int) -> HttpResponse:
    posted = request.POST
    hints = {
        DeliveryChannel.ONLINE: _("到达“我的”即为送达，可以随时查看、打印"),
        DeliveryChannel.COUNTER: _("凭身份证件到承办机关窗口签收"),
        DeliveryChannel.POST: _("按您填写的地址邮寄，邮费按事项规定"),
    }
    fields = [
        Field(
            "channel", _("怎么送达"), FieldKind.RADIO, posted.get("channel") or view.delivery_channel.value,
            error=errors.get("channel", ""),
            options=tuple(Choice(each.value, _(each.label), hints[each]) for each in _OWN_CHANNELS),
        ),
        Field(
            "address", _("收件人、电话和地址"), FieldKind.TEXTAREA, posted.get("address") or view.delivery_address,
            _("选择邮寄时填写"), errors.get("address", ""), required=False, rows=2,
        ),
    ]  # fmt: skip
    if view.members:
        chosen = posted.get("together") or ("yes" if view.delivery_together else "no")
        fields.insert(
            1,
            Field(
                "together", _("什么时候送达"), FieldKind.RADIO, chosen,
                options=(
                    Choice("yes", _("全部结果出齐后一次送达"), _("不予决定和各类告知书仍然随时送达")),
                    Choice("no", _("每个事项办结就送达"), _("已经办好的现在就送达")),
                ),
            ),
        )  # fmt: skip
    context = {
        "case": view,
        "fields": tuple(fields),
        "errors": ui.ErrorSummary.of(fields) if errors else None,
        "back_url": reverse("cases:progress", args=[view.number]),
    }
    return render(request, "cases/delivery.html", context, status=status)


def _case_url(number: str, viewer: Actor) -> str:
    return reverse("cases:case" if viewer.is_official else "cases:progress", args=[number])


def _crumbs(number: str, found: DocumentView, viewer: Actor) -> ui.Crumbs:
    first = (
        ui.Link(_("办件"), reverse("cases:list")) if viewer.is_official else ui.Link(_("我的"), reverse("flow:mine"))
    )
    return ui.Crumbs((first, ui.Link(number, _case_url(number, viewer))), found.title)
