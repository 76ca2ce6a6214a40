"""Processes that stand still: why, where, and the retry."""

import json
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.flow import commands, engine, queries
from yiwang.commons.flow.contracts import HaltRow, InstanceStatus
from yiwang.commons.flow.views import words
from yiwang.commons.flow.views.administration import frame
from yiwang.kernel import clock
from yiwang.web.components import Cell, Column, Crumbs, Empty, Fact, Facts, LazyDiagram, Link, Pagination, Row, Table
from yiwang.web.fields import Field, FieldKind
from yiwang.web.responses import go


@login_required
@require_GET
def halted(request: HttpRequest) -> HttpResponse:
    """All in the administrator's reach, the oldest first."""
    page = queries.halts(viewer=words.viewer_of(request), cursor=request.GET.get("cursor"))
    columns = (Column(_("流程")), Column(_("元素")), Column(_("原因")), Column(_("暂停于")))
    rows = tuple(_row(row) for row in page.items)
    pages = Pagination.of(page, path=request.path)
    empty = Empty(_("没有暂停的流程"), _("流程因规则或接口出错而停下时，会列在这里。"))
    table = Table.of(
        _("暂停的流程"), columns, rows, keys=True, boxed=True, empty=empty, pages=pages if pages.needed else None
    )
    context = {"table": table, "crumbs": frame.crumbs(_("暂停的流程")), "side": frame.side(request, "halted")}
    return render(request, "flow/halted.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def halted_one(request: HttpRequest, halt_id: UUID) -> HttpResponse:
    """The place and the cause; POST tries again, with corrected variables where given as JSON."""
    viewer = words.viewer_of(request)
    found = queries.halt(halt_id=halt_id, viewer=viewer)
    text = request.POST.get("variables", "").strip()
    error = ""
    if request.method == "POST":
        corrected = _variables(text)
        if corrected is not None:
            status = commands.retry_halted(halt_id=halt_id, variables=corrected, by=viewer, at=clock.now())
            if status is InstanceStatus.HALTED:
                messages.error(request, _("又停下了，请看新的原因。"))
            else:
                messages.success(request, _("流程已恢复。"))
            return go(request, reverse("flow:halted"))
        error = _('请写成JSON对象，例如 {"金额": 100}。')
    list_link = Link(_("暂停的流程"), reverse("flow:halted"))
    context = {
        "crumbs": Crumbs((Link(_("待办"), reverse("flow:inbox")), list_link), found.title),
        "halt": found,
        "facts": _facts(found),
        "diagram": LazyDiagram(reverse("flow:diagram", args=[found.instance_id])),
        "field": Field(
            "variables",
            _("更正变量"),
            FieldKind.TEXTAREA,
            value=text,
            hint=_("JSON对象，只写要更正的变量。"),
            error=error,
            required=False,
        ),
    }
    return render(request, "flow/halted_one.html", context, status=422 if error else 200)


def _variables(text: str) -> dict[str, object] | None:
    if not text:
        return {}
    try:
        found = engine.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _row(row: HaltRow) -> Row:
    process = f"{row.process_key} · {_('第 %(version)d 版') % {'version': row.process_version}}"
    href = reverse("flow:halted_one", args=[row.id])
    return Row(
        (Cell(row.title, process, href), row.element_id, row.reason, words.moment_words(row.at)),
        id=str(row.id),
        label=row.title,
    )


def _facts(row: HaltRow) -> Facts:
    lines = [
        Fact(_("流程"), f"{row.process_key} · {_('第 %(version)d 版') % {'version': row.process_version}}"),
        Fact(_("元素"), row.element_id),
        Fact(_("原因"), row.reason),
        Fact(_("表达式"), row.expression),
        Fact(_("详情"), json.dumps(row.diagnostics, ensure_ascii=False, default=str) if row.diagnostics else ""),
        Fact(_("暂停于"), words.moment_words(row.at)),
    ]
    return Facts(tuple(line for line in lines if line.value), tight=True)
