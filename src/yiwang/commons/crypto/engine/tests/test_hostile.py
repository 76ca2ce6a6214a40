"""Bytes of strangers: whatever they are, verifying says False and reading a key says KeyRefused, at once."""

import os
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.crypto.engine import (
    SUITES,
    Damaged,
    KeyRefused,
    LocalSigner,
    Verifier,
    curve,
    der,
    sm2,
    suite,
    suite_of_private,
    suite_of_public,
)

CAMPAIGN = settings(max_examples=int(os.environ.get("YIWANG_FUZZ_EXAMPLES", "150")))
KEYS = {name: each.new_signing_key() for name, each in SUITES.items()}
PUBLIC = {name: SUITES[name].public_key(key) for name, key in KEYS.items()}
SIGNED = {name: SUITES[name].sign(key, b"message") for name, key in KEYS.items()}
ALL = pytest.mark.parametrize("name", list(SUITES))


@st.composite
def mutated(draw, original):
    """The original with some bytes changed, inserted, removed or repeated."""
    data = bytearray(original)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        end = min(len(data), at + draw(st.integers(0, 4)))
        data[at:end] = draw(st.one_of(st.binary(max_size=4), st.just(bytes(data[at:end]) * 2)))
    return bytes(data)


def refused_or_sound(public):
    """None, or the prepared key: then the encoding was another of a sound key."""
    try:
        return Verifier(public)
    except KeyRefused:
        return None


@ALL
@CAMPAIGN
@given(data=st.data())
def test_a_signature_of_random_bytes_never_verifies(name, data):
    forged = data.draw(st.one_of(st.binary(max_size=120), mutated(SIGNED[name])))
    if forged != SIGNED[name]:
        assert Verifier(PUBLIC[name]).verify(b"message", forged) is False
        assert suite(name).verify(PUBLIC[name], b"message", forged) is False


@ALL
@CAMPAIGN
@given(data=st.data())
def test_a_public_key_of_random_bytes_is_refused_or_another_sound_key(name, data):
    public = data.draw(st.one_of(st.binary(max_size=120), mutated(PUBLIC[name])))
    key = refused_or_sound(public)
    right = suite(name).verify(public, b"message", SIGNED[name])
    assert right is (key is not None and key.public == PUBLIC[name])
    for each in SUITES.values():
        assert each.verify(public, b"", b"") is False


@ALL
@CAMPAIGN
@given(data=st.data())
def test_a_private_key_of_random_bytes_is_refused_or_sound(name, data):
    private = data.draw(st.one_of(st.binary(max_size=200), mutated(KEYS[name])))
    try:
        signer = LocalSigner(private)
    except KeyRefused:
        return
    assert Verifier(signer.public).verify(b"message", signer.sign(b"message"))


SEALED = sm2.VerifyingKey(PUBLIC["national"]).encrypt(b"secret")


@CAMPAIGN
@given(st.one_of(st.binary(max_size=200), mutated(SEALED)).filter(lambda data: data != SEALED))
def test_a_ciphertext_of_random_bytes_is_refused(sealed):
    with pytest.raises(Damaged):
        sm2.SigningKey(KEYS["national"]).decrypt(sealed)


def signature(*parts):
    return der.encode(der.SEQUENCE, *parts)


def test_every_other_encoding_of_a_right_signature_is_refused():
    """A second encoding of one signature would let a stranger change what was stored without making it invalid."""
    right = SIGNED["national"]
    reader = der.Reader(der.Reader(right).take(der.SEQUENCE))
    r, s = reader.natural(), reader.natural()
    key = Verifier(PUBLIC["national"])
    assert signature(der.integer(r), der.integer(s)) == right
    assert key.verify(b"message", right)
    content = right[2:]
    others = {
        "trailing byte": right + b"\0",
        "trailing integer": signature(content, der.integer(1)),
        "length in two bytes": b"\x30\x81" + right[1:],
        "indefinite length": b"\x30\x80" + content + b"\0\0",
        "r with a leading zero": signature(b"\x02" + bytes([right[3] + 1]) + b"\0" + right[4:]),
        "s negative": signature(
            der.integer(r), der.encode(der.INTEGER, (s - (1 << 256)).to_bytes(33, "big", signed=True))
        ),
        "s beyond the order": signature(der.integer(r), der.integer(s + curve.N)),
        "r beyond the order": signature(der.integer(r + curve.N), der.integer(s)),
        "raw": r.to_bytes(32, "big") + s.to_bytes(32, "big"),
        "a set": b"\x31" + right[1:],
        "octets": der.encode(der.OCTET_STRING, right),
        "cut": right[:-1],
        "empty": b"",
        "empty sequence": b"\x30\0",
        "zeros": signature(der.integer(0), der.integer(0)),
        "megabytes": signature(der.integer(r), der.integer(s)) + bytes(10_000_000),
    }
    for what, other in others.items():
        assert key.verify(b"message", other) is False, what


