"""JSON of strangers is read within bounds, and like the standard library's where it is fine."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.untrusted import DEEPEST, MOST_BYTES, TooLong, Unreadable, keepable, read_json

TEXT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_fine_is_read_as_it_is(value):
    assert read_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1,]",
        '{"a": 1, "a": 2}',
        '[{"a": {"b": 1, "b": 1}}]',
        "NaN",
        "[-Infinity]",
        "1e999",
        '"a\\u0000b"',
        '{"\\u0000": 1}',
        '"\\ud800"',
        "[" * 100_000 + "]" * 100_000,
        "9" * 10_000,
        '{"a":' * (DEEPEST + 1) + "1" + "}" * (DEEPEST + 1),
    ],
)
def test_what_breaks_something_later_is_refused(text):
    with pytest.raises(Unreadable):
        read_json(text.encode())


def test_bytes_that_are_no_text_and_too_many_of_them_are_refused():
    with pytest.raises(Unreadable):
        read_json(b"\xff\xfe1")
    with pytest.raises(TooLong):
        read_json(b" " * (MOST_BYTES + 1))
    assert read_json("[" * DEEPEST + "]" * DEEPEST)


def test_text_that_a_column_can_hold():
    assert keepable("样例 👶")
    assert not keepable("a\0b")
    assert not keepable("\ud83d")
