"""Logging in a device without keyboard (RFC 8628): it shows a short code, somebody types it on a page where they are logged in."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from allauth.idp.oidc.models import Token

from yiwang.commons.identity.commands.openid.logins import begin_client_login
from yiwang.commons.identity.contracts.openid import (
    CLIENT_SYSTEM,
    ClientUnknown,
    LoginFacts,
    Scope,
)
from yiwang.commons.identity.engine.openid import device_hash, token_hash
from yiwang.commons.identity.models import ClientSystem
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note

DEVICE_SERVES: Final = timedelta(minutes=10)
_LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels, so no words; nothing that looks like a digit (RFC 8628, 6.1)


@command("identity.begin_device")
def begin_device(*, system_id: UUID, scopes: Sequence[Scope], by: Actor, at: datetime) -> tuple[str, str]:
    """A device asks: its own code and the short one that it shows, `BCDF-GHJK`. Raises ClientUnknown."""
    del by
    client_id = ClientSystem.objects.filter(pk=system_id).values_list("client_id", flat=True).first()
    if client_id is None:
        raise ClientUnknown
    device = secrets.token_urlsafe(32)
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    shown = f"{letters[:4]}-{letters[4:]}"
    kept: dict[str, Any] = {"client_id": client_id, "created_at": at, "expires_at": at + DEVICE_SERVES}
    names = "\n".join(each.value for each in scopes)
    waiting = Token.objects.create(
        type=Token.Type.AUTHORIZATION_CODE, hash=token_hash(device), data={"device": "waiting"}, scopes=names, **kept
    )
    Token.objects.create(
        type=Token.Type.AUTHORIZATION_CODE, hash=device_hash(shown), data={"shows": waiting.pk}, scopes=names, **kept
    )
    note(SubjectRef(CLIENT_SYSTEM, system_id), device=True)
    return device, shown


@command("identity.answer_device")
def answer_device(
    *, shown: str, system_id: UUID, allow: bool, scopes: Sequence[Scope], facts: LoginFacts, by: Actor, at: datetime
) -> None:
    """Whoever sees the short code lets the device in, or not; the code is good once. Raises ClientUnknown."""
    card = Token.objects.select_for_update().filter(hash=device_hash(shown), expires_at__gt=at).first()
    waiting = Token.objects.select_for_update().filter(pk=card.data.get("shows")).first() if card else None
    if card is None or waiting is None:
        raise ClientUnknown
    card.delete()
    if allow:
        begun = begin_client_login(system_id=system_id, scopes=scopes, facts=facts, bound={}, by=by, at=at)
        Token.objects.filter(hash=token_hash(begun.code)).delete()
        waiting.user_id = by.account_id
        waiting.data = {**waiting.data, "device": "allowed", "login": str(begun.login_id)}
    else:
        waiting.data = {**waiting.data, "device": "denied"}
    waiting.save(update_fields=["user", "data"])
    note(SubjectRef(CLIENT_SYSTEM, system_id), device=True, allowed=allow)
