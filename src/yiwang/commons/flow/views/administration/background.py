"""What the program could not do by itself: events that a handler failed on, background jobs that failed; tried again here."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yiwang.commons.flow import commands, queries
from yiwang.commons.flow.views import words
from yiwang.commons.flow.views.administration import frame
from yiwang.kernel import clock
from yiwang.kernel.failed_jobs import FailedJob
from yiwang.kernel.outbox import StandingDelivery
from yiwang.web.components import Cell, Column, Empty, Pagination, Row, Table, Tag, Text, Tone
from yiwang.web.responses import go

_MOST = 200
_LINES = 3


@login_required
@require_http_methods(["GET", "POST"])
def deliveries(request: HttpRequest) -> HttpResponse:
    """Events that were not delivered, the oldest first; POST delivers the chosen ones again."""
    viewer = words.viewer_of(request)
    if request.method == "POST":
        chosen = _ids(request.POST.getlist("item"))
        done = commands.retry_deliveries(delivery_ids=chosen, by=viewer, at=clock.now())
        messages.success(request, _("已重新投递 %(done)d 件，稍后刷新可看结果。") % {"done": done})
        return go(request, reverse("flow:deliveries"))
    page = queries.standing_deliveries(viewer=viewer, cursor=request.GET.get("cursor"))
    columns = (
        Column(_("事件")),
        Column(_("对象")),
        Column(_("尝试"), number=True),
        Column(_("状态")),
        Column(_("原因")),
    )
    table = Table.of(
        _("未送达的事件"),
        columns,
        tuple(_delivery(row) for row in page.items),
        pick="item",
        keys=True,
        boxed=True,
        empty=Empty(_("没有未送达的事件"), _("一件事办成后要通知其他环节；处理反复出错的会列在这里。")),
        pages=_pages(request, Pagination.of(page, path=request.path)),
    )
    lead = _("处理出错的事件会自动重试，反复出错的搁置在这里。排除原因后重试，同一对象后面的事件会依次送达。")
    return _page(request, "deliveries", _("未送达的事件"), lead, table)


@login_required
@require_http_methods(["GET", "POST"])
def jobs(request: HttpRequest) -> HttpResponse:
    """Background jobs after their last try, the latest first; POST runs the chosen ones again."""
    viewer = words.viewer_of(request)
    if request.method == "POST":
        chosen = [
            int(value) for value in request.POST.getlist("item")[:_MOST] if value.isdecimal() and len(value) <= 18
        ]
        if request.POST.get("act") == "dismiss":
            done = commands.dismiss_jobs(job_ids=chosen, by=viewer, at=clock.now())
            messages.success(request, _("已移除 %(done)d 个任务，审计记录中留有说明。") % {"done": done})
        else:
            done = commands.retry_jobs(job_ids=chosen, by=viewer, at=clock.now())
            messages.success(request, _("已重新安排 %(done)d 个任务，稍后刷新可看结果。") % {"done": done})
        return go(request, reverse("flow:jobs"))
    page = queries.failed_background_jobs(viewer=viewer, cursor=request.GET.get("cursor"))
    columns = (Column(_("任务")), Column(_("尝试"), number=True), Column(_("失败于")), Column(_("原因")))
    table = Table.of(
        _("失败的后台任务"),
        columns,
        tuple(_job(row) for row in page.items),
        pick="item",
        keys=True,
        boxed=True,
        empty=Empty(_("没有失败的后台任务"), _("后台任务多次出错后会列在这里。")),
        pages=_pages(request, Pagination.of(page, path=request.path)),
    )
    lead = _("这些任务已用完自动重试的次数。排除原因后可以重试，重复执行不会产生重复的结果；不再需要的可以移除。")
    return _page(request, "jobs", _("失败的后台任务"), lead, table, dismissible=True)


def _page(
    request: HttpRequest, name: str, title: Text, lead: Text, table: Table, *, dismissible: bool = False
) -> HttpResponse:
    context = {
        "dismissible": dismissible,
        "title": title,
        "lead": lead,
        "table": table,
        "crumbs": frame.crumbs(title),
        "side": frame.side(request, name),
    }
    return render(request, "flow/background.html", context)


def _pages(request: HttpRequest, pages: Pagination) -> Pagination | None:
    del request
    return pages if pages.needed else None


def _delivery(row: StandingDelivery) -> Row:
    state = Tag(_("已搁置"), Tone.BAD) if row.parked else Tag(_("重试中"), Tone.WARN)
    when = "" if row.parked else _("%(moment)s 再试") % {"moment": words.moment_words(row.next_at)}
    first, *places = row.error.splitlines()[:_LINES] or [""]
    return Row(
        (
            Cell(row.event_type, _("由 %(handler)s 处理") % {"handler": row.handler}),
            Cell(row.subject.kind, str(row.subject.id)),
            row.attempts,
            Cell(state, when or _("%(moment)s 发生") % {"moment": words.moment_words(row.since)}),
            Cell(first, " ".join(place.strip() for place in places)),
        ),
        id=str(row.id),
        label=row.event_type,
    )


def _job(row: FailedJob) -> Row:
    arguments = "，".join(f"{name} {value}" for name, value in sorted(row.arguments.items()) if name != "timestamp")
    failed = words.moment_words(row.failed_at) if row.failed_at else ""
    first, *places = row.error.splitlines()[:_LINES] or [""]
    cells = (
        Cell(row.task, arguments),
        row.attempts,
        failed,
        Cell(first or _("见后台进程的日志"), " ".join(place.strip() for place in places)),
    )
    return Row(cells, id=str(row.id), label=f"{row.task} {row.id}")


def _ids(values: list[str]) -> list[UUID]:
    found = []
    for value in values[:_MOST]:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
