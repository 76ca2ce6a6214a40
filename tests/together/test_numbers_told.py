"""Connected systems that are told somebody's numbers stand among those who looked at their data."""

import re
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from yiwang.commons.identity.commands import openid as commands
from yiwang.commons.identity.contracts.openid import Scope
from yiwang.commons.identity.registry import reading
from yiwang.commons.identity.tests import factories
from yiwang.commons.identity.tests.openid_clients import PLAIN, code_of, connect, exchange, logged_in, refresh
from yiwang.commons.privacy import queries
from yiwang.commons.privacy.contracts import LOGS_IN, AccessWay
from yiwang.commons.privacy.models import AccessEntry
from yiwang.kernel import clock

pytestmark = pytest.mark.django_db
NAME = "样例参保系统"
WANTED = (Scope.OPENID, Scope.PROFILE, Scope.PHONE, Scope.ID_NUMBER, Scope.OFFLINE)


@pytest.fixture
def system():
    return connect(name=NAME, scopes=WANTED)


@pytest.fixture
def resident():
    return factories.make_resident()


def tokens(resident, system, scope="openid profile phone id_number"):
    return exchange(system, code_of(logged_in(resident.account_id), system, scope=scope)).json()


def learn(given):
    return Client().get("/oidc/userinfo", headers={"Authorization": f"Bearer {given['access_token']}"})


def test_each_number_that_a_system_is_told_is_entered_with_the_departments_reason(system, resident, client):
    given = tokens(resident, system)
    assert not AccessEntry.objects.exists()  # the identity token tells no numbers
    told = learn(given).json()
    assert {"phone_number", "id_number"} <= told.keys()
    entries = queries.accesses_of(viewer=resident.actor).items
    assert {entry.data.key for entry in entries} == {"phone", "id_number"}
    first = entries[0]
    assert (first.purpose, first.way, first.ground) == (LOGS_IN, AccessWay.USED, "样例")
    assert (first.organisation_id, first.case.id, first.case_words) == (system.organisation_id, system.id, NAME)
    assert first.automatic
    factories.login(client, resident.account_id)
    page = re.sub(r"<[^>]+>", " ", client.get(reverse("privacy:accesses")).content.decode())
    assert "的系统自动调取使用了您的“身份证件号码”，用于：您用统一登录进入这个单位的系统。" in page
    assert NAME in page
    for number in (told["id_number"], told["phone_number"].removeprefix("+86")):
        assert number not in page


def test_nothing_is_entered_where_no_number_is_told(system, resident):
    assert learn(tokens(resident, system, "openid profile")).status_code == 200
    given = tokens(resident, system)
    asking = {"token": given["access_token"], "client_id": system.client_id, "client_secret": system.secret}
    state = Client().post("/oidc/introspect", asking).json()
    assert state["active"]
    assert set(state) == {"active", "iss", "sub", "client_id", "scope", "token_type", "iat", "exp", "sid"}
    assert learn({"access_token": "guessed"}).status_code == 401
    assert not AccessEntry.objects.exists()


def test_one_log_in_is_one_look_of_each_system(system, resident):
    given = tokens(resident, system)
    for _turn in range(3):
        assert learn(given).status_code == 200
    assert AccessEntry.objects.count() == 2
    other = connect(name="另一个样例系统", scopes=WANTED)
    learn(tokens(resident, other))
    assert AccessEntry.objects.count() == 4


def test_a_system_that_comes_back_later_is_entered_anew(system, resident, monkeypatch):
    given = tokens(resident, system, "openid phone offline_access")
    learn(given)
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + commands.logins.ACCESS_SERVES * 2)
    again = refresh(system, given["refresh_token"]).json()
    assert learn(again).status_code == 200
    assert AccessEntry.objects.count() == 2


def test_nobody_is_told_numbers_where_no_entry_can_be_kept(system, resident, monkeypatch):
    monkeypatch.setattr(reading, "_reads", reading._Reads())
    client = Client(raise_request_exception=False)
    given = tokens(resident, system)
    answer = client.get("/oidc/userinfo", headers={"Authorization": f"Bearer {given['access_token']}"})
    assert answer.status_code == 500
    assert "id_number" not in answer.content.decode()


def test_the_reason_is_that_with_which_the_number_was_first_given(system, resident):
    now = clock.now()
    place = system.organisation_id
    asking = factories.make_official(place, grants=["identity.request_clients"], role="asks")
    deciding = factories.make_official(place, grants=["identity.review_clients"], role="decides")
    changed = replace(PLAIN, name=NAME, scopes=(*WANTED, Scope.ORGANISATION))
    asked = commands.request_client(
        profile=changed, organisation_id=place, reason="换了地址", system_id=system.id, by=asking.actor, at=now
    )
    commands.decide_client_request(request_id=asked, approve=True, by=deciding.actor, at=now)
    learn(tokens(resident, system))
    assert {entry.ground for entry in AccessEntry.objects.all()} == {"样例"}
