"""Encrypted values: bound to their place, refused when changed, found by keyed hash."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.cipher import LocalCipher, Undecryptable

CIPHER = LocalCipher(b"k" * 32)


@given(st.binary(max_size=500), st.text(max_size=40))
def test_what_was_encrypted_comes_back(plain, context):
    assert CIPHER.decrypt(CIPHER.encrypt(plain, context=context), context=context) == plain


def test_two_encryptions_of_one_value_differ():
    assert CIPHER.encrypt(b"x", context="t.c") != CIPHER.encrypt(b"x", context="t.c")


def test_a_value_can_not_be_moved_to_another_column():
    with pytest.raises(Undecryptable):
        CIPHER.decrypt(CIPHER.encrypt(b"x", context="t.a"), context="t.b")


@given(st.integers(min_value=0, max_value=33), st.integers(min_value=1, max_value=255))
def test_any_changed_byte_is_noticed(position, flip):
    stored = bytearray(CIPHER.encrypt(b"x", context="t.c"))
    stored[position % len(stored)] ^= flip
    with pytest.raises(Undecryptable):
        CIPHER.decrypt(bytes(stored), context="t.c")


@given(st.binary(max_size=60))
def test_garbage_is_refused(garbage):
    with pytest.raises(Undecryptable):
        CIPHER.decrypt(garbage, context="t.c")


def test_another_key_is_named_as_the_reason():
    with pytest.raises(Undecryptable, match="not here"):
        LocalCipher(b"o" * 32).decrypt(CIPHER.encrypt(b"x", context="t.c"), context="t.c")


def test_keyed_hashes_depend_on_value_purpose_and_key():
    base = CIPHER.keyed_hash(b"1", purpose="a")
    assert len(base) == 32
    assert base == CIPHER.keyed_hash(b"1", purpose="a")
    others = {CIPHER.keyed_hash(b"2", purpose="a"), CIPHER.keyed_hash(b"1", purpose="b")}
    others.add(LocalCipher(b"o" * 32).keyed_hash(b"1", purpose="a"))
    assert base not in others
    assert len(others) == 3
