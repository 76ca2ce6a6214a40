"""Devices without a keyboard: who may ask for codes how often, and how far a guesser of shown codes gets (RFC 8628)."""

import re
from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Token
from django.db import connection
from django.test import Client

from yiwang.commons.identity.adapters.openid import devices
from yiwang.commons.identity.contracts.openid import ClientKind
from yiwang.commons.identity.tests import factories
from yiwang.commons.identity.tests.openid_clients import connect, logged_in
from yiwang.kernel import clock

pytestmark = pytest.mark.django_db
GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture
def screen():
    return connect(kind=ClientKind.DEVICE, redirect_uris=())


def begin(connected, address="192.0.2.1"):
    return Client(REMOTE_ADDR=address).post("/oidc/device/code", {"client_id": connected.client_id, "scope": "openid"})


def count_anew(change):
    """Past the guards: what time or many addresses would do to the counts."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"UPDATE commons_identity_attemptcount SET {change}")
        cursor.execute("SET session_replication_role = origin")


def poll(connected, begun):
    asking = {"grant_type": GRANT, "device_code": begun["device_code"], "client_id": connected.client_id}
    return Client().post("/oidc/token", asking).json()


def test_one_address_opens_a_bounded_number_of_codes_and_others_are_not_shut_out(screen):
    answers = [begin(screen) for _turn in range(32)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429] * 2
    assert answers[-1].headers["Retry-After"] == "600"
    assert answers[-1].json()["error"] == "temporarily_unavailable"
    assert begin(screen, "192.0.2.2").status_code == 200
    assert Token.objects.filter(data__has_key="shows").count() == 31
    other = connect(kind=ClientKind.DEVICE, redirect_uris=(), name="另一个样例设备")
    assert begin(other).status_code == 200
    count_anew("until = now() - interval '1 second'")
    assert begin(screen).status_code == 200


def test_a_clients_open_codes_are_bounded_from_however_many_addresses(screen):
    assert begin(screen).status_code == 200
    count_anew("count = 2000")
    assert begin(screen, "198.51.100.7").status_code == 429


def test_shown_codes_are_random_letters_kept_as_hashes_only(screen):
    shown = [begin(screen).json()["user_code"] for _turn in range(30)]
    assert len(set(shown)) == 30
    assert all(re.fullmatch("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", each) for each in shown)
    assert len(set("".join(shown))) == 21  # 20 letters, 34 bits in all
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM allauth_idp_oidc_token t")
        kept = cursor.fetchone()[0]
    assert not any(each in kept or each.replace("-", "") in kept for each in shown)


@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_guesses_shown_codes_is_stopped_however_the_code_comes(screen, method):
    browser = logged_in(factories.make_resident().account_id)
    tries = [getattr(browser, method)("/oidc/device", {"code": f"BBBB-BBB{each}"}) for each in "BCDFGHJKLMNP"]
    assert [answer.status_code for answer in tries] == [422] * 10 + [429] * 2
    right = begin(screen).json()["user_code"]
    assert getattr(browser, method)("/oidc/device", {"code": right}).status_code == 429
    somebody = logged_in(factories.make_resident().account_id)
    for _turn in range(12):  # right codes count nowhere
        assert getattr(somebody, method)("/oidc/device", {"code": right}).status_code == 200


def test_a_device_that_asks_too_soon_waits_longer_each_time(screen, monkeypatch):
    now = 1_000_000.0
    monkeypatch.setattr(devices.time, "time", lambda: now)
    begun = begin(screen).json()
    assert begun["interval"] == 5
    assert poll(screen, begun)["error"] == "authorization_pending"
    for wait, said in ((4, "slow_down"), (9, "slow_down"), (14, "slow_down"), (20, "authorization_pending")):
        now += wait
        assert poll(screen, begun)["error"] == said, wait


def test_a_device_code_ends_and_a_refusal_is_told(screen):
    browser = logged_in(factories.make_resident().account_id)
    begun = begin(screen).json()
    browser.post("/oidc/device", {"code": begun["user_code"], "decision": "deny"})
    assert poll(screen, begun)["error"] == "access_denied"
    begun = begin(screen).json()
    Token.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert poll(screen, begun)["error"] == "expired_token"
    assert browser.get("/oidc/device", {"code": begun["user_code"]}).status_code == 422
    assert (
        poll(connect(kind=ClientKind.DEVICE, redirect_uris=(), name="另一个样例设备"), begun)["error"]
        == "invalid_grant"
    )


def test_letting_a_device_in_takes_a_page_of_our_own(screen):
    account = factories.make_resident().account_id
    strict = Client(enforce_csrf_checks=True)
    factories.login(strict, account)
    begun = begin(screen).json()
    assert strict.post("/oidc/device", {"code": begun["user_code"], "decision": "allow"}).status_code == 403
    page = strict.get("/oidc/device", {"code": begun["user_code"], "decision": "allow"})  # an address lets nobody in
    assert poll(screen, begun)["error"] == "authorization_pending"
    assert page.headers["X-Frame-Options"] == "DENY"
