"""The officials' list of cases: search, filters, and its export."""

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiwang.commons.identity import queries as identity
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import Forbidden
from yiwang.serve.cases import commands, queries
from yiwang.serve.cases.contracts import Attention, CaseRow, CaseSearch, CaseStatus
from yiwang.serve.cases.views import words
from yiwang.web import components as ui

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@login_required
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """The cases in the official's reach."""
    viewer = identity.actor_of(request)
    wanted = _wanted(request)
    page = queries.cases(viewer=viewer, wanted=wanted, cursor=request.GET.get("cursor"))
    rows = tuple(
        ui.Row(
            (
                ui.Cell(row.title, row.number, reverse("cases:case", args=[row.number])),
                row.applicant,
                row.organisation,
                words.day_words(row.submitted_at),
                words.day_words(row.promised_due) if row.promised_due else "",
                _(row.status.label),
            ),
            id=str(row.id),
        )
        for row in page.items
    )
    columns = tuple(
        ui.Column(label) for label in (_("办件"), _("申请人"), _("承办"), _("提交"), _("承诺办结"), _("状态"))
    )
    table = ui.Table.of(
        _("办件"), columns, rows, boxed=True, keys=True,
        empty=ui.Empty(_("没有符合条件的办件"), _("换一个编号、姓名或证件号码再查，或者放宽条件。")),
        pages=ui.Pagination.of(page, path=request.path, params=request.GET),
    )  # fmt: skip
    context = {
        "table": table,
        "wanted": wanted,
        "status": wanted.status.value if wanted.status else request.GET.get("status", ""),
        "statuses": tuple((each.value, _(each.label)) for each in (*CaseStatus, *Attention)),
        "matters": queries.matters_of(viewer=viewer),
        "export_url": f"{reverse('cases:export')}?{request.GET.urlencode()}",
    }
    return render(request, "cases/list.html", context)


@login_required
@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The same list as CSV, page by page; who exported what is audited."""
    viewer = identity.actor_of(request)
    if not viewer.is_official:
        raise Forbidden
    wanted = _wanted(request)
    commands.note_export(conditions=wanted.conditions, by=viewer, at=clock.now())
    response = StreamingHttpResponse(_lines(wanted, viewer), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="cases-{clock.today():%Y%m%d}.csv"'
    return response


def _lines(wanted: CaseSearch, viewer: Actor) -> Iterator[str]:
    yield "\ufeff" + _line(
        (_("办件编号"), _("事项"), _("申请人"), _("承办"), _("提交"), _("承诺办结"), _("状态"), _("结果"))
    )
    cursor = None
    while True:
        page = queries.cases(viewer=viewer, wanted=wanted, cursor=cursor, size=500)
        yield "".join(_line(_columns(row)) for row in page.items)
        cursor = page.next_cursor
        if cursor is None:
            return


def _columns(row: CaseRow) -> tuple[str, ...]:
    return (
        row.number,
        row.title,
        row.applicant,
        row.organisation,
        words.moment_words(row.submitted_at),
        row.promised_due.isoformat() if row.promised_due else "",
        _(row.status.label),
        _(row.result.label) if row.result else "",
    )


def _line(values: tuple[str, ...]) -> str:
    """A line of CSV; what a spreadsheet would take for a formula is text."""
    out = StringIO()
    csv.writer(out).writerow([f"'{value}" if value.startswith(_FORMULA) else value for value in values])
    return out.getvalue()


def _wanted(request: HttpRequest) -> CaseSearch:
    given = request.GET
    status = given.get("status", "")
    known = {each.value for each in CaseStatus}
    owed = {each.value for each in Attention}
    return CaseSearch(
        attention=Attention(status) if status in owed else None,
        text=given.get("q", "").strip()[:80],
        status=CaseStatus(status) if status in known else None,
        matter_code=given.get("matter", "")[:64],
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
        open_only=status == "" and "all" not in given,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
