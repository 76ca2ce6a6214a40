"""Logging in, registering, coming back: what a resident does, and that a second factor is asked for."""

import re
import time
from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from yiwang.commons.identity import commands, queries
from yiwang.commons.identity.contracts import (
    CodePurpose,
    Factor,
    SecondFactorNeeded,
    SecondFactorWrong,
    SessionEnd,
    Sex,
    UnknownRecord,
)
from yiwang.commons.identity.models import Account, Device, LoginSession, OneTimeCode, Person
from yiwang.commons.identity.registry import codes as port
from yiwang.commons.identity.tests import factories as make
from yiwang.kernel import clock
from yiwang.kernel.codes.synthetic import synthetic_id_number, synthetic_mobile
from yiwang.kernel.models import AuditEntry, OutboxEvent

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"
FRESH = synthetic_id_number(division_code="320402", birth_date=date(1960, 5, 4), sex=Sex.MALE)
NEW = "A-fresh-pass-2026"


class Phone:
    """What arrives at mobile numbers."""

    def __init__(self):
        self.messages = []

    def __call__(self, *, mobile, code, purpose, minutes):
        self.messages.append((mobile, code, purpose, minutes))

    def receive(self):
        """Carry what waits, as the worker does; the code of the last message."""
        for row in OneTimeCode.objects.filter(sent_at__isnull=True):
            commands.carry_code(code_id=row.pk, by=make.SYSTEM, at=clock.now())
        return self.messages[-1][1] if self.messages else None


@pytest.fixture
def phone():
    kept = port._codes.carry, port._codes.ready
    made = Phone()
    port.provide_codes(made, ready=lambda: True)
    yield made
    port.provide_codes(kept[0], ready=kept[1])


def mobile_of(made):
    return Person.objects.get(pk=made.person_id).mobile


def log_in(client, made, password=make.PASSWORD, **more):
    return client.post(LOGIN, {"login": made.username, "password": password, **more})


def is_owner(client, made, name="样例甲", page="/account/login/code/owner/"):
    """What an unknown browser asks after a code."""
    return client.post(page, {"name": name, "tail": Person.objects.get(pk=made.person_id).id_number[-4:]})


def with_totp(made):
    account = Account.objects.get(pk=made.account_id)
    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    RecoveryCodes.activate(account)
    return secret


