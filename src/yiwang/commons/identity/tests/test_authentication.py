"""What a session says of how its account logged in, as other contexts and other systems rely on it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from yiwang.commons.identity import queries, rules
from yiwang.commons.identity.contracts import Authentication, Factor
from yiwang.commons.identity.models import Account
from yiwang.commons.identity.tests import factories
from yiwang.kernel import clock

pytestmark = pytest.mark.django_db
RECORDS, OWNER = "account_authentication_methods", "account_authentication_methods_user"
THEN = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


def asked(made, records, owner=None):
    request = RequestFactory().get("/")
    request.user = Account.objects.get(pk=made.account_id) if made else AnonymousUser()
    request.session = {RECORDS: records, OWNER: owner or str(made.account_id if made else "")}
    return queries.authentication(request)


def record(method, minutes=0, **more):
    return {"method": method, "at": (THEN + timedelta(minutes=minutes)).timestamp(), **more}


def test_tells_when_and_how_and_how_strongly():
    found = asked(factories.make_resident(), [record("password"), record("mfa", 1, type="totp", id=1)])
    assert found == Authentication(THEN + timedelta(minutes=1), (Factor.PASSWORD, Factor.TOTP), 2)
    assert found.amr == ("pwd", "otp", "mfa")


def test_a_later_confirmation_moves_the_time_and_adds_no_method():
    found = asked(factories.make_resident(), [record("password"), record("password", 30, reauthenticated=True)])
    assert (found.at, found.methods, found.level) == (THEN + timedelta(minutes=30), (Factor.PASSWORD,), 1)


def test_a_passkey_that_verified_its_user_is_two_factors_alone():
    one = asked(factories.make_resident(), [record("mfa", type="webauthn", passwordless=True)])
    assert (one.methods, one.level) == ((Factor.PASSKEY,), 2)
    assert one.amr == ("hwk", "mfa")


def test_what_another_account_showed_in_this_browser_counts_for_nothing():
    me, other = factories.make_resident(), factories.make_resident()
    assert asked(me, [record("password")], owner=str(other.account_id)) == Authentication()


def test_strangers_and_unknown_records_prove_nothing():
    assert asked(None, [record("password")]) == Authentication()
    assert asked(factories.make_resident(), [record("nonsense")]) == Authentication()


def test_two_things_held_are_one_kind_of_factor():
    assert rules.authentication_level([Factor.CODE, Factor.TOTP]) == 1
    assert rules.authentication_level([Factor.PASSWORD, Factor.RECOVERY_CODE]) == 2
    assert rules.authentication_level([]) == 0


def test_the_actor_of_a_page_carries_the_factors(client):
    me = factories.make_resident(password=factories.PASSWORD)
    client.post("/account/login/", {"login": me.username, "password": factories.PASSWORD})
    request = client.get("/account/acting/").wsgi_request
    assert queries.actor_of(request).factors == ("password",)
    assert clock.now() - queries.authentication(request).at < timedelta(minutes=1)
