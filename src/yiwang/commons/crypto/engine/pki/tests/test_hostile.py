"""Bytes that were damaged or invented: a verdict or a PkiError, never another exception, in bounded time and memory.

YIWANG_FUZZ_EXAMPLES multiplies the mutations (default 300 for each kind and suite).
"""

import os
import random
import time
import tracemalloc
from functools import cache

import pytest

from yiwang.commons.crypto.engine.pki import (
    PkiError,
    Responder,
    Revocation,
    der,
    parse_name,
    private_key_pem,
    read_certificate,
    read_certificates,
    read_list,
    read_private_key,
    read_response,
    write_request,
)
from yiwang.commons.crypto.engine.pki.certificates import MAX_CERTIFICATES, from_pem
from yiwang.commons.crypto.engine.pki.ocsp import read_request

from .factories import HOUR, NOW, SUITES, crl, forged, key, world

EXAMPLES = int(os.environ.get("YIWANG_FUZZ_EXAMPLES", "300"))
SEED = random.randrange(1 << 32)
LATER = NOW + HOUR
INTERESTING = (0x00, 0x01, 0x02, 0x05, 0x06, 0x1F, 0x30, 0x31, 0x7F, 0x80, 0x81, 0x84, 0xA0, 0xA3, 0xFF)


def mutations(whole: bytes, count: int):
    """Bits flipped, octets replaced, parts cut, doubled, swapped, lengths that lie, values nested in themselves."""
    chance = random.Random(SEED)
    for _ in range(count):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            at = chance.randrange(len(data) or 1)
            match chance.randrange(7):
                case 0:
                    data[at : at + 1] = bytes([data[at] ^ 1 << chance.randrange(8)]) if data else b""
                case 1:
                    data[at : at + 1] = bytes([chance.choice(INTERESTING)])
                case 2:
                    del data[at : at + chance.randrange(1, 40)]
                case 3:
                    data[at:at] = data[at : at + chance.randrange(1, 40)]
                case 4:
                    del data[at:]
                case 5:
                    data[at:at] = bytes([0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF])[: chance.randrange(1, 7)]
                case _:
                    data = bytearray(der.sequence(bytes(data)))
        yield bytes(data)


def outcome(reading, data):
    try:
        return reading(data)
    except PkiError as error:
        refusal = error
    assert refusal.reason.say("zh")
    assert refusal.reason.say("en")
    return None


def judge(w, data, original):
    found = outcome(read_certificate, data)
    if found is not None:
        for certificate, more in ((found, {}), (w.user, {"intermediates": [found]}), (w.user, {"anchors": [found]})):
            verdict = w.check(certificate, **more)
            assert verdict.valid is (not verdict.reasons)
            assert all(reason.as_json() for reason in (*verdict.reasons, *verdict.remarks))
            if certificate is found and found != original:
                assert not verdict.valid, (SEED, data.hex())


