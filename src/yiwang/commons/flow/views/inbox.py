"""The inbox `/work/`: everything in an official's reach over all nets, filtered, sorted, in views that can be saved."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from yiwang.commons.flow import queries
from yiwang.commons.flow.contracts import InboxFilter, InboxSummary, InboxView, SavedViewRow
from yiwang.commons.flow.views import listing, words
from yiwang.commons.identity import queries as identity
from yiwang.kernel.actor import Actor
from yiwang.web.components import Crumbs, KeyHint, KeyHints, Link, SideGroup, SideLink, SideNav, Text
from yiwang.web.responses import go

_ALL_KEYS: tuple[tuple[tuple[str, ...], Text], ...] = (
    (("J", "K"), lazy("下一件、上一件")),
    (("Enter",), lazy("打开")),
    (("X",), lazy("选中或取消")),
    (("A",), lazy("选中本页全部，再按取消")),
    (("C",), lazy("认领选中的；没有选中时认领当前的")),
    (("R",), lazy("把选中的退回待认领")),
    (("H",), lazy("把选中的转办给同事")),
    (("/",), lazy("到查找框")),
    (("?",), lazy("打开这份说明")),
    (("Esc",), lazy("关闭")),
)
_SHOWN = (InboxView.ALL, InboxView.MINE, InboxView.TODAY, InboxView.OVERDUE, InboxView.UNCLAIMED)
_VIEWS: dict[InboxView, Text] = {
    InboxView.ALL: lazy("全部待办"),
    InboxView.MINE: lazy("我的待办"),
    InboxView.TODAY: lazy("今天到期"),
    InboxView.OVERDUE: lazy("已超期"),
    InboxView.UNCLAIMED: lazy("待认领"),
}


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The filtered list. Without any parameter the account's default view, where there is one."""
    viewer = words.viewer_of(request)
    if not viewer.is_official:
        return go(request, reverse("flow:mine"))
    saved = queries.saved_views(viewer=viewer)
    default = next((row for row in saved if row.is_default), None)
    if default is not None and not request.GET:
        return go(request, _saved_href(default))
    wanted = InboxFilter.read(request.GET.dict())
    page = queries.inbox(viewer=viewer, wanted=wanted, cursor=request.GET.get("cursor"))
    summary = queries.inbox_summary(viewer=viewer)
    current = next((row for row in saved if str(row.id) == request.GET.get("saved")), None)
    context = {
        "side": _side(request, viewer, summary, wanted, saved, current),
        "table": listing.table(page, wanted, summary),
        "filters": listing.filters(wanted, summary),
        "chips": listing.chips(wanted, summary),
        "clear": listing.href(wanted.without("search", "net", "matter", "stage", "organisation", "due", "holder")),
        "wanted": wanted,
        "params": wanted.params(),
        "kept": [(name, value) for name, value in wanted.params().items() if name in {"view", "net", "sort"}],
        "here": request.get_full_path(),
        "total": summary.views[InboxView.ALL],
        "current": current,
        "office": _office(request),
        "keys": _hints(),
        "all_keys": _ALL_KEYS,
    }
    return render(request, "flow/inbox.html", context)


def _hints() -> KeyHints:
    return KeyHints(
        (
            KeyHint(("J", "K"), _("上下")),
            KeyHint(("Enter",), _("打开")),
            KeyHint(("X",), _("选中")),
            KeyHint(("C",), _("认领")),
            KeyHint(("/",), _("查找")),
            KeyHint(("?",), _("全部快捷键")),
        )
    )


def _office(request: HttpRequest) -> str:
    """The present office, where the official has several and should know whose work this is."""
    standing = identity.standing_of(request)
    return standing.office.organisation.label if standing.office and len(standing.offices) > 1 else ""


def _saved_href(row: SavedViewRow) -> str:
    return f"{reverse('flow:inbox')}?{urlencode({**row.conditions.params(), 'saved': str(row.id)})}"


def _side(
    request: HttpRequest,
    viewer: Actor,
    summary: InboxSummary,
    wanted: InboxFilter,
    saved: tuple[SavedViewRow, ...],
    current: SavedViewRow | None,
) -> SideNav:
    plain = current is None and not wanted.asks
    groups = [
        SideGroup(
            _("视图"),
            tuple(
                SideLink(
                    _VIEWS[key],
                    f"{reverse('flow:inbox')}?view={key.value}",
                    summary.views[key],
                    plain and key is wanted.view,
                )
                for key in _SHOWN
            ),
        )
    ]
    if saved:
        links = [SideLink(_saved_name(row), _saved_href(row), row.count, row == current) for row in saved]
        if any(row.is_mine for row in saved):
            links.append(SideLink(_("管理保存的筛选"), reverse("flow:saved_views")))
        groups.append(SideGroup(_("保存的筛选"), tuple(links)))
    only_net = current is None and wanted.params().keys() == {"net"}
    nets = tuple(
        SideLink(label, f"{reverse('flow:inbox')}?net={key}", summary.nets[key], only_net and key == wanted.net)
        for key, (_short, label) in words.NETS.items()
        if summary.nets.get(key)
    )
    if nets:
        groups.append(SideGroup(_("来自哪张网"), nets))
    groups += _offices(request, viewer)
    groups.append(_absences(request, viewer))
    return SideNav(_("待办视图"), tuple(groups))


def _offices(request: HttpRequest, viewer: Actor) -> list[SideGroup]:
    """What waits in each of one's offices, where there are several; another one is a page away."""
    standing = identity.standing_of(request)
    if len(standing.offices) < 2 or standing.absent is not None:
        return []
    total, counts = queries.waiting_by_office(offices=standing.offices, viewer=viewer)
    change = f"{reverse('identity:office')}?next={reverse('flow:inbox')}"
    here = f"{reverse('flow:inbox')}?view={InboxView.ALL.value}"
    together = SideLink(_("全部单位"), reverse("flow:everywhere"), total)
    each = tuple(
        SideLink(
            office.organisation.label,
            here if office == standing.office else f"{change}&choice={office.appointment_id}",
            counts[office.appointment_id],
        )
        for office in standing.offices
    )
    return [SideGroup(_("我的岗位"), (together, *each))]


@login_required
@require_GET
def everywhere(request: HttpRequest) -> HttpResponse:
    """What waits in all of one's offices in one list; for whoever has one office the inbox is that."""
    viewer, standing = words.viewer_of(request), identity.standing_of(request)
    if len(standing.offices) < 2 or standing.absent is not None:
        return go(request, reverse("flow:inbox"))
    page = queries.everywhere(offices=standing.offices, viewer=viewer, cursor=request.GET.get("cursor"))
    context = {
        "crumbs": Crumbs((Link(_("待办"), reverse("flow:inbox")),), _("全部单位")),
        "table": listing.everywhere(page, standing.office),
    }
    return render(request, "flow/everywhere.html", context)


def _absences(request: HttpRequest, viewer: Actor) -> SideGroup:
    """For whom one may work today, with what they hold; always the way to the page of leave."""
    page = reverse("flow:leave")
    links = []
    if identity.standing_of(request).absent is None:
        links = [
            SideLink(_("代 %(name)s") % {"name": row.from_name}, page, held)
            for row, held in queries.deputising(viewer=viewer)
        ]
    return SideGroup(_("请假与代理"), (*links, SideLink(_("登记、查看或撤销"), page)))


def _saved_name(row: SavedViewRow) -> str:
    return _("%(name)s（%(owner)s共享）") % {"name": row.name, "owner": row.by} if row.by else row.name
