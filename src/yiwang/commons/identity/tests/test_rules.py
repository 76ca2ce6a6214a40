from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.commons.identity import rules
from yiwang.commons.identity.contracts import RegionLevel


def test_a_pattern_is_covered_by_itself_its_kind_and_everything():
    assert rules.covering("matter:birth", ":") == ("*", "matter:*", "matter:birth")
    assert rules.covering("matter:*", ":") == ("*", "matter:*")
    assert rules.covering("*", ":") == ("*",)
    assert rules.covering("case.handle", ".") == ("*", "case.*", "case.handle")
    assert rules.covering("view", ".") == ("*", "view")


@pytest.mark.parametrize(
    ("pattern", "key", "covered"),
    [
        ("*", "matter:birth", True),
        ("matter:*", "matter:birth", True),
        ("matter:birth", "matter:birth", True),
        ("matter:birth", "matter:births", False),
        ("bundle:*", "matter:birth", False),
        ("matter:*", "matters:birth", False),
        ("matter:birth", "matter:*", False),
    ],
)
def test_a_scope_covers_what_it_names_and_nothing_else(pattern, key, covered):
    assert rules.scope_covers(pattern, key) is covered


def test_both_ends_of_a_period_belong_to_it():
    first, last = date(2026, 1, 2), date(2026, 1, 4)
    assert [rules.in_force(first, last, date(2026, 1, day)) for day in range(1, 6)] == [False, True, True, True, False]
    assert rules.in_force(first, None, date(2099, 1, 1))


def test_levels_from_a_level_go_upward():
    assert rules.levels_from(RegionLevel.DISTRICT) == (RegionLevel.PROVINCE, RegionLevel.CITY, RegionLevel.DISTRICT)


@st.composite
def forests(draw):
    size = draw(st.integers(1, 12))
    return {
        node: draw(st.lists(st.integers(0, node - 1), max_size=2, unique=True)) if node else [] for node in range(size)
    }


def _above(parents, node):
    found = {node}
    for parent in parents[node]:
        found |= _above(parents, parent)
    return found


@given(forests())
def test_ancestry_holds_exactly_the_nodes_above(parents):
    rows = rules.ancestry(parents)
    pairs = {(above, below) for above, below, _ in rows}
    assert len(pairs) == len(rows)
    assert pairs == {(above, node) for node in parents for above in _above(parents, node)}
    for above, below, distance in rows:
        assert (distance == 0) == (above == below)
        assert distance <= 1 or any((above, parent, distance - 1) in rows for parent in parents[below])


@given(forests(), st.data())
def test_a_cycle_is_found(parents, data):
    node = data.draw(st.sampled_from(sorted(parents)))
    below = data.draw(st.sampled_from([other for other in parents if node in _above(parents, other)]))
    parents[node] = [*parents[node], below]
    with pytest.raises(rules.CycleFound):
        rules.ancestry(parents)


def test_a_parent_outside_is_left_out():
    assert rules.ancestry({"a": ["gone"]}) == {("a", "a", 0)}