def test_an_ed25519_signature_plus_the_order_of_the_group_is_refused():
    """RFC 8032, 5.1.7: S must be reduced, else a signature could be changed into another valid one."""
    order = 2**252 + 27742317777372353535851937790883648493
    right = SIGNED["international"]
    other = right[:32] + (int.from_bytes(right[32:], "little") + order).to_bytes(32, "little")
    assert Verifier(PUBLIC["international"]).verify(b"message", other) is False


HEAD = bytes.fromhex("302a300506032b6570032100")
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0100000000000000000000000000000000000000000000000000000000000080",
]
"""The points whose order divides 8 in all their encodings (RFC 7748, 6; libsodium's list)."""


@pytest.mark.parametrize("point", SMALL_ORDER)
def test_an_ed25519_key_under_which_one_signature_fits_many_messages_is_refused(point):
    with pytest.raises(KeyRefused):
        Verifier(HEAD + bytes.fromhex(point))
    forged = bytes.fromhex(SMALL_ORDER[0]) + bytes(32)
    assert suite("international").verify(HEAD + bytes.fromhex(point), b"anything", forged) is False


def sm2_public(point):
    return curve.public_der(point)


INVALID_POINTS = {
    "off the curve": (1).to_bytes(32, "big") + (1).to_bytes(32, "big"),
    "zero": bytes(64),
    "coordinates not reduced": (curve.GX + curve.P).to_bytes(33, "big")[-32:] + curve.GY.to_bytes(32, "big"),
    "all ones": b"\xff" * 64,
    "a point of P-256": bytes.fromhex(
        "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    ),
}


@pytest.mark.parametrize("what", INVALID_POINTS)
def test_an_sm2_key_that_is_no_point_of_the_curve_is_refused(what):
    with pytest.raises(KeyRefused):
        Verifier(sm2_public(INVALID_POINTS[what]))
    assert suite("national").verify(sm2_public(INVALID_POINTS[what]), b"message", SIGNED["national"]) is False


@pytest.mark.parametrize("scalar", [0, curve.N - 1, curve.N, curve.N + 1, 2**256 - 1])
def test_a_private_key_out_of_range_is_refused(scalar):
    """n - 1 too: (1 + d) would have no inverse (GB/T 32918.1, 6.1)."""
    with pytest.raises(KeyRefused):
        LocalSigner(curve.bare_private_der(scalar.to_bytes(32, "big")))


def nested(depth):
    data = b""
    for _ in range(depth):
        data = der.encode(der.SEQUENCE, data)
        if len(data) > 60_000:
            break
    return data


HOSTILE = {
    "deep": nested(20_000),
    "deep without lengths": b"\x30\x80" * 50_000,
    "a length of terabytes": bytes.fromhex("30860fffffffffff") + bytes(50),
    "a length of four gigabytes": bytes.fromhex("3084ffffffff") + bytes(50),
    "megabytes": curve.public_der(bytes(64)) + bytes(5_000_000),
    "a curve of parameters": der.encode(
        der.SEQUENCE,
        der.encode(der.SEQUENCE, curve.EC_PUBLIC_KEY, der.encode(der.SEQUENCE, der.integer(1), der.integer(2**4000))),
        der.encode(der.BIT_STRING, b"\0\4" + bytes(64)),
    ),
    "empty": b"",
    "one byte": b"\x30",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_encodings_cost_neither_depth_nor_memory(what):
    data = HOSTILE[what]
    tracemalloc.start()
    try:
        for read in (Verifier, LocalSigner, suite_of_public, suite_of_private, curve.point_of, curve.scalar_of):
            if what == "megabytes" and read is suite_of_public:
                continue  # names the suite that the head speaks of, and reads no further
            with pytest.raises(KeyRefused):
                read(data)
        for each in SUITES.values():
            assert each.verify(data, b"message", data) is False
        with pytest.raises(Damaged):
            sm2.SigningKey(KEYS["national"]).decrypt(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000
