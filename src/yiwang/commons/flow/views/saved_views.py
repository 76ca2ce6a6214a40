"""Saved filters of the inbox: kept from the list, looked after on a page of their own."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yiwang.commons.flow import commands, queries
from yiwang.commons.flow.contracts import InboxFilter, UnknownView, ViewRefused
from yiwang.commons.flow.views import listing, words
from yiwang.kernel import clock
from yiwang.web.components import Crumbs, Empty, Link, LinkButton
from yiwang.web.responses import go

_CHANGES: dict[str, dict[str, bool]] = {
    "default": {"is_default": True},
    "no_default": {"is_default": False},
    "share": {"shared": True},
    "no_share": {"shared": False},
}


@login_required
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the conditions that the list shows under a name."""
    form = request.POST
    wanted = InboxFilter.read(form.dict())
    try:
        kept = commands.save_view(
            name=form.get("name", ""),
            conditions=wanted,
            shared="shared" in form,
            is_default="is_default" in form,
            by=words.viewer_of(request),
            at=clock.now(),
        )
    except ViewRefused as refused:
        for sentence in refused.fields.values():
            messages.error(request, _(sentence))
        return go(request, listing.href(wanted))
    messages.success(request, _("已保存筛选“%(name)s”。") % {"name": " ".join(form.get("name", "").split())})
    return go(request, f"{listing.href(wanted)}&saved={kept}")


@login_required
@require_GET
def saved_views(request: HttpRequest) -> HttpResponse:
    """One's own saved filters: which opens the inbox, which the office shares."""
    summary = queries.inbox_summary(viewer=words.viewer_of(request))
    rows = [row for row in queries.saved_views(viewer=words.viewer_of(request)) if row.is_mine]
    context = {
        "crumbs": Crumbs((Link(_("待办"), reverse("flow:inbox")),), _("保存的筛选")),
        "rows": [(row, listing.href(row.conditions), listing.chips(row.conditions, summary)) for row in rows],
        "empty": Empty(
            _("还没有保存的筛选"),
            _("在待办列表设好条件，再按“保存筛选”。"),
            LinkButton(_("回到待办"), reverse("flow:inbox"), "second"),
        ),
    }
    return render(request, "flow/saved_views.html", context)


@login_required
@require_POST
def change_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Make it the default, share it, or forget it."""
    viewer, at = words.viewer_of(request), clock.now()
    asked = request.POST.get("do", "")
    if asked == "drop":
        commands.drop_view(view_id=view_id, by=viewer, at=at)
        messages.success(request, _("已删除这个筛选。"))
    elif asked in _CHANGES:
        commands.change_view(view_id=view_id, **_CHANGES[asked], by=viewer, at=at)
        messages.success(request, _("已改好。"))
    else:
        raise UnknownView
    return go(request, reverse("flow:saved_views"))
