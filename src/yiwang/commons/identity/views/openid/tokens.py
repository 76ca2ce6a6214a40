"""What client systems call by themselves: tokens, their state, their end, and who stands behind one."""

from typing import Any, Final

from allauth.core.internal.httpkit import extract_basic_auth
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.commons.identity.adapters.openid.devices import begin, poll
from yiwang.commons.identity.adapters.openid.keys import ensure_keys
from yiwang.commons.identity.adapters.openid.server import Server, parameters
from yiwang.commons.identity.commands import openid as commands
from yiwang.commons.identity.engine.openid import matches
from yiwang.commons.identity.queries import openid as queries
from yiwang.commons.identity.queries.openid.protocol import client_secret, facts_of
from yiwang.commons.identity.views.openid.answers import fault, issuer_of, said
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

DEVICE: Final = "urn:ietf:params:oauth:grant-type:device_code"
_LONGEST: Final = 4096
_BASIC: Final = {"WWW_Authenticate": 'Basic realm="oidc"'}


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """RFC 6749, 3.2. One transaction: the code or refresh token is locked while it is used."""
    twice = [name for name in request.POST if len(request.POST.getlist(name)) > 1]
    if twice or request.GET:
        return fault("invalid_request", "a parameter stands twice, or in the address")
    ensure_keys()
    with transaction.atomic():
        if request.POST.get("grant_type") == DEVICE:
            return poll(request, issuer_of(request), said, fault)
        return _converted(Server(issuer_of(request)).create_token_response(*parameters(request)))


@csrf_exempt
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """RFC 7009."""
    with transaction.atomic():
        return _converted(Server(issuer_of(request)).create_revocation_response(*parameters(request)))


def _converted(made: tuple[dict[str, str], Any, int]) -> HttpResponse:
    headers, body, status = made
    response = HttpResponse(body or "", status=status, content_type="application/json")
    for name, value in headers.items():
        response[name] = value
    response["Cache-Control"], response["Pragma"] = "no-store", "no-cache"
    return response


@csrf_exempt
@require_POST
def introspect(request: HttpRequest) -> HttpResponse:
    """RFC 7662: whether a token that the client was given is good now. One query for a token of its own."""
    client_id, secret = _credentials(request)
    if not client_id or not secret:
        return fault("invalid_client", status=401, **_BASIC)
    asked = request.POST.get("token", "")[:_LONGEST]
    found = queries.live_token(token=asked, types=("at", "rt"), at=clock.now()) if asked else None
    if found is not None and found.client_id == client_id:
        if not matches(secret, found.secret):
            return fault("invalid_client", status=401, **_BASIC)
        return said(_state(found) if found.live and not found.spent else {"active": False})
    if not matches(secret, client_secret(client_id=client_id)):
        return fault("invalid_client", status=401, **_BASIC)
    return said({"active": False}) if asked else fault("invalid_request", "token is missing")


def _credentials(request: HttpRequest) -> tuple[str, str]:
    client_id, secret = extract_basic_auth(request.headers)
    if client_id:
        return client_id, secret or ""
    return request.POST.get("client_id", "")[:_LONGEST], request.POST.get("client_secret", "")[:_LONGEST]


def _state(found: queries.LiveToken) -> dict[str, Any]:
    return {
        "active": True,
        "iss": found.issuer,
        "sub": found.subject,
        "client_id": found.client_id,
        "scope": " ".join(found.scopes),
        "token_type": "refresh_token" if found.type == "rt" else "Bearer",
        "iat": int(found.created_at.timestamp()),
        "exp": int(found.expires_at.timestamp()),
        "sid": str(found.login_id),
    }


@csrf_exempt
@require_http_methods(["GET", "POST"])
def userinfo(request: HttpRequest) -> HttpResponse:
    """OpenID Connect Core 1.0, 5.3. The token comes in the header, never in the address."""
    scheme, _blank, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not value or len(value) > _LONGEST:
        return fault("invalid_request", status=401, WWW_Authenticate='Bearer realm="oidc"')
    found = queries.live_token(token=value, at=clock.now())
    if found is None or not found.live:
        return fault("invalid_token", status=401, WWW_Authenticate='Bearer realm="oidc", error="invalid_token"')
    facts, account_id = facts_of(login_id=found.login_id)
    claims = queries.claims_of(account_id=account_id, facts=facts, scopes=found.scopes, whole=True)
    person_id = queries.tells_numbers(account_id=account_id, claims=claims)
    if person_id is not None:
        by = Actor.system("identity.openid")
        commands.note_claims(system_id=found.system_id, person_id=person_id, claims=claims, by=by, at=clock.now())
    return said({"sub": found.subject, **claims})


@csrf_exempt
@require_POST
def device_code(request: HttpRequest) -> HttpResponse:
    """RFC 8628, 3.1."""
    return begin(request, issuer_of(request), said, fault)
