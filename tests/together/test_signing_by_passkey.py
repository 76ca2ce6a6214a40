"""A personal signature asks who one is: a passkey will do, and so will a code beside the password where one was chosen."""

import json
import re

import pytest
from django.test import Client

from yiwang.commons.identity import commands as accounts
from yiwang.commons.identity.contracts import CodeWay
from yiwang.commons.identity.registry import codes as port
from yiwang.commons.identity.tests import factories as identity
from yiwang.commons.identity.tests.soft_key import SoftKey
from yiwang.commons.identity.tests.test_entry import phone
from yiwang.commons.seals.models import CoSignature, CoSigner
from yiwang.commons.seals.tests.conftest import _office, city
from yiwang.commons.seals.tests.test_signing import ask, pair
from yiwang.kernel import clock
from yiwang.kernel.models import EvidenceRow

__all__ = ["_office", "city", "pair", "phone"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def signer(pair):
    """(the browser of the first signer, their actor, the page of a document that waits for them)"""
    made = ask(pair[:1])
    client = Client(SERVER_NAME="localhost")
    identity.login(client, pair[0].account_id)
    return client, pair[0], f"/mine/signing/{made}/"


def options_of(page):
    found = re.search(r'id="passkey-options"[^>]*>(.*?)</script>', page.content.decode(), re.DOTALL)
    return json.loads(found[1]) if found else None


def signed():
    return CoSigner.objects.filter(value__isnull=False).count()


def said_how():
    return EvidenceRow.objects.get(kind="signature.made").statement["facts"]["factor"]


def told(credential):
    return {"shown": CoSignature.objects.get().digest, "credential": credential}


def test_a_passkey_signs_without_a_password(city, signer):
    client, who, page = signer
    assert options_of(client.get(page)) is None, "who has none is not offered one"
    key = SoftKey(who.account_id)
    answer = key.answer(options_of(client.get(page)))
    assert client.post(page, told(answer)).status_code == 303
    assert signed() == 1
    assert said_how() == "passkey"
    assert client.post(page, told(answer)).status_code in {409, 422}, "an answer is for one challenge"


def test_what_no_passkey_of_theirs_signed_signs_nothing(city, signer):
    client, who, page = signer
    key, stranger = SoftKey(who.account_id), SoftKey(identity.make_resident().account_id)
    options = options_of(client.get(page))
    unverified = key.answer(options, verified=False)
    old = key.answer(options_of(client.get(page)))
    for wrong in (stranger.answer(options_of(client.get(page))), unverified, old, "", "null", "[]", "{}", "{" * 3000):
        refused = client.post(page, told(wrong))
        assert refused.status_code == 422, wrong[:40]
        assert "通行密钥" in refused.content.decode()
    assert signed() == 0


def test_a_confirmation_elsewhere_takes_a_passkey_too(signer):
    client, who, _page = signer
    key = SoftKey(who.account_id)
    page = "/account/confirm/"
    answer = key.answer(options_of(client.get(page)))
    assert client.post(page, {"credential": answer, "next": "/account/devices/"}).url == "/account/devices/"


def test_a_code_beside_the_password_is_sent_from_the_page_and_signs_with_it(city, signer, phone):
    client, who, page = signer
    accounts.choose_second_code(way=CodeWay.SMS, by=who, at=clock.now())
    asked = {"shown": CoSignature.objects.get().digest, "password": identity.PASSWORD}
    assert client.post(page, asked).status_code == 422
    assert client.post(page, {"do": "send"}).status_code == 303
    assert client.post(page, asked | {"code": phone.receive()}).status_code == 303
    assert signed() == 1
    assert said_how() == "password+code"
    assert port.codes_ready()
