"""Codes reach people through a real mail server; a demonstration without one says nothing to anybody outside."""

import smtplib
import socket

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Letters

from yiwang.commons.identity.contracts import CodePurpose, CodesUnavailable, FactorChanged, NewDeviceUsed
from yiwang.commons.identity.tests.factories import make_resident
from yiwang.commons.notify import adapters, handlers, queries, registry
from yiwang.commons.notify.contracts import MessageFaulty
from yiwang.commons.notify.contrib.smtp import MailGateway
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
