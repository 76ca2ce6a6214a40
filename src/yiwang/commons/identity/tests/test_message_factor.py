"""Codes by e-mail, and a code by message beside the password: what they open, what they are worth, whose they are."""

from datetime import timedelta

import pytest
from django.test import Client

from yiwang.commons.identity import commands, queries
from yiwang.commons.identity.contracts import (
    CodePurpose,
    CodeWay,
    CodeWrong,
    Factor,
    InvalidIdentity,
    MailTaken,
    SecondFactorNeeded,
    SecondFactorWrong,
    TooManyAttempts,
    WayMissing,
)
from yiwang.commons.identity.models import Account, MailAddress, OneTimeCode
from yiwang.commons.identity.registry import codes as port
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests.test_entry import NEW, anonymous, is_owner, log_in, mobile_of, phone, with_totp
from yiwang.kernel import clock
from yiwang.kernel.models import OutboxEvent

__all__ = ["phone"]
pytestmark = pytest.mark.django_db
MAIL = "sample.one@mail.example"
MESSAGE = "/account/login/message/"


class Inbox:
    """What arrives at e-mail addresses."""

    def __init__(self):
        self.letters = []

    def __call__(self, *, mail, code, purpose, minutes):
        self.letters.append((mail, code, purpose, minutes))

    def receive(self):
        for row in OneTimeCode.objects.filter(sent_at__isnull=True):
            commands.carry_code(code_id=row.pk, by=make.SYSTEM, at=clock.now())
        return self.letters[-1][1] if self.letters else None


@pytest.fixture
def inbox(phone):
    kept = port._codes.carry_mail, port._codes.mail_ready
    made = Inbox()
    port.provide_mail_codes(made, ready=lambda: True)
    yield made
    port.provide_mail_codes(kept[0], ready=kept[1])


@pytest.fixture
def owner():
    return make.make_resident(password=make.PASSWORD)


def told(made, **more):
    return {"by": made.actor, "at": clock.now(), **more}


def proved(made, mail=MAIL, purpose=CodePurpose.MAIL):
    sent = commands.send_code(purpose=purpose, mail=mail, address="192.0.2.1", **told(made))
    code = OneTimeCode.objects.get(pk=sent).code
    return commands.try_code(code_id=sent, code=code, purpose=purpose, **told(made))


def has_mail(made, mail=MAIL):
    commands.set_mail(proof=proved(made, mail), **told(made))


def confirmed(client, made):
    client.post("/account/confirm/", {"password": make.PASSWORD})


def shown(client):
    return queries.authentication(client.get("/account/devices/").wsgi_request)


def test_an_address_is_added_by_a_code_and_then_opens_the_account(owner, inbox, client):
    log_in(client, owner)
    assert client.post("/account/factors/mail/", {"mail": "no address"}).status_code in {302, 422}
    confirmed(client, owner)
    assert client.post("/account/factors/mail/", {"mail": "no address"}).status_code == 422
    assert (
        client.post("/account/factors/mail/", {"mail": " Sample.One@Mail.example "}).url
        == "/account/factors/mail/code/"
    )
    assert client.post("/account/factors/mail/code/", {"code": "000000"}).status_code == 422
    assert client.post("/account/factors/mail/code/", {"code": inbox.receive()}).url == "/account/factors/"
    assert inbox.letters[-1][0] == MAIL
    assert "s***@mail.example" in client.get("/account/factors/").content.decode()
    assert MAIL not in client.get("/account/factors/").content.decode()
    assert OutboxEvent.objects.filter(type__contains="FactorChanged").exists()
    other = Client()
    assert other.post("/account/login/mail/", {"mail": MAIL}).url == "/account/login/code/entry/"
    assert other.post("/account/login/code/entry/", {"code": inbox.receive()}).url == "/account/login/code/owner/"
    is_owner(other, owner)
    found = shown(other)
    assert (found.methods, found.level, found.amr) == ((Factor.MAIL_CODE,), 1, ("otp",))


