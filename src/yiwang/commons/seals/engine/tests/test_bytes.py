"""A changed byte anywhere in a sealed file is found; whatever bytes come, there is a verdict and never an exception."""

import os
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.seals.engine import (
    SealFault,
    Trust,
    parse_seal,
    parse_signed_value,
    verify_ofd,
    verify_seal,
    verify_sealed,
)
from yiwang.commons.seals.engine.ofd.package import open_package, pack

from .making import NOW, plain_ofd, world, zipped

CHANGES = int(os.environ.get("YIWANG_CHANGED_BYTES", "400"))
SEED = int(os.environ.get("YIWANG_SEED", "20380540"))


def small():
    """A sealed file whose picture is small, so that most bytes are structure."""
    return world().signed(seal=world().seal(world().first, picture=b"\x89PNG"))


def changed(data, at, value):
    return data[:at] + bytes((value,)) + data[at + 1 :]


def test_one_changed_byte_anywhere_is_found():
    chance, sealed, trust = random.Random(SEED), small(), world().trust()
    assert verify_ofd(sealed, trust).valid
    for _ in range(CHANGES):
        at = chance.randrange(len(sealed))
        value = (sealed[at] + chance.randrange(1, 256)) % 256
        verdict = verify_ofd(changed(sealed, at, value), trust)
        assert not verdict.valid, (SEED, at, value)
        assert verdict.reasons, (SEED, at, value)


def test_one_changed_bit_in_the_package_s_own_bytes_is_found():
    """All bits of the headers, the directory and the end: what a ZIP program writes around the contents."""
    sealed, trust = pack(open_package(small()).files), world().trust()
    places = [at for at in range(len(sealed) - 3) if sealed[at : at + 4] in {b"PK\3\4", b"PK\1\2", b"PK\5\6"}]
    chosen = [at + offset for at in (places[0], places[-2], places[-1]) for offset in range(22)]
    for at in chosen:
        for bit in range(8):
            if at < len(sealed):
                assert not verify_ofd(changed(sealed, at, sealed[at] ^ 1 << bit), trust).valid, (at, bit)


def test_one_missing_or_doubled_byte_is_found():
    chance, sealed, trust = random.Random(SEED), small(), world().trust()
    for _ in range(CHANGES // 8):
        at = chance.randrange(len(sealed))
        assert not verify_ofd(sealed[:at] + sealed[at + 1 :], trust).valid
        assert not verify_ofd(sealed[:at] + sealed[at : at + 1] + sealed[at:], trust).valid


def test_a_changed_byte_of_each_part_is_found_though_the_package_is_whole():
    chance, trust = random.Random(SEED), world().trust()
    files = dict(open_package(small()).files)
    for name, content in files.items():
        for _ in range(8):
            at = chance.randrange(len(content))
            put = changed(content, at, content[at] ^ 1 << chance.randrange(8))
            assert not verify_ofd(pack(files | {name: put}), trust).valid, (name, at)


@pytest.mark.parametrize("kind", ["plain", "sealed", "empty"])
def test_garbage_in_a_package_gets_a_verdict(kind):
    chance = random.Random(SEED)
    made = {"plain": plain_ofd, "sealed": world().signed, "empty": lambda: zipped({"OFD.xml": b"<a/>"})}[kind]()
    for _ in range(60):
        put = bytearray(made)
        for _ in range(chance.randrange(1, 40)):
            put[chance.randrange(len(put))] = chance.randrange(256)
        verify_sealed(bytes(put), world().trust())


@pytest.mark.parametrize("part", ["Signature.xml", "SignedValue.dat", "Seal.esl"])
def test_garbage_in_a_part_of_a_signature_gets_a_verdict(part):
    chance = random.Random(SEED)
    files = dict(open_package(small()).files)
    name = f"Doc_0/Signs/Sign_0/{part}"
    for _ in range(60):
        put = bytearray(files[name])
        for _ in range(chance.randrange(1, 12)):
            put[chance.randrange(len(put))] = chance.randrange(256)
        verdict = verify_ofd(pack(files | {name: bytes(put)}), world().trust())
        assert not verdict.valid or bytes(put) == files[name]


@settings(max_examples=int(os.environ.get("YIWANG_FUZZ_EXAMPLES", "150")))
@given(st.binary(max_size=300))
def test_any_bytes_get_a_verdict(data):
    for put in (data, b"0" + data, b"PK\3\4" + data, b"%PDF-1.7\n" + data):
        verdict = verify_sealed(put, Trust(at=NOW))
        assert not verdict.valid
        assert verdict.reasons
    verify_seal(data, Trust(at=NOW))


@settings(max_examples=int(os.environ.get("YIWANG_FUZZ_EXAMPLES", "150")))
@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 255)), min_size=1, max_size=4))
def test_damaged_structures_are_refused_in_words_or_read(changes):
    seal = world().seal(world().first, picture=b"\x89PNG")
    put = bytearray(seal)
    for share, value in changes:
        put[share * (len(put) - 1) // 1000] = value
    for reading in (parse_seal, parse_signed_value):
        told = fault_of(reading, bytes(put))
        assert told is None or (told.text("zh") and told.text("en"))


def fault_of(reading, data):
    try:
        reading(data)
    except SealFault as fault:
        return fault.reason
    return None


@pytest.mark.parametrize(
    "head", [b"\x30\x80", b"\xa0\x80", b"\x24\x80", b"\x30\x82\xff\xff", b"\x30\x84\xff\xff\xff\xff"]
)
@pytest.mark.parametrize("count", [1, 30, 100_000])
def test_deep_and_endless_structures_end_soon(head, count):
    verdict = verify_sealed(b"\x30" + head[1:] + head * count, Trust(at=NOW))
    assert not verdict.valid
