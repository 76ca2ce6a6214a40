"""The page of messages (消息), and the number beside its entry in the navigation."""

from uuid import UUID

from django.contrib import messages as toasts
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yiwang.commons.flow import registry as flow
from yiwang.commons.identity.queries import actor_of
from yiwang.commons.notify import commands, queries
from yiwang.commons.notify.contracts import MessageView, Param, Params
from yiwang.commons.notify.registry import kind_of
from yiwang.kernel import clock
from yiwang.web.components import Crumbs, Empty, Link, LinkButton, Pagination, Tab, Tabs
from yiwang.web.responses import is_htmx

_COUNTED = "_notify_unread"


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """All messages, newest first, or the unread ones with `?unread=1`."""
    viewer = actor_of(request)
    unread = request.GET.get("unread") == "1"
    page = queries.messages(viewer=viewer, unread=unread, cursor=request.GET.get("cursor"))
    here, waiting = reverse("notify:inbox"), unread_of(request)
    pages = Pagination.of(page, path=here, params={"unread": "1" if unread else ""})
    context = {
        "base": "web/work_base.html" if viewer.is_official else "web/portal_base.html",
        "crumbs": Crumbs((Link(_("首页"), "/work/" if viewer.is_official else "/"),), _("消息")),
        "tabs": Tabs(
            _("消息"),
            (
                Tab(_("全部"), here, current=not unread),
                Tab(_("未读"), f"{here}?unread=1", count=waiting or None, current=unread),
            ),
        ),
        "lines": [_line(each) for each in page.items],
        "waiting": waiting,
        "pages": pages if pages.needed else None,
        "empty": _empty(unread=unread, official=viewer.is_official),
    }
    return render(request, "notify/inbox.html", context)


@login_required
@require_GET
def open_message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Marks the message as read and leads to what it is about."""
    viewer = actor_of(request)
    found = queries.message(message_id=message_id, viewer=viewer)
    if found.unread:
        commands.mark_read(message_id=message_id, by=viewer, at=clock.now())
    return redirect(_target(found) or reverse("notify:inbox"))


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Marks everything as read."""
    count = commands.mark_all_read(by=actor_of(request), at=clock.now())
    toasts.success(request, ngettext("%(n)d 条消息已标为已读。", "%(n)d 条消息已标为已读。", count) % {"n": count})
    return redirect("notify:inbox")


def unread_of(request: HttpRequest) -> int:
    """How many messages wait, asked once a request; fragments show no navigation and do not ask."""
    found: int | None = getattr(request, _COUNTED, None)
    if found is None:
        found = 0 if is_htmx(request) else queries.unread_count(viewer=actor_of(request))
        setattr(request, _COUNTED, found)
    return found


def has_messages(request: HttpRequest) -> bool:
    """Residents' navigation shows messages to those who are logged in."""
    viewer = actor_of(request)
    return viewer.is_known and not viewer.is_official


def is_in_office(request: HttpRequest) -> bool:
    """Officials' navigation shows the messages to their account."""
    return actor_of(request).is_official


def _said(params: Params) -> dict[str, str | int]:
    """The parameters in the reader's language."""
    english = (get_language() or "").startswith("en")

    def told(value: Param) -> str | int:
        return value if isinstance(value, str | int) else (english and value.get("en")) or value["zh"]

    return {name: told(value) for name, value in params.items()}


def _line(message: MessageView) -> dict[str, object]:
    kind, local = kind_of(message.kind), message.at.astimezone(clock.CHINA)
    said = _said(message.params)
    title = _(kind.title).format_map(said) if kind else _("消息")
    return {
        "title": title,
        "body": _(kind.body).format_map(said) if kind and kind.body else "",
        "href": reverse("notify:open", args=[message.id]),
        "leads": bool(_target(message)),
        "unread": message.unread,
        "at": message.at,
        "when": date_format(local, "DATETIME_FORMAT"),
    }


def _target(message: MessageView) -> str:
    """The page that the message names, else the one that its subject's owner has registered."""
    if message.href or message.subject is None:
        return message.href
    opener = flow.opener(message.subject.kind)
    return opener.process_url(message.subject) if opener and opener.process_url else ""


def _empty(*, unread: bool, official: bool) -> Empty:
    if unread:
        return Empty(_("没有未读的消息"), _("看过的消息在“全部”里。"))
    if official:
        return Empty(_("还没有消息"), _("要您办理的事在待办里。"))
    return Empty(
        _("还没有消息"), _("提交申请后，受理、补正和结果都会在这里告诉您。"), LinkButton(_("去办事"), "/", "second")
    )
