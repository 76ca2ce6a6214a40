"""Telling systems who has left, keeping the signing keys fresh, forgetting what has long expired."""

import time
from datetime import timedelta
from uuid import UUID

from allauth.idp.oidc.models import Token

from yiwang.commons.identity.commands import openid as commands
from yiwang.commons.identity.commands.openid.logins import TELL
from yiwang.commons.identity.contrib.back_channel import tell
from yiwang.commons.identity.queries import openid as queries
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.ids import new_id
from yiwang.kernel.jobs import job, periodic
from yiwang.kernel.settings import settings

_SYSTEM = Actor.system("identity.openid")
_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_SERVES = 120


@job(TELL, attempts=8)
def tell_logout(*, login_id: str) -> None:
    """Send the logout token until the client system confirms (OpenID Connect Back-Channel Logout 1.0, 2.4)."""
    found = queries.login_to_tell(login_id=UUID(login_id))
    if found is None:
        return
    facts, account_id, client = found
    now = int(time.time())
    claims = {
        "iss": facts.issuer,
        "sub": client.subject_of(account_id),
        "aud": client.client_id,
        "iat": now,
        "exp": now + _SERVES,
        "jti": new_id().hex,
        "sid": login_id,
        "events": {_EVENT: {}},
    }
    token = queries.sign(claims, algorithm=client.profile.algorithm, typ="logout+jwt")
    tell(client.profile.logout_url, token, networks=settings().system_networks)
    commands.logout_told(login_id=UUID(login_id), by=_SYSTEM, at=clock.now())


@periodic("identity.signing_keys", "17 3 * * *")
def keep_signing_keys() -> None:
    """Each key signs for a time; the next one is published before."""
    commands.rotate_signing_keys(by=_SYSTEM, at=clock.now())


@periodic("identity.expired_tokens", "47 * * * *")
def forget_expired_tokens() -> None:
    """Hashes of codes and tokens that have expired, a day later; those whose reuse should show expire late."""
    Token.objects.filter(expires_at__lt=clock.now() - timedelta(days=1)).delete()
