"""The authorization endpoint (OpenID Connect Core 1.0, 3.1.2): log in, log in again, agree, go on."""

import hashlib
import logging
import re
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods
from oauthlib.oauth2.rfc6749.errors import FatalClientError, OAuth2Error

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.adapters.openid.server import Server, parameters
from yiwang.commons.identity.commands import openid as commands
from yiwang.commons.identity.contracts import Authentication
from yiwang.commons.identity.contracts.openid import (
    Acr,
    AssuranceTooLow,
    ClientKind,
    ClientNotForYou,
    LoginFacts,
    Scope,
    SecondFactorNeeded,
)
from yiwang.commons.identity.queries import openid as queries
from yiwang.commons.identity.views.openid.answers import answer, issuer_of
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import DomainError
from yiwang.web.components import Fact, Facts
from yiwang.web.errors import Problem, refusal, request_id, show
from yiwang.web.responses import go

_log = logging.getLogger(__name__)
_ASKED: Final = "openid.asked"
_MOST_ASKED: Final = 5
_LONGEST_STATE: Final = 2048
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorization request that is in order."""

    client: queries.ClientFacts
    redirect_uri: str
    scopes: tuple[Scope, ...]
    challenge: str
    state: str
    nonce: str
    prompts: frozenset[str]
    max_age: int | None
    acr: tuple[str, ...]

    @property
    def silent(self) -> bool:
        return "none" in self.prompts


class _Refused(Exception):
    """The client learns of it: `code` at its registered address."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(code)
        self.code, self.words = code, words


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Ours are the forms that say `decision`; any other POST is a client's, and goes on as a GET."""
    if request.method == "POST" and "decision" not in request.POST:
        return go(request, f"{request.path}?{request.POST.urlencode()}")
    if request.method == "POST":
        decided: HttpResponse = csrf_protect(_answered)(request)
        return decided
    return _answered(request)


def _answered(request: HttpRequest) -> HttpResponse:
    try:
        info = Server(issuer_of(request)).validate_authorization_request(*_as_get(request))[1]
    except FatalClientError as error:
        return _told_here(request, error.error)
    except OAuth2Error as error:
        return _told_there(request, error)
    asked: Asked | None = None
    try:
        asked = _read(request, info)
        return _go_on(request, asked)
    except _Refused as error:
        name = asked.client.profile.name if asked else ""
        return answer(
            request, info["redirect_uri"], name, error=error.code, error_description=error.words, state=info["state"]
        )


def _as_get(request: HttpRequest) -> tuple[str, str, str, dict[str, str]]:
    """The request stands in the address; what our form posts is a decision about it."""
    uri, _method, _body, headers = parameters(request)
    return uri, "GET", "", headers


def _told_here(request: HttpRequest, reason: str) -> HttpResponse:
    """Nothing is sent to an address that may be an attacker's (RFC 6749, 4.1.2.1)."""
    _log.info("authorization request refused: %s", reason)
    words = _("登录请求不对：系统没有接入，或返回地址没有登记。")
    advice = _("请从您要进入的系统重新登录；仍不行的，请把这一页告诉该系统的管理员。")
    return show(request, Problem(400, "openid.bad_request", _("无法登录"), words, advice, request_id(request)))


def _told_there(request: HttpRequest, error: OAuth2Error) -> HttpResponse:
    if not error.redirect_uri:
        return _told_here(request, error.error)
    return answer(
        request, error.redirect_uri, "", error=error.error, error_description=error.description, state=error.state
    )


def _read(request: HttpRequest, info: dict[str, Any]) -> Asked:
    """What oauthlib leaves unchecked. Raises _Refused."""
    given, asked = request.GET, info["request"]
    for name in ("request", "request_uri"):
        if name in given:
            raise _Refused(f"{name}_not_supported")
    if given.get("response_mode", "query") != "query":
        raise _Refused("invalid_request", "response_mode must be query")
    if info.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(info.get("code_challenge", "")):
        raise _Refused("invalid_request", "code_challenge must be S256")
    if (
        "\0" in given.get("nonce", "")
        or len(info["state"] or "") > _LONGEST_STATE
        or len(given.get("nonce", "")) > _LONGEST_STATE
    ):
        raise _Refused("invalid_request", "state or nonce")
    scopes = tuple(each for each in Scope if each.value in asked.scopes)
    if Scope.OPENID not in scopes:
        raise _Refused("invalid_scope", "openid is missing")
    return Asked(
        client=asked.yiwang_system,
        redirect_uri=info["redirect_uri"],
        scopes=scopes,
        challenge=info["code_challenge"],
        state=info["state"] or "",
        nonce=given.get("nonce", ""),
        prompts=frozenset(given.get("prompt", "").split()),
        max_age=_seconds(given.get("max_age")),
        acr=tuple(given.get("acr_values", "").split()),
    )


def _seconds(text: str | None) -> int | None:
    if text is None or text == "":
        return None
    if not text.isdecimal() or len(text) > 9:
        raise _Refused("invalid_request", "max_age")
    return int(text)


