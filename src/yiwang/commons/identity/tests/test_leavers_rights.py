"""Every kind of right that an account has here, and that leaving, moving, resetting end it before anybody has heard the news.

What other contexts hold ends there: tasks and stand-ins in flow (test_leaving), custody and keys in seals (test_leaving).
"""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount

from yiwang.commons.identity import commands, queries
from yiwang.commons.identity.commands import joiners, personnel
from yiwang.commons.identity.contracts.people import LeaveGround
from yiwang.commons.identity.models import (
    Account,
    Appointment,
    Device,
    Grant,
    HeldGrant,
    LoginSession,
    MailAddress,
    PersonnelSystem,
)
from yiwang.commons.identity.models.person import MAIL
from yiwang.commons.identity.queries import accounts_admin
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests import openid_clients as oidc
from yiwang.commons.identity.tests.test_joiners import house
from yiwang.kernel import clock
from yiwang.kernel.fields import keyed_hash
from yiwang.kernel.guard import opened
from yiwang.kernel.models import AuditEntry, OutboxEvent

__all__ = ["house"]
pytestmark = pytest.mark.django_db


def leave(one, house):
    joiners.leave(account_id=one, ground=LeaveGround.RESIGNED, by=make.SYSTEM, at=clock.now())


def move(one, house):
    held = Appointment.objects.filter(account_id=one, valid_to__isnull=True).first()
    place = {"organisation_id": house["bureau"], "role": "reviewer"}
    joiners.move(appointment_id=held.pk, **place, by=make.SYSTEM, at=clock.now())


def reset(one, house):
    joiners.access_link(account_id=one, by=make.SYSTEM, at=clock.now())


@pytest.mark.parametrize("step", [leave, move, reset])
def test_log_ins_here_and_at_other_systems_end_even_those_that_outlive_a_session(house, client, step):
    one = make.make_official(house["desk"], username="leaver", password=make.PASSWORD)
    connected = oidc.connect()
    browser = oidc.logged_in(one.account_id)
    tokens = oidc.exchange(connected, oidc.code_of(browser, connected, scope="openid offline_access")).json()
    waiting = oidc.code_of(browser, connected, scope="openid")
    LoginSession.objects.filter(account_id=one.account_id)
    client.post("/account/login/", {"login": "leaver", "password": make.PASSWORD})
    assert oidc.good(tokens["access_token"])
    step(one.account_id, house)
    assert not LoginSession.objects.filter(account_id=one.account_id, ended_at__isnull=True).exists()
    assert client.get("/api/v1/me").status_code == 401
    assert browser.get("/api/v1/me").status_code == 401
    assert not oidc.good(tokens["access_token"])
    assert oidc.refresh(connected, tokens["refresh_token"]).status_code == 400
    assert oidc.exchange(connected, waiting).status_code == 400


def test_offices_and_rights_also_those_to_come_end_with_leaving(house):
    one = make.make_official(house["desk"], grants=["cases.view"])
    tomorrow = clock.today() + timedelta(days=1)
    given = {"account_id": one.account_id, "organisation_id": house["desk"], "by": make.SYSTEM, "at": clock.now()}
    commands.appoint(role="reviewer", valid_from=tomorrow, **given)
    commands.grant(action="cases.accept", valid_from=tomorrow, **given)
    leave(one.account_id, house)
    for later in (0, 1, 30):
        with clock.frozen(clock.now() + timedelta(days=later)):
            assert not queries.holds(one.actor, "cases.view")
            assert not queries.holds(one.actor, "cases.accept")
    for rows in (Appointment, Grant, HeldGrant):
        assert not rows.objects.filter(account_id=one.account_id, valid_to__isnull=True).exists()
    assert accounts_admin.official_page(account_id=one.account_id, viewer=make.SYSTEM).row.offices == ()


