"""allauth's answers to oauthlib where they hold, ours where it leaves a gap.

Ours: addresses are compared exactly; PKCE for every client; codes are single-use in the database, and a code or refresh
token that comes twice ends its log-in with all tokens (RFC 9700, 2.2.2 and 4.14.2); a client revokes only its own tokens;
identity tokens say when and how somebody logged in, signed as the client asked.
"""

import time
from datetime import datetime
from typing import Any

from allauth.core import context
from allauth.core.internal.httpkit import extract_basic_auth
from allauth.idp.oidc.internal.oauthlib.request_validator import OAuthLibRequestValidator
from allauth.idp.oidc.models import Client
from oauthlib.common import Request

from yiwang.commons.identity.commands import openid as commands
from yiwang.commons.identity.contracts.openid import Scope
from yiwang.commons.identity.engine.openid import BadToken, half_hash, is_registered, matches
from yiwang.commons.identity.queries import openid as queries
from yiwang.commons.identity.queries.openid.protocol import LiveToken, bound_of, facts_of
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.ids import new_id

_CODE, _REFRESH, _ACCESS = "ac", "rt", "at"
_SERVES = 300


def holder_of(token: LiveToken, /) -> Actor:
    """On whose account a client comes with a token."""
    return Actor(kind=ActorKind.PERSON, account_id=token.account_id, purpose=f"client:{token.client_id}")


