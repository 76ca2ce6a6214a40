import subprocess

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.crypto.engine.pki import PkiError, der, key_fits, private_key_pem, read_private_key
from yiwang.commons.crypto.engine.pki.certificates import from_pem, to_pem

from .factories import SUITES, key, world

PASSPHRASE = "口令 pass".encode()


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_keys_survive_the_round_trip(suite, passphrase):
    private = key(suite)
    text = private_key_pem(private, passphrase)
    assert ("ENCRYPTED" in text) is (passphrase is not None)
    assert read_private_key(text.encode(), passphrase) == private
    ((_, body),) = from_pem(text.encode(), ["PRIVATE KEY", "ENCRYPTED PRIVATE KEY"])
    assert read_private_key(body, passphrase) == private


@pytest.mark.parametrize("wrong", [None, b"", b"wrong"])
def test_a_locked_key_needs_its_passphrase(wrong):
    text = private_key_pem(key("national"), PASSPHRASE).encode()
    with pytest.raises(PkiError) as refusal:
        read_private_key(text, wrong)
    assert refusal.value.code == "pki.passphrase"


def test_a_key_belongs_to_one_certificate():
    w = world("national")
    assert key_fits(w.user_key, w.user)
    assert not key_fits(w.middle_key, w.user)
    assert not key_fits(b"", w.user)


def test_keys_of_other_kinds_are_refused():
    private = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(PkiError) as refusal:
        read_private_key(private)
    assert refusal.value.code == "pki.key_refused"


def test_an_absurd_number_of_rounds_is_refused_before_it_is_computed():
    ((_, body),) = from_pem(private_key_pem(key("national"), PASSPHRASE).encode(), ["ENCRYPTED PRIVATE KEY"])
    slow = body.replace(der.integer(210_000), der.integer(0x7FFFFF))
    with pytest.raises(PkiError) as refusal:
        read_private_key(slow, PASSPHRASE)
    assert refusal.value.code == "pki.too_many"


@pytest.mark.parametrize("data", [b"", b"x", b"\x30\x00", b"\x30\x80", b"\x30" * 5000, bytes(70_000)])
def test_what_is_no_key_is_refused(data):
    with pytest.raises(PkiError):
        read_private_key(data)


def _openssl(*arguments, data=b""):
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout


@pytest.mark.parametrize(
    "made",
    [
        ["genpkey", "-algorithm", "SM2"],
        ["ecparam", "-genkey", "-name", "SM2"],
        ["ecparam", "-genkey", "-noout", "-name", "SM2"],
        ["genpkey", "-algorithm", "ed25519"],
        ["genpkey", "-algorithm", "ed25519", "-outform", "DER"],
    ],
)
def test_reads_the_keys_that_openssl_makes(made):
    private = read_private_key(_openssl(*made))
    assert _openssl("pkey", "-pubout", "-outform", "DER", data=private_key_pem(private).encode())


@pytest.mark.parametrize("cipher", ["sm4-cbc", "aes-128-cbc", "aes-256-cbc"])
@pytest.mark.parametrize("prf", ["hmacWithSHA1", "hmacWithSHA256", "hmacWithSHA512"])
def test_reads_the_locked_keys_that_openssl_writes(cipher, prf):
    private = key("national")
    locked = _openssl(
        "pkcs8", "-topk8", "-v2", cipher, "-v2prf", prf, "-passout", "pass:abc", data=private_key_pem(private).encode()
    )
    assert read_private_key(locked, b"abc") == private


@pytest.mark.parametrize("suite", SUITES)
def test_openssl_reads_the_locked_keys_that_we_write(suite):
    private = key(suite)
    text = private_key_pem(private, b"abc").encode()
    opened = _openssl("pkcs8", "-passin", "pass:abc", data=text)
    assert read_private_key(opened) == private


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_key_file_is_refused_or_another_key(data):
    private = bytearray(key("national"))
    at = data.draw(st.integers(0, len(private) - 1))
    private[at] ^= data.draw(st.integers(1, 255))
    try:
        found = read_private_key(to_pem("PRIVATE KEY", bytes(private)).encode())
    except PkiError:
        return
    assert found == bytes(private)
