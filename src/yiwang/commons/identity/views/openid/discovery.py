"""What a client system reads first: our endpoints and abilities, and the keys of our signatures."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from yiwang.commons.identity.adapters.openid.keys import ensure_keys
from yiwang.commons.identity.contracts.openid import Acr, Scope, SigningAlgorithm
from yiwang.commons.identity.queries import openid as queries
from yiwang.commons.identity.views.openid.answers import issuer_of
from yiwang.kernel import clock

KEYS_KEPT: Final = 3600
_CLAIMS: Final = [
    "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash",
    "name", "kind", "assurance", "organisations", "acting_for", "phone_number", "id_number",
]  # fmt: skip


@require_safe
def configuration(request: HttpRequest) -> HttpResponse:
    """OpenID Connect Discovery 1.0, 3; RFC 8414, 2."""
    issuer = issuer_of(request)
    root = issuer.removesuffix("/oidc")
    data: dict[str, Any] = {"issuer": issuer}
    data |= {
        name: root + reverse(f"openid:{view}")
        for name, view in {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "userinfo_endpoint": "userinfo",
            "jwks_uri": "jwks",
            "revocation_endpoint": "revoke",
            "introspection_endpoint": "introspect",
            "device_authorization_endpoint": "device_code",
            "end_session_endpoint": "logout",
        }.items()
    }
    algorithms = [each.value for each in SigningAlgorithm]
    confidential = ["client_secret_basic", "client_secret_post"]
    data |= {
        "scopes_supported": [each.value for each in Scope],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "urn:ietf:params:oauth:grant-type:device_code",
        ],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": algorithms,
        "token_endpoint_auth_methods_supported": [*confidential, "none"],
        "revocation_endpoint_auth_methods_supported": [*confidential, "none"],
        "introspection_endpoint_auth_methods_supported": confidential,
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": [each.value for each in Acr],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "claims_supported": _CLAIMS,
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "ui_locales_supported": ["zh-CN", "en"],
    }
    return _open(JsonResponse(data), KEYS_KEPT)


@require_safe
def jwks(request: HttpRequest) -> HttpResponse:
    """RFC 7517: keys that will sign, sign, or signed not long ago."""
    del request
    ensure_keys()
    return _open(JsonResponse({"keys": [key.jwk for key in queries.published_keys(at=clock.now())]}), KEYS_KEPT)


def _open(response: HttpResponse, seconds: int) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={seconds}"
    return response
