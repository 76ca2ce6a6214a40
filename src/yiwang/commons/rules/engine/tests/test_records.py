import pickle

import pytest

from yiwang.commons.rules.engine.records import Record


class Base(Record, kw_only=True, apart="at"):
    at: int = 0


class Pair(Base):
    left: int
    right: int = 2


def test_fields_are_given_by_place_or_by_name():
    assert Pair(1, 2) == Pair(left=1, right=2) == Pair(1) == Pair(1, at=7)
    assert Pair(1, at=7).at == 7


@pytest.mark.parametrize("given", [((), {}), ((1, 2, 3), {}), ((1,), {"up": 1}), ((1,), {"left": 1})])
def test_what_is_missing_or_too_much_is_an_error(given):
    values, named = given
    with pytest.raises(TypeError):
        Pair(*values, **named)


def test_records_are_compared_by_value_but_for_what_stands_apart():
    assert Pair(1) != Pair(2)
    assert hash(Pair(1, at=3)) == hash(Pair(1))
    assert Pair(1) != Base()
    assert repr(Pair(1)) == "Pair(left=1, right=2)"


def test_a_record_is_frozen_and_has_no_room_for_more():
    with pytest.raises(AttributeError):
        Pair(1).left = 2
    with pytest.raises(AttributeError):
        Pair(1).other = 2
    with pytest.raises(AttributeError):
        del Pair(1).left


def test_records_match_by_place():
    match Pair(1, 5):
        case Pair(left, right):
            assert (left, right) == (1, 5)


def test_records_survive_the_way_to_another_process():
    assert pickle.loads(pickle.dumps(Pair(1, 5, at=3))).at == 3
