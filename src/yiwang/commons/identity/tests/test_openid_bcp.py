"""What the best current practice for OAuth (RFC 9700) and for native apps (RFC 8252) warns of, tried at the provider."""

import base64
import json
from dataclasses import replace

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from yiwang.commons.identity import handlers
from yiwang.commons.identity.commands import end_appointment, end_representation
from yiwang.commons.identity.commands import openid as commands
from yiwang.commons.identity.contracts.openid import REQUEST_CLIENTS, REVIEW_CLIENTS, AudienceRow, ClientKind, Scope
from yiwang.commons.identity.models import Appointment, ClientLogin
from yiwang.commons.identity.queries import openid as queries
from yiwang.commons.identity.tests import factories
from yiwang.commons.identity.tests.openid_clients import (
    BACK,
    LEFT,
    PLAIN,
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
from yiwang.kernel.actor import SubjectRef

pytestmark = pytest.mark.django_db


@pytest.fixture
def connected():
    return connect()


@pytest.fixture
def resident():
    return factories.make_resident()


@pytest.fixture
def browser(resident):
    return logged_in(resident.account_id)


def tokens(browser, connected, **changes):
    answer = exchange(connected, code_of(browser, connected, **changes))
    assert answer.status_code == 200, answer.content
    return answer.json()


def basic(name, secret):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


def userinfo(token):
    return Client().get("/oidc/userinfo", headers={"Authorization": f"Bearer {token}"})


def change(connected, **changes):
    """Another profile, asked for and approved."""
    place, now = connected.organisation_id, clock.now()
    asking = factories.make_official(place, grants=[REQUEST_CLIENTS], role="asks")
    deciding = factories.make_official(place, grants=[REVIEW_CLIENTS], role="decides")
    request = commands.request_client(
        profile=replace(PLAIN, **changes), organisation_id=place, reason="样例", system_id=connected.id,
        by=asking.actor, at=now,
    )  # fmt: skip
    commands.decide_client_request(request_id=request, approve=True, by=deciding.actor, at=now)


def test_a_confidential_client_gets_nothing_without_its_secret_however_it_is_named(connected, browser):
    app = connect(kind=ClientKind.APP, redirect_uris=("https://app.example/cb",), name="样例应用")
    given = tokens(browser, connected)
    body = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
    ways = (
        ({"client_id": connected.client_id}, {}),
        ({"client_id": connected.client_id, "client_secret": ""}, {}),
        ({"client_id": connected.client_id}, basic(app.client_id, "")),  # a public client in the header
        ({"client_id": app.client_id}, {}),
        ({"client_id": app.client_id}, basic(connected.client_id, connected.secret)),  # two names
        ({"client_id": app.client_id, "client_secret": connected.secret}, {}),
        ({}, basic(connected.client_id, "")),
        ({}, {"Authorization": "Basic %%%"}),
        ({}, {"Authorization": "Basic " + base64.b64encode(b"\xff\xfe:\x00").decode()}),
        ({"client_id": connected.client_id, "client_secret": connected.secret}, basic(connected.client_id, connected.secret)),
    )  # fmt: skip
    for more, headers in ways:
        answer = Client().post("/oidc/token", {**body, **more}, headers=headers)
        assert answer.status_code in {400, 401}, (more, headers, answer.content)
        assert "access_token" not in answer.json()
    assert Client().post("/oidc/token", body, headers=basic(connected.client_id, connected.secret)).status_code == 200


def test_secrets_in_the_address_are_refused(connected, browser):
    code = code_of(browser, connected)
    where = f"/oidc/token?client_id={connected.client_id}&client_secret={connected.secret}"
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": "v" * 64}
    assert Client().post(where, body).status_code in {400, 401}
    assert Client().get("/oidc/userinfo", {"access_token": code}).status_code == 401


def test_no_kind_of_token_stands_for_another(connected, browser):
    given = tokens(browser, connected)
    code = code_of(browser, connected)
    for value in (given["refresh_token"], given["id_token"], code):
        assert userinfo(value).status_code == 401
    for value in (given["access_token"], given["id_token"], code):
        assert refresh(connected, value).status_code == 400
    for value in (given["access_token"], given["refresh_token"]):
        assert exchange(connected, value).status_code == 400
    own = {"client_id": connected.client_id, "client_secret": connected.secret}
    assert Client().post("/oidc/introspect", {**own, "token": code}).json() == {"active": False}
    assert Client().post("/oidc/introspect", {**own, "token": given["id_token"]}).json() == {"active": False}
    assert good(given["access_token"])


def test_a_logout_token_is_no_hint(connected, browser):
    given = tokens(browser, connected)
    _head, body, _signature = given["id_token"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    made = queries.sign(claims, algorithm=PLAIN.algorithm, typ="logout+jwt")
    assert browser.get("/oidc/logout", {"id_token_hint": made}).status_code == 400
    assert said(authorize(browser, connected, id_token_hint=made, prompt="none"))["error"] == "login_required"
    assert "code" in said(authorize(browser, connected, id_token_hint=given["id_token"], prompt="none"))


def test_an_old_identity_token_logs_nobody_out_of_a_later_session(connected, resident):
    old = tokens(logged_in(resident.account_id), connected)["id_token"]
    later = logged_in(resident.account_id)
    answer = later.get("/oidc/logout", {"id_token_hint": old, "post_logout_redirect_uri": LEFT})
    assert answer.status_code == 200  # a page asks
    assert "location" not in answer.headers
    assert "code" in said(authorize(later, connected, prompt="none"))
    foreign = logged_in(factories.make_resident().account_id)
    assert foreign.get("/oidc/logout", {"id_token_hint": old}).status_code == 200
    assert "code" in said(authorize(foreign, connected, prompt="none"))
    strict = Client(enforce_csrf_checks=True)
    factories.login(strict, resident.account_id)
    assert strict.post("/oidc/logout", {"decision": "leave"}).status_code == 403
    own = tokens(later, connected)["id_token"]
    gone = later.get("/oidc/logout", {"id_token_hint": own, "post_logout_redirect_uri": LEFT})
    assert gone.headers["location"] == LEFT


def test_an_app_that_any_program_may_claim_to_be_is_asked_about_each_time(resident):
    connected = connect(kind=ClientKind.APP, redirect_uris=(BACK, "cn.gov.sample.app:/cb", "https://app.example/cb"))
    browser = logged_in(resident.account_id)
    for uri in (BACK.replace(":9/", ":51234/"), "cn.gov.sample.app:/cb"):
        for _turn in range(2):
            page = authorize(browser, connected, redirect_uri=uri)
            assert page.status_code == 200
            where = f"{page.request['PATH_INFO']}?{page.request['QUERY_STRING']}"
            assert said(browser.post(where, {"decision": "allow"}))["code"]
        assert said(authorize(browser, connected, redirect_uri=uri, prompt="none"))["error"] == "consent_required"
    assert "code" in said(authorize(browser, connected, redirect_uri="https://app.example/cb"))


@pytest.mark.parametrize("uri", [None, "", "http://127.0.0.1:09/callback", "http://127.0.0.1:+9/callback",
    "http://127.0.0.1:9\t/callback", "HTTP://127.0.0.1:9/callback", "http://127.1:9/callback", "http://0x7f.0.0.1:9/callback",
    "http://127.0.0.1:9/callback/%2e%2e/evil", "http://127.0.0.1:9/%63allback", "http://127.0.0.1:9/callback;x", "http://127.0.0.1:9/callback\0",
    "http://127.0.0.1.:9/callback", "http://user@127.0.0.1:9/callback", "http://①27.0.0.1:9/callback", "data:text/html,x"])  # fmt: skip
def test_addresses_written_otherwise_are_others(connected, browser, uri):
    answer = authorize(browser, connected, redirect_uri=uri)
    assert answer.status_code == 400
    assert "location" not in answer.headers


def test_what_no_database_can_keep_is_refused_and_no_fault(connected, browser):
    nul = "a\0b"
    for changes in ({"client_id": nul}, {"nonce": nul}, {"code_challenge": "v" * 42 + "\0"}, {"scope": f"openid {nul}"},
                    {"prompt": nul}, {"max_age": nul}, {"id_token_hint": nul}, {"acr_values": nul}, {"login_hint": nul},
                    {"claims": nul}, {"claims": "[1"}, {"ui_locales": nul}, {"state": nul}):  # fmt: skip
        assert authorize(browser, connected, **changes).status_code in {200, 302, 400}, changes
    for path in ("token", "revoke", "introspect", "device/code"):
        for name in ("client_id", "client_secret", "token", "code", "refresh_token", "device_code", "grant_type"):
            given = {"grant_type": "refresh_token", "client_id": connected.client_id, "client_secret": connected.secret,
                     "token": "x", "refresh_token": "x", name: nul}  # fmt: skip
            assert Client().post(f"/oidc/{path}", given).status_code in {200, 400, 401}, (path, name)
    for name in ("client_id", "id_token_hint", "post_logout_redirect_uri", "state"):
        assert browser.get("/oidc/logout", {name: nul}).status_code in {200, 400}, name
    assert browser.get("/oidc/device", {"code": nul}).status_code == 400
    assert userinfo("x" * 5000).status_code == 401


@pytest.mark.parametrize(("changes", "error"), [
    ({"request": "e30.e30."}, "request_not_supported"), ({"request_uri": "https://evil.example/r"}, "request_uri_not_supported"),
    ({"response_mode": "fragment"}, "invalid_request"), ({"response_mode": "form_post"}, "invalid_request"),
    ({"response_type": "token"}, "unsupported_response_type"), ({"response_type": "id_token"}, "unsupported_response_type"),
    ({"response_type": "code id_token"}, "unauthorized_client"), ({"response_type": "none"}, "unauthorized_client"),
    ({"prompt": "none login"}, "invalid_request"), ({"acr_values": "urn:yiwang:aal2", "prompt": "none"}, "unmet_authentication_requirements"),
])  # fmt: skip
def test_what_is_not_spoken_is_refused_at_the_registered_address(connected, browser, changes, error):
    answer = authorize(browser, connected, **changes)
    assert answer.headers["location"].startswith(f"{BACK}?")  # in the query, never in a fragment
    assert said(answer)["error"] == error
    assert "code" not in said(answer)


def test_asking_for_single_claims_gains_nothing(connected, browser):
    wish = json.dumps({"userinfo": {"id_number": {"essential": True}}, "id_token": {"phone_number": None}})
    given = tokens(browser, connected, claims=wish)
    assert "id_number" not in userinfo(given["access_token"]).json()
    assert "phone_number" not in json.loads(base64.urlsafe_b64decode(given["id_token"].split(".")[1] + "=="))


def test_what_a_system_may_know_no_more_it_does_not_learn_with_an_old_token(browser):
    connected = connect(scopes=(*PLAIN.scopes, Scope.ID_NUMBER))
    given = tokens(browser, connected, scope="openid profile id_number")
    assert "id_number" in userinfo(given["access_token"]).json()
    change(connected)
    assert not good(given["access_token"])
    assert refresh(connected, given["refresh_token"]).status_code == 400
    fresh = tokens(browser, connected)
    change(connected, about="样例：别的说明")  # what does not touch anybody's agreement ends nothing
    assert good(fresh["access_token"])


def test_who_leaves_the_office_leaves_the_systems_that_were_open_to_it():
    place = factories.make_organisation("sample-office-that-is-left")
    factories.make_role("clerk")
    closed = connect(residents=False, audience=(AudienceRow("sample-office-that-is-left", "clerk"),))
    public = connect(name="另一个样例系统")
    clerk = factories.make_official(place, role="clerk")
    browser = logged_in(clerk.account_id)
    inside, outside = tokens(browser, closed), tokens(browser, public)
    held = Appointment.objects.get(account_id=clerk.account_id)
    end_appointment(appointment_id=held.pk, by=factories.SYSTEM, at=clock.now())
    event = handlers.AppointmentEnded(clerk.account_id, held.pk, place, "clerk")
    with_time = type("Delivery", (), {"at": clock.now()})()
    handlers.on_appointment_ended(event, delivery=with_time)
    assert not good(inside["access_token"])
    assert refresh(closed, inside["refresh_token"]).status_code == 400
    assert good(outside["access_token"])
    assert userinfo(outside["access_token"]).json().get("organisations", []) == []


def test_nobody_acts_for_an_enterprise_after_the_mandate(connected, resident):
    entity = factories.make_legal_entity("样例企业")
    subject = SubjectRef("legal_entity", entity)
    mandate = factories.make_representation(resident.person_id, subject, kind=factories.RepresentationKind.STAFF)
    browser = logged_in(resident.account_id)
    session = browser.session
    session["identity.acting"] = str(subject)
    session.save()
    given = tokens(browser, connected, scope="openid entity offline_access")
    assert userinfo(given["access_token"]).json()["acting_for"]["name"] == "样例企业"
    end_representation(representation_id=mandate, by=factories.SYSTEM, at=clock.now())
    assert "acting_for" not in userinfo(given["access_token"]).json()
    again = refresh(connected, given["refresh_token"]).json()
    assert "acting_for" not in userinfo(again["access_token"]).json()


def test_a_closed_account_enters_nothing_with_the_session_that_it_had(connected, resident, browser):
    from yiwang.commons.identity.commands import deactivate_account

    code = code_of(browser, connected)
    deactivate_account(account_id=resident.account_id, by=factories.SYSTEM, at=clock.now())
    assert exchange(connected, code).status_code == 400
    assert authorize(browser, connected).headers["location"].startswith("/account/login/")
    assert said(authorize(browser, connected, prompt="none"))["error"] == "login_required"


def test_a_renewed_secret_voids_the_one_before(connected, browser):
    given = tokens(browser, connected)
    asking = factories.make_official(connected.organisation_id, grants=[REQUEST_CLIENTS], role="asks")
    fresh = commands.new_client_secret(system_id=connected.id, by=asking.actor, at=clock.now())
    assert refresh(connected, given["refresh_token"]).status_code == 401
    assert refresh(connected, given["refresh_token"], client_secret=fresh).status_code == 200


def test_pages_that_ask_stand_in_no_frame_and_in_no_cache(browser):
    consent = authorize(browser, connect(asks_consent=True))
    for page in (consent, browser.get("/oidc/logout"), browser.get("/oidc/device")):
        assert page.status_code == 200
        assert page.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert "no-store" in page.headers["Cache-Control"]


def test_public_documents_are_kept_and_carry_nobodys_cookies(connected, browser):
    for path in (
        "/oidc/jwks.json",
        "/oidc/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server/oidc",
    ):
        answer = browser.get(path)
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert not answer.cookies
        assert not {"d", "p", "q", "k"} & {name for key in answer.json().get("keys", ()) for name in key}
    given = tokens(browser, connected)
    for answer in (userinfo(given["access_token"]), refresh(connected, given["refresh_token"])):
        assert answer.headers["Cache-Control"] == "no-store"


def test_refusals_tell_nothing_of_the_inside(connected, browser):
    wrong = (
        authorize(browser, connected, redirect_uri="https://evil.example/?leak"), authorize(browser, connected, client_id="none"),
        exchange(connected, "guessed"), userinfo("guessed"), Client().post("/oidc/token", {"grant_type": "password"}),
        Client().post("/oidc/token", b"{", content_type="application/json"), browser.get("/oidc/logout", {"id_token_hint": "x"}),
    )  # fmt: skip
    for answer in wrong:
        text = answer.content.decode()
        assert answer.status_code in {400, 401}
        assert not any(
            word in text for word in ("Traceback", "oauthlib", "allauth", "psycopg", "Validator", 'href="https://evil')
        )


def test_a_suspended_system_and_a_foreign_one_get_a_page_and_no_way_back(connected, browser):
    reviewer = factories.make_official(connected.organisation_id, grants=[REVIEW_CLIENTS], role="decides")
    commands.suspend_client(system_id=connected.id, reason="样例", by=reviewer.actor, at=clock.now())
    for changes in ({}, {"client_id": "yw-unknown"}):
        answer = authorize(browser, connected, **changes)
        assert (answer.status_code, "location" in answer.headers) == (400, False)


def test_only_who_keeps_a_secret_asks_about_tokens(connected, browser):
    app = connect(kind=ClientKind.APP, redirect_uris=("https://app.example/cb",), name="样例应用")
    code = code_of(browser, app, redirect_uri="https://app.example/cb")
    given = exchange(app, code, redirect_uri="https://app.example/cb").json()
    ask = {"token": given["access_token"]}
    for more, headers in (
        ({"client_id": app.client_id}, {}),
        ({"client_id": app.client_id, "client_secret": ""}, {}),
        ({}, basic(app.client_id, "")),
        ({}, {"Authorization": f"Bearer {given['access_token']}"}),
        ({}, {}),
    ):
        answer = Client().post("/oidc/introspect", {**ask, **more}, headers=headers)
        assert (answer.status_code, answer.headers["WWW-Authenticate"][:5]) == (401, "Basic")
    other = Client().post("/oidc/introspect", ask, headers=basic(connected.client_id, connected.secret))
    assert other.json() == {"active": False}
    assert Client().get("/oidc/introspect", ask).status_code == 405


def test_leaving_by_one_system_leaves_the_others_and_those_that_listen_are_told(connected, browser):
    listening = connect(name="另一个样例系统", logout_url="https://department.example/out")
    first, second = tokens(browser, connected), tokens(browser, listening)
    gone = browser.get("/oidc/logout", {"id_token_hint": first["id_token"], "post_logout_redirect_uri": LEFT})
    assert gone.headers["location"] == LEFT
    assert not good(first["access_token"])
    assert not good(second["access_token"])
    ended = dict(ClientLogin.objects.values_list("system_id", "told_at"))
    assert (ended[connected.id] is None, ended[listening.id] is None) == (
        False,
        True,
    )  # a job tells the one that listens
    assert ProcrastinateJob.objects.filter(task_name=commands.logins.TELL).count() == 1


def test_each_endpoint_that_is_told_of_answers(connected):
    told = Client().get("/oidc/.well-known/openid-configuration").json()
    for name in [name for name in told if name.endswith(("_endpoint", "_uri"))]:
        path = told[name].removeprefix(told["issuer"].removesuffix("/oidc"))
        assert path.startswith("/oidc/")
        assert Client().get(path).status_code in {200, 302, 400, 401, 405}, name
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["response_types_supported"] == ["code"]
    assert "none" not in told["id_token_signing_alg_values_supported"]
