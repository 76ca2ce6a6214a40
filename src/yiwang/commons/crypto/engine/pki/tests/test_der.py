import datetime as dt
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.crypto.engine.pki import PkiError, der

LIMIT = 1_000_000


def nested(depth):
    body = b""
    for _ in range(depth):
        body = der.sequence(body)
    return body


@given(st.integers(min_value=-(1 << 300), max_value=1 << 300))
@settings(max_examples=60)
def test_integers_survive_the_round_trip(number):
    assert der.read(der.integer(number), limit=LIMIT).integer() == number


@given(st.integers(0, 1), st.integers(0, 39), st.lists(st.integers(0, 1 << 128), max_size=2))
@settings(max_examples=60)
def test_object_identifiers_survive_the_round_trip(first, second, rest):
    dotted = ".".join(map(str, [first, second, *rest]))
    assert der.read(der.oid(dotted), limit=LIMIT).oid() == dotted


def test_arcs_under_two_may_be_large():
    assert der.read(der.oid("2.999.3"), limit=LIMIT).oid() == "2.999.3"


@pytest.mark.parametrize(("moment", "tag"), [(dt.datetime(2049, 12, 31), 0x17), (dt.datetime(2050, 1, 1), 0x18)])
def test_times_change_form_in_2050(moment, tag):
    assert der.time(moment.replace(tzinfo=dt.UTC))[0] == tag


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"\x30",
        b"\x30\x01",
        b"\x30\x80\x00\x00",  # indefinite
        b"\x30\x81\x01\x05",  # padded length
        b"\x30\x82\x00\x80" + bytes(128),
        b"\x30\x85\x00\x00\x00\x00\x00",  # length of five octets
        b"\x30\x84\xff\xff\xff\xff",
        b"\x1f\x81\x01\x00",  # long tag
        b"\x05\x00\x00",  # something follows
        b"\x30\x03\x05\x02\x00",  # a child that runs out of its parent
    ],
)
def test_refuses_what_is_not_der(damaged):
    with pytest.raises(PkiError) as refusal:
        der.read(damaged, limit=LIMIT)
    assert refusal.value.code == "pki.malformed"


@pytest.mark.parametrize("number", [b"\x02\x00", b"\x02\x02\x00\x01", b"\x02\x02\xff\xff"])
def test_refuses_padded_integers(number):
    with pytest.raises(PkiError):
        der.read(number, limit=LIMIT).integer()


@pytest.mark.parametrize("name", [b"\x06\x00", b"\x06\x01\x80", b"\x06\x02\x2a\x80", b"\x06\x03\x2a\x80\x01"])
def test_refuses_object_identifiers_that_are_cut_or_padded(name):
    with pytest.raises(PkiError):
        der.read(name, limit=LIMIT).oid()


def test_depth_has_a_limit_whatever_the_size():
    der.read(nested(der.MAX_DEPTH), limit=LIMIT)
    for depth in (der.MAX_DEPTH + 1, 5_000):
        with pytest.raises(PkiError) as refusal:
            der.read(nested(depth), limit=LIMIT)
        assert refusal.value.code == "pki.too_deep"


def test_many_values_are_refused_before_they_cost_time():
    crowd = der.sequence(b"\x05\x00" * (der.MAX_NODES + 1))
    begun = time.process_time()
    with pytest.raises(PkiError) as refusal:
        der.read(crowd, limit=LIMIT)
    assert refusal.value.code == "pki.too_many"
    assert time.process_time() - begun < 10


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_any_bytes_give_a_value_or_a_refusal(data):
    try:
        node = der.read(data, limit=LIMIT)
    except PkiError:
        return
    assert node.whole == data