class Validator(OAuthLibRequestValidator):  # type: ignore[misc]  # allauth has no types
    """One for each request: it remembers the token at hand."""

    def __init__(self, issuer: str) -> None:
        super().__init__()
        self._issuer = issuer
        self._at: datetime = clock.now()
        self._token: LiveToken | None = None
        self._bound_to: dict[str, Any] | None = None

    def _lookup_client(self, request: Request, client_id: str) -> Any:
        """None also for what no text of the database can be."""
        return None if "\0" in client_id else super()._lookup_client(request, client_id)

    def validate_client_id(self, client_id: Any, request: Request) -> bool:
        """A client whose system is not suspended."""
        if not super().validate_client_id(client_id, request):
            return False
        facts = queries.client_facts(client_id=client_id)
        request.yiwang_system = facts
        return facts is not None and facts.active

    def validate_redirect_uri(self, _client_id: Any, redirect_uri: Any, request: Request, *_a: Any, **_k: Any) -> bool:
        return isinstance(redirect_uri, str) and is_registered(redirect_uri, request.client.get_redirect_uris())

    def validate_response_type(self, _client_id: Any, response_type: Any, *_a: Any, **_k: Any) -> bool:
        return bool(response_type == "code")

    def is_pkce_required(self, _client_id: Any, _request: Request) -> bool:
        return True

    def authenticate_client(self, request: Request, *_a: Any, **_k: Any) -> bool:
        """By its secret, in the header or in the body, never in both (RFC 6749, 2.3)."""
        client_id, secret = extract_basic_auth(request.headers)
        given = getattr(request, "client_secret", None)
        named = getattr(request, "client_id", None)
        if client_id and (given or named not in {None, "", client_id}):
            return False
        if not client_id:
            client_id, secret = getattr(request, "client_id", None), given
        if not isinstance(client_id, str) or not isinstance(secret, str) or not secret:
            return False
        client = self._lookup_client(request, client_id)
        if client is None or not matches(secret, client.secret):
            return False
        facts = queries.client_facts(client_id=client_id)
        if facts is None or not facts.active:
            return False
        request.yiwang_system = facts
        request.client_id = client_id
        self._use_client(request, client)
        return True

    def authenticate_client_id(self, client_id: Any, request: Request, *_a: Any, **_k: Any) -> bool:
        """An app or a device, which can keep no secret."""
        if not super().authenticate_client_id(client_id, request):
            return False
        request.yiwang_system = facts = queries.client_facts(client_id=client_id)
        return facts is not None and facts.active

    def client_authentication_required(self, request: Request, *_a: Any, **_k: Any) -> bool:
        """All but public clients authenticate, also when they revoke."""
        basic, _secret = extract_basic_auth(request.headers)
        client = self._lookup_client(request, basic or request.client_id or "")
        return not (client and client.type == Client.Type.PUBLIC)

    # codes

    def validate_code(self, client_id: Any, code: Any, client: Any, request: Request, *_a: Any, **_k: Any) -> bool:
        del client_id
        found = queries.live_token(token=str(code), types=(_CODE,), at=self._at, lock=True)
        if found is None or found.client_id != client.pk:
            return False
        if found.spent:
            self._end(found, "code_replayed")
            return False
        if not found.live:
            return False
        return self._use(found, request)

    def _use(self, found: LiveToken, request: Request) -> bool:
        request.user = found.account_id
        request.scopes = list(found.scopes)
        self._token = found
        return True

    def _end(self, found: LiveToken, reason: str) -> None:
        commands.end_client_login(login_id=found.login_id, reason=reason, by=holder_of(found), at=self._at)

    def _bound(self) -> dict[str, Any]:
        assert self._token is not None
        if self._bound_to is None:
            self._bound_to = bound_of(token_id=self._token.id)
        return self._bound_to

    def confirm_redirect_uri(self, _c: Any, _code: Any, redirect_uri: Any, *_a: Any, **_k: Any) -> bool:
        return bool(redirect_uri == self._bound().get("redirect_uri"))

    def get_authorization_code_scopes(self, *_a: Any, **_k: Any) -> list[str]:
        return [Scope.OPENID.value]

    def get_authorization_code_nonce(self, *_a: Any, **_k: Any) -> str | None:
        return self._bound().get("nonce") or None

    def get_code_challenge(self, *_a: Any, **_k: Any) -> str | None:
        return self._bound().get("challenge")

    def get_code_challenge_method(self, *_a: Any, **_k: Any) -> str:
        return "S256"

    def invalidate_authorization_code(self, *_a: Any, **_k: Any) -> None:
        """It was marked when its tokens were kept."""

    # refresh tokens

    def validate_refresh_token(self, refresh_token: Any, client: Any, request: Request, *_a: Any, **_k: Any) -> bool:
        found = queries.live_token(token=str(refresh_token), types=(_REFRESH,), at=self._at, lock=True)
        if found is None or found.client_id != client.pk:
            return False
        if found.spent:
            self._end(found, "refresh_token_reused")
            return False
        if not queries.may_enter(system_id=found.system_id, account_id=found.account_id):
            self._end(found, "closed_to_account")
            return False
        return found.live and self._use(found, request)

    def get_original_scopes(self, *_a: Any, **_k: Any) -> list[str]:
        assert self._token is not None
        return list(self._token.scopes)

    def rotate_refresh_token(self, _request: Request) -> bool:
        return True

    # what is given out

    def save_bearer_token(self, token: dict[str, Any], request: Request, *_a: Any, **_k: Any) -> None:
        assert self._token is not None
        if Client.GrantType.REFRESH_TOKEN not in request.client.get_grant_types():
            token.pop("refresh_token", None)
        token.pop("state", None)
        commands.keep_tokens(
            login_id=self._token.login_id,
            access=token["access_token"],
            refresh=token.get("refresh_token", ""),
            scopes=request.scopes,
            spent=self._token.id,
            by=holder_of(self._token),
            at=self._at,
        )

    def finalize_id_token(
        self, id_token: dict[str, Any], token: dict[str, Any], _handler: Any, request: Request
    ) -> str:
        assert self._token is not None
        return identity_token(
            self._token, request.yiwang_system, request.scopes, token["access_token"], id_token.get("nonce")
        )

    def revoke_token(self, token: Any, _hint: Any, request: Request, *_a: Any, **_k: Any) -> None:
        """Only what the client itself was given; a refresh token ends the log-in (RFC 7009, 2.1)."""
        found = queries.live_token(token=str(token), types=(_ACCESS, _REFRESH), at=self._at)
        if found is None or found.client_id != request.client.pk:
            return
        by = holder_of(found)
        if found.type == _ACCESS:
            commands.revoke_access(token_id=found.id, login_id=found.login_id, by=by, at=self._at)
        else:
            commands.end_client_login(login_id=found.login_id, reason="revoked", tell=False, by=by, at=self._at)

    # what the browser's session says

    def validate_silent_login(self, request: Request) -> bool:
        asked = context.request
        if not asked.user.is_authenticated:
            return False
        request.user = asked.user.pk
        return True

    def validate_silent_authorization(self, _request: Request) -> bool:
        """The page that answers decides: it knows consent and audience."""
        return True

    def validate_user_match(self, id_token_hint: Any, _scopes: Any, claims: Any, request: Request) -> bool:
        """Whether who is logged in is who the client means; nobody logged in may still become them."""
        del claims
        account = getattr(context.request, "user", None)
        if not id_token_hint:
            return True
        try:
            said = queries.hinted(str(id_token_hint), issuer=self._issuer, audience=request.client_id)
        except BadToken:
            return False
        if account is None or not account.is_authenticated:
            return True
        return bool(said["sub"] == request.yiwang_system.subject_of(account.pk))


def identity_token(
    token: LiveToken, system: "queries.ClientFacts", scopes: Any, access: str, nonce: str | None, /
) -> str:
    """The signed statement who logged in, when and how (OpenID Connect Core 1.0, 2)."""
    facts, account_id = facts_of(login_id=token.login_id)
    now = int(time.time())
    algorithm = system.profile.algorithm
    claims = {
        "iss": token.issuer,
        "sub": system.subject_of(account_id),
        "aud": system.client_id,
        "iat": now,
        "exp": now + _SERVES,
        "jti": new_id().hex,
        "sid": str(token.login_id),
        "at_hash": half_hash(access, algorithm.value),
        **({"nonce": nonce} if nonce else {}),
        **queries.claims_of(account_id=account_id, facts=facts, scopes=scopes, whole=False),
    }
    return queries.sign(claims, algorithm=algorithm)
