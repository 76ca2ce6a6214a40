"""The device grant (RFC 8628): a device begins and asks again and again until somebody has answered for it."""

import time
from collections.abc import Callable
from typing import Any, Final

from allauth.idp.oidc.models import Token
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.adapters.openid.validator import holder_of, identity_token
from yiwang.commons.identity.commands import openid as commands
from yiwang.commons.identity.commands.attempts import take_attempt
from yiwang.commons.identity.commands.openid.devices import DEVICE_SERVES
from yiwang.commons.identity.commands.openid.logins import ACCESS_SERVES
from yiwang.commons.identity.contracts import TooManyAttempts
from yiwang.commons.identity.contracts.openid import ClientKind, Scope
from yiwang.commons.identity.engine.openid import new_secret, token_hash
from yiwang.commons.identity.engine.openid.devices import begin_limits
from yiwang.commons.identity.queries import openid as queries
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

INTERVAL: Final = 5
"""Seconds that a device waits between two questions."""
Said = Callable[..., HttpResponse]


def begin(request: HttpRequest, issuer: str, said: Said, fault: Said, /) -> HttpResponse:
    """The device's code and the one that it shows."""
    client = queries.client_facts(client_id=request.POST.get("client_id", "")[:100])
    if client is None or not client.active or client.profile.kind is not ClientKind.DEVICE:
        return fault("invalid_client", status=401)
    names = request.POST.get("scope", "openid").split()
    scopes = tuple(each for each in Scope if each.value in names)
    if Scope.OPENID not in scopes or len(scopes) != len(set(names)) or not set(scopes) <= set(client.profile.scopes):
        return fault("invalid_scope")
    by, now = Actor.anonymous(), clock.now()
    limits = begin_limits(client=client.client_id, address=identity.address_of(request))
    try:
        take_attempt(limits=limits, by=by, at=now)
    except TooManyAttempts:
        return fault("temporarily_unavailable", "too many codes were asked for", status=429, Retry_After="600")
    device, shown = commands.begin_device(system_id=client.system_id, scopes=scopes, by=by, at=now)
    page = issuer.removesuffix("/oidc") + reverse("openid:device")
    return said(
        {
            "device_code": device,
            "user_code": shown,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?code={shown}",
            "expires_in": int(DEVICE_SERVES.total_seconds()),
            "interval": INTERVAL,
        }
    )


def poll(request: HttpRequest, issuer: str, said: Said, fault: Said, /) -> HttpResponse:
    """Tokens once somebody has said yes; inside a transaction."""
    del issuer
    client = queries.client_facts(client_id=request.POST.get("client_id", "")[:100])
    if client is None or not client.active or client.profile.kind is not ClientKind.DEVICE:
        return fault("invalid_client", status=401)
    code = request.POST.get("device_code", "")[:200]
    row = Token.objects.select_for_update().filter(hash=token_hash(code), client_id=client.client_id).first()
    if row is None or "device" not in row.data:
        return fault("invalid_grant")
    if row.expires_at <= clock.now():
        return fault("expired_token")
    if row.data["device"] == "denied":
        return fault("access_denied")
    if row.data["device"] == "waiting":
        return _still_waiting(row, fault)
    return _given(row, code, client, said, fault)


def _still_waiting(row: Token, fault: Said) -> HttpResponse:
    """Whoever asks too soon waits five seconds longer from then on (RFC 8628, 3.5)."""
    now, last, pause = time.time(), float(row.data.get("asked", 0)), int(row.data.get("pause", INTERVAL))
    hasty = now - last < pause
    row.data = {**row.data, "asked": now, "pause": pause + INTERVAL if hasty else pause}
    row.save(update_fields=["data"])
    return fault("slow_down" if hasty else "authorization_pending")


def _given(row: Token, code: str, client: queries.ClientFacts, said: Said, fault: Said) -> HttpResponse:
    now = clock.now()
    found = queries.live_token(token=code, types=("ac",), at=now, lock=True)
    if found is None or not found.live or found.spent:
        if found is not None and found.spent:
            commands.end_client_login(login_id=found.login_id, reason="code_replayed", by=holder_of(found), at=now)
        return fault("invalid_grant")
    access, refresh = new_secret(), new_secret()
    commands.keep_tokens(
        login_id=found.login_id, access=access, refresh=refresh, scopes=found.scopes, spent=row.pk,
        by=holder_of(found), at=now,
    )  # fmt: skip
    body: dict[str, Any] = {
        "access_token": access,
        "refresh_token": refresh,
        "token_type": "Bearer",
        "expires_in": int(ACCESS_SERVES.total_seconds()),
        "scope": " ".join(found.scopes),
        "id_token": identity_token(found, client, found.scopes, access, None),
    }
    return said(body)