def test_a_lost_password_is_set_anew_by_mail(owner, inbox, client):
    has_mail(owner)
    client.post("/account/recover/mail/", {"mail": MAIL})
    client.post("/account/recover/code/", {"code": inbox.receive()})
    is_owner(client, owner, page="/account/recover/owner/")
    client.post("/account/recover/password/", {"password": NEW, "again": NEW})
    log_in(client, owner, NEW)
    assert not anonymous(client)


def test_an_address_is_of_one_account_and_nobody_hears_whether_it_is_of_any(owner, inbox, client):
    other = make.make_resident(password=make.PASSWORD)
    has_mail(owner)
    later = clock.now() + timedelta(minutes=2)
    with clock.frozen(later), pytest.raises(MailTaken):  # told to who has proved it
        commands.set_mail(proof=proved(other), **told(other))
    pages = []
    for mail in (MAIL, "nobody@mail.example"):
        answer = client.post("/account/login/mail/", {"mail": mail})
        pages.append((answer.status_code, answer.url, client.get(answer.url).content.count(b"<p")))
    assert pages[0] == pages[1]
    inbox.receive()
    assert {letter[0] for letter in inbox.letters} == {MAIL}, "nothing goes to an address without account"


@pytest.mark.parametrize("mail", ["a@b.example\nBcc: all@evil.example", "a,b@c.example", "a@b", "地@例.example", "", "a" * 300 + "@b.example"])  # fmt: skip
def test_nothing_but_an_address_is_one(owner, inbox, mail):
    with pytest.raises(InvalidIdentity):
        commands.send_code(purpose=CodePurpose.MAIL, mail=mail, address="192.0.2.1", **told(owner))


def test_a_proof_of_an_address_is_its_askers_and_for_once(owner, inbox):
    other, proof = make.make_resident(), proved(owner)
    with pytest.raises(CodeWrong):
        commands.set_mail(proof=proof, **told(other))
    commands.set_mail(proof=proof, **told(owner))
    with pytest.raises(CodeWrong):
        commands.set_mail(proof=proof, **told(owner))


@pytest.mark.parametrize(("way", "level"), [(CodeWay.SMS, 2), (CodeWay.MAIL, 1)])
def test_a_code_beside_the_password_is_asked_for_where_it_was_chosen(owner, inbox, phone, client, way, level):
    has_mail(owner)
    commands.choose_second_code(way=way, **told(owner))
    assert log_in(client, owner).url == MESSAGE
    assert anonymous(client)
    assert client.get("/account/factors/").status_code == 302
    key = client.session.session_key
    assert client.post(MESSAGE, {"code": "000000"}).status_code == 422
    receiver = phone if way is CodeWay.SMS else inbox
    answer = client.post(MESSAGE, {"code": receiver.receive()})
    assert answer.status_code == 302
    assert client.session.session_key != key, "a session that was prepared is not the one that is logged in"
    found = shown(client)
    assert (set(found.methods), found.level) == ({Factor.PASSWORD, way.factor}, level)
    assert found.amr == (("pwd", "sms", "mfa") if level == 2 else ("pwd", "otp"))
    assert set(queries.actor_of(client.get("/account/devices/").wsgi_request).factors) >= {Factor.PASSWORD, way.factor}


def test_whoever_chose_it_is_not_let_in_by_a_code_alone(owner, inbox, phone, client):
    commands.choose_second_code(way=CodeWay.SMS, **told(owner))
    client.post("/account/login/code/", {"mobile": mobile_of(owner)})
    answer = client.post("/account/login/code/entry/", {"code": phone.receive()})
    assert answer.status_code == 422
    assert anonymous(client)


def test_a_code_of_another_account_or_purpose_ends_no_log_in(owner, inbox, phone, client):
    thief = make.make_resident(password=make.PASSWORD)
    for each in (owner, thief):
        commands.choose_second_code(way=CodeWay.SMS, **told(each))
    mine, theirs = Client(), client
    log_in(mine, thief)
    own = phone.receive()
    log_in(theirs, owner)
    session = theirs.session
    session["identity.code"] = mine.session["identity.code"]
    session.save()
    assert theirs.post(MESSAGE, {"code": own}).status_code == 422
    assert anonymous(theirs)


