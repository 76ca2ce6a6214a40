"""Authorization requests: when somebody is asked to log in again, to agree, or is refused; what clients learn."""

import time
from datetime import timedelta

import jwt
import pytest
from django.test import Client

from yiwang.commons.identity.commands import openid as commands
from yiwang.commons.identity.contracts.openid import (
    AudienceRow,
    ClientKind,
    ClientProfileInvalid,
    ClientRequestDecided,
    OwnClientRequest,
    Scope,
)
from yiwang.commons.identity.models import ClientLogin
from yiwang.commons.identity.queries import openid as queries
from yiwang.commons.identity.tests import factories
from yiwang.commons.identity.tests.openid_clients import (
    PLAIN,
    authorize,
    code_of,
    connect,
    exchange,
    good,
    logged_in,
    said,
)
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef

pytestmark = pytest.mark.django_db
RECORDS = "account_authentication_methods"


def log_in_again(browser):
    session = browser.session
    session[RECORDS] = [{"method": "password", "at": time.time() + 1}]
    session.save()


def long_ago(browser, minutes):
    session = browser.session
    session[RECORDS] = [{"method": "password", "at": time.time() - 60 * minutes}]
    session.save()


def claims(answer):
    return jwt.decode(answer.json()["id_token"], options={"verify_signature": False})


def test_prompt_login_and_max_age_ask_again_and_tell_when():
    connected, browser = connect(), logged_in(factories.make_resident().account_id)
    long_ago(browser, 30)
    for changes in ({"prompt": "login"}, {"max_age": "0"}, {"max_age": "600"}):
        long_ago(browser, 30)
        first = authorize(browser, connected, **changes)
        assert first.headers["location"].startswith("/account/confirm/"), changes
        assert (
            authorize(browser, connected, **changes).headers["location"] == first.headers["location"]
        )  # not by reloading
        log_in_again(browser)
        found = claims(exchange(connected, code_of(browser, connected, **changes)))
        assert time.time() - found["auth_time"] < 5, changes
    long_ago(browser, 30)
    assert claims(exchange(connected, code_of(browser, connected, max_age="3600")))["auth_time"] < time.time() - 1700
    assert said(authorize(browser, connected, max_age="600", prompt="none"))["error"] == "login_required"
    assert said(authorize(browser, connected, max_age="-1"))["error"] == "invalid_request"


def test_a_guest_logs_in_first_and_comes_back():
    connected = connect()
    answer = authorize(Client(), connected)
    assert answer.headers["location"].startswith("/account/login/?next=%2Foidc%2Fauthorize%3F")
    assert said(authorize(Client(), connected, prompt="none"))["error"] == "login_required"


def test_consent_is_asked_once_shown_in_words_and_can_be_taken_back():
    connected, resident = connect(asks_consent=True), factories.make_resident()
    browser = logged_in(resident.account_id)
    assert said(authorize(browser, connected, prompt="none"))["error"] == "consent_required"
    page = authorize(browser, connected)
    assert "姓名和实名等级" in page.content.decode()
    where = f"{page.request['PATH_INFO']}?{page.request['QUERY_STRING']}"
    assert said(browser.post(where, {"decision": "deny"}))["error"] == "access_denied"
    assert "code" in said(browser.post(where, {"decision": "allow"}))
    assert "code" in said(authorize(browser, connected, prompt="none"))
    assert authorize(browser, connected, scope="openid profile organisation").status_code == 200  # more than before
    assert authorize(browser, connected, prompt="consent").status_code == 200
    given = exchange(connected, code_of(browser, connected)).json()
    assert browser.post(f"/apps/consents/{connected.id}/").status_code == 303
    assert not good(given["access_token"])
    assert said(authorize(browser, connected, prompt="none"))["error"] == "consent_required"
    strict = Client(enforce_csrf_checks=True)
    factories.login(strict, resident.account_id)
    assert strict.post(where, {"decision": "allow"}).status_code == 403


