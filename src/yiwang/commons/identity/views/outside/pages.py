"""Set out for a provider; link after a log-in here; one's own links."""

from datetime import timedelta

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.identity import queries
from yiwang.commons.identity.adapters.outside import PENDING
from yiwang.commons.identity.commands import outside as commands
from yiwang.commons.identity.contracts.outside import LastWayIn
from yiwang.commons.identity.queries import outside as reading
from yiwang.commons.identity.views.entry.steps import knows_more
from yiwang.kernel import clock
from yiwang.kernel.errors import NotFound
from yiwang.web.components import Crumbs, Link
from yiwang.web.responses import go, safe_next

_LASTS = timedelta(minutes=10)
_FRESH = timedelta(minutes=10)


@never_cache
@require_GET
def begin(request: HttpRequest, key: str) -> HttpResponse:
    """Lead to the provider. Only from our own pages: nobody else's page sets somebody out for a log-in."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return redirect("account_login")
    try:
        provider = get_adapter(request).get_provider(request, key)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    following = safe_next(request, request.GET.get("next", ""), "")
    answer: HttpResponse = provider.redirect(request, AuthProcess.LOGIN, next_url=following or None)
    return answer


@never_cache
@knows_more
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """Somebody came from a provider without being linked: log in, then link, each knowingly."""
    held = request.session.get(PENDING)
    if not held or clock.now().timestamp() - held["at"] > _LASTS.total_seconds():
        request.session.pop(PENDING, None)
        return redirect("outside_links" if request.user.is_authenticated else "account_login")
    viewer = queries.actor_of(request)
    names = {each.key: each.name for each in reading.outside_providers(viewer=viewer)}
    context = {
        "name": names.get(held["provider"], ""),
        "viewer": viewer,
        "login": f"{reverse('account_login')}?next={request.path}",
    }
    if not viewer.is_known:
        return render(request, "identity/outside/link.html", context)
    shown = queries.authentication(request).at
    if shown is None or clock.now() - shown > _FRESH:
        return redirect(f"{reverse('account_reauthenticate')}?next={request.path}")
    if request.method == "POST":
        del request.session[PENDING]
        if request.POST.get("do") == "link":
            commands.link_outside(provider=held["provider"], uid=held["uid"], by=viewer, at=clock.now())
            messages.success(request, _("已关联，以后可以直接用它登录。"))
        return go(request, reverse("outside_links"))
    return render(request, "identity/outside/link.html", {**context, "own": queries.standing_of(request).name})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def links(request: HttpRequest) -> HttpResponse:
    """One's own links, and taking one away."""
    viewer = queries.actor_of(request)
    if request.method == "POST":
        if not request.POST.get("link", "").isdigit():
            raise NotFound
        try:
            commands.unlink_outside(link_id=int(request.POST["link"][:18]), by=viewer, at=clock.now())
        except LastWayIn as refused:
            messages.error(request, f"{refused.sentence(_)}{refused.advice(_)}")
        else:
            messages.success(request, _("已取消关联。"))
        return go(request, reverse("outside_links"))
    crumbs = Crumbs((Link(_("登录方式"), reverse("mfa_index")),), _("关联的外部账号"))
    context = {"links": reading.outside_links(viewer=viewer), "crumbs": crumbs}
    return render(request, "identity/outside/links.html", context)
