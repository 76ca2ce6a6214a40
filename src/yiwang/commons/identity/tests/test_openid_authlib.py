"""Authlib, a foreign client, logs in and out at a running provider; keys rotate meanwhile."""

import httpx
import pytest
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

from yiwang.commons.identity.commands import openid as commands
from yiwang.commons.identity.contracts.openid import SigningAlgorithm
from yiwang.commons.identity.queries import openid as queries
from yiwang.commons.identity.tests import factories
from yiwang.commons.identity.tests.openid_clients import BACK, LEFT, VERIFIER, Visitor, connect, said
from yiwang.kernel import clock

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:EdDSA is deprecated"),  # RFC 9864 renames it; clients in use know the old name
]


def configured(base):
    return httpx.get(f"{base}/oidc/.well-known/openid-configuration").json()


def whole_round(base, algorithm):
    """In, refreshed while keys rotate, and out."""
    resident, connected, told = factories.make_resident(), connect(algorithm=algorithm), configured(base)
    scope = "openid profile"
    with (
        Visitor(base, resident.account_id) as visitor,
        OAuth2Session(
            connected.client_id, connected.secret, redirect_uri=BACK, scope=scope, code_challenge_method="S256"
        ) as client,
    ):
        url, state = client.create_authorization_url(
            told["authorization_endpoint"], code_verifier=VERIFIER, nonce="n-1"
        )
        back = visitor.open(url)
        assert back.headers["location"].startswith(BACK), back.text[:500]
        assert (said(back)["state"], said(back)["iss"]) == (state, told["issuer"])
        token = client.fetch_token(
            told["token_endpoint"], authorization_response=back.headers["location"], code_verifier=VERIFIER, state=state
        )
        keys = KeySet.import_key_set(httpx.get(told["jwks_uri"]).json())
        decoded = jwt.decode(token["id_token"], keys, algorithms=[algorithm.value])
        claims = decoded.claims
        assert decoded.header["alg"] == algorithm.value
        assert (claims["iss"], claims["aud"], claims["nonce"]) == (told["issuer"], connected.client_id, "n-1")
        assert (claims["amr"], claims["acr"]) == (["pwd"], "urn:yiwang:aal1")
        assert claims["exp"] > claims["iat"] >= claims["auth_time"]
        assert "name" not in claims  # identity tokens stand in addresses when they come back as hints
        person = client.get(told["userinfo_endpoint"]).json()
        assert (person["sub"], person["name"]) == (claims["sub"], "样例甲")

        commands.rotate_signing_keys(at_once=True, by=factories.SYSTEM, at=clock.now())
        queries.forget_keys()
        fresh = client.refresh_token(told["token_endpoint"], refresh_token=token["refresh_token"])
        again = jwt.decode(fresh["id_token"], keys, algorithms=[algorithm.value])  # the client's key set is the old one
        assert again.header["kid"] != decoded.header["kid"]
        assert again.claims["sub"] == claims["sub"]
        known = KeySet.import_key_set(httpx.get(told["jwks_uri"]).json())
        assert jwt.decode(token["id_token"], known, algorithms=[algorithm.value]).claims["sub"] == claims["sub"]

        left = visitor.open(
            told["end_session_endpoint"],
            params={"id_token_hint": token["id_token"], "post_logout_redirect_uri": LEFT, "state": "bye"},
        )
        assert left.headers["location"] == f"{LEFT}?state=bye"
        assert client.get(told["userinfo_endpoint"]).status_code == 401
        assert said(visitor.open(url + "&prompt=none"))["error"] == "login_required"


def test_authlib_logs_in_and_out_by_each_algorithm_while_keys_rotate(live_server):
    for algorithm in SigningAlgorithm:
        whole_round(live_server.url, algorithm)
