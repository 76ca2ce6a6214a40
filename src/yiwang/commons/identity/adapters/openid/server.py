"""The grants that we speak, by oauthlib: codes with PKCE S256, refresh tokens that rotate. No other flow exists here."""

import secrets
from typing import Any, Final

from allauth.idp.oidc.internal.oauthlib.utils import extract_params
from django.http import HttpRequest
from oauthlib.oauth2.rfc6749.endpoints import AuthorizationEndpoint, RevocationEndpoint, TokenEndpoint
from oauthlib.oauth2.rfc6749.grant_types.authorization_code import code_challenge_method_s256
from oauthlib.oauth2.rfc6749.tokens import BearerToken
from oauthlib.openid.connect.core.grant_types import AuthorizationCodeGrant, RefreshTokenGrant

from yiwang.commons.identity.adapters.openid.validator import Validator
from yiwang.commons.identity.commands.openid.logins import ACCESS_SERVES

_BYTES: Final = 32


def _opaque(_request: Any) -> str:
    return secrets.token_urlsafe(_BYTES)


class Server(AuthorizationEndpoint, TokenEndpoint, RevocationEndpoint):  # type: ignore[misc]  # oauthlib has no types
    """Authorization, token and revocation endpoints for one request."""

    def __init__(self, issuer: str) -> None:
        validator = Validator(issuer)
        self.code = AuthorizationCodeGrant(validator)
        self.code.proxy_target._code_challenge_methods = {"S256": code_challenge_method_s256}  # noqa: SLF001  plain is a downgrade
        refresh = RefreshTokenGrant(validator)
        bearer = BearerToken(validator, _opaque, int(ACCESS_SERVES.total_seconds()), _opaque)
        AuthorizationEndpoint.__init__(
            self, default_response_type="code", response_types={"code": self.code}, default_token_type=bearer
        )
        TokenEndpoint.__init__(
            self,
            default_grant_type="authorization_code",
            grant_types={"authorization_code": self.code, "refresh_token": refresh},
            default_token_type=bearer,
        )
        RevocationEndpoint.__init__(self, validator, supported_token_types=["access_token", "refresh_token"])


def parameters(request: HttpRequest, /) -> tuple[str, str, str, dict[str, str]]:
    """A request as oauthlib takes it."""
    found: tuple[str, str, str, dict[str, str]] = extract_params(request)
    return found
