"""`/work/matters/`: the whole catalogue for its steward, and its export in the national format."""

import csv
import io
from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiwang.commons.identity.queries import actor_of
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.serve.matters import policies, queries, rules
from yiwang.serve.matters.contracts import MATTER_TYPES, CatalogueRow, MatterState
from yiwang.serve.matters.views.words import days_words, range_words, state_tag, type_words
from yiwang.web.components import Empty, LinkButton, Pagination
from yiwang.web.components.lists import Cell, Column, Row, Table

_FORMULA = ("=", "+", "@", "\t", "\r")


@login_required
@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """The newest version of each matter, found by words, state, department and type."""
    viewer = actor_of(request)
    asked = {name: request.GET.get(name, "").strip()[:120] for name in ("q", "state", "department", "type")}
    page = queries.steward_list(
        viewer=viewer,
        text=asked["q"],
        state=asked["state"] if asked["state"] in set(MatterState) else "",
        department=asked["department"],
        type_=asked["type"],
        cursor=request.GET.get("cursor"),
    )
    context = {
        "asked": asked,
        "states": [(state.value, _(state.label)) for state in MatterState],
        "types": [(code, type_words(code)) for code in MATTER_TYPES],
        "departments": queries.facets(viewer=viewer)[0],
        "table": Table.of(
            _("事项"),
            (
                Column(_("事项")),
                Column(_("实施主体")),
                Column(_("事项类型")),
                Column(_("承诺时限"), number=True),
                Column(_("版本"), number=True),
                Column(_("状态")),
            ),
            tuple(_row(row) for row in page.items),
            empty=_empty(any(asked.values())),
            pages=Pagination.of(page, path=request.path, params=asked),
            keys=True,
            boxed=True,
        ),
        "exports": [(name, reverse("matters:export", args=[name])) for name in rules.TABLES],
    }
    return render(request, "matters/catalogue.html", context)


def _row(row: CatalogueRow) -> Row:
    days = "—" if row.promised_days is None else days_words(row.promised_days)
    return Row(
        (
            Cell(row.name, note=row.code, href=reverse("matters:matter", args=[row.code])),
            row.department or "—",
            type_words(row.type) or "—",
            days,
            row.version,
            Cell(state_tag(row.state), note=range_words(row)),
        )
    )


def _empty(filtered: bool) -> Empty:
    if filtered:
        return Empty(_("没有符合条件的事项"), _("放宽条件再找。"), boxed=False)
    return Empty(
        _("清单是空的"),
        _("载入配置包，或导入事项清单。"),
        LinkButton(_("导入清单"), reverse("matters:imports")),
        boxed=False,
    )


@login_required
@require_GET
def export(request: HttpRequest, table: str) -> StreamingHttpResponse:
    """One table of the national exchange format as CSV, written as it is read."""
    viewer = actor_of(request)
    policies.check_publish(viewer)
    if table not in rules.TABLES:
        raise Http404
    response = StreamingHttpResponse(_lines(table, viewer), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="matters-{table}-{clock.today():%Y%m%d}.csv"'
    return response


def _lines(table: str, viewer: Actor) -> Iterator[str]:
    columns = rules.TABLES[table]
    yield "\ufeff" + _line(list(columns))
    for row in queries.national_rows(table=table, viewer=viewer):
        yield _line([row[name] for name in columns])


def _line(values: list[str]) -> str:
    """A CSV line that no spreadsheet takes for a formula."""
    stream = io.StringIO()
    csv.writer(stream).writerow([f"'{value}" if value.startswith(_FORMULA) else value for value in values])
    return stream.getvalue()
