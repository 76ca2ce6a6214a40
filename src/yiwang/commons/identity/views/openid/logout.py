"""Logging out from a client system (OpenID Connect RP-Initiated Logout 1.0)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.commands import openid as commands
from yiwang.commons.identity.engine.openid import BadToken, is_registered, with_parameters
from yiwang.commons.identity.queries import openid as queries
from yiwang.commons.identity.queries.openid.protocol import post_logout_uris
from yiwang.commons.identity.views.openid.answers import issuer_of, leave
from yiwang.kernel import clock
from yiwang.web.errors import Problem, request_id, show
from yiwang.web.registry import Area, shell
from yiwang.web.responses import go

_LONGEST_STATE = 2048


@dataclass(frozen=True, slots=True)
class _Asked:
    """A log-out that is in order. `login`: the log-in at the client that its identity token names."""

    client: queries.ClientFacts | None
    back: str
    login: UUID | None = None


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """At once where an identity token shows that the client was entered from this very log-in; else a page asks: whoever has
    found an old token logs nobody out.
    """
    if request.method == "POST" and "decision" in request.POST:
        decided: HttpResponse = csrf_protect(_decided)(request)
        return decided
    given = request.POST if request.method == "POST" else request.GET
    asked = _read(request, given)
    if asked is None:
        words = _("退出请求不对：返回地址没有登记，或凭据不是本平台发出的。")
        problem = Problem(
            400, "openid.bad_logout", _("无法退出"), words, _("您仍可以在页面右上角退出登录。"), request_id(request)
        )
        return show(request, problem)
    viewer = identity.actor_of(request)
    if viewer.account_id is None:
        return _left(request, asked)
    if queries.entered_from(login_id=asked.login, session=identity.authentication(request).session, viewer=viewer):
        return _leave(request, asked)
    context = {
        "name": asked.client.profile.name if asked.client else "",
        "who": identity.standing_of(request).name,
        "action": f"{request.path}?{given.urlencode()}",
        "stay": shell.home_url[Area.PORTAL],
    }
    return render(request, "identity/openid/logout.html", context)


def _decided(request: HttpRequest) -> HttpResponse:
    asked = _read(request, request.GET)
    if asked is None or request.POST.get("decision") != "leave":
        return go(request, shell.home_url[Area.PORTAL])
    return _leave(request, asked)


def _read(request: HttpRequest, given: QueryDict) -> _Asked | None:
    """None where something is not ours or not registered."""
    hint, client_id, back = (given.get(name, "") for name in ("id_token_hint", "client_id", "post_logout_redirect_uri"))
    said: dict[str, Any] = {}
    if hint:
        try:
            said = queries.hinted(hint, issuer=issuer_of(request))
        except BadToken:
            return None
        if client_id and client_id != said.get("aud"):
            return None
        client_id = str(said.get("aud", ""))
    client = queries.client_facts(client_id=client_id[:100]) if client_id else None
    if back:
        if client is None or not is_registered(back, post_logout_uris(client_id=client.client_id)):
            return None
        state = given.get("state", "")[:_LONGEST_STATE]
        back = with_parameters(back, {"state": state}) if state else back
    return _Asked(client, back, _uuid(said.get("sid")))


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _leave(request: HttpRequest, asked: _Asked) -> HttpResponse:
    """End this session and with it every system that was entered from it."""
    viewer, session, now = identity.actor_of(request), identity.authentication(request).session, clock.now()
    if session is not None:
        commands.end_client_logins(session=session, reason="logged_out", by=viewer, at=now)
    elif asked.login is not None:
        commands.end_client_login(login_id=asked.login, reason="logged_out", by=viewer, at=now)
    get_adapter(request).logout(request)
    return _left(request, asked)


def _left(request: HttpRequest, asked: _Asked) -> HttpResponse:
    if asked.back and asked.client is not None:
        return leave(request, asked.back, asked.client.profile.name)
    return go(request, shell.home_url[Area.PORTAL])
