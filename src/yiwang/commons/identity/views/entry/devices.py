"""「登录设备」: the browsers that know my account, what is logged in there, and how to end it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yiwang.commons.identity import commands, queries
from yiwang.commons.identity.contracts import DeviceView, UnknownRecord
from yiwang.kernel import clock
from yiwang.web.components import Crumbs, Fact, Facts, Link, Tag, Tone
from yiwang.web.responses import go


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def devices(request: HttpRequest) -> HttpResponse:
    """The list; posted, a device is forgotten, or all other log-ins end."""
    viewer = queries.actor_of(request)
    assert viewer.account_id is not None
    here = queries.login_of(request)
    if request.method == "POST":
        now = clock.now()
        if request.POST.get("do") == "others":
            ended = commands.end_sessions(account_id=viewer.account_id, keep=here, by=viewer, at=now)
            messages.success(request, _("已退出其他 %(count)s 处登录。") % {"count": ended})
        else:
            commands.forget_device(device_id=_id(request.POST.get("device", "")), by=viewer, at=now)
            messages.success(request, _("已移除这台设备，它上面的登录也已退出。"))
        return go(request, request.path)
    rows = queries.devices(account_id=viewer.account_id, viewer=viewer)
    shown = [(row, _facts(row), _mark(row, here)) for row in rows]
    open_elsewhere = any(session.id != here for row in rows for session in row.sessions)
    context = {
        "crumbs": Crumbs((Link(_("我的"), "/mine/"),), _("登录设备")),
        "devices": sorted(shown, key=lambda each: each[2] is None or each[2].tone is not Tone.OK),
        "others": open_elsewhere,
        "to_factors": Link(_("修改密码和其他登录方式"), reverse("mfa_index")),
        "area": "portal",
    }
    return render(request, "identity/entry/devices.html", context)


def _id(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        raise UnknownRecord from None


def _mark(row: DeviceView, here: UUID | None) -> Tag | None:
    if any(session.id == here for session in row.sessions):
        return Tag(_("就是这台"), Tone.OK)
    return Tag(_("登录中"), Tone.BLUE) if row.sessions else None


def _facts(row: DeviceView) -> Facts:
    facts = [
        Fact(_("上次登录"), f"{row.last_at.astimezone():%Y-%m-%d %H:%M}"),
        Fact(_("第一次登录"), f"{row.first_at.astimezone():%Y-%m-%d %H:%M}"),
    ]
    if row.sessions:
        last = row.sessions[0]
        facts.append(Fact(_("登录地址"), last.address or _("没有记录")))
        if last.methods:
            facts.append(Fact(_("这次登录用的"), _("、").join(_(method.label) for method in last.methods)))
    return Facts(tuple(facts), tight=True)
