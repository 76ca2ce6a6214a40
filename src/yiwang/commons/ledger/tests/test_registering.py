"""Witnesses are registered so that everybody can still verify; what they answered is recorded once; looks stay cheap."""

import pytest

from yiwang.commons.crypto.engine import LocalSigner, suite
from yiwang.commons.ledger import commands, queries
from yiwang.commons.ledger.contracts import WitnessRefused
from yiwang.commons.ledger.engine import NoteSigner, TrustedKeys
from yiwang.commons.ledger.models import Witness
from yiwang.commons.ledger.tests.factories import SYSTEM, a_log
from yiwang.kernel import clock


def a_key(of="international"):
    return LocalSigner(suite(of).new_signing_key())


def add(name, key, url="https://w.example"):
    vkey = NoteSigner(name, key, cosigning=True).verifier.vkey
    return commands.add_witness(vkey=vkey, organisation="样例单位", url=url, by=SYSTEM, at=clock.now())


def names():
    return list(TrustedKeys.parse(queries.trusted_keys(viewer=SYSTEM)).witnesses)


@pytest.mark.django_db
@pytest.mark.parametrize("of", ["national", "international"])
def test_a_key_is_one_witness_under_whatever_name(of):
    a_log(of)
    key = a_key(of)
    first = add("one.example", key)
    with pytest.raises(WitnessRefused):
        add("another.example", key)
    commands.retire_witness(witness_id=first, by=SYSTEM, at=clock.now())
    with pytest.raises(WitnessRefused):
        add("another.example", key)
    assert (names(), Witness.objects.count()) == (["one.example"], 1)


@pytest.mark.django_db
def test_a_key_of_an_earlier_log_comes_back_under_its_name_alone():
    a_log()
    key = a_key()
    add("one.example", key)
    a_log("international", succeed=True)
    with pytest.raises(WitnessRefused):
        add("another.example", key)
    assert names() == ["one.example"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["none", "quorum-of-witnesses"])
def test_a_name_that_a_policy_keeps_for_itself_is_refused(name):
    a_log()
    with pytest.raises(WitnessRefused):
        add(name, a_key())
    assert not Witness.objects.exists()
    assert names() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url",
    ["https://w.example/a b", "https://w.example/\u3000", "https://", "ftp://w.example", "https://w.example:port", "https://me@w.example"],
)  # fmt: skip
def test_an_address_that_nobody_can_ask_or_write_down_is_refused(url):
    a_log()
    with pytest.raises(WitnessRefused):
        add("one.example", a_key(), url)
    assert names() == []
