"""What attackers try at the provider: each way is closed."""

import base64
import hashlib
import hmac
import json

import jwt
import pytest
from django.test import Client

from yiwang.commons.identity.commands import openid as commands
from yiwang.commons.identity.contracts.openid import ClientKind
from yiwang.commons.identity.engine import openid as engine
from yiwang.commons.identity.models import ClientLogin
from yiwang.commons.identity.queries import openid as queries
from yiwang.commons.identity.tests import factories
from yiwang.commons.identity.tests.openid_clients import (
    BACK,
    LEFT,
    asked,
    authorize,
    code_of,
    connect,
    exchange,
    good,
    logged_in,
    refresh,
    said,
)
from yiwang.kernel import clock

pytestmark = pytest.mark.django_db
TRICKS = (
    f"{BACK}/", f"{BACK}?x=1", f"{BACK}/../evil", f"{BACK}%2e%2e", BACK.replace("127.0.0.1", "127.0.0.1.evil.example"),
    "http://127.0.0.1:9@evil.example/callback", BACK.replace("http:", "https:"), BACK.upper(), f"{BACK}#f", f" {BACK}",
    "//evil.example/callback", "javascript:alert(1)", BACK.replace("127.0.0.1", "localhost"), f"{BACK}\\@evil.example",
    BACK.replace("/callback", "/other"), "http://[::1]:9/callback", "http://127.0.0.1:9999@evil.example:80/callback",
)  # fmt: skip


@pytest.fixture
def connected():
    return connect()


@pytest.fixture
def browser():
    return logged_in(factories.make_resident().account_id)


def tokens(browser, connected, **changes):
    answer = exchange(connected, code_of(browser, connected, **changes))
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize("trick", TRICKS)
def test_an_address_that_is_not_registered_gets_nothing(connected, browser, trick):
    answer = authorize(browser, connected, redirect_uri=trick)
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "Refresh" not in answer.headers


def test_an_app_may_listen_at_any_port_of_its_own_machine_and_nowhere_else():
    connected = connect(kind=ClientKind.APP)
    browser = logged_in(factories.make_resident().account_id)
    here = BACK.replace(":9/", ":51234/")
    page = authorize(browser, connected, redirect_uri=here)
    where = f"{page.request['PATH_INFO']}?{page.request['QUERY_STRING']}"
    assert said(browser.post(where, {"decision": "allow"}))["code"]
    assert authorize(browser, connected, redirect_uri=here.replace("/callback", "/other")).status_code == 400


def test_a_code_is_good_once_and_its_replay_ends_what_it_gave(connected, browser):
    code = code_of(browser, connected)
    first = exchange(connected, code).json()
    assert good(first["access_token"])
    replay = exchange(connected, code)
    assert (replay.status_code, replay.json()["error"]) == (400, "invalid_grant")
    assert not good(first["access_token"])
    assert refresh(connected, first["refresh_token"]).status_code == 400


def test_a_code_serves_only_the_client_that_it_was_given_to(connected, browser):
    other = connect(name="另一个样例系统")
    code = code_of(browser, connected)
    assert exchange(other, code).json()["error"] == "invalid_grant"
    assert exchange(connected, code, client_secret="guessed").status_code == 401
    assert exchange(connected, code, redirect_uri="http://127.0.0.1:9/other").status_code == 400
    assert exchange(connected, code).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge": "short"},
    ],
)
def test_nobody_goes_on_without_a_hashed_challenge(connected, browser, changes):
    answer = authorize(browser, connected, **changes)
    assert said(answer)["error"] == "invalid_request"
    assert "code" not in said(answer)


@pytest.mark.parametrize("verifier", [None, "", "w" * 64, "v" * 63, engine.code_challenge("v" * 64)])
def test_a_stolen_code_is_worth_nothing_without_its_verifier(connected, browser, verifier):
    code = code_of(browser, connected)
    assert exchange(connected, code, code_verifier=verifier).status_code == 400


def test_each_answer_names_its_issuer(connected, browser):
    issuer = Client().get("/oidc/.well-known/openid-configuration").json()["issuer"]
    assert said(authorize(browser, connected))["iss"] == issuer
    assert said(authorize(browser, connected, scope="profile"))["iss"] == issuer
    assert said(authorize(browser, connected, response_type="token"))["iss"] == issuer


def test_a_stolen_refresh_token_ends_the_log_in_for_thief_and_owner(connected, browser):
    first = tokens(browser, connected)
    second = refresh(connected, first["refresh_token"]).json()
    stolen = refresh(connected, first["refresh_token"])
    assert stolen.json()["error"] == "invalid_grant"
    assert refresh(connected, second["refresh_token"]).status_code == 400
    assert not good(second["access_token"])
    assert ClientLogin.objects.get().ended_at is not None


def test_a_refresh_token_serves_no_other_client_and_gains_no_scope(connected, browser):
    first = tokens(browser, connected)
    assert refresh(connect(name="另一个样例系统"), first["refresh_token"]).status_code == 400
    assert (
        refresh(connected, first["refresh_token"], scope="openid profile organisation").json()["error"]
        == "invalid_scope"
    )
    assert refresh(connected, first["refresh_token"]).status_code == 200