def shown(secret, step=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def anonymous(client):
    return "_auth_user_id" not in client.session


@pytest.mark.parametrize("which", ["username", "mobile", "id_number", "id_number_small_x_and_blanks"])
def test_people_log_in_by_any_name_they_know(client, which):
    made = make.make_resident(password=make.PASSWORD)
    person = Person.objects.get(pk=made.person_id)
    names = {
        "username": made.username,
        "mobile": person.mobile,
        "id_number": person.id_number,
        "id_number_small_x_and_blanks": f" {person.id_number[:6]} {person.id_number[6:].lower()}",
    }
    response = client.post(LOGIN, {"login": names[which], "password": make.PASSWORD})
    assert response.status_code == 302
    assert not anonymous(client)


def test_a_number_that_two_residents_share_means_nobody(client):
    first, second = make.make_resident(password=make.PASSWORD), make.make_resident(password=make.PASSWORD)
    number = mobile_of(first)
    commands.update_contact(
        person_id=second.person_id, mobile=number, address=None, region_id=None, by=make.SYSTEM, at=clock.now()
    )
    client.post(LOGIN, {"login": number, "password": make.PASSWORD})
    assert anonymous(client)


def test_a_log_in_is_recorded_and_the_browser_is_known_again(client):
    made = make.make_resident(password=make.PASSWORD)
    response = log_in(client, made)
    cookie = response.cookies[queries.DEVICE_COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    device = Device.objects.get(account_id=made.account_id)
    assert cookie.value not in bytes(device.token_hash).hex()
    client.post("/account/logout/")
    assert LoginSession.objects.get().end_reason == SessionEnd.LOGOUT
    log_in(client, made)
    assert Device.objects.count() == 1
    assert LoginSession.objects.filter(ended_at__isnull=True).count() == 1
    assert not OutboxEvent.objects.filter(type__contains="NewDevice").exists()


def test_a_new_device_is_told_to_the_owner(client):
    made = make.make_resident(password=make.PASSWORD)
    log_in(client, made)
    log_in(Client(), made)
    assert OutboxEvent.objects.filter(type__contains="NewDevice").count() == 1


def test_the_password_alone_does_not_open_an_account_with_an_authenticator(client):
    made = make.make_resident(password=make.PASSWORD)
    secret = with_totp(made)
    response = log_in(client, made)
    assert response.url == "/account/login/second/"
    assert anonymous(client)
    assert client.get("/account/factors/").status_code == 302
    assert client.post("/account/login/second/", {"code": "000000"}).status_code == 200
    assert anonymous(client)
    client.post("/account/login/second/", {"code": shown(secret)})
    assert not anonymous(client)
    found = queries.authentication(client.get("/account/factors/").wsgi_request)
    assert (set(found.methods), found.level) == ({Factor.PASSWORD, Factor.TOTP}, 2)
    assert found.session == LoginSession.objects.get().pk


def test_a_code_of_the_app_works_once_and_a_recovery_code_too(client):
    made = make.make_resident(password=make.PASSWORD)
    secret = with_totp(made)
    code = shown(secret)
    recovery = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    for used in (code, recovery):
        first, second = Client(), Client()
        log_in(first, made)
        log_in(second, made)
        first.post("/account/login/second/", {"code": used})
        second.post("/account/login/second/", {"code": used})
        assert not anonymous(first)
        assert anonymous(second)


def test_codes_of_second_factors_can_not_be_guessed(client):
    made = make.make_resident(password=make.PASSWORD)
    secret = with_totp(made)
    log_in(client, made)
    for _each in range(5):
        client.post("/account/login/second/", {"code": "000000"})
    client.post("/account/login/second/", {"code": shown(secret)})
    assert anonymous(client)


def test_secrets_of_second_factors_are_not_in_clear():
    made = make.make_resident()
    secret = with_totp(made)
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
        stored = cursor.fetchone()[0]
    assert secret not in stored
    assert not any(code in stored for code in codes)
    assert Authenticator.objects.get(type="totp").wrap().validate_code(shown(secret))


def test_a_step_up_asks_for_the_second_factor_where_there_is_one():
    made = make.make_resident(password=make.PASSWORD)
    secret = with_totp(made)
    told = {"password": make.PASSWORD, "about": "x", "session": "s", "by": made.actor, "at": clock.now()}
    with pytest.raises(SecondFactorNeeded):
        commands.confirm_password(**told)
    with pytest.raises(SecondFactorWrong):
        commands.confirm_password(**told, code="000000")
    proof = commands.confirm_password(**told, code=shown(secret))
    found = queries.step_up(proof=proof, about="x", session="s", viewer=made.actor, at=clock.now())
    assert found.factor == "password+totp"


def test_a_resident_registers_and_is_logged_in(client, phone):
    number = synthetic_mobile(8001)
    told = {"name": "样例新", "id_number": FRESH, "mobile": number}
    assert client.post("/account/register/", told).url == "/account/register/code/"
    code = phone.receive()
    assert phone.messages == [(number, code, CodePurpose.REGISTER, 5)]
    assert client.post("/account/register/code/", {"code": "not it"}).status_code == 422
    assert client.post("/account/register/code/", {"code": code}).url == "/account/register/password/"
    short = client.post("/account/register/password/", {"password": "short", "again": "short"})
    assert short.status_code == 422
    assert client.post("/account/register/password/", {"password": NEW, "again": NEW}).status_code == 302
    assert not anonymous(client)
    found = queries.authentication(client.get("/account/factors/").wsgi_request)
    assert found.methods == (Factor.CODE,)
    other = Client()
    other.post(LOGIN, {"login": number, "password": NEW})
    assert not anonymous(other)
    assert not any(told["id_number"] in str(value) for value in client.session.values())


def test_whoever_left_a_number_out_is_asked_for_it_and_not_told_its_length(client):
    said = client.post("/account/register/", {"name": "样例新", "id_number": " ", "mobile": ""}).content.decode()
    assert "请填写身份证号码。" in said
    assert "请填写手机号码。" in said
    assert "应为" not in said
    short = client.post("/account/register/", {"name": "样例新", "id_number": "3204", "mobile": "199"}).content.decode()
    assert short.count("应为") >= 2


def test_name_and_id_number_of_somebody_else_lead_to_nothing_of_theirs(client, phone):
    victim = Person.objects.get(pk=make.make_person("样例知名"))
    told = {"name": victim.name, "id_number": victim.id_number, "mobile": synthetic_mobile(8002)}
    client.post("/account/register/", told)
    client.post("/account/register/code/", {"code": phone.receive()})
    client.post("/account/register/password/", {"password": NEW, "again": NEW})
    made = Account.objects.get(
        person__mobile_hash=Person.objects.get(name=victim.name, id_number__isnull=True).mobile_hash
    )
    assert made.person_id != victim.pk


def test_the_registered_mobile_number_leads_to_the_known_person(client, phone):
    known = Person.objects.get(pk=make.make_person("样例已知"))
    client.post("/account/register/", {"name": known.name, "id_number": known.id_number, "mobile": known.mobile})
    client.post("/account/register/code/", {"code": phone.receive()})
    client.post("/account/register/password/", {"password": NEW, "again": NEW})
    assert Account.objects.get(person_id=known.pk).is_active


def test_a_lost_password_is_set_anew_and_every_log_in_ends(client, phone):
    made = make.make_resident(password=make.PASSWORD)
    elsewhere = Client()
    log_in(elsewhere, made)
    client.post("/account/recover/", {"mobile": mobile_of(made)})
    client.post("/account/recover/code/", {"code": phone.receive()})
    told = {"password": NEW, "again": NEW}
    assert is_owner(client, made, "样 例甲", "/account/recover/owner/").url == "/account/recover/password/"
    assert client.post("/account/recover/password/", told).url == LOGIN
    assert elsewhere.get("/account/factors/").status_code == 302
    assert anonymous(client)
    log_in(client, made, NEW)
    assert not anonymous(client)


def test_a_code_logs_in_and_the_second_factor_is_still_asked_for(client, phone):
    made = make.make_resident(password=make.PASSWORD)
    with_totp(made)
    client.post("/account/login/code/", {"mobile": mobile_of(made)})
    response = client.post("/account/login/code/entry/", {"code": phone.receive()})
    assert response.url == "/account/login/second/"
    assert anonymous(client)


def test_a_code_is_for_one_purpose_once_and_five_minutes(client, phone):
    made = make.make_resident()
    number, now = mobile_of(made), clock.now()
    sent = commands.send_code(purpose=CodePurpose.LOGIN, mobile=number, address="192.0.2.1", by=make.SYSTEM, at=now)
    code = phone.receive()
    told = {"code_id": sent, "code": code, "by": make.SYSTEM}
    assert commands.try_code(**told, purpose=CodePurpose.RECOVER, at=now) is None
    assert commands.try_code(**told, purpose=CodePurpose.LOGIN, at=now + timedelta(minutes=5)) is None
    assert commands.try_code(**told, purpose=CodePurpose.LOGIN, at=now).account_id == made.account_id
    assert commands.try_code(**told, purpose=CodePurpose.LOGIN, at=now) is None


def test_the_sixth_try_of_a_code_is_in_vain(phone):
    made = make.make_resident()
    now = clock.now()
    sent = commands.send_code(
        purpose=CodePurpose.LOGIN, mobile=mobile_of(made), address="192.0.2.1", by=make.SYSTEM, at=now
    )
    code = phone.receive()
    wrong = "000001" if code != "000001" else "000002"
    for _each in range(5):
        assert commands.try_code(code_id=sent, code=wrong, purpose=CodePurpose.LOGIN, by=make.SYSTEM, at=now) is None
    assert commands.try_code(code_id=sent, code=code, purpose=CodePurpose.LOGIN, by=make.SYSTEM, at=now) is None


def test_without_a_way_to_send_codes_the_page_says_where_to_go(client):
    kept = port._codes.carry, port._codes.ready
    port._codes.carry = None
    page = client.post("/account/login/code/", {"mobile": synthetic_mobile(5)})
    port.provide_codes(kept[0], ready=kept[1])
    assert page.status_code == 422
    assert "服务窗口" in page.content.decode()


def test_a_changed_password_ends_other_log_ins_and_keeps_this_one(client):
    made = make.make_resident(password=make.PASSWORD)
    other = Client()
    log_in(other, made)
    log_in(client, made)
    told = {"oldpassword": make.PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post("/account/password/", told).status_code == 302
    assert client.get("/account/devices/").status_code == 200
    assert other.get("/account/devices/").status_code == 302
    kept = LoginSession.objects.get(ended_at__isnull=True)
    assert kept.session_key == client.session.session_key
    commands.end_session(session_id=kept.pk, by=made.actor, at=clock.now())
    assert client.get("/account/devices/").status_code == 302


def test_devices_are_listed_and_removed_with_their_log_ins(client, django_assert_num_queries):
    made = make.make_resident(password=make.PASSWORD)
    log_in(client, made)
    others = [Client(headers={"User-Agent": "Mozilla/5.0 (iPhone) Safari/600"}) for _each in range(3)]
    for each in others:
        log_in(each, made)
    page = client.get("/account/devices/").content.decode()
    assert page.count("Safari · iPhone") == 6  # a heading and a button each
    rows = queries.devices(account_id=made.account_id, viewer=made.actor)
    assert len(rows) == 4
    with django_assert_num_queries(2):
        queries.devices(account_id=made.account_id, viewer=made.actor)
    client.post("/account/devices/", {"device": str(rows[0].id)})
    assert Device.objects.count() == 3
    assert others[2].get("/account/devices/").status_code == 302
    client.post("/account/devices/", {"do": "others"})
    assert others[0].get("/account/devices/").status_code == 302
    assert client.get("/account/devices/").status_code == 200


def test_nobody_ends_or_sees_the_log_ins_of_another():
    mine, other = make.make_resident(password=make.PASSWORD), make.make_resident(password=make.PASSWORD)
    theirs = Client()
    log_in(theirs, other)
    row = LoginSession.objects.get()
    with pytest.raises(UnknownRecord):
        commands.end_session(session_id=row.pk, by=mine.actor, at=clock.now())
    with pytest.raises(UnknownRecord):
        commands.forget_device(device_id=row.device_id, by=mine.actor, at=clock.now())
    assert theirs.get("/account/devices/").status_code == 200


def test_a_closed_account_is_out_at_once_and_each_end_is_told(client):
    made = make.make_resident(password=make.PASSWORD)
    log_in(client, made)
    commands.deactivate_account(account_id=made.account_id, by=make.SYSTEM, at=clock.now())
    assert not Session.objects.exists()
    assert OutboxEvent.objects.filter(type__contains="SessionEnded").count() == 1


def test_an_authenticator_app_is_added_after_a_fresh_confirmation(client, django_capture_on_commit_callbacks):
    made = make.make_resident(password=make.PASSWORD)
    log_in(client, made)
    asked = client.get("/account/factors/totp/")
    assert asked.url.startswith("/account/confirm/")
    assert client.post(asked.url, {"password": "wrong"}).status_code == 422
    assert client.post(asked.url, {"password": make.PASSWORD, "next": "/account/factors/totp/"}).status_code == 302
    page = client.get("/account/factors/totp/").content.decode()
    secret = "".join(re.search(r"<strong>([A-Z2-7 ]+)</strong>", page)[1].split())
    assert "<svg" in page
    with django_capture_on_commit_callbacks(execute=True):
        added = client.post("/account/factors/totp/", {"code": shown(secret)})
    assert added.url == "/account/factors/recovery/"
    codes = client.get(added.url).content.decode()
    assert len(re.findall(r"\b\d{4} \d{4}\b", codes)) == 10
    assert AuditEntry.objects.filter(command="identity.tell_factor_change").count() == 2
    assert client.post("/account/factors/totp/remove/").status_code == 302
    assert not Authenticator.objects.exists()
