"""The officials' pages: all measures of a period, one with its course and parts, the rows behind a number, as CSV."""

import csv
import io
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from yiwang.commons.identity.queries import actor_of
from yiwang.commons.measures import queries, registry
from yiwang.commons.measures.contracts import BadPeriod, Figure, Line, Period, Slice, Unit
from yiwang.commons.measures.registry import Dimension, Measure
from yiwang.kernel import clock
from yiwang.web import components as ui

_SHOWN = 100
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@login_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Every measure with its figure of the period and that of the period before."""
    viewer = actor_of(request)
    period, fault = _period(request)
    measures = registry.measures()
    keys = [each.key for each in measures]
    now, before = (queries.values(keys=keys, viewer=viewer, period=each) for each in (period, period.before))
    groups: dict[str, list[ui.Row]] = {}
    for each in measures:
        source = str(registry.source_of(each).name)
        groups.setdefault(source, []).append(_row(each, now[each.key], before[each.key], period))
    table = ui.Table(
        _("指标"),
        (
            ui.Column(_("指标")),
            ui.Column(_("本期"), number=True),
            ui.Column(_("上期"), number=True),
            ui.Column(_("统计口径")),
        ),
        tuple(ui.RowGroup(tuple(rows), title) for title, rows in groups.items()),
        boxed=True,
        keys=True,
        empty=ui.Empty(_("还没有指标"), _("各业务模块安装后，它们的指标会列在这里。")),
    )
    context = {"table": table, "period": period, "fault": fault, "said": _said(period), "presets": _presets(request)}
    return render(request, "measures/overview.html", context)


@login_required
@require_GET
def measure(request: HttpRequest, key: str) -> HttpResponse:
    """One measure: its figure, its course over twelve months, its parts by one dimension."""
    viewer = actor_of(request)
    one = registry.measure(key)
    period, fault = _period(request)
    splits = registry.dimensions_of(one)
    asked = request.GET.get("by") or splits[0].key
    split = registry.dimension_of(one, asked)
    figure = queries.figure(key=key, viewer=viewer, period=period)
    parts = queries.breakdown(key=key, dimension=split.key, viewer=viewer, period=period)
    course = queries.trend(key=key, viewer=viewer, until=period.last)
    said = _said(period)
    context = {
        "one": one,
        "crumbs": _crumbs(period, one.name),
        "period": period,
        "fault": fault,
        "said": said,
        "presets": _presets(request),
        "by": split.key,
        "value": shown(one, figure),
        "behind": _behind(one, figure),
        "rows_href": _address("rows", key, **said),
        "export_href": _address("export", key, by=split.key, **said),
        "chart": _chart(one, course) if course else None,
        "tabs": _tabs(one, splits, split, said),
        "table": _parts(one, split, parts, figure, said),
    }
    return render(request, "measures/measure.html", context)


@login_required
@require_GET
def rows(request: HttpRequest, key: str) -> HttpResponse:
    """The rows that a figure counts."""
    viewer = actor_of(request)
    one = registry.measure(key)
    period, fault = _period(request)
    split = registry.dimension_of(one, request.GET["by"]) if request.GET.get("by") else None
    value = request.GET.get("value", "")
    page = queries.rows(
        key=key,
        viewer=viewer,
        period=period,
        dimension=split.key if split else "",
        value=value,
        cursor=request.GET.get("cursor"),
        size=20,
    )
    source = registry.source_of(one)
    chosen = {"by": split.key, "value": value} if split else {}
    said = _said(period)
    pages = ui.Pagination.of(page, path=request.path, params={**said, **chosen})
    table = ui.Table.of(
        str(source.name),
        (ui.Column(source.name), *(ui.Column(heading) for heading in source.headings.values())),
        tuple(_line_row(each, source) for each in page.items),
        boxed=True,
        keys=True,
        empty=ui.Empty(_("没有符合的记录"), _("换一个时段或口径再看。")),
        pages=pages if pages.needed else None,
    )
    context = {
        "one": one,
        "crumbs": _crumbs(period, _("明细"), ui.Link(one.name, _address("measure", key, **said))),
        "period": period,
        "fault": fault,
        "said": {**said, **chosen},
        "total": _rows_words(page.total or 0),
        "split": split,
        "label": request.GET.get("label", "") or value,
        "table": table,
        "export_href": _address("export_rows", key, **said) if not split else "",
    }
    return render(request, "measures/rows.html", context)


@login_required
@require_GET
def export(request: HttpRequest, key: str) -> HttpResponseBase:
    """The parts of a figure as CSV."""
    one = registry.measure(key)
    period = _period(request)[0]
    split = registry.dimension_of(one, request.GET.get("by") or registry.dimensions_of(one)[0].key)
    parts = queries.breakdown(key=key, dimension=split.key, viewer=actor_of(request), period=period)
    lines = [
        [each.key, each.label, _plain(each.figure.value), each.figure.count, each.figure.base or ""] for each in parts
    ]
    return _csv(
        [[_("编号"), str(split.name), str(one.name), _("记录数"), _("基数")], *lines], f"{key}-{split.key}", period
    )


@login_required
@require_GET
def export_rows(request: HttpRequest, key: str) -> HttpResponseBase:
    """The rows behind a figure as CSV."""
    one = registry.measure(key)
    period = _period(request)[0]
    source = registry.source_of(one)
    head = [_("编号"), str(source.name), *(str(heading) for heading in source.headings.values())]
    found = queries.all_rows(key=key, viewer=actor_of(request), period=period)
    lines = ([each.number, each.title, *(each.columns.get(name, "") for name in source.headings)] for each in found)
    return _csv(chain([head], lines), f"{key}-rows", period)


def shown(one: Measure, figure: Figure) -> str:
    """The value in words of its unit."""
    if figure.value is None:
        return "—"
    if one.unit is Unit.SHARE:
        return f"{figure.value * 100:.1f}%"
    if one.unit is Unit.WORKING_DAYS:
        return _("%(days)s 个工作日") % {"days": f"{figure.value:.1f}"}
    return f"{figure.count:,}"


def _period(request: HttpRequest) -> tuple[Period, str]:
    """What was asked for, or this year so far; with the sentence to show when it cannot be understood."""
    today = clock.today()
    usual = Period(today.replace(month=1, day=1), today)
    first, last = request.GET.get("since", ""), request.GET.get("until", "")
    try:
        return Period(_day(first) or usual.first, _day(last) or usual.last), ""
    except (ValueError, BadPeriod):
        return usual, _("统计时段不对：结束日期不能早于开始日期，最长十年。现在显示的是今年的数字。")


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _said(period: Period) -> dict[str, str]:
    return {"since": period.first.isoformat(), "until": period.last.isoformat()}


def _presets(request: HttpRequest) -> tuple[ui.Link, ...]:
    today = clock.today()
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    last = month - timedelta(days=1)
    named = (
        (_("本月"), Period(month, today)),
        (_("上月"), Period(last.replace(day=1), last)),
        (_("今年"), Period(year, today)),
    )
    by = {"by": request.GET["by"]} if request.GET.get("by") else {}
    return tuple(ui.Link(words, f"{request.path}?{urlencode({**_said(each), **by})}") for words, each in named)


def _address(name: str, key: str, **params: str) -> str:
    return f"{reverse(f'measures:{name}', args=[key])}?{urlencode(params)}"


def _crumbs(period: Period, here: ui.Text, *between: ui.Link) -> ui.Crumbs:
    first = ui.Link(_("指标"), f"{reverse('measures:overview')}?{urlencode(_said(period))}")
    return ui.Crumbs((first, *between), here)


def _row(one: Measure, figure: Figure, before: Figure, period: Period) -> ui.Row:
    name = ui.Cell(one.name, href=_address("measure", one.key, **_said(period)))
    earlier = shown(one, before) if one.period_by else _("截至现在")
    return ui.Row((name, shown(one, figure), earlier, one.about))


def _behind(one: Measure, figure: Figure) -> str:
    if one.unit is Unit.SHARE:
        return _("%(count)s / %(base)s 件") % {"count": f"{figure.count:,}", "base": f"{figure.base or 0:,}"}
    return _rows_words(figure.count)


def _rows_words(count: int) -> str:
    return ngettext("共 %(count)s 条", "共 %(count)s 条", count) % {"count": f"{count:,}"}


def _tabs(one: Measure, splits: Iterable[Dimension], split: Dimension, said: dict[str, str]) -> ui.Tabs:
    tabs = (
        ui.Tab(each.name, _address("measure", one.key, by=each.key, **said), current=each.key == split.key)
        for each in splits
    )
    return ui.Tabs(_("按什么分"), tuple(tabs))


def _parts(one: Measure, split: Dimension, parts: tuple[Slice, ...], figure: Figure, said: dict[str, str]) -> ui.Table:
    columns = [ui.Column(split.name), ui.Column(one.name, number=True)]
    columns += [ui.Column(_("记录数"), number=True)] if one.unit is not Unit.COUNT else []
    columns += [ui.Column(_("占比"), number=True)] if one.unit is Unit.COUNT else []
    found = []
    for each in parts[:_SHOWN]:
        label = str(split.names.get(each.key, each.label)) or _("未填写")
        href = _address("rows", one.key, by=split.key, value=each.key, label=label, **said)
        last = f"{each.figure.count:,}"
        if one.unit is Unit.COUNT:
            last = f"{100 * each.figure.count / figure.count:.1f}%" if figure.count else "—"
        found.append(ui.Row((ui.Cell(label, href=href), shown(one, each.figure), last)))
    more = len(parts) - _SHOWN
    caption = (
        _("前 %(shown)s 项，另有 %(more)s 项见导出") % {"shown": _SHOWN, "more": more} if more > 0 else str(split.name)
    )
    empty = ui.Empty(_("这个时段没有数字"), _("换一个时段再看。"))
    return ui.Table.of(caption, tuple(columns), tuple(found), boxed=True, show_caption=more > 0, empty=empty)


def _chart(one: Measure, course: tuple[Slice, ...]) -> ui.Chart:
    scale = 100 if one.unit is Unit.SHARE else 1
    data = [None if each.figure.value is None else float(each.figure.value * scale) for each in course]
    kind = "bar" if one.unit is Unit.COUNT else "line"
    option: dict[str, Any] = {
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [each.label for each in course]},
        "yAxis": {"type": "value", "axisLabel": {"formatter": "{value}%" if one.unit is Unit.SHARE else "{value}"}},
        "series": [{"type": kind, "name": str(one.name), "data": data}],
    }
    table = tuple((each.label, shown(one, each.figure)) for each in course)
    return ui.Chart("trend", _("近十二个月：%(name)s") % {"name": one.name}, option, (_("月份"), one.name), table)


def _line_row(line: Line, source: registry.Source) -> ui.Row:
    href = source.address(line) if source.address else ""
    cells = (line.columns.get(name, "") for name in source.headings)
    return ui.Row((ui.Cell(line.title, line.number, href), *cells))


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _csv(lines: Iterable[list[Any]], name: str, period: Period) -> StreamingHttpResponse:
    """UTF-8 with a mark, so that spreadsheets read it; what they would take for a formula gets an apostrophe."""
    response = StreamingHttpResponse(chain(["\ufeff"], map(_written, lines)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{period.first}-{period.last}.csv"'
    return response


def _written(line: list[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([f"'{each}" if str(each).startswith(_FORMULA) else each for each in line])
    return buffer.getvalue()
