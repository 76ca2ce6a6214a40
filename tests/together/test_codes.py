"""Codes reach people through a real mail server; a demonstration without one says nothing to anybody outside."""

import re
import smtplib
import socket

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Letters
from django.test import Client

from yiwang.commons.identity import commands as identity
from yiwang.commons.identity.contracts import CodePurpose, CodesUnavailable, FactorChanged, NewDeviceUsed
from yiwang.commons.identity.models import OneTimeCode
from yiwang.commons.identity.tests.factories import PASSWORD, SYSTEM, login, make_resident, person_row
from yiwang.commons.notify import adapters, handlers, queries, registry
from yiwang.commons.notify.contracts import MessageFaulty
from yiwang.commons.notify.contrib.smtp import MailGateway, Post
from yiwang.kernel import clock
from yiwang.kernel.ids import new_id
from yiwang.kernel.outbox import Delivery

TOLD = {"code": "483920", "purpose": CodePurpose.LOGIN, "minutes": 5}


class Kept(Letters):
    """Keeps what arrives."""

    def __init__(self):
        super().__init__()
        self.letters = []

    def handle_message(self, message):
        self.letters.append(message)


@pytest.fixture
def post():
    kept = Kept()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(kept, hostname="127.0.0.1", port=port, ready_timeout=20)
    server.start()
    gateway = MailGateway(f"smtp://127.0.0.1:{port}?from=yiwang@sample.example&to={{mobile}}@sms.example")
    registry.register_gateway(gateway)
    yield kept.letters
    registry.withdraw_gateway(gateway)
    server.stop()


def test_a_code_arrives_with_what_it_is_for(post):
    assert adapters.ready()
    adapters.carry(mobile="19900000001", **TOLD)
    (letter,) = post
    assert letter["To"] == "19900000001@sms.example"
    words = letter.get_payload(decode=True).decode()
    assert "483920" in words
    assert "登录" in words
    assert "5 分钟" in words


@pytest.mark.parametrize(
    "number", ["19900000001\nBcc: all@evil.example", "19900000001,19900000002", "１９９００００００01", ""]
)
def test_nothing_but_digits_gets_into_a_header(post, number):
    with pytest.raises(MessageFaulty):
        adapters.carry(mobile=number, **TOLD)
    assert post == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1?from=a@b.example&to={mobile}@c.example",
        "smtp://127.0.0.1?from=a@b.example",
        "smtp://?to={mobile}@c",
    ],
)
def test_a_wrong_setting_is_told(url):
    with pytest.raises(MessageFaulty):
        MailGateway(url).send("19900000001", "x", "y")


@pytest.fixture
def mailer(post):
    made = Post(registry.gateway().url.partition("&")[0])
    registry.register_post(made)
    yield post
    registry.withdraw_post(made)


def test_a_code_arrives_at_an_address_of_its_own(mailer):
    assert adapters.mail_ready()
    adapters.carry_mail(mail="sample.one@mail.example", **TOLD)
    (letter,) = mailer
    assert letter["To"] == "sample.one@mail.example"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert "483920" in letter.get_payload(decode=True).decode()


@pytest.mark.parametrize(
    "mail", ["a@b.example\nBcc: all@evil.example", "a@b.example, all@evil.example", "a@b.example\r\n\r\nmore", "", "a"]
)
def test_nothing_but_one_address_gets_into_a_header(mailer, mail):
    with pytest.raises(MessageFaulty):
        adapters.carry_mail(mail=mail, **TOLD)
    assert mailer == []


def test_without_a_mail_server_no_letter_goes_out():
    assert not adapters.mail_ready()
    with pytest.raises(CodesUnavailable):
        adapters.carry_mail(mail="sample.one@mail.example", **TOLD)


@pytest.mark.django_db
def test_an_address_is_proved_and_opens_the_account_by_letters_that_really_arrive(mailer, client):
    owner = make_resident(password=PASSWORD)

    def read():
        for row in OneTimeCode.objects.filter(sent_at__isnull=True):
            identity.carry_code(code_id=row.pk, by=SYSTEM, at=clock.now())
        return re.search(r"\d{6}", mailer[-1].get_payload(decode=True).decode())[0]

    login(client, owner.account_id)
    client.post("/account/confirm/", {"password": PASSWORD})
    client.post("/account/factors/mail/", {"mail": "sample.one@mail.example"})
    client.post("/account/factors/mail/code/", {"code": read()})
    elsewhere = Client()
    elsewhere.post("/account/login/mail/", {"mail": "sample.one@mail.example"})
    elsewhere.post("/account/login/code/entry/", {"code": read()})
    tail = person_row(owner.person_id).id_number[-4:]
    assert elsewhere.post("/account/login/code/owner/", {"name": "样例甲", "tail": tail}).status_code == 302
    assert elsewhere.get("/account/devices/").status_code == 200
    assert [letter["To"] for letter in mailer] == ["sample.one@mail.example"] * 2


def test_a_server_that_is_away_makes_the_job_try_again():
    with pytest.raises((OSError, smtplib.SMTPException)):
        MailGateway("smtp://127.0.0.1:9?from=a@b.example&to={mobile}@c.example").send("19900000001", "x", "y")


def test_without_a_gateway_no_code_goes_out():
    assert registry.gateway() is None
    assert not adapters.ready()
    with pytest.raises(CodesUnavailable):
        adapters.carry(mobile="19900000001", **TOLD)


@pytest.mark.django_db
def test_the_owner_hears_of_a_new_device_and_of_changed_factors_once():
    owner = make_resident()
    device = NewDeviceUsed(account_id=owner.account_id, session_id=new_id())
    changed = FactorChanged(account_id=owner.account_id, factor="webauthn", change="added")
    delivery = Delivery(event_id=new_id(), at=clock.now(), attempt=1)
    for _each in range(2):
        handlers.on_new_device(device, delivery=delivery)
        handlers.on_factor_changed(changed, delivery=delivery)
    kinds = [message.kind for message in queries.messages(viewer=owner.actor).items]
    assert sorted(kinds) == [handlers.FACTOR, handlers.NEW_DEVICE]
