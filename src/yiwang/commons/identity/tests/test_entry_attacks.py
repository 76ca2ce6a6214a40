"""Attacks on the way in: guessing, finding out who has an account, borrowed sessions, addresses that lead astray."""

import statistics
import time
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client, override_settings

from yiwang.commons.identity import commands, queries, rules
from yiwang.commons.identity.contracts import TooManyAttempts
from yiwang.commons.identity.models import AttemptCount, LoginSession, Person
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests.test_entry import (
    LOGIN,
    NEW,
    anonymous,
    is_owner,
    log_in,
    mobile_of,
    phone,
    shown,
    with_totp,
)
from yiwang.kernel import clock
from yiwang.kernel.codes.synthetic import synthetic_mobile

__all__ = ["phone"]
pytestmark = pytest.mark.django_db
ARGON = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
NOBODY = synthetic_mobile(9999)


def guess(name, password="Wrong-pass-2026", address="192.0.2.1", client=None):
    client = client or Client()
    client.post(LOGIN, {"login": name, "password": password}, REMOTE_ADDR=address)
    return client


def test_guesses_from_many_addresses_are_slowed_and_the_owner_still_gets_in():
    made = make.make_resident(password=make.PASSWORD)
    own = Client()
    log_in(own, made)
    own.post("/account/logout/")
    for number in range(25):
        guess(made.username, address=f"198.51.100.{number}")
    stranger = guess(made.username, make.PASSWORD, "203.0.113.9")
    assert anonymous(stranger), "the twenty-first try within an hour was not made, whatever the password"
    log_in(own, made)
    assert not anonymous(own), "the owner at a known browser is not shut out by strangers"


def test_the_owner_on_a_new_device_has_another_way_while_somebody_guesses(phone):
    made = make.make_resident(password=make.PASSWORD)
    for number in range(25):
        guess(made.username, address=f"198.51.100.{number}")
    client = Client()
    client.post("/account/login/code/", {"mobile": mobile_of(made)})
    client.post("/account/login/code/entry/", {"code": phone.receive()})
    is_owner(client, made)
    assert not anonymous(client)


def test_one_address_that_guesses_does_not_shut_out_the_others():
    made = make.make_resident(password=make.PASSWORD)
    for _each in range(8):
        guess(made.username)
    assert anonymous(guess(made.username, make.PASSWORD))
    assert not anonymous(guess(made.username, make.PASSWORD, "203.0.113.9"))


def test_a_stolen_device_cookie_buys_ten_guesses_and_not_more():
    made = make.make_resident(password=make.PASSWORD)
    own = Client()
    log_in(own, made)
    own.post("/account/logout/")
    for _each in range(10):
        guess(made.username, client=own)
    log_in(own, made)
    assert anonymous(own)


def test_a_device_cookie_of_one_account_is_none_of_another():
    mine, victim = make.make_resident(password=make.PASSWORD), make.make_resident(password=make.PASSWORD)
    client = Client()
    log_in(client, mine)
    client.post("/account/logout/")
    for _each in range(6):
        guess(victim.username, client=client)
    assert anonymous(guess(victim.username, make.PASSWORD, client=client))


def test_all_names_of_an_account_share_one_count():
    made = make.make_resident(password=make.PASSWORD)
    person = Person.objects.get(pk=made.person_id)
    for name in (made.username, person.mobile, person.id_number) * 2:
        guess(name)
    assert anonymous(guess(made.username, make.PASSWORD))


def test_right_passwords_in_between_set_nobody_free():
    mine, victim = make.make_resident(password=make.PASSWORD), make.make_resident(password=make.PASSWORD)
    for _each in range(5):
        guess(victim.username)
        guess(mine.username, make.PASSWORD)
    assert anonymous(guess(victim.username, make.PASSWORD))


def test_an_office_behind_one_address_logs_in_at_nine():
    clerks = [make.make_resident(password=make.PASSWORD) for _each in range(40)]
    assert not any(anonymous(guess(clerk.username, make.PASSWORD)) for clerk in clerks)


def test_an_administrator_unlocks_an_account():
    made = make.make_resident(password=make.PASSWORD)
    for _each in range(6):
        guess(made.username)
    assert commands.unlock(account_id=made.account_id, by=make.SYSTEM, at=clock.now()) == 2
    assert AttemptCount.objects.count() == 1, "that of the address, which is nobody's"
    assert not anonymous(guess(made.username, make.PASSWORD))


def test_counts_run_out_and_hold_no_name():
    now = clock.now()
    limits = rules.login_limits(name="样例", address="192.0.2.1")
    told = {"limits": limits, "by": make.SYSTEM}
    for _each in range(5):
        commands.take_attempt(**told, at=now)
    with pytest.raises(TooManyAttempts):
        commands.take_attempt(**told, at=now)
    commands.take_attempt(**told, at=now + timedelta(minutes=6))
    assert all(b"192.0.2.1" not in bytes(row.bucket) for row in AttemptCount.objects.all())