def test_another_account_may_be_chosen():
    connected, browser = connect(), logged_in(factories.make_resident().account_id)
    page = authorize(browser, connected, prompt="select_account")
    where = f"{page.request['PATH_INFO']}?{page.request['QUERY_STRING']}"
    assert browser.post(where, {"decision": "switch"}).headers["location"].startswith("/account/login/?next=")
    assert said(authorize(browser, connected, prompt="none"))["error"] == "login_required"


def test_a_system_is_open_only_to_those_for_whom_it_was_approved():
    factories.make_organisation("sample-upper")
    lower = factories.make_organisation("sample-lower", parent="sample-upper")
    factories.make_role("clerk")
    connected = connect(residents=False, audience=(AudienceRow("sample-upper", "clerk"),))
    clerk = factories.make_official(lower, role="clerk")
    other = factories.make_official(lower, role="guard")
    stranger = factories.make_resident()
    assert "code" in said(authorize(logged_in(clerk.account_id), connected))
    for account in (other, stranger):
        browser = logged_in(account.account_id)
        assert authorize(browser, connected).status_code == 403
        assert said(authorize(browser, connected, prompt="none"))["error"] == "access_denied"
    assert [row.name for row in queries.launcher(viewer=clerk.actor)] == [PLAIN.name]
    assert queries.launcher(viewer=other.actor) == queries.launcher(viewer=stranger.actor) == ()
    assert PLAIN.name in logged_in(clerk.account_id).get("/apps/").content.decode()


def test_the_launcher_costs_the_same_for_one_system_and_for_many(django_assert_num_queries):
    resident = factories.make_resident()
    connect()
    for number in range(3):
        connect(name=f"样例系统{number}")
    with django_assert_num_queries(1):
        assert len(queries.launcher(viewer=resident.actor)) == 4


def test_a_system_may_ask_for_two_factors():
    connected, browser = connect(least_level=2), logged_in(factories.make_resident().account_id)
    assert authorize(browser, connected).status_code == 403
    assert said(authorize(browser, connected, prompt="none"))["error"] == "unmet_authentication_requirements"
    session = browser.session
    session[RECORDS] = [{"method": "password", "at": time.time()}, {"method": "mfa", "type": "totp", "at": time.time()}]
    session.save()
    found = claims(exchange(connected, code_of(browser, connected)))
    assert (found["acr"], found["amr"]) == ("urn:yiwang:aal2", ["pwd", "otp", "mfa"])


def userinfo(connected, browser, scope):
    given = exchange(connected, code_of(browser, connected, scope=scope)).json()
    return Client().get("/oidc/userinfo", headers={"Authorization": f"Bearer {given['access_token']}"}).json()


def test_officials_are_told_of_with_their_offices_and_agents_with_whom_they_act_for():
    place = factories.make_organisation("sample-office-of-claims")
    connected = connect()
    official = logged_in(factories.make_official(place, role="clerk").account_id)
    found = userinfo(connected, official, "openid profile organisation entity")
    assert [(o["code"], o["role"], o["current"]) for o in found["organisations"]] == [
        ("sample-office-of-claims", "clerk", True)
    ]
    resident, entity = factories.make_resident(), factories.make_legal_entity("样例企业")
    subject = SubjectRef("legal_entity", entity)
    factories.make_representation(resident.person_id, subject, kind=factories.RepresentationKind.STAFF)
    browser = logged_in(resident.account_id)
    session = browser.session
    session["identity.acting"] = str(subject)
    session.save()
    found = userinfo(connected, browser, "openid profile organisation entity")
    assert (found["acting_for"]["name"], found["acting_for"]["by"]) == ("样例企业", "staff")
    assert "id_number" not in found


def test_numbers_are_told_only_where_the_review_gave_them():
    resident = factories.make_resident()
    browser = logged_in(resident.account_id)
    plain = connect()
    assert said(authorize(browser, plain, scope="openid id_number"))["error"] == "invalid_scope"
    trusted = connect(name="样例核验系统", scopes=(Scope.OPENID, Scope.ID_NUMBER))
    assert len(userinfo(trusted, browser, "openid id_number")["id_number"]) == 18


