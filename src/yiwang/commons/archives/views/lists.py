"""Destruction and handover lists: all of a kind, one with its lines, the decision of another."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.archives import commands, policies, queries
from yiwang.commons.archives.contracts import ListEntry, ListKind, ListState, ListView
from yiwang.commons.archives.views import words
from yiwang.kernel import clock
from yiwang.kernel.errors import DomainError
from yiwang.web.components import Cell, Column, Crumbs, Empty, Fact, Facts, Link, Pagination, Row, Table
from yiwang.web.responses import go


@login_required
@require_GET
def destruction(request: HttpRequest) -> HttpResponse:
    """Destruction lists."""
    empty = Empty(_("还没有销毁清册"), _("在“档案”中选出保管期限已满的，列入销毁清册，由另一人审批。"))
    return _lists(request, ListKind.DESTRUCTION, "destruction", empty)


@login_required
@require_GET
def transfers(request: HttpRequest) -> HttpResponse:
    """Handover lists."""
    empty = Empty(_("还没有移交清单"), _("在“档案”中选出要移交的，填写接收单位。"))
    return _lists(request, ListKind.TRANSFER, "transfers", empty)


def _lists(request: HttpRequest, kind: ListKind, here: str, empty: Empty) -> HttpResponse:
    viewer = words.viewer_of(request)
    page = queries.lists(viewer=viewer, kind=kind, cursor=request.GET.get("cursor"))
    pages = Pagination.of(page, path=request.path)
    columns = (
        Column(_("编号")), Column(_("理由或接收单位")), Column(_("提出")), Column(_("份数"), number=True), Column(_("状态")),
    )  # fmt: skip
    rows = tuple(
        Row((
            Cell(each.number, "", reverse("archives:list", args=[each.id])),
            each.reason or each.target,
            Cell(words.moment(each.proposed_at), each.proposed_by or _("系统")),
            each.count,
            words.list_state(each.state),
        ))
        for each in page.items
    )  # fmt: skip
    table = Table.of(_(kind.label), columns, rows, boxed=True, empty=empty, pages=pages if pages.needed else None)
    return render(request, "archives/lists.html", {"tabs": words.tabs(here), "title": _(kind.label), "table": table})


@login_required
@require_http_methods(["GET", "POST"])
def one_list(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """One list with its lines; POST decides on it."""
    viewer = words.viewer_of(request)
    found = queries.archive_list(list_id=list_id, viewer=viewer)
    if request.method == "POST":
        try:
            commands.decide_destruction(
                list_id=list_id, approve=request.POST.get("do") == "approve",
                words=request.POST.get("words", "").strip(), by=viewer, at=clock.now(),
            )  # fmt: skip
        except DomainError as refused:
            if refused.kind not in {403, 409, 422}:
                raise
            messages.error(request, f"{refused.sentence(_)}{refused.advice(_)}")
        return go(request, request.path)
    destroys = found.kind is ListKind.DESTRUCTION
    above = reverse("archives:destruction" if destroys else "archives:transfers")
    context = {
        "page": found,
        "title": _(found.kind.label),
        "crumbs": Crumbs(
            (Link(_("电子档案"), reverse("archives:archives")), Link(_(found.kind.label), above)), found.number
        ),
        "state": words.list_state(found.state),
        "facts": _facts(found),
        "table": _table(found.entries),
        "decides": destroys and found.state is ListState.PROPOSED and policies.can_approve(viewer) and not found.own,
        "waits": destroys and found.state is ListState.PROPOSED and found.own,
    }
    return render(request, "archives/list.html", context)


def _facts(found: ListView) -> Facts:
    told = [
        Fact(_("提出"), f"{found.proposed_by or _('系统')}，{words.moment(found.proposed_at)}"),
        Fact(_("份数"), str(found.count), number=True),
    ]
    if found.reason:
        told.append(Fact(_("理由"), found.reason))
    if found.target:
        told.append(Fact(_("接收单位"), found.target))
    if found.kind is ListKind.DESTRUCTION and found.decided_at:
        told.append(Fact(_("审批"), f"{found.decided_by or _('系统')}，{words.moment(found.decided_at)}"))
    if found.done_at:
        told.append(Fact(_("执行"), words.moment(found.done_at)))
    return Facts(tuple(told), tight=True)


def _table(entries: tuple[ListEntry, ...]) -> Table:
    columns = (
        Column(_("档号")), Column(_("题名")), Column(_("保管期限")), Column(_("信息包摘要（SM3）")), Column(_("状态")),
    )  # fmt: skip
    rows = tuple(
        Row((
            Cell(each.archive_number, "", reverse("archives:archive", args=[each.archive_id])),
            each.title,
            f"{_(each.retention)} · {words.day(each.retain_until)}",
            f"{each.digest[:16]}…",
            words.state(each.state),
        ))
        for each in entries
    )  # fmt: skip
    return Table.of(_("档案"), columns, rows, boxed=True)
