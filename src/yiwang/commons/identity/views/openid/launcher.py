"""「应用」: the systems that one may open, and what one agreed to give them."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.commands import openid as commands
from yiwang.commons.identity.contracts.openid import Scope
from yiwang.commons.identity.queries import openid as queries
from yiwang.kernel import clock
from yiwang.web.components import Card, Cards, Empty
from yiwang.web.responses import go


@login_required
@never_cache
@require_GET
def launcher(request: HttpRequest) -> HttpResponse:
    """Cards by organisation, then consents. Two queries beside the shell's."""
    viewer = identity.actor_of(request)
    cards = Cards(
        tuple(Card(row.name, row.launch_url, row.about or row.organisation) for row in queries.launcher(viewer=viewer))
    )
    empty = Empty(_("还没有可以进入的系统"), _("部门的系统接入后会出现在这里；办事请到首页。"))
    context = {
        "cards": cards if cards.cards else empty,
        "consents": [
            {
                "name": row.name,
                "organisation": row.organisation,
                "scopes": _("、").join(_(each.label) for each in row.scopes if each is not Scope.OPENID),
                "day": date_format(localtime(row.given_at), "Y-m-d"),
                "action": reverse("openid:withdraw", args=[row.system_id]),
            }
            for row in queries.consents(viewer=viewer)
        ],
        "area": "work" if viewer.is_official else "portal",
        "base": "web/work_base.html" if viewer.is_official else "web/portal_base.html",
    }
    return render(request, "identity/openid/launcher.html", context)


@login_required
@require_POST
def withdraw(request: HttpRequest, system_id: UUID) -> HttpResponse:
    """Take a consent back."""
    commands.withdraw_client_consent(system_id=system_id, by=identity.actor_of(request), at=clock.now())
    messages.success(request, _("已经取消同意，该系统不能再使用您的信息。"))
    return go(request, reverse("openid:launcher"))