def test_two_systems_with_subjects_of_their_own_cannot_compare_people():
    browser = logged_in(factories.make_resident().account_id)
    first, second = connect(pairwise=True), connect(pairwise=True, name="另一个样例系统")
    subjects = [claims(exchange(each, code_of(browser, each)))["sub"] for each in (first, first, second)]
    assert subjects[0] == subjects[1] != subjects[2]


def test_a_device_is_let_in_by_the_code_that_it_shows():
    connected = connect(kind=ClientKind.DEVICE, redirect_uris=())
    browser, device = logged_in(factories.make_resident().account_id), Client()
    begun = device.post("/oidc/device/code", {"client_id": connected.client_id, "scope": "openid profile"}).json()
    asking = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": begun["device_code"],
        "client_id": connected.client_id,
    }  # fmt: skip
    assert device.post("/oidc/token", asking).json()["error"] == "authorization_pending"
    assert device.post("/oidc/token", asking).json()["error"] == "slow_down"
    page = browser.get("/oidc/device", {"code": begun["user_code"]})
    assert PLAIN.name in page.content.decode()
    assert browser.post("/oidc/device", {"code": begun["user_code"], "decision": "allow"}).status_code == 200
    given = device.post("/oidc/token", asking).json()
    assert good(given["access_token"])
    assert device.post("/oidc/token", asking).json()["error"] == "invalid_grant"
    assert not good(given["access_token"])  # its code came twice
    assert browser.post("/oidc/device", {"code": begun["user_code"], "decision": "allow"}).status_code == 422


def test_whoever_asks_does_not_decide_and_decisions_stand():
    place = factories.make_organisation()
    both = factories.make_official(place, grants=["identity.request_clients", "identity.review_clients"], role="both")
    other = factories.make_official(place, grants=["identity.review_clients"], role="reviewer")
    now = clock.now()
    asked = commands.request_client(profile=PLAIN, organisation_id=place, reason="样例", by=both.actor, at=now)
    with pytest.raises(OwnClientRequest):
        commands.decide_client_request(request_id=asked, approve=True, by=both.actor, at=now)
    with pytest.raises(ClientProfileInvalid):
        commands.decide_client_request(request_id=asked, approve=False, by=other.actor, at=now)
    commands.decide_client_request(request_id=asked, approve=True, by=other.actor, at=now)
    with pytest.raises(ClientRequestDecided):
        commands.decide_client_request(request_id=asked, approve=False, remarks="样例", by=other.actor, at=now)


def test_keys_are_published_before_they_sign_and_after():
    now = clock.now()
    commands.rotate_signing_keys(by=factories.SYSTEM, at=now)
    assert commands.rotate_signing_keys(by=factories.SYSTEM, at=now + timedelta(hours=1)) == 0
    queries.forget_keys()
    keys = [key for key in queries.published_keys(at=now) if key.algorithm == "ES256"]
    assert [key.signs_from > now for key in keys] == [True, False]
    later = now + timedelta(days=91)
    assert commands.rotate_signing_keys(by=factories.SYSTEM, at=later) == 3
    queries.forget_keys()
    former = next(key for key in queries.published_keys(at=later) if key.kid == keys[1].kid)
    assert former.signs_until == keys[0].signs_from
    assert former.published_until == former.signs_until + timedelta(days=30)
    commands.withdraw_signing_key(kid=keys[0].kid, by=factories.SYSTEM, at=later)
    queries.forget_keys()
    assert keys[0].kid not in {key.kid for key in queries.published_keys(at=later)}


def test_log_ins_are_ended_with_their_session():
    connected, browser = connect(), logged_in(factories.make_resident().account_id)
    given = exchange(connected, code_of(browser, connected)).json()
    browser.get("/oidc/logout", {"id_token_hint": given["id_token"]})
    assert ClientLogin.objects.get().ended_at is not None
    assert not good(given["access_token"])