def forged(token, connected, how):
    head, body, _signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["sub"] = "01a208c3-0000-7000-8000-000000000000"
    key = queries.published_keys(at=clock.now())[0]
    if how == "none":
        return jwt.encode(claims, "", algorithm="none", headers={"kid": key.kid})
    if how == "confusion":  # the public key as the secret of an HMAC
        whole = f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': key.kid})}.{_part(claims)}"
        made = hmac.new(json.dumps(key.jwk).encode(), whole.encode(), hashlib.sha256).digest()
        return f"{whole}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"
    if how == "own key in the header":
        pair = engine.new_key("RS256")
        return jwt.encode(
            claims, engine.prepared(pair.private), algorithm="RS256", headers={"kid": key.kid, "jwk": pair.jwk}
        )
    return f"{head}.{_part(claims)}.{token.split('.')[2]}"


def _part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("how", ["none", "confusion", "own key in the header", "altered"])
def test_a_forged_identity_token_logs_nobody_out_and_hints_at_nobody(connected, browser, how):
    token = forged(tokens(browser, connected)["id_token"], connected, how)
    answer = browser.get("/oidc/logout", {"id_token_hint": token, "post_logout_redirect_uri": LEFT})
    assert (answer.status_code, "location" in answer.headers) == (400, False)
    assert said(authorize(browser, connected, id_token_hint=token, prompt="none"))["error"] == "login_required"
    assert not good(token)


def test_logging_out_leads_only_where_the_client_registered(connected, browser):
    hint = tokens(browser, connected)["id_token"]
    for trick in ("https://evil.example/", f"{LEFT}/", f"{LEFT}?x=1", BACK):
        answer = browser.get("/oidc/logout", {"id_token_hint": hint, "post_logout_redirect_uri": trick})
        assert (answer.status_code, "location" in answer.headers) == (400, False)
    asks = browser.get("/oidc/logout")
    assert asks.status_code == 200  # nobody is logged out by a picture on a foreign page
    assert "code" in said(authorize(browser, connected))


def test_a_foreign_host_name_is_refused_and_never_becomes_the_issuer(connected):
    for path in ("/oidc/.well-known/openid-configuration", "/oidc/authorize"):
        assert Client().get(path, headers={"Host": "evil.example"}).status_code == 400
    found = Client().get("/oidc/.well-known/openid-configuration", headers={"X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in found.content.decode()


def test_the_same_parameter_twice_is_refused(connected, browser):
    twice = {**asked(connected), "redirect_uri": [BACK, "https://evil.example/"]}
    assert browser.get("/oidc/authorize", twice).status_code == 400
    code = code_of(browser, connected)
    pair = {"grant_type": "authorization_code", "code": [code, code], "client_id": connected.client_id}
    assert Client().post("/oidc/token", pair).json()["error"] == "invalid_request"


def test_headers_take_no_line_breaks_from_state(connected, browser):
    answer = authorize(browser, connected, state="x\r\nSet-Cookie: a=b")
    assert "a" not in answer.cookies
    assert said(answer)["state"] == "x\r\nSet-Cookie: a=b"


def test_a_client_revokes_only_what_is_its_own(connected, browser):
    first, other = tokens(browser, connected), connect(name="另一个样例系统")
    asking = {"token": first["access_token"], "client_id": other.client_id, "client_secret": other.secret}
    assert Client().post("/oidc/revoke", asking).status_code == 200
    assert good(first["access_token"])
    assert Client().post("/oidc/introspect", asking).json() == {"active": False}
    own = {"token": first["refresh_token"], "client_id": connected.client_id, "client_secret": connected.secret}
    assert Client().post("/oidc/introspect", own).json()["active"]
    assert Client().post("/oidc/introspect", {**own, "client_secret": "guessed"}).status_code == 401
    assert Client().post("/oidc/revoke", {**own, "client_secret": "guessed"}).status_code == 401
    assert Client().post("/oidc/revoke", own).status_code == 200
    assert not good(first["access_token"])


def test_secrets_and_tokens_are_kept_as_hashes_only(connected, browser):
    from django.db import connection

    given = tokens(browser, connected)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM allauth_idp_oidc_token t")
        kept = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(c::text, ' ') FROM allauth_idp_oidc_client c")
        kept += cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(k::text, ' ') FROM commons_identity_signingkey k")
        kept += cursor.fetchone()[0]
    for secret in (given["access_token"], given["refresh_token"], connected.secret, "PRIVATE KEY"):
        assert secret not in kept


def test_tokens_end_with_the_account_the_system_and_the_session(connected):
    resident = factories.make_resident()
    first = tokens(logged_in(resident.account_id), connected)
    reviewer = factories.make_official(connected.organisation_id, grants=["identity.review_clients"], role="reviewer")
    commands.suspend_client(system_id=connected.id, reason="样例", by=reviewer.actor, at=clock.now())
    assert not good(first["access_token"])
    assert refresh(connected, first["refresh_token"]).status_code == 401
    commands.resume_client(system_id=connected.id, by=reviewer.actor, at=clock.now())
    second = tokens(logged_in(resident.account_id), connected)
    from yiwang.commons.identity.commands import deactivate_account

    deactivate_account(account_id=resident.account_id, by=factories.SYSTEM, at=clock.now())
    assert not good(second["access_token"])
    assert refresh(connected, second["refresh_token"]).status_code == 400
