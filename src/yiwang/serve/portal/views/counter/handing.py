"""The end of the shift: hand over, count, confirm, print."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yiwang.commons.identity import queries as identity
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.serve.portal import commands, queries
from yiwang.serve.portal.contracts import FilingView, HandoverView, WrongReceiver
from yiwang.serve.portal.views.counter.frame import at_counter, crumbs
from yiwang.web.components import Empty, ErrorSummary, Link, Pagination
from yiwang.web.components.lists import Cell, Column, Row, Table
from yiwang.web.components.marks import Tag, Tone
from yiwang.web.fields import Choice, Field, FieldKind


@at_counter
def handovers(request: HttpRequest) -> HttpResponse:
    """What is to be handed over now, and earlier hand-overs given and received. POST hands over."""
    viewer = identity.actor_of(request)
    error = ""
    if request.method == "POST":
        try:
            made = commands.hand_over(
                receiver_id=_uuid(request.POST.get("receiver", "")),
                remark=request.POST.get("remark", ""),
                idempotency_key=request.POST.get("ticket") or None,
                by=viewer,
                at=clock.now(),
            )
        except WrongReceiver as refusal:
            error = refusal.sentence(_)
        else:
            messages.success(request, _("交接单已生成，请打印并由接收人确认。"))
            return redirect("portal:counter_handover", handover_id=made)
    taken = queries.to_hand_over(viewer=viewer)
    page = queries.handovers(viewer=viewer, cursor=request.GET.get("cursor"))
    pages = Pagination.of(page, path=request.path, params={})
    fields = (_receiver(viewer, error), _remark(request.POST.get("remark", "")))
    context = {
        **crumbs(_("交接")),
        "table": _lines(taken),
        "taken": len(taken),
        "papers": sum(each.papers for each in taken),
        "fields": fields,
        "errors": ErrorSummary.of(fields),
        "ticket": f"handover:{taken[0].id}:{len(taken)}" if taken else "",
        "earlier": _earlier(page.items),
        "pages": pages if pages.needed else None,
    }
    return render(request, "portal/counter/handovers.html", context, status=422 if error else 200)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _receiver(viewer: Actor, error: str) -> Field:
    assert viewer.organisation_id is not None  # a clerk in office
    held = identity.officials(viewer=viewer, organisation_id=viewer.organisation_id, size=200).items
    colleagues = tuple(Choice(str(each.id), each.name) for each in held if each.id != viewer.account_id)
    return Field(
        name="receiver",
        label=_("交给谁"),
        kind=FieldKind.SELECT,
        options=colleagues,
        error=error,
        refused="" if colleagues else _("本单位没有其他在岗人员"),
    )


def _remark(value: str) -> Field:
    return Field(
        name="remark", label=_("说明"), kind=FieldKind.TEXTAREA, value=value, required=False, rows=2, maxlength=500
    )


@at_counter
def handover(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """The sheet, to be printed and signed; the receiver notes differences line by line and confirms."""
    viewer = identity.actor_of(request)
    found = queries.handover(handover_id=handover_id, viewer=viewer)
    context = {
        **crumbs(found.number, Link(_("交接"), reverse("portal:counter_handovers"))),
        "found": found,
        "made": _moment(found.made_at),
        "confirmed": _moment(found.confirmed_at) if found.confirmed_at else "",
        "table": _lines(found.filings, differences=found.confirmed_at is not None),
        "lines": [(each, _difference(each)) for each in found.filings] if found.is_mine_to_confirm else (),
    }
    return render(request, "portal/counter/handover.html", context)


def _difference(each: FilingView) -> Field:
    return Field(
        name=f"difference-{each.id}",
        label=_("%(number)s（%(n)d 页）的差异") % {"number": each.number, "n": each.papers},
        required=False,
        placeholder=_("没有差异不用填"),
        maxlength=200,
    )


@at_counter
@require_POST
def confirm(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """The receiver has counted."""
    told = {
        _uuid(name.removeprefix("difference-")): request.POST.get(name, "")
        for name in request.POST
        if name.startswith("difference-")
    }
    commands.confirm_handover(
        handover_id=handover_id,
        differences=told,
        answer=request.POST.get("answer", ""),
        by=identity.actor_of(request),
        at=clock.now(),
    )
    messages.success(request, _("已确认接收。"))
    return redirect("portal:counter_handover", handover_id=handover_id)


def _lines(filings: tuple[FilingView, ...], *, differences: bool = False) -> Table:
    columns = [
        Column(_("办件编号")), Column(_("事项")), Column(_("申请人")), Column(_("收件时间")), Column(_("纸质材料"), number=True),
    ]  # fmt: skip
    if differences:
        columns.append(Column(_("差异")))

    def row(each: FilingView) -> Row:
        cells = [each.number, each.title, each.applicant, _moment(each.filed_at), _("%(n)d 页") % {"n": each.papers}]
        return Row((*cells, each.difference or _("无")) if differences else tuple(cells))

    empty = Empty(_("没有需要交接的办件"), _("上次交接以后收的办件会列在这里。"), boxed=False)
    return Table.of(_("办件和纸质材料"), tuple(columns), tuple(row(each) for each in filings), empty=empty)


def _earlier(found: tuple[HandoverView, ...]) -> Table:
    def row(each: HandoverView) -> Row:
        state = Tag(_("已确认"), Tone.OK) if each.confirmed_at else Tag(_("待确认"), Tone.WARN)
        href = reverse("portal:counter_handover", args=[each.id])
        return Row((Cell(each.number, href=href), each.giver, each.receiver, _moment(each.made_at), state))

    columns = (Column(_("交接单")), Column(_("移交人")), Column(_("接收人")), Column(_("时间")), Column(_("状态")))
    empty = Empty(_("还没有交接单"), boxed=False)
    return Table.of(_("交接记录"), columns, tuple(row(each) for each in found), empty=empty, show_caption=True)


def _moment(at: object) -> str:
    return date_format(at.astimezone(clock.CHINA), "SHORT_DATETIME_FORMAT") if hasattr(at, "astimezone") else ""
