"""「我的」: what a resident or an enterprise has under way and has finished, over all nets."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiwang.commons.flow import queries, registry, rules
from yiwang.commons.flow.contracts import ProcessRow, Urgency
from yiwang.commons.flow.registry import Outline
from yiwang.commons.flow.views import words
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.web.components import (
    CaseItem,
    CaseList,
    Crumbs,
    Empty,
    Link,
    LinkButton,
    Pagination,
    Progress,
    Tab,
    Tabs,
    Tag,
    Tone,
)

_NEXT = 5
_LONGEST = 80


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What waits for the applicant comes first; then what is under way, or finished with `?ended=1`, found by words or number."""
    viewer = words.viewer_of(request)
    ended = request.GET.get("ended") == "1"
    search = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:_LONGEST]
    page = queries.mine(viewer=viewer, ended=ended, search=search, cursor=request.GET.get("cursor"))
    told = registry.outlines_of((row.subject for row in page.items), viewer)
    here = reverse("flow:mine")
    kept = {"q": search} if search else {}
    pages = Pagination.of(page, path=here, params={"ended": "1" if ended else "", **kept})
    first = not (ended or search or request.GET.get("cursor"))
    context = {
        "crumbs": Crumbs((Link(_("首页"), "/"),), _("我的")),
        "tabs": Tabs(
            _("我的办件"),
            (
                Tab(_("正在办"), _address(here, kept), current=not ended),
                Tab(_("已办结"), _address(here, {"ended": "1", **kept}), current=ended),
            ),
        ),
        "next": _next(viewer) if first else None,
        "list": CaseList(tuple(_item(row, told.get(row.subject.id)) for row in page.items)) if page.items else None,
        "unsent": _unsent(viewer) if first else None,
        "pages": pages if pages.needed else None,
        "empty": _nothing_found(here) if search else _empty(ended=ended),
        "search": search,
        "ended": ended,
        "searchable": bool(search or page.items or ended),
    }
    return render(request, "flow/mine.html", context)


def _address(path: str, params: dict[str, str]) -> str:
    return f"{path}?{urlencode(params)}" if params else path


def _next(viewer: Actor) -> CaseList | None:
    """What the applicant has to do, the most urgent first, each with the day until which."""
    page = queries.inbox(viewer=viewer, size=_NEXT)
    items = []
    for row in page.items:
        light = words.due_mark(row.due_at, clock.now())
        title, number = rules.parted(row.title)
        said = _("%(stage)s；%(when)s") % {"stage": row.name, "when": light.words} if light else row.name
        tag = Tag(_("已超期"), Tone.BAD) if row.urgency is Urgency.OVERDUE else Tag(_("等您办理"), Tone.WARN)
        items.append(CaseItem(f"{title} {number}".strip(), words.task_page(row.id), said, tag=tag))
    return CaseList(tuple(items)) if items else None


def _nothing_found(here: str) -> Empty:
    return Empty(
        _("没有找到这样的办件"),
        _("请换一个说法或编号，也可以到另一栏看看。"),
        LinkButton(_("看全部"), here, "second"),
    )


def _unsent(viewer: Actor) -> CaseList | None:
    tag = Tag(_("没提交"), Tone.WARN)
    begun = registry.unsent(viewer)
    return CaseList(tuple(CaseItem(each.title, each.href, each.words, tag=tag) for each in begun)) if begun else None


def _empty(*, ended: bool) -> Empty:
    if ended:
        return Empty(_("还没有办结的事"), _("办结后，结果和证照都在这里。"))
    return Empty(_("没有正在办的事"), _("要办什么，用您自己的话搜一搜。"), LinkButton(_("去办事"), "/"))


def _item(row: ProcessRow, told: Outline | None) -> CaseItem:
    href = words.process_href(row.subject) or (words.task_page(row.waiting[0]) if row.waiting else "")
    progress = Progress(told.done, told.of, told.words, small=True) if told and told.of else None
    tag = Tag(_("等您办理"), Tone.WARN) if row.waiting else words.STATUSES[row.status]
    return CaseItem(row.title, href, _sentence(row, told), progress, tag)


def _sentence(row: ProcessRow, told: Outline | None) -> str:
    if told is not None:
        return told.words
    if row.ended_at is not None:
        return _("%(day)s 结束") % {"day": words.day_words(row.ended_at)}
    stages = "、".join(row.stages)
    if row.waiting:
        return _("等您办理：%(stages)s") % {"stages": stages}
    if stages:
        return _("正在办理：%(stages)s") % {"stages": stages}
    return _("%(day)s 提交，正在自动办理") % {"day": words.day_words(row.started_at)}