def _go_on(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Step by step: somebody, recently enough, who may, who agrees."""
    viewer, facts = identity.actor_of(request), identity.authentication(request)
    again = _login_first(request, asked, viewer, facts)
    if again is not None:
        return again
    refused = not_for(request, asked.client, viewer, facts, 2 if asked.acr == (Acr.TWO.value,) else 1)
    if refused is not None:
        if asked.silent:
            raise _Refused(refused[1])
        return refusal(request, refused[0])
    decision = request.POST.get("decision") if request.method == "POST" else None
    if decision == "switch":
        return _switched(request)
    if decision == "deny":
        raise _Refused("access_denied")
    if decision != "allow" and (
        _may_be_another_app(asked) or _needs_consent(asked, viewer) or asked.prompts & {"consent", "select_account"}
    ):
        if asked.silent:
            raise _Refused("consent_required")
        return _page(request, asked, viewer)
    if decision == "allow" and asked.client.profile.asks_consent:
        commands.give_client_consent(system_id=asked.client.system_id, scopes=asked.scopes, by=viewer, at=clock.now())
    return _with_code(request, asked, viewer, facts)


def _login_first(request: HttpRequest, asked: Asked, viewer: Actor, facts: Authentication) -> HttpResponse | None:
    """None where somebody is logged in, and as recently as the client asks."""
    fresh = "login" in asked.prompts or asked.max_age == 0
    if viewer.account_id is not None and not fresh:
        age = None if facts.at is None else clock.now() - facts.at
        if asked.max_age is None or (age is not None and age <= timedelta(seconds=asked.max_age)):
            return None
    if asked.silent:
        raise _Refused("login_required")
    since = _asked_at(request)
    if viewer.account_id is not None and fresh and facts.at is not None and facts.at.timestamp() >= since:
        return None
    where = "account_reauthenticate" if viewer.account_id is not None else django_settings.LOGIN_URL
    return go(request, f"{resolve_url(where)}?{urlencode({'next': f'{request.path}?{request.GET.urlencode()}'})}")


def _asked_at(request: HttpRequest) -> float:
    """When this very request was first made in this session: a log-in after that is a fresh one."""
    mark = hashlib.sha256(request.GET.urlencode().encode()).hexdigest()[:24]
    kept: dict[str, float] = request.session.get(_ASKED, {})
    if mark not in kept:
        newest = sorted(kept.items(), key=lambda each: each[1])[-(_MOST_ASKED - 1) :]
        kept = {**dict(newest), mark: time.time()}
        request.session[_ASKED] = kept
    return kept[mark]


def not_for(
    request: HttpRequest, client: queries.ClientFacts, viewer: Actor, facts: Authentication, least: int = 1
) -> tuple[DomainError, str] | None:
    """Why the account may not enter: as a page says it, and as a silent answer names it."""
    assert viewer.account_id is not None
    if not queries.may_enter(system_id=client.system_id, account_id=viewer.account_id):
        return ClientNotForYou(), "access_denied"
    if getattr(request.user, "assurance", 1) < client.profile.least_assurance:
        return AssuranceTooLow(), "interaction_required"
    if facts.level < max(client.profile.least_level, least):
        return SecondFactorNeeded(), "unmet_authentication_requirements"
    return None


def _may_be_another_app(asked: Asked) -> bool:
    """Any program on the machine may take a loopback port or a scheme and say that it is the app: somebody is asked each time
    (RFC 8252, 8.6).
    """
    public = asked.client.profile.kind is not ClientKind.SERVER
    return public and not asked.redirect_uri.startswith("https://")


def _needs_consent(asked: Asked, viewer: Actor) -> bool:
    if not asked.client.profile.asks_consent:
        return False
    return not set(asked.scopes) <= queries.consented(system_id=asked.client.system_id, viewer=viewer)


def _page(request: HttpRequest, asked: Asked, viewer: Actor) -> HttpResponse:
    del viewer
    profile = asked.client.profile
    told = [each for each in asked.scopes if each is not Scope.OPENID]
    context = {
        "name": profile.name,
        "about": profile.about,
        "facts": Facts(
            (Fact(_("主办单位"), asked.client.organisation), Fact(_("您的账号"), identity.standing_of(request).name))
        ),
        "scopes": [_(each.label) for each in told],
        "action": request.get_full_path(),
    }
    return render(request, "identity/openid/consent.html", context)


def _switched(request: HttpRequest) -> HttpResponse:
    """Another account: leave this one, then log in and come back."""
    from allauth.account.adapter import get_adapter

    back = f"{request.path}?{request.GET.urlencode()}"
    get_adapter(request).logout(request)
    return go(request, f"{reverse('account_login')}?{urlencode({'next': back})}")


def _with_code(request: HttpRequest, asked: Asked, viewer: Actor, facts: Authentication) -> HttpResponse:
    now = clock.now()
    begun = commands.begin_client_login(
        system_id=asked.client.system_id,
        scopes=asked.scopes,
        facts=login_facts(request, viewer, facts),
        bound={"redirect_uri": asked.redirect_uri, "challenge": asked.challenge, "nonce": asked.nonce},
        by=viewer,
        at=now,
    )
    request.session.pop(_ASKED, None)
    return answer(request, asked.redirect_uri, asked.client.profile.name, code=begun.code, state=asked.state)


def login_facts(request: HttpRequest, viewer: Actor, facts: Authentication, /) -> LoginFacts:
    """How and as what this session logs in at a client."""
    return LoginFacts(
        issuer=issuer_of(request),
        at=facts.at or clock.now(),
        level=facts.level,
        amr=facts.amr,
        session=facts.session,
        organisation_id=viewer.organisation_id,
        role=viewer.role,
        on_behalf=viewer.on_behalf if not viewer.is_official else None,
    )
