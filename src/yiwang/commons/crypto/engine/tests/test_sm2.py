import os
import threading
from base64 import b64decode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.crypto.engine import Damaged, KeyRefused, LocalSigner, Verifier, curve, der, gmssl, libcrypto, sm2
from yiwang.commons.crypto.engine.tests import oracle
from yiwang.commons.crypto.engine.tests.forking import in_a_fork

PROVIDERS = {"openssl": libcrypto.load(), "gmssl": gmssl.load()}
BOTH = pytest.mark.parametrize(
    "by",
    [
        pytest.param(by, id=name, marks=[] if by else pytest.mark.skip(reason=f"{name} is not here"))
        for name, by in PROVIDERS.items()
    ],
)
X = bytes.fromhex
D = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
POINT = X(
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
K = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA
PRIVATE = curve.private_der(D.to_bytes(32, "big"), POINT)
PUBLIC = curve.public_der(POINT)


def signature(r, s):

    return der.encode(der.SEQUENCE, der.integer(r), der.integer(s))


def test_every_value_of_the_standards_example_of_a_signature():
    """GB/T 32918.5-2017, A.2 (GM/T 0003.5-2012): Z, the digest, and with the printed k the printed r and s."""
    z = sm2.identity_digest(POINT)
    assert z == X("b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3")
    digest = sm2.sm3.sm3(z + b"message digest")
    assert digest == X("f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640")
    assert oracle.raw(oracle.times(D)) == POINT
    assert oracle.sign(D, digest, K) == signature(R, S)


@BOTH
def test_the_standards_signature_verifies_and_no_neighbour_of_it(by):
    key = sm2.VerifyingKey(PUBLIC, by=by)
    assert key.verify(b"message digest", signature(R, S))
    for r, s in ((R + 1, S), (R, S + 1), (R, curve.N - S), (S, R), (R + curve.N, S), (0, S), (R, 0), (curve.N, S)):
        assert not key.verify(b"message digest", signature(r, s))
    assert not key.verify(b"message digests", signature(R, S))
    assert not sm2.VerifyingKey(PUBLIC, b"another identity", by=by).verify(b"message digest", signature(R, S))


@BOTH
def test_the_standards_example_of_encryption_is_decrypted(by):
    """GB/T 32918.5-2017, A.3, with the same key pair; the ciphertext is computed from the printed k."""
    sealed = oracle.encrypt(oracle.times(D), b"encryption standard", K)
    for part in (
        "04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73",
        "e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0",
        "59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766",
        "21886ca989ca9c7d58087307ca93092d651efa",
    ):
        assert X(part) in sealed
    assert sm2.SigningKey(PRIVATE, by=by).decrypt(sealed) == b"encryption standard"


OPENSSL_KEY = b64decode(
    "MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQg0JFWczAXva2An9m72MaT9gIwWTFptvlKrxyO4TjMmbWhRANCAAQ5OirZ"
    "4n5DrKqrhaGdO4VZHhRAYVcXWt3Te/d/8Mr57Tf886i09VwDhSMmH8pmNq/mp6+ioUgqYG9cs6GLLioe"
)
OPENSSL_VERIFY = {
    "d7ad397f6ffa5d4f7f11e7217f241607dc30618c236d2c09c1b9ea8fdadee2e8": "3046022100ab1db64de7c40edbde6651c9b8ebdb8046"
    "73db836e5d5c7fe15dcf9ed2725037022100eba714451ff69b0bb930b379e192e7cd5fa6e3c41c7fbd8303b799ab54a54621",
    "b1139602c6ecc9e15e2f3f9c635a1afe737058bc15387479c1ea0d0b3d90e9e5": "3045022100e6e0414ebd3a656c35602af14ab20287db"
    "f30d57af75c49a188ed4b42391f22402202f54f277c606f4605e1ce9514947ffddf94c67a539804a4ed17f852288bdbe2e",
}
OPENSSL_DECRYPT = X(
    "30818a0220466be2ef5c11782ec77864a0055417f407a5afc11d653c6bce69e417bb1d05b6022062b572e21ff0ddf5c726bd3f9ff2eae56e"
    "6294713a607e9b9525628965f62cc804203c1b5713b5db2728eb7bf775e44f4689fc32668bdc564f52ea45b09e8df2a5f40422084a9d0cc2"
    "997092b7d3c404fce95956eb604d732b2307a8e5b8900ed6608ca5b197"
)


@BOTH
def test_the_vectors_of_openssl(by):
    """OpenSSL, test/recipes/30-test_evp_data/evppkey_sm2.txt: digests are given, as if Z were already in them."""
    scalar, point = curve.scalar_of(OPENSSL_KEY)
    for digest, signed in OPENSSL_VERIFY.items():
        assert by.public(point).verify(X(digest), X(signed))
        assert not by.public(point).verify(X(digest)[::-1], X(signed))
    assert by.private(scalar, point).decrypt(OPENSSL_DECRYPT) == b"The floofy bunnies hop at midnight"


@settings(max_examples=10)
@given(message=st.binary(max_size=300), identity=st.binary(max_size=40))
@pytest.mark.skipif(not all(PROVIDERS.values()), reason="compares two libraries")
def test_both_libraries_understand_each_other(message, identity):
    one, other = PROVIDERS.values()
    private = sm2.new_private(one)
    public = sm2.SigningKey(private, by=other).public
    for signer, verifier in ((one, other), (other, one)):
        signed = sm2.SigningKey(private, identity, signer).sign(message)
        assert sm2.VerifyingKey(public, identity, verifier).verify(message, signed)
        assert not sm2.VerifyingKey(public, identity, verifier).verify(message + b"\0", signed)
        sealed = sm2.VerifyingKey(public, by=signer).encrypt(message[:200] + b"!")
        assert sm2.SigningKey(private, by=verifier).decrypt(sealed) == message[:200] + b"!"


@BOTH
def test_a_changed_ciphertext_is_refused(by):
    key = sm2.SigningKey(PRIVATE, by=by)
    sealed = sm2.VerifyingKey(PUBLIC, by=by).encrypt(b"a key of sixteen")
    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(Damaged):
            key.decrypt(changed)
    for cut in (b"", sealed[:-1], sealed[:40], sealed + b"\0"):
        with pytest.raises(Damaged):
            key.decrypt(cut)


@BOTH
def test_a_private_key_with_the_point_of_another_is_refused(by):
    other = curve.scalar_of(OPENSSL_KEY)[1]
    with pytest.raises(KeyRefused):
        sm2.SigningKey(curve.private_der(D.to_bytes(32, "big"), other), by=by)


@BOTH
def test_the_public_point_is_derived_or_asked_for_where_a_key_brings_none(by):
    bare = curve.bare_private_der(D.to_bytes(32, "big"))
    if by is PROVIDERS["openssl"]:
        assert sm2.SigningKey(bare, by=by).public == PUBLIC
    else:
        with pytest.raises(KeyRefused, match="inside of the private key"):
            sm2.SigningKey(bare, by=by)


def test_a_compressed_point_is_the_same_key():
    for point in (POINT, curve.scalar_of(OPENSSL_KEY)[1]):
        bits = b"\0" + bytes([2 + (point[-1] & 1)]) + point[:32]
        whole = curve.public_der(point)

        short = der.encode(der.SEQUENCE, whole[2:23], der.encode(der.BIT_STRING, bits))
        assert curve.point_of(short) == point
        assert sm2.VerifyingKey(short).public == whole


def test_threads_share_a_prepared_key():
    signer, verifier = LocalSigner(PRIVATE), Verifier(PUBLIC)
    wrong = []

    def work(number):
        for turn in range(10):
            message = b"%d %d" % (number, turn)
            if not verifier.verify(message, signer.sign(message)) or verifier.verify(message, signature(R, S)):
                wrong.append(message)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
@pytest.mark.parametrize("private", [PRIVATE, OPENSSL_KEY])
def test_processes_forked_from_one_never_sign_with_the_same_random_number(private):
    """Two signatures with one k give the private key away; web processes are forked after keys were prepared."""
    signer = LocalSigner(private)
    signer.sign(b"before")
    firsts = [in_a_fork(lambda: signer.sign(b"same")) for _ in range(4)]
    firsts.append(signer.sign(b"same"))
    assert all(len(signed) > 60 for signed in firsts)
    assert len(set(firsts)) == len(firsts)
