"""The inbox `/work/`: everything in an official's reach over all nets, the most urgent first."""

import re
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST

from yiwang.commons.flow import commands, queries
from yiwang.commons.flow.contracts import InboxFilter, InboxSummary, InboxView, TaskRow, Urgency
from yiwang.commons.flow.views import words
from yiwang.kernel import clock
from yiwang.kernel.paging import Page
from yiwang.web.components import (
    Cell,
    Column,
    Empty,
    KeyHint,
    KeyHints,
    LinkButton,
    Pagination,
    Row,
    RowGroup,
    SideGroup,
    SideLink,
    SideNav,
    Table,
    Text,
)
from yiwang.web.responses import go, safe_next

_NUMBER = re.compile(r"[0-9A-Z〔〕-]*[0-9][0-9A-Z〔〕号-]*")
_ALL_KEYS: tuple[tuple[tuple[str, ...], Text], ...] = (
    (("J", "K"), lazy("下一件、上一件")),
    (("Enter",), lazy("打开")),
    (("X",), lazy("选中或取消")),
    (("C",), lazy("认领选中的；没有选中时认领当前的")),
    (("R",), lazy("把选中的退回待认领")),
    (("/",), lazy("到查找框")),
    (("?",), lazy("打开这份说明")),
    (("Esc",), lazy("关闭")),
)


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Tasks by view, net and search."""
    viewer = words.viewer_of(request)
    if not viewer.is_official:
        return go(request, reverse("flow:mine"))
    view = _view(request)
    search, net = request.GET.get("q", "").strip(), request.GET.get("net", "")
    page = queries.inbox(viewer=viewer, wanted=InboxFilter.read(request.GET), cursor=request.GET.get("cursor"))
    counts = queries.inbox_summary(viewer=viewer)
    context = {
        "side": _side(counts, view, net),
        "table": _table(request, page, counts, searched=bool(search)),
        "search": search,
        "view": view.value,
        "net": net,
        "here": request.get_full_path(),
        "total": counts.views[InboxView.ALL],
        "keys": KeyHints(
            (
                KeyHint(("J", "K"), _("上下")),
                KeyHint(("Enter",), _("打开")),
                KeyHint(("X",), _("选中")),
                KeyHint(("C",), _("认领")),
                KeyHint(("/",), _("查找")),
                KeyHint(("?",), _("全部快捷键")),
            )
        ),
        "all_keys": _ALL_KEYS,
    }
    return render(request, "flow/inbox.html", context)


@login_required
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """Claim or release the chosen tasks."""
    viewer, at = words.viewer_of(request), clock.now()
    chosen = _ids(request.POST.getlist("task"))
    if not chosen:
        messages.error(request, _("请先选中要办的事。"))
    elif request.POST.get("action") == "release":
        done = commands.release_many(task_ids=chosen, by=viewer, at=at)
        messages.success(request, _("已退回 %(done)d 件，其他人可以认领。") % {"done": done})
    else:
        done = commands.claim_many(task_ids=chosen, by=viewer, at=at)
        missed = len(chosen) - done
        said = _("已认领 %(done)d 件。") % {"done": done}
        messages.success(request, said + (_("%(missed)d 件已由他人认领。") % {"missed": missed} if missed else ""))
    return go(request, safe_next(request, request.POST.get("next", ""), reverse("flow:inbox")))


def _ids(values: list[str]) -> list[UUID]:
    found = []
    for value in values[:200]:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


def _view(request: HttpRequest) -> InboxView:
    try:
        return InboxView(request.GET.get("view", InboxView.ALL))
    except ValueError:
        return InboxView.ALL


def _href(**params: str) -> str:
    kept = {name: value for name, value in params.items() if value}
    return reverse("flow:inbox") + (f"?{urlencode(kept)}" if kept else "")


def _side(counts: InboxSummary, view: InboxView, net: str) -> SideNav:
    views = (
        (InboxView.ALL, _("全部待办"), counts.views[InboxView.ALL]),
        (InboxView.MINE, _("我的待办"), counts.views[InboxView.MINE]),
        (InboxView.TODAY, _("今天到期"), counts.views[InboxView.TODAY]),
        (InboxView.OVERDUE, _("已超期"), counts.views[InboxView.OVERDUE]),
        (InboxView.UNCLAIMED, _("待认领"), counts.views[InboxView.UNCLAIMED]),
    )
    groups = [
        SideGroup(
            _("视图"),
            tuple(
                SideLink(label, _href(view="" if key is InboxView.ALL else key.value), count, key is view and not net)
                for key, label, count in views
            ),
        )
    ]
    nets = tuple(
        SideLink(label, _href(net=key), counts.nets[key], key == net)
        for key, (_short, label) in words.NETS.items()
        if counts.nets.get(key)
    )
    if nets:
        groups.append(SideGroup(_("来自哪张网"), nets))
    return SideNav(_("待办视图"), tuple(groups))


def _table(request: HttpRequest, page: Page[TaskRow], counts: InboxSummary, *, searched: bool) -> Table:
    columns = (
        Column(_("时限"), sorted="ascending"),
        Column(_("事情")),
        Column(_("环节")),
        Column(_("网")),
        Column(_("机构")),
        Column(_("承办")),
    )
    known = (
        {Urgency.OVERDUE: counts.views[InboxView.OVERDUE], Urgency.TODAY: counts.views[InboxView.TODAY]}
        if not request.GET.keys()
        else {}
    )
    groups = tuple(
        RowGroup(
            tuple(_row(row) for row in page.items if row.urgency is urgency),
            title,
            _("%(count)d 件") % {"count": known[urgency]} if known.get(urgency) else "",
        )
        for urgency, title in words.GROUPS.items()
        if any(row.urgency is urgency for row in page.items)
    )
    empty = (
        Empty(
            _("没有找到这样的待办"), _("请换一个说法，或看全部待办。"), LinkButton(_("看全部待办"), _href(), "second")
        )
        if searched
        else Empty(_("没有待办"), _("新的事情到来时会出现在这里。"))
    )
    params = {key: value for key, value in request.GET.items() if isinstance(value, str)}
    pages = Pagination.of(page, path=request.path, params=params)
    caption: Text = _("待办，按到期先后")
    return Table(
        caption, columns, groups, pick="task", keys=True, boxed=True, empty=empty, pages=pages if pages.needed else None
    )


def _parted(title: str) -> tuple[str, str]:
    """The words of a title, and the number that they end with, if they do: it stands below them."""
    before, _blank, last = title.rpartition(" ")
    return (before, last) if before and _NUMBER.fullmatch(last) else (title, "")


def _row(row: TaskRow) -> Row:
    title, number = _parted(row.title)
    arrived = _("%(moment)s 到达") % {"moment": words.moment_words(row.created_at)}
    return Row(
        (
            words.due_mark(row.due_at, clock.now()),
            Cell(title, number, words.task_href(row)),
            row.name,
            words.net_tag(row.net),
            Cell(row.organisation, arrived),
            words.holder_words(row),
        ),
        id=str(row.id),
        label=row.title,
    )
