import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.crypto.engine import (
    SUITES,
    CryptoError,
    Damaged,
    KeyRefused,
    LocalSigner,
    SuiteName,
    Verifier,
    libcrypto,
    libraries,
    self_test,
    selftest,
    sm2,
    sm3,
    suite,
    suite_of_private,
    suite_of_public,
)

ALL = pytest.mark.parametrize("each", SUITES.values(), ids=list(SUITES))


def test_suites_are_found_by_their_stored_name():
    assert suite("national").name is SuiteName.NATIONAL
    assert suite("international").hash_name == "sha256"
    with pytest.raises(CryptoError, match="national, international"):
        suite("rot13")


@ALL
def test_keys_are_found_by_their_algorithm(each):
    private = each.new_signing_key()
    public = each.public_key(private)
    assert suite_of_private(private) is suite_of_public(public) is each
    assert LocalSigner(private).suite is Verifier(public).suite is each
    assert LocalSigner(private).public == Verifier(public).public == public
    assert each.new_signing_key() != private


@ALL
def test_a_signature_holds_for_its_key_message_and_suite_alone(each):
    private, other = each.new_signing_key(), each.new_signing_key()
    public, signature = each.public_key(private), each.sign(private, b"decided")
    assert each.verify(public, b"decided", signature)
    assert each.verify(public, b"decided", LocalSigner(private).sign(b"decided"))
    assert not each.verify(public, b"decided ", signature)
    assert not each.verify(each.public_key(other), b"decided", signature)
    (foreign,) = (one for one in SUITES.values() if one is not each)
    assert not foreign.verify(public, b"decided", signature)


@ALL
def test_hashes_have_32_bytes(each):
    assert each.digest(b"") == hashlib.new(each.hash_name, b"").digest()
    assert each.mac(b"k", b"data") == hmac.digest(b"k", b"data", each.hash_name)
    assert len(each.digest(b"")) == len(each.mac(b"", b"")) == 32


@ALL
@settings(max_examples=30)
@given(data=st.data())
def test_what_is_sealed_opens_under_its_key_and_context_alone(each, data):
    plain, context = data.draw(st.binary(max_size=200)), data.draw(st.binary(max_size=40))
    key = data.draw(st.binary(min_size=each.key_size, max_size=each.key_size))
    sealed = each.seal(key, plain, context)
    assert each.open(key, sealed, context) == plain
    assert each.sealer(key).open(sealed, context) == plain
    assert each.seal(key, plain, context) != sealed
    at = data.draw(st.integers(0, len(sealed) - 1))
    for wrong in (sealed[:at], sealed[:at] + bytes([sealed[at] ^ 0x80]) + sealed[at + 1 :], sealed + b"\0"):
        with pytest.raises(Damaged):
            each.open(key, wrong, context)
    with pytest.raises(Damaged):
        each.open(key, sealed, context + b"!")
    with pytest.raises(Damaged):
        each.open(bytes(255 - byte for byte in key), sealed, context)


@ALL
def test_a_key_of_another_size_is_refused(each):
    for size in {0, 15, 16, 17, 24, 32, 33} - {each.key_size}:
        with pytest.raises(KeyRefused):
            each.sealer(bytes(size))


def test_all_known_answers_come_out_right():
    assert self_test() == []


@pytest.mark.parametrize(
    ("part", "name", "broken", "failed"),
    [
        (sm3, "hmac_sm3", lambda key, data: bytes(32), ["hmac-sm3"]),
        (sm2, "DEFAULT_ID", b"", []),
        (selftest.Sm4Gcm, "open", lambda self, sealed, context: b"", ["sm4-gcm"]),
        (selftest.ed25519.VerifyingKey, "verify", lambda self, message, signature: True, ["ed25519"]),
        (sm2.VerifyingKey, "verify", lambda self, message, signature: 1 / 0, ["sm2-sm3"]),
    ],
)
def test_a_library_that_computes_something_else_is_named(monkeypatch, part, name, broken, failed):
    monkeypatch.setattr(part, name, broken)
    assert self_test() == failed


def test_a_system_without_sm3_is_served_by_the_other_library():
    running = sm3._Other(b"ab")
    running.update(b"c")
    assert running.digest() == sm3.sm3(b"abc") == sm3._other_sm3(b"abc")


def test_a_system_whose_openssl_lacks_sm2_takes_the_other_library(monkeypatch):
    pytest.importorskip("gmssl_pyx")
    sm2.provider.cache_clear()
    monkeypatch.setattr(libcrypto, "load", lambda: None)
    try:
        assert "GmSSL" in sm2.provider().version
        assert self_test() == []
    finally:
        sm2.provider.cache_clear()


def test_every_algorithm_of_the_suites_is_computed_by_exactly_one_library():
    computed = [name for library in libraries() for name in library.computes]
    wanted = {each.signature for each in SUITES.values()} | {each.sealing for each in SUITES.values()}
    wanted |= {name for each in SUITES.values() for name in (each.hash_name, f"hmac-{each.hash_name}")}
    assert len(computed) == len(set(computed))
    assert set(computed) == wanted | {"sm2-encryption"}
    assert all(library.version for library in libraries())


@pytest.mark.parametrize(
    ("machine", "number", "cautious"),
    [
        ("x86_64", 0x30500000, False),
        ("aarch64", 0x300000D0, False),
        ("aarch64", 0x30200000, True),
        ("arm64", 0x40000030, True),
    ],
)
@pytest.mark.skipif(libcrypto.load() is None, reason="needs OpenSSL with SM2")
def test_processors_on_which_openssl_leaks_secrets_by_time_are_named(monkeypatch, machine, number, cautious):
    monkeypatch.setattr(libcrypto.load(), "number", number)
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert ("31133" in libraries()[0].caution) is cautious
