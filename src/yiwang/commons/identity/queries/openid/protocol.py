"""What the protocol asks at every call, in one statement each: the client, a token that is good now, who may enter."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from allauth.idp.oidc.models import Token
from django.db import connection
from django.db.models import Q

from yiwang.commons.identity.contracts.openid import ClientProfile, ClientState, LoginFacts
from yiwang.commons.identity.engine.openid import device_hash, pairwise_subject, token_hash
from yiwang.commons.identity.models import ClientLogin, ClientSystem
from yiwang.commons.identity.policies import openid as policies
from yiwang.commons.identity.queries.openid.systems import profile_of
from yiwang.kernel.actor import Actor, SubjectRef


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """A client system as the protocol needs it."""

    system_id: UUID
    client_id: str
    organisation: str
    profile: ClientProfile
    active: bool
    salt: bytes

    def subject_of(self, account_id: UUID) -> str:
        """`sub`: the account's id, or one that only this system's host knows (OpenID Connect Core 1.0, 8)."""
        if not self.profile.pairwise:
            return str(account_id)
        return pairwise_subject(str(account_id), self.client_id, self.salt)


def client_facts(*, client_id: str = "", system_id: UUID | None = None) -> ClientFacts | None:
    """One query."""
    if "\0" in client_id:  # no text of the database
        return None
    wanted = Q(pk=system_id) if system_id else Q(client_id=client_id)
    row = ClientSystem.objects.filter(wanted).select_related("organisation").first()
    if row is None:
        return None
    return ClientFacts(
        row.pk, row.client_id, row.organisation.name, profile_of(row.profile),
        row.state == ClientState.ACTIVE.value, bytes(row.subject_salt),
    )  # fmt: skip


def may_enter(*, system_id: UUID, account_id: UUID) -> bool:
    """Whether a system is open to an account today. One query."""
    return bool(ClientSystem.objects.filter(policies.open_to(account_id), pk=system_id).exists())


@dataclass(frozen=True, slots=True)
class LiveToken:
    """A token with what stands behind it. `live`: neither it, its log-in, the account nor the system has ended."""

    id: int
    type: str
    login_id: UUID
    account_id: UUID
    system_id: UUID
    client_id: str
    secret: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    spent: bool
    live: bool
    issuer: str
    session: UUID | None
    pairwise: bool
    salt: bytes

    @property
    def subject(self) -> str:
        if not self.pairwise:
            return str(self.account_id)
        return pairwise_subject(str(self.account_id), self.client_id, self.salt)


_LIVE: Final = """
SELECT t.id, t.type, l.id, l.account_id, s.id, s.client_id, c.secret, t.scopes, t.created_at, t.expires_at,
       t.data ? 'spent',
       l.ended_at IS NULL AND a.is_active AND s.state = 'active' AND t.expires_at > %s
         AND (e.ended_at IS NULL OR e.end_reason = 'expired' AND 'offline_access' = ANY(l.scopes)),
       l.issuer, l.session, coalesce((s.profile->>'pairwise')::boolean, false), s.subject_salt
FROM allauth_idp_oidc_token t
JOIN commons_identity_clientlogin l ON l.id = (t.data->>'login')::uuid
JOIN commons_identity_clientsystem s ON s.id = l.system_id
JOIN allauth_idp_oidc_client c ON c.id = s.client_id
JOIN commons_identity_account a ON a.id = l.account_id
LEFT JOIN commons_identity_loginsession e ON e.id = l.session
WHERE t.hash = %s AND t.type = ANY(%s)
"""


def live_token(*, token: str, types: tuple[str, ...] = ("at",), at: datetime, lock: bool = False) -> LiveToken | None:
    """A code (`ac`), access (`at`) or refresh token (`rt`) that we made. One query. `lock`: nobody else uses it meanwhile."""
    found = token_hash(token)
    with connection.cursor() as cursor:
        cursor.execute(_LIVE + (" FOR UPDATE OF t, l" if lock else ""), [at, found, list(types)])
        row = cursor.fetchone()
    if row is None:
        return None
    (
        number,
        kind,
        login,
        account,
        system,
        client,
        secret,
        scopes,
        made,
        ends,
        spent,
        live,
        issuer,
        session,
        pair,
        salt,
    ) = row
    return LiveToken(
        number, kind, login, account, system, client, secret, tuple(scopes.split()), made, ends,
        spent, live, issuer, session, pair, bytes(salt),
    )  # fmt: skip


def bound_of(*, token_id: int) -> dict[str, Any]:
    """What a code was bound to."""
    found: dict[str, Any] = Token.objects.values_list("data", flat=True).get(pk=token_id)
    return found


def client_secret(*, client_id: str) -> str:
    """The stored secret of a client, "" where it has none."""
    if "\0" in client_id:
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM allauth_idp_oidc_client WHERE id = %s", [client_id])
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def facts_of(*, login_id: UUID) -> tuple[LoginFacts, UUID]:
    """How and as what a log-in at a client was made, and by which account."""
    row = ClientLogin.objects.get(pk=login_id)
    behalf = SubjectRef(row.on_behalf_kind, row.on_behalf_id) if row.on_behalf_id else None
    facts = LoginFacts(row.issuer, row.auth_at, row.level, tuple(row.amr), row.session, row.office_id, row.role, behalf)
    return facts, row.account_id


def entered_from(*, login_id: UUID | None, session: UUID | None, viewer: Actor) -> bool:
    """Whether a log-in at a client is the viewer's and was made from this session of theirs."""
    if login_id is None or session is None or viewer.account_id is None:
        return False
    return bool(ClientLogin.objects.filter(pk=login_id, session=session, account_id=viewer.account_id).exists())


def waiting_device(*, shown: str, at: datetime) -> tuple[str, tuple[str, ...]] | None:
    """The client and the scopes for which a device shows this short code. One query."""
    rows = Token.objects.filter(hash=device_hash(shown), expires_at__gt=at, data__has_key="shows")
    row = rows.values_list("client_id", "scopes").first()
    return (row[0], tuple(row[1].split())) if row else None


def login_to_tell(*, login_id: UUID) -> tuple[LoginFacts, UUID, ClientFacts] | None:
    """An ended log-in of which its client has not confirmed that it knows."""
    row = ClientLogin.objects.filter(pk=login_id, ended_at__isnull=False, told_at__isnull=True).first()
    client = client_facts(system_id=row.system_id) if row else None
    if row is None or client is None:
        return None
    facts, account_id = facts_of(login_id=login_id)
    return facts, account_id, client


def post_logout_uris(*, client_id: str) -> tuple[str, ...]:
    """Where a client's people may be sent after logging out."""
    found = client_facts(client_id=client_id)
    return found.profile.post_logout_uris if found else ()