@pytest.mark.parametrize(
    ("said", "behind", "counted"),
    [
        ("203.0.113.7", 0, "192.0.2.1"),
        ("203.0.113.7", 1, "203.0.113.7"),
        ("10.9.9.9, 203.0.113.7", 1, "203.0.113.7"),
        ("2001:db8:1:2:3::9", 1, "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", 1, "203.0.113.7"),
        ("nonsense\t<script>", 1, "unknown"),
        ("", 1, "192.0.2.1"),
    ],
)
def test_an_address_is_believed_only_from_the_own_proxy(rf, said, behind, counted):
    headers = {"X-Forwarded-For": said} if said else {}
    request = rf.get("/", headers=headers, REMOTE_ADDR="192.0.2.1")
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=behind):
        assert queries.address_of(request) == counted


def shape(response, hidden=()):
    """What an answer shows, without what must differ each time."""
    page = response.content.decode()
    start, end = page.find("<main"), page.find("</main")
    lines = [line for line in page[start:end].splitlines() if "csrf" not in line]
    shown = "\n".join(lines)
    for each in hidden:
        shown = shown.replace(each, "")
    return response.status_code, response.headers.get("Location"), shown


@pytest.mark.parametrize("path", ["/account/login/code/", "/account/recover/"])
def test_whether_a_number_has_an_account_is_not_told(path, phone):
    made = make.make_resident(password=make.PASSWORD)
    known, unknown = Client(), Client()
    number = mobile_of(made)
    first = known.post(path, {"mobile": number}, REMOTE_ADDR="192.0.2.1")
    second = unknown.post(path, {"mobile": NOBODY}, REMOTE_ADDR="192.0.2.2")
    assert shape(first) == shape(second)
    tails = {number[-4:]: "", NOBODY[-4:]: ""}
    assert shape(known.get(first.url), tails) == shape(unknown.get(second.url), tails)
    wrong = [shape(each.post(first.url, {"code": "000000"}), tails) for each in (known, unknown)]
    assert wrong[0] == wrong[1]
    phone.receive()
    assert [message[0] for message in phone.messages] == [number], "nothing is sent to a number without account"


def test_registering_tells_nobody_but_the_holder_of_the_number_that_it_is_known(phone):
    made = make.make_resident(password=make.PASSWORD)
    person = Person.objects.get(pk=made.person_id)
    stranger, newcomer = Client(), Client()
    told = {"name": person.name, "id_number": person.id_number, "mobile": person.mobile}
    known = stranger.post("/account/register/", told, REMOTE_ADDR="192.0.2.1")
    fresh = newcomer.post("/account/register/", told | {"mobile": NOBODY}, REMOTE_ADDR="192.0.2.2")
    assert shape(known) == shape(fresh)
    holder = stranger.post("/account/register/code/", {"code": phone_code(phone, person.mobile)})
    page = stranger.get(holder.url)
    assert "已经有账号" not in page.content.decode()
    assert "已经有账号" in stranger.post(holder.url, {"password": NEW, "again": NEW}).content.decode()


def phone_code(phone, number):
    phone.receive()
    return next(code for mobile, code, *_rest in phone.messages if mobile == number)


def test_log_in_answers_the_same_for_a_wrong_password_and_an_unknown_name():
    made = make.make_resident(password=make.PASSWORD)
    closed = make.make_resident(password=make.PASSWORD)
    commands.deactivate_account(account_id=closed.account_id, by=make.SYSTEM, at=clock.now())
    told = [
        shape(Client().post(LOGIN, {"login": n, "password": "x" * 12}))
        for n in (made.username, closed.username, "nobody")
    ]
    plain = {
        (status, words.replace(name, ""))
        for (status, _, words), name in zip(told, (made.username, closed.username, "nobody"), strict=True)
    }
    assert len(plain) == 1


@override_settings(PASSWORD_HASHERS=ARGON)
def test_log_in_takes_as_long_for_an_unknown_name():
    made = make.make_resident(password=make.PASSWORD)
    spent = {made.username: [], "nobody": []}
    for turn in range(4):
        for name, times in spent.items():
            commands.unlock(account_id=made.account_id, by=make.SYSTEM, at=clock.now())
            began = time.process_time()
            guess(name, address=f"198.51.100.{turn}")
            times.append(time.process_time() - began)
    known, unknown = (statistics.median(times) for times in spent.values())
    assert 0.6 < known / unknown < 1.7, "one password hash each"


def test_asking_for_codes_floods_no_phone(phone):
    made = make.make_resident()
    number = mobile_of(made)
    for minute in range(30):
        for address in ("192.0.2.1", "192.0.2.2"):
            try_to_send(number, address, clock.now() + timedelta(minutes=2 * minute))
    phone.receive()
    assert len(phone.messages) <= 10


def try_to_send(number, address, at):
    from yiwang.commons.identity.contracts import CodePurpose

    try:
        commands.send_code(purpose=CodePurpose.LOGIN, mobile=number, address=address, by=make.SYSTEM, at=at)
    except TooManyAttempts:
        return