def test_an_app_is_asked_for_instead_of_a_message(owner, inbox, client):
    commands.choose_second_code(way=CodeWay.SMS, **told(owner))
    with_totp(owner)
    assert log_in(client, owner).url == "/account/login/second/"


def test_a_confirmation_asks_for_the_code_too_and_counts_wrong_ones(owner, inbox, phone, client):
    commands.choose_second_code(way=CodeWay.SMS, **told(owner))
    asked = {"password": make.PASSWORD, "about": "x", "session": "s", "by": owner.actor}
    with pytest.raises(SecondFactorNeeded):
        commands.confirm_password(**asked, at=clock.now())
    ask = {"account_id": owner.account_id, "purpose": CodePurpose.CONFIRM, "address": "192.0.2.1"}
    commands.send_own_code(**ask, **told(owner))
    code = phone.receive()
    with pytest.raises(SecondFactorWrong):
        commands.confirm_password(**asked, code="000000" if code != "000000" else "1", at=clock.now())
    proof = commands.confirm_password(**asked, code=code, at=clock.now())
    found = queries.step_up(proof=proof, about="x", session="s", viewer=owner.actor, at=clock.now())
    assert found.factor == "password+code"
    for _each in range(4):
        with pytest.raises(SecondFactorWrong):
            commands.confirm_password(**asked, code=code, at=clock.now())
    with pytest.raises(TooManyAttempts):
        commands.confirm_password(**asked, code=code, at=clock.now())


def test_the_page_of_a_confirmation_sends_the_code_and_takes_it(owner, inbox, phone, client):
    log_in(client, owner)
    commands.choose_second_code(way=CodeWay.SMS, **told(owner))
    page = client.post("/account/confirm/", {"do": "send", "next": "/account/devices/"})
    assert page.status_code == 200
    answer = client.post(
        "/account/confirm/", {"password": make.PASSWORD, "code": phone.receive(), "next": "/account/devices/"}
    )
    assert answer.url == "/account/devices/"
    assert shown(client).level == 2


def test_what_can_reach_nobody_is_not_chosen_and_locks_nobody_out(owner, inbox, client):
    with pytest.raises(WayMissing):
        commands.choose_second_code(way=CodeWay.MAIL, **told(owner))
    has_mail(owner)
    commands.choose_second_code(way=CodeWay.MAIL, **told(owner))
    commands.remove_mail(**told(owner))
    assert Account.objects.get(pk=owner.account_id).second_code == ""
    assert not MailAddress.objects.exists()
    commands.choose_second_code(way=CodeWay.SMS, **told(owner))
    commands.update_contact(
        person_id=owner.person_id, mobile=None, address=None, region_id=None, by=make.SYSTEM, at=clock.now()
    )
    log_in(client, owner)
    assert not anonymous(client)


@pytest.mark.parametrize("page", ["mail/", "mail/code/", "mail/remove/", "message/"])
def test_ways_are_changed_after_a_confirmation_only(owner, inbox, phone, client, page):
    client.post("/account/login/code/", {"mobile": mobile_of(owner)})
    client.post("/account/login/code/entry/", {"code": phone.receive()})
    is_owner(client, owner)
    assert not anonymous(client)
    for answer in (client.get(f"/account/factors/{page}"), client.post(f"/account/factors/{page}", {"way": "sms"})):
        assert answer.status_code == 302
        assert "confirm" in answer.url or answer.url == "/account/login/"
    assert Account.objects.get(pk=owner.account_id).second_code == ""


@pytest.mark.parametrize("address", ["/account/login/mail/", "/account/login/code/", "/account/recover/mail/"])
def test_a_missing_address_is_told_at_its_field(address):
    answer = Client().post(address, {})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