@pytest.mark.parametrize("step", [leave, move])
def test_tokens_of_personnel_systems_that_a_leaver_was_shown_are_void(house, client, step):
    made = personnel.register_system(
        name="样例人事系统", organisation_id=house["bureau"], roles=[make.make_role()],
        valid_to=clock.today() + timedelta(days=9), by=house["admin"], at=clock.now(),
    )  # fmt: skip
    ask = {"Authorization": f"Bearer {made.token}"}
    assert client.get("/scim/v2/Users", headers=ask).status_code == 200
    step(house["admin"].account_id, house)
    assert client.get("/scim/v2/Users", headers=ask).status_code == 401
    row = PersonnelSystem.objects.get()
    assert (row.ended_at, row.valid_to < clock.today()) == (None, True), "another administrator renews it"


def close(one, house):
    commands.deactivate_account(account_id=one, by=make.SYSTEM, at=clock.now())


def _with_every_way_in(one):
    """What an owner, or a thief, may have set up beside the password."""
    with opened("tests"):
        for kind in (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES):
            Authenticator.objects.create(user_id=one, type=kind, data={})
        address = {"address": "sample@example.org", "address_hash": keyed_hash("sample@example.org", MAIL)}
        MailAddress.objects.create(account_id=one, confirmed_at=clock.now(), **address)
        Device.objects.create(
            account_id=one, token_hash=b"x" * 32, name="样例浏览器", first_at=clock.now(), last_at=clock.now()
        )
        SocialAccount.objects.create(user_id=one, provider="sample", uid="1", extra_data={})
        Account.objects.filter(pk=one).update(second_code="mail")


@pytest.mark.parametrize("step", [leave, reset, close])
def test_passkeys_app_recovery_codes_mail_links_and_known_browsers_go_and_it_is_audited_and_told(house, step):
    one = make.make_official(house["desk"], password=make.PASSWORD).account_id
    stranger = make.make_official(house["desk"]).account_id
    _with_every_way_in(one)
    with opened("tests"):
        Authenticator.objects.create(user_id=stranger, type=Authenticator.Type.WEBAUTHN, data={})
    step(one, house)
    for rows in (Authenticator.objects.filter(user_id=one), SocialAccount.objects.filter(user_id=one)):
        assert not rows.exists()
    for model in (MailAddress, Device):
        assert not model.objects.filter(account_id=one).exists()
    account = Account.objects.get(pk=one)
    assert account.second_code == ""
    assert account.has_usable_password() == (step is close), (
        "who is refused there learns why after the right password only"
    )
    assert Authenticator.objects.filter(user_id=stranger).exists()
    entry = AuditEntry.objects.get(command="identity.clear_factors", subject_id=one)
    gone = {"totp", "webauthn", "recovery_codes", "mail", "outside", "devices"}
    assert gone <= set(entry.details["cleared"])
    news = OutboxEvent.objects.filter(payload__factor="all", aggregate_id=one)
    assert news.count() == 1


def test_a_link_for_somebody_who_never_logged_in_clears_nothing_and_tells_nothing(house):
    one = make.make_official(house["desk"]).account_id
    reset(one, house)
    assert not OutboxEvent.objects.filter(payload__factor="all").exists()


def test_moving_takes_no_way_in_from_its_owner(house):
    one = make.make_official(house["desk"], password=make.PASSWORD).account_id
    _with_every_way_in(one)
    move(one, house)
    assert Authenticator.objects.filter(user_id=one).count() == 3
    assert Device.objects.filter(account_id=one).exists()


def test_a_browser_that_is_known_opens_nothing_after_leaving(house, client):
    one = make.make_official(house["desk"], username="leaver", password=make.PASSWORD)
    client.post("/account/login/", {"login": "leaver", "password": make.PASSWORD})
    assert Device.objects.filter(account_id=one.account_id).exists()
    leave(one.account_id, house)
    client.post("/account/login/", {"login": "leaver", "password": make.PASSWORD})
    assert client.get("/api/v1/me").status_code == 401