def test_who_has_stolen_a_password_does_not_shut_the_owner_out_of_the_second_factor():
    made = make.make_resident(password=make.PASSWORD)
    own, thief = Client(), Client()
    log_in(own, made)
    own.post("/account/logout/")
    secret = with_totp(made)
    log_in(thief, made)
    for _each in range(6):
        thief.post("/account/login/second/", {"code": "000000"})
    log_in(own, made)
    own.post("/account/login/second/", {"code": shown(secret)})
    assert not anonymous(own)
    assert anonymous(thief)


def test_a_session_from_before_the_log_in_is_worth_nothing_after_it():
    made = make.make_resident(password=make.PASSWORD)
    client = Client()
    client.get("/account/login/code/")
    session = client.session
    session["planted"] = "1"
    session.save()
    client.cookies["sessionid"] = session.session_key
    log_in(client, made)
    assert client.session.session_key != session.session_key
    attacker = Client()
    attacker.cookies["sessionid"] = session.session_key
    assert anonymous(attacker)


def test_nor_one_from_before_the_second_factor():
    made = make.make_resident(password=make.PASSWORD)
    secret = with_totp(made)
    client = Client()
    log_in(client, made)
    before = client.session.session_key
    client.post("/account/login/second/", {"code": shown(secret)})
    assert not anonymous(client)
    assert client.session.session_key != before


def test_logging_somebody_in_from_another_site_is_refused():
    made = make.make_resident(password=make.PASSWORD)
    client = Client(enforce_csrf_checks=True)
    told = {"login": made.username, "password": make.PASSWORD}
    assert client.post(LOGIN, told).status_code == 403
    for path in ("register/", "recover/", "login/code/", "login/passkey/", "confirm/", "devices/", "logout/"):
        assert client.post(f"/account/{path}", {"credential": "{}"}).status_code in {302, 403}
        assert anonymous(client)
    assert not LoginSession.objects.exists()


@pytest.mark.parametrize(
    "away",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "https:evil.example",
        "///evil.example", "/\t/evil.example", "http://testserver@evil.example/", "%2f%2fevil.example", "\r\nSet-Cookie:x=1",
    ],
)  # fmt: skip
def test_no_way_in_leads_to_another_site(away, phone):
    made = make.make_resident(password=make.PASSWORD)
    client = Client()
    response = client.post(LOGIN, {"login": made.username, "password": make.PASSWORD, "next": away})
    assert stays(response)
    assert stays(client.post("/account/confirm/", {"password": make.PASSWORD, "next": away}))
    other = Client()
    other.post("/account/login/code/", {"mobile": mobile_of(made), "next": away})
    assert stays(other.post("/account/login/code/entry/", {"code": phone.receive()}))
    assert stays(is_owner(other, made))


def stays(response):
    place = urljoin("http://testserver/account/login/", response.headers["Location"])
    return urlsplit(place).netloc == "testserver" and urlsplit(place).scheme == "http" and "\\" not in place


def test_a_foreign_host_header_is_refused(client):
    assert client.get(LOGIN, headers={"Host": "evil.example"}).status_code == 400
    assert client.get(LOGIN, headers={"Host": "testserver", "X-Forwarded-Host": "evil.example"}).status_code == 200
    page = client.get("/account/recover/", headers={"X-Forwarded-Host": "evil.example"}).content.decode()
    assert "evil.example" not in page


@pytest.mark.parametrize("credential", ["", "null", "[]", "1", "{}", '{"id": 1}', '{"response": []}', "{" * 2000, '{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"userHandle":"' + "A" * 60 + '","clientDataJSON":"e30","authenticatorData":"AAAA","signature":"AAAA"}}'])  # fmt: skip
def test_nonsense_instead_of_a_passkey_is_refused_and_no_fault(client, credential):
    client.get("/account/login/passkey/", headers={"Accept": "application/json"})
    assert client.post("/account/login/passkey/", {"credential": credential}).status_code == 422
    assert anonymous(client)


def test_half_a_log_in_opens_no_page(client):
    made = make.make_resident(password=make.PASSWORD)
    with_totp(made)
    log_in(client, made)
    for path in (
        "factors/",
        "devices/",
        "password/",
        "confirm/",
        "factors/recovery/",
        "factors/passkeys/add/",
        "acting/",
    ):
        assert client.get(f"/account/{path}").status_code == 302


def test_pages_with_secrets_are_kept_by_no_cache(client):
    made = make.make_resident(password=make.PASSWORD)
    log_in(client, made)
    client.post("/account/confirm/", {"password": make.PASSWORD})
    assert client.get("/account/factors/totp/").status_code == 200
    with_totp(made)
    for path in ("factors/", "factors/totp/remove/", "factors/recovery/", "devices/"):
        assert "no-store" in client.get(f"/account/{path}").headers.get("Cache-Control", ""), path


def test_whoever_has_no_password_is_led_to_set_one(client):
    made = make.make_resident()
    make.login(client, made.account_id)
    for answer in (client.get("/account/password/"), client.post("/account/password/", {"password1": "x"})):
        assert (answer.status_code, answer.url) == (302, "/account/recover/")


@pytest.mark.parametrize("provider", ["weixin", "dingtalk"])
def test_the_callback_of_a_provider_that_is_not_connected_is_no_page(client, provider):
    assert client.get(f"/account/outside/{provider}/callback/?code=x&state=y").status_code == 404