@pytest.mark.parametrize("suite", SUITES)
def test_no_mutation_of_a_certificate_is_accepted_or_escapes(suite):
    w = world(suite)
    for data in mutations(w.user.der, EXAMPLES):
        judge(w, data, w.user)
    for data in mutations(w.middle.certificate.der, EXAMPLES // 3):
        judge(w, data, w.middle.certificate)


@pytest.mark.parametrize("suite", SUITES)
def test_a_certificate_cut_anywhere_is_refused(suite):
    whole = world(suite).user.der
    for end in range(len(whole)):
        assert outcome(read_certificate, whole[:end]) is None


@pytest.mark.parametrize("suite", SUITES)
def test_no_mutation_of_a_list_frees_what_was_revoked(suite):
    w = world(suite)
    whole = crl(w.middle, Revocation(w.user.serial, NOW), Revocation(5, NOW)).der
    for data in mutations(whole, EXAMPLES):
        found = outcome(read_list, data)
        finding = found and found.finding(w.user, w.middle.certificate, LATER)
        assert finding is None or finding.fault is not None or data == whole, (SEED, data.hex())


@pytest.mark.parametrize("suite", SUITES)
def test_no_mutation_of_an_answer_frees_what_was_revoked(suite):
    w = world(suite)
    responder = Responder(w.middle.certificate, w.middle.signer, lambda serial: Revocation(serial, NOW))
    request = write_request(w.user, w.middle.certificate, nonce=b"12345678")
    whole = responder.respond(request, LATER)
    for data in mutations(whole, EXAMPLES):
        found = outcome(read_response, data)
        finding = found and found.finding(w.user, w.middle.certificate, LATER)
        assert finding is None or finding.fault is not None, (SEED, data.hex())
    for data in mutations(request, EXAMPLES):
        outcome(read_request, data)
        assert responder.respond(data, LATER)


@pytest.mark.parametrize("suite", SUITES)
def test_no_mutation_of_a_key_escapes(suite):
    private = key(suite)
    locked = from_pem(private_key_pem(private, b"x").encode(), ["ENCRYPTED PRIVATE KEY"])[0][1]
    for data in mutations(private, EXAMPLES):
        outcome(read_private_key, data)
    for data in mutations(locked, 20):  # each derives a key
        outcome(lambda found: read_private_key(found, b"x"), data)


def test_no_mutation_of_text_escapes():
    text = (world("national").user.pem() + world("national").middle.certificate.pem()).encode()
    for data in mutations(text, EXAMPLES):
        outcome(read_certificates, data)


@cache
def absurd():
    """Certificates whose parts are of absurd depth, width or size."""
    deep = b"\x05\x00"
    for _ in range(3000):
        deep = der.sequence(deep)
    w = world("international")
    name = der.sequence(*[der.value(0x31, der.sequence(der.oid("2.5.4.3"), der.value(0x0C, b"x")))] * 4000)
    return {
        "depth": der.sequence(deep, deep, deep),
        "depth in an extension": _with(w, der.sequence(der.oid("1.2.3"), der.octets(deep))),
        "constraints of depth": _with(w, der.sequence(der.oid("2.5.29.30"), der.octets(deep))),
        "sets": b"\x31\x80" * 30_000,
        "a wide name": _with(w, subject=name),
        "a thousand extensions": _with(w, *[der.sequence(der.oid(f"1.2.3.{n}"), der.octets(b"")) for n in range(1000)]),
        "names by the thousand": _with(
            w, der.sequence(der.oid("2.5.29.17"), der.octets(der.sequence(*[der.value(0x82, b"a.b")] * 5000)))
        ),
        "an endless object identifier": _with(
            w, der.sequence(der.value(0x06, b"\x81" * 60_000 + b"\x01"), der.octets(b""))
        ),
        "a long serial number": _with(w, serial=der.value(0x02, b"\x01" * 50_000)),
    }


def _with(w, *extensions, **members):
    algorithm = der.sequence(der.oid("1.3.101.112"))
    parts = {
        "version": der.explicit(0, der.integer(2)),
        "serial": der.integer(9),
        "algorithm": algorithm,
        "issuer": w.root.certificate.subject_der,
        "validity": der.sequence(der.time(NOW), der.time(NOW + 9 * HOUR)),
        "subject": parse_name("CN=x").public_bytes(),
        "public": w.user.public_key,
    }
    tbs = der.sequence(
        *{**parts, **members}.values(), der.explicit(3, der.sequence(*extensions)) if extensions else b""
    )
    return der.sequence(tbs, algorithm, der.bits(w.root.signer.sign(tbs)))


@pytest.mark.parametrize("kind", list(absurd()))
def test_absurd_certificates_cost_little(kind):
    data, w = absurd()[kind], world("international")
    tracemalloc.start()
    begun = time.process_time()
    for reading in (read_certificate, read_list, read_response, read_private_key, read_request):
        found = outcome(reading, data)
        if reading is read_certificate and found is not None:
            assert w.check(found).reasons or kind in {"a thousand extensions", "depth in an extension"}
    spent, (_, peak) = time.process_time() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert spent < 10
    assert peak < 64 * 1024 * 1024


def test_a_file_of_a_thousand_certificates_is_the_largest():
    w = world("international")
    assert len(read_certificates(w.user.pem().encode() * MAX_CERTIFICATES)) == MAX_CERTIFICATES
    with pytest.raises(PkiError) as refusal:
        read_certificates(w.user.pem().encode() * (MAX_CERTIFICATES + 1))
    assert refusal.value.code == "pki.too_many"


@pytest.mark.parametrize(
    ("modulus", "exponent"),
    [(1 << 16_383, 65537), (1 << 1023, 65537), (1 << 3071, 1 << 2000)],
    ids=["16384 bits", "1024 bits", "exponent"],
)
def test_keys_that_cost_or_hold_too_little_are_refused_before_use(modulus, exponent):
    w = world("international")
    numbers = der.sequence(der.integer(modulus | 1), der.integer(exponent | 1))
    public = der.sequence(der.sequence(der.oid("1.2.840.113549.1.1.1"), der.value(der.NULL)), der.bits(numbers))
    found = forged(w.root, w.user_key, mutate=lambda m: m.update(public=public))
    assert [reason.code for reason in w.check(found).reasons] == ["key_weak"]


def test_a_point_off_the_curve_verifies_nothing():
    w = world("national")
    off = bytearray(w.middle.certificate.public_key)
    off[-1] ^= 1
    fake = forged(
        w.root, w.user_key, mutate=lambda m: m.update(public=bytes(off), subject=w.middle.certificate.subject_der)
    )
    assert [reason.code for reason in w.check(intermediates=[fake]).reasons] == ["bad_signature"]
