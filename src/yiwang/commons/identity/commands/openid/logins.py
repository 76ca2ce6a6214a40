"""Log-ins at client systems: they begin with a code, live by tokens, and end for all tokens at once.

Codes and tokens are rows of allauth's table, as hashes; `data` names the log-in, so that one row ends them all.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from allauth.idp.oidc.models import Token
from django.db.models import QuerySet

from yiwang.commons.identity.contracts import ACCOUNT
from yiwang.commons.identity.contracts.openid import (
    CLIENT_LOGIN,
    Begun,
    ClientLoginEnded,
    ClientUnknown,
    LoginFacts,
    Scope,
)
from yiwang.commons.identity.engine.openid import token_hash
from yiwang.commons.identity.models import ClientLogin, ClientSystem
from yiwang.commons.identity.policies import openid as policies
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.errors import Unauthenticated
from yiwang.kernel.jobs import defer
from yiwang.kernel.outbox import publish

CODE_SERVES: Final = timedelta(seconds=60)
ACCESS_SERVES: Final = timedelta(minutes=10)
REFRESH_SERVES: Final = timedelta(hours=8)
OFFLINE_SERVES: Final = timedelta(days=30)
TELL: Final = "identity.tell_logout"


@command("identity.begin_client_login")
def begin_client_login(
    *,
    system_id: UUID,
    scopes: Sequence[Scope],
    facts: LoginFacts,
    bound: dict[str, str],
    by: Actor,
    at: datetime,
) -> Begun:
    """The actor goes on to a client system with a code that is good once, for a minute.

    `bound`: what the exchange must show again (redirect_uri, challenge) and what is passed on (nonce).
    Raises Unauthenticated, ClientUnknown.
    """
    if by.account_id is None:
        raise Unauthenticated
    login = _begin(system_id, by.account_id, scopes, facts, at)
    code = secrets.token_urlsafe(32)
    _made(login, Token.Type.AUTHORIZATION_CODE, code, at, CODE_SERVES, login.scopes, bound).save(force_insert=True)
    note(SubjectRef(CLIENT_LOGIN, login.pk), system=str(system_id), scopes=login.scopes)
    return Begun(login.pk, code)


def _begin(system_id: UUID, account_id: UUID, scopes: Sequence[Scope], facts: LoginFacts, at: datetime) -> ClientLogin:
    if not ClientSystem.objects.filter(pk=system_id).exists():
        raise ClientUnknown
    row: ClientLogin = ClientLogin.objects.create(
        account_id=account_id,
        system_id=system_id,
        session=facts.session,
        issuer=facts.issuer,
        scopes=[each.value for each in scopes],
        auth_at=facts.at,
        level=facts.level,
        amr=list(facts.amr),
        office_id=facts.organisation_id,
        role=facts.role,
        on_behalf_kind=facts.on_behalf.kind if facts.on_behalf else "",
        on_behalf_id=facts.on_behalf.id if facts.on_behalf else None,
        began_at=at,
    )
    return row


def _made(
    login: ClientLogin,
    kind: Token.Type,
    value: str,
    at: datetime,
    serves: timedelta,
    scopes: Sequence[str],
    data: dict[str, Any],
) -> Token:
    return Token(
        type=kind,
        hash=token_hash(value),
        client_id=login.system.client_id,
        user_id=login.account_id,
        data={**data, "login": str(login.pk)},
        created_at=at,
        expires_at=at + serves,
        scopes="\n".join(scopes),
    )


@command("identity.keep_tokens")
def keep_tokens(
    *,
    login_id: UUID,
    access: str,
    refresh: str,
    scopes: Sequence[str],
    spent: int | None,
    by: Actor,
    at: datetime,
) -> None:
    """Keep the hashes of new tokens; `spent` (a code or refresh token) is good no more, and its reuse will show.

    `refresh` may be empty. Without `offline_access` all ends when a working day would.
    """
    del by
    login = ClientLogin.objects.select_related("system").get(pk=login_id)
    serves = OFFLINE_SERVES if Scope.OFFLINE.value in login.scopes else REFRESH_SERVES
    if spent is not None:
        row = Token.objects.get(pk=spent)
        row.data = {**row.data, "spent": at.isoformat()}
        row.expires_at = login.began_at + OFFLINE_SERVES + REFRESH_SERVES  # as long as anything of this log-in may live
        row.save(update_fields=["data", "expires_at"])
    made = [_made(login, Token.Type.ACCESS_TOKEN, access, at, ACCESS_SERVES, scopes, {})]
    if refresh:
        left = min(serves, login.began_at + serves - at)
        made.append(_made(login, Token.Type.REFRESH_TOKEN, refresh, at, left, login.scopes, {}))
    Token.objects.bulk_create(made)
    note(SubjectRef(CLIENT_LOGIN, login_id), refreshed=spent is not None and bool(refresh))


@command("identity.revoke_access")
def revoke_access(*, token_id: int, login_id: UUID, by: Actor, at: datetime) -> None:
    """A client gives one access token back (RFC 7009); the log-in goes on."""
    del by, at
    Token.objects.filter(pk=token_id, type=Token.Type.ACCESS_TOKEN).delete()
    note(SubjectRef(CLIENT_LOGIN, login_id), revoked=True)


@command("identity.end_client_login")
def end_client_login(*, login_id: UUID, reason: str, tell: bool = True, by: Actor, at: datetime) -> None:
    """End one log-in at a client: its tokens are void. `tell`: the client is told, where it asked to be."""
    del by
    ended = _end(ClientLogin.objects.filter(pk=login_id), at, tell=tell)
    note(SubjectRef(CLIENT_LOGIN, login_id), reason=reason, ended=ended)


@command("identity.end_client_logins")
def end_client_logins(
    *,
    account_id: UUID | None = None,
    session: UUID | None = None,
    system_id: UUID | None = None,
    spare_offline: bool = False,
    reason: str,
    by: Actor,
    at: datetime,
) -> int:
    """End all log-ins of an account, of one of its sessions, or at a system; how many there were. One of these is given.

    `spare_offline`: those that somebody agreed to for after they have left (a session that ran out by itself).
    """
    del by
    wanted = {"account_id": account_id, "session": session, "system_id": system_id}
    given = {name: value for name, value in wanted.items() if value is not None}
    if not given:
        raise ValueError("which log-ins?")
    logins = ClientLogin.objects.filter(**given)
    if spare_offline:
        logins = logins.exclude(scopes__contains=[Scope.OFFLINE.value])
    ended = _end(logins, at, tell=True)
    about = account_id or session or system_id
    assert about is not None
    note(SubjectRef(CLIENT_LOGIN, about), reason=reason, ended=ended)
    return ended


@command("identity.end_closed_logins")
def end_closed_logins(*, account_id: UUID, by: Actor, at: datetime) -> int:
    """End the log-ins of an account at systems that are not open to it any more (it has left an office); how many."""
    del by
    going = ClientLogin.objects.filter(account_id=account_id, ended_at__isnull=True)
    still = ClientSystem.objects.filter(policies.open_to(account_id))
    ended = _end(going.exclude(system__in=still), at, tell=True)
    note(SubjectRef(ACCOUNT, account_id), ended=ended)
    return ended


def _end(logins: QuerySet[ClientLogin], at: datetime, *, tell: bool) -> int:
    rows = list(logins.filter(ended_at__isnull=True).select_for_update(of=("self",)).select_related("system"))
    for row in rows:
        row.ended_at = at
        listening = tell and bool(row.system.profile.get("logout_url"))
        row.told_at = None if listening else at
        row.save(update_fields=["ended_at", "told_at"])
        publish(ClientLoginEnded(login_id=row.pk, system_id=row.system_id))
        if listening:
            defer(TELL, login_id=str(row.pk))
    return len(rows)


@command("identity.logout_told")
def logout_told(*, login_id: UUID, by: Actor, at: datetime) -> None:
    """The client system has confirmed that it knows of the end."""
    del by
    ClientLogin.objects.filter(pk=login_id, ended_at__isnull=False).update(told_at=at)
    note(SubjectRef(CLIENT_LOGIN, login_id), told=True)
