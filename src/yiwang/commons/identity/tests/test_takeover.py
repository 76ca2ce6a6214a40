"""Attacks that join two parts of one login: a person taken over, a right borrowed, a log-in that outlives its end."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from yiwang.commons.identity import commands, queries, rules
from yiwang.commons.identity.commands import agency, assurance, joiners, personnel
from yiwang.commons.identity.commands import openid as openid_commands
from yiwang.commons.identity.contracts import (
    AccountKind,
    CodePurpose,
    InvalidIdentity,
    NotPermitted,
    TooManyAttempts,
    UnknownRecord,
)
from yiwang.commons.identity.contracts.openid import (
    REQUEST_CLIENTS,
    REVIEW_CLIENTS,
    ClientKind,
    OwnClientRequest,
    Scope,
)
from yiwang.commons.identity.contracts.people import NotInReach
from yiwang.commons.identity.contracts.real_names import MandateClosed
from yiwang.commons.identity.engine.scim import ScimFault
from yiwang.commons.identity.engine.scim.patching import patched
from yiwang.commons.identity.models import Account, Appointment, Mandate, OneTimeCode
from yiwang.commons.identity.policies import administering
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests import openid_clients as oidc
from yiwang.commons.identity.tests.real_names import number_of, register, verified
from yiwang.commons.identity.tests.test_entry import anonymous, is_owner, log_in, mobile_of, phone
from yiwang.commons.identity.tests.test_joiners import house
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.guard import opened

__all__ = ["house", "phone", "register"]
pytestmark = pytest.mark.django_db
MANAGER = ("identity.manage_accounts", "identity.appoint")


def me(client):
    return client.get("/api/v1/me").json()


def test_who_knows_name_and_number_makes_no_account_that_acts_as_the_resident(house, client):
    victim = make.make_resident("样例甲", password=make.PASSWORD)
    made = joiners.join(
        name="样例甲", username="borrowed", id_number=number_of(victim.person_id), organisation_id=house["desk"],
        role=make.make_role(), by=house["admin"], at=clock.now(),
    )  # fmt: skip
    commands.end_appointment(
        appointment_id=Appointment.objects.get(account_id=made).pk, by=house["admin"], at=clock.now()
    )
    make.login(client, made)
    assert me(client)["person_id"] is None, "an official's account acts for its office and for nobody's own affairs"


def test_the_true_person_shown_at_a_higher_level_puts_the_impostor_out(register, client):
    impostor = verified(register)
    clerk = make.make_official(make.make_organisation(), grants=["identity.register"])
    true = make.make_resident(person_id=make.make_person(with_id_number=False))
    make.login(client, impostor.account_id)
    told = {"username": true.username, "name": "样例甲", "id_number": number_of(impostor.person_id)}
    assurance.confirm_in_person(**told, by=clerk.actor, at=clock.now())
    assert Account.objects.get(pk=true.account_id).person_id == impostor.person_id
    assert not Account.objects.get(pk=impostor.account_id).is_active, "two accounts of one person: the surer one stays"
    assert client.get("/api/v1/me").status_code == 401


def test_a_clerk_confirms_no_second_account_of_their_own():
    clerk = make.make_official(make.make_organisation(), grants=["identity.register"])
    own = make.make_resident("样例经办", person_id=clerk.person_id)
    told = {"username": own.username, "name": "样例经办", "id_number": number_of(clerk.person_id)}
    with pytest.raises((NotPermitted, UnknownRecord)):
        assurance.confirm_in_person(**told, by=clerk.actor, at=clock.now())


def test_a_log_in_over_another_one_ends_like_any_other(phone):
    first, second = make.make_resident(password=make.PASSWORD), make.make_resident(password=make.PASSWORD)
    client = Client()
    client.post("/account/login/code/", {"mobile": mobile_of(second)})
    code = phone.receive()
    log_in(client, first)
    client.post("/account/login/code/entry/", {"code": code})
    is_owner(client, second)
    if me(client)["account_id"] == str(second.account_id):
        by = second.actor
        commands.end_sessions(account_id=second.account_id, by=by, at=clock.now())
        assert anonymous(client), "a session that its owner ended goes on"


def test_letters_that_fold_alike_are_no_fresh_name_for_guessing():
    made = make.make_resident(username="sis-is-sis", password=make.PASSWORD)
    client = Client()
    for name in ("ſis-is-sis", "sıs-is-sis", "SIS-IS-SIS", " sis-is-sis "):
        client.post("/account/login/", {"login": name, "password": make.PASSWORD})
        reached = not anonymous(client)
        counted = queries.door_of(name, "").account_id == made.account_id
        assert counted or not reached, f"{name} opens the door without being counted for it"
        client.post("/account/logout/")


def test_coming_back_by_mobile_buys_no_fresh_guesses_at_the_second_factor(phone):
    made = make.make_resident("样例甲", password=make.PASSWORD)
    limits = rules.second_factor_limits(str(made.account_id))
    for _each in range(5):
        commands.take_attempt(limits=limits, account_id=made.account_id, by=make.SYSTEM, at=clock.now())
    sent = commands.send_code(
        purpose=CodePurpose.RECOVER, mobile=mobile_of(made), address="192.0.2.1", by=make.SYSTEM, at=clock.now()
    )
    code = OneTimeCode.objects.get(pk=sent).code
    told = {"code_id": sent, "code": code, "purpose": CodePurpose.RECOVER}
    proof = commands.try_code(**told, by=make.SYSTEM, at=clock.now())
    tail = number_of(made.person_id)[-4:]
    commands.prove_owner(proof=proof, name="样例甲", tail=tail, by=make.SYSTEM, at=clock.now())
    commands.recover_account(proof=proof, password="A-fresh-pass-2026", by=make.SYSTEM, at=clock.now())
    with pytest.raises(TooManyAttempts):
        commands.take_attempt(limits=limits, account_id=made.account_id, by=make.SYSTEM, at=clock.now())
    with pytest.raises(TooManyAttempts):
        commands.send_code(
            purpose=CodePurpose.RECOVER, mobile=mobile_of(made), address="192.0.2.1", by=make.SYSTEM, at=clock.now()
        )


def test_nobody_writes_another_mobile_into_their_own_record():
    attacker, victim = make.make_resident(), make.make_resident()
    told = {"person_id": attacker.person_id, "address": None, "region_id": None}
    with pytest.raises(InvalidIdentity):
        commands.update_contact(**told, mobile=mobile_of(victim), by=attacker.actor, at=clock.now())
    assert commands.codes.account_by_mobile(mobile_of(victim)) == victim.account_id
    commands.update_contact(**told, mobile=mobile_of(attacker), by=attacker.actor, at=clock.now())


def test_a_manager_of_one_bureau_opens_no_account_of_a_resident_nor_of_wider_rights(house):
    resident = make.make_resident(password=make.PASSWORD)
    wider = make.make_official(house["desk"], grants=[make.Grants("cases.view", organisation_id=house["other"])])
    for target in (resident, wider):
        given = {"account_id": target.account_id, "by": house["admin"], "at": clock.now()}
        for tried in (
            lambda given=given: commands.set_password(password="Taken-over-2026", **given),
            lambda given=given: commands.deactivate_account(**given),
            lambda given=given: commands.end_sessions(**given),
            lambda given=given: commands.unlock(**given),
            lambda given=given: queries.devices(account_id=given["account_id"], viewer=given["by"]),
        ):
            with pytest.raises(NotPermitted):
                tried()


def test_rights_that_begin_tomorrow_keep_an_account_out_of_reach_today(house):
    rising = make.make_official(house["desk"])
    tomorrow = clock.today() + timedelta(days=1)
    commands.appoint(
        account_id=rising.account_id, organisation_id=house["other"], role="clerk", valid_from=tomorrow, by=make.SYSTEM,
        at=clock.now(),
    )  # fmt: skip
    with pytest.raises(NotInReach):
        joiners.access_link(account_id=rising.account_id, by=house["admin"], at=clock.now())
    bounds = administering.Bounds(house["bureau"], "territory")
    assert not administering.within(bounds, [rising.account_id])


def test_a_personnel_system_takes_nobody_whom_it_does_not_keep(house):
    made = personnel.register_system(
        name="样例人事系统", organisation_id=house["bureau"], roles=[make.make_role()],
        valid_to=clock.today() + timedelta(days=9), by=house["admin"], at=clock.now(),
    )  # fmt: skip
    stranger = commands.create_account(
        username="free.one", password=None, kind=AccountKind.OFFICIAL, by=make.SYSTEM, at=clock.now()
    )
    given = {"system_id": made.system_id, "by": make.SYSTEM, "at": clock.now()}
    with pytest.raises(NotInReach):
        personnel.assign(organisation_id=house["desk"], role="clerk", change=lambda: ({stranger}, set()), **given)
    with pytest.raises(NotInReach):
        personnel.discharge(account_id=stranger, **given)


def test_a_patch_that_multiplies_values_by_filters_is_refused_before_it_costs():
    values = [{"value": f"m{number}"} for number in range(5000)]
    terms = " or ".join(f'value eq "x{number}"' for number in range(30))
    bomb = [{"op": "add", "path": "members", "value": values}]
    bomb += [{"op": "remove", "path": f"members[{terms}]"}] * 99
    with pytest.raises(ScimFault):
        patched({"members": []}, {"Operations": bomb}, frozenset({"members"}))


def test_two_accounts_of_one_person_are_one_person_to_the_four_eyes():
    place = make.make_organisation()
    asking = make.make_official(place, grants=[REQUEST_CLIENTS], role="asker")
    other = commands.create_account(
        username="second.hat", password=None, kind=AccountKind.OFFICIAL, person_id=asking.person_id, by=make.SYSTEM,
        at=clock.now(),
    )  # fmt: skip
    commands.appoint(account_id=other, organisation_id=place, role="asker", by=make.SYSTEM, at=clock.now())
    commands.grant(account_id=other, action=REVIEW_CLIENTS, organisation_id=place, by=make.SYSTEM, at=clock.now())
    asked = openid_commands.request_client(
        profile=oidc.PLAIN, organisation_id=place, reason="样例", by=asking.actor, at=clock.now()
    )
    with pytest.raises(OwnClientRequest):
        openid_commands.decide_client_request(
            request_id=asked, approve=True, by=replace(asking.actor, account_id=other), at=clock.now()
        )


def test_a_device_asks_for_no_less_than_a_browser():
    connected = oidc.connect(kind=ClientKind.DEVICE, redirect_uris=(), post_logout_uris=(), least_assurance=2)
    browser = oidc.logged_in(make.make_resident().account_id)
    begun = Client().post("/oidc/device/code", {"client_id": connected.client_id, "scope": "openid"}).json()
    answer = browser.post("/oidc/device", {"code": begun["user_code"], "decision": "allow"})
    assert answer.status_code == 403
    strong = oidc.connect(kind=ClientKind.DEVICE, redirect_uris=(), post_logout_uris=(), least_level=2)
    begun = Client().post("/oidc/device/code", {"client_id": strong.client_id, "scope": "openid"}).json()
    answer = browser.post("/oidc/device", {"code": begun["user_code"], "decision": "allow"})
    assert answer.status_code == 403


def test_who_may_enter_no_more_refreshes_no_more():
    place = make.make_organisation()
    connected = oidc.connect()
    official = make.make_official(place)
    tokens = oidc.exchange(connected, oidc.code_of(oidc.logged_in(official.account_id), connected)).json()
    from yiwang.commons.identity.models import ClientSystem

    with opened("tests"):
        ClientSystem.objects.filter(pk=connected.id).update(residents=False)
    assert oidc.refresh(connected, tokens["refresh_token"]).status_code == 400
    assert not oidc.good(tokens["access_token"])


def test_a_mandate_offered_by_a_former_representative_cannot_be_accepted(register):
    former, staff = verified(register), verified(register, "样例乙")
    entity = make.make_legal_entity(legal_representative_id=former.person_id)
    agency.offer_mandate(
        principal=SubjectRef("legal_entity", entity), agent_name="样例乙", agent_number=number_of(staff.person_id),
        scopes=["*"], valid_to=clock.today() + timedelta(days=30), by=former.actor, at=clock.now(),
    )  # fmt: skip
    from yiwang.commons.identity.models import LegalEntity

    with opened("tests"):
        LegalEntity.objects.filter(pk=entity).update(legal_representative_id=make.make_person())
    with pytest.raises(MandateClosed):
        agency.answer_mandate(mandate_id=Mandate.objects.get().pk, accept=True, by=staff.actor, at=clock.now())


@pytest.mark.parametrize("page", ["factors/totp/", "factors/passkeys/add/", "factors/recovery/"])
def test_the_next_holder_of_a_mobile_number_keeps_no_way_in_of_their_own(phone, page):
    made = make.make_resident(password=make.PASSWORD)
    with opened("tests"):
        Account.objects.filter(pk=made.account_id).update(created_at=clock.now() - timedelta(days=900))
    client = Client()
    client.post("/account/login/code/", {"mobile": mobile_of(made)})
    client.post("/account/login/code/entry/", {"code": phone.receive()})
    is_owner(client, made)
    assert not anonymous(client)
    answer = client.get(f"/account/{page}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/confirm/")
    client.post("/account/confirm/", {"password": make.PASSWORD})
    assert client.get(f"/account/{page}").headers.get("Location", "").count("confirm") == 0


def test_a_system_gets_no_numbers_of_a_resident_from_an_account_that_an_administrator_opened():
    connected = oidc.connect(scopes=(Scope.OPENID, Scope.PROFILE, Scope.PHONE, Scope.ID_NUMBER))
    made = make.make_official(make.make_organisation())
    for level, told in ((2, False), (3, True)):
        with opened("tests"):
            Account.objects.filter(pk=made.account_id).update(assurance=level)
        browser = oidc.logged_in(made.account_id)
        code = oidc.code_of(browser, connected, scope="openid profile phone id_number")
        token = oidc.exchange(connected, code).json()["access_token"]
        claims = Client().get("/oidc/userinfo", headers={"Authorization": f"Bearer {token}"}).json()
        assert ("id_number" in claims, "phone_number" in claims) == (told, told), claims
