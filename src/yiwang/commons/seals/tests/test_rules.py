"""The pure decisions: the table of states is total and leads somewhere, uses are judged by their facts alone."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.commons.seals import rules
from yiwang.commons.seals.contracts import (
    CoSignatureState,
    SealKind,
    SealState,
    SealVerb,
    SignerState,
    UseMode,
    UseRule,
)

PEOPLE = [UUID(int=number) for number in range(1, 5)]
people = st.sampled_from(PEOPLE)
kinds = st.sampled_from(["licence", "licence:birth", "case_document", "archive"])


def test_every_state_is_reached_and_every_verb_is_used():
    assert set(rules.TABLE.values()) == set(SealState)
    assert {verb for _before, verb in rules.TABLE} == set(SealVerb)


def test_what_has_ended_goes_nowhere_and_everything_else_can_end():
    for state in SealState:
        assert bool(rules.verbs(state)) is (state not in rules.ENDED), state
        reached, frontier = {state}, {state}
        while frontier:
            frontier = {rules.after(s, v) for s in frontier for v in rules.verbs(s)} - reached
            reached |= frontier
        assert reached & rules.ENDED, state


def test_the_groups_of_states_part_all_states():
    assert set(SealState) == rules.OPEN | rules.IN_FORCE | rules.ENDED
    assert not rules.OPEN & rules.IN_FORCE
    assert rules.USABLE <= rules.IN_FORCE


@given(st.lists(st.sampled_from(SealVerb), max_size=30))
def test_a_destroyed_seal_was_asked_for_by_a_step_of_its_own(verbs):
    state, taken = None, []
    for verb in verbs:
        after = rules.after(state, verb)
        if after is not None:
            state, taken = after, [*taken, verb]
    if state is SealState.DESTROYED:
        assert taken[-2:] == [SealVerb.ASK_DESTRUCTION, SealVerb.DESTROY]
    if state in rules.IN_FORCE:
        assert taken[:3] == [SealVerb.APPLY, SealVerb.APPROVE, SealVerb.MAKE]


uses = st.builds(
    rules.Use,
    state=st.sampled_from(SealState),
    rule=st.sampled_from(UseRule),
    keepers=st.frozensets(people),
    automatic=st.frozensets(st.sampled_from(["licence", "licence:*", "case_document"])),
    kind=kinds,
    asked_by=st.none() | people,
    approved_by=st.none() | people,
)


@given(uses)
def test_a_use_is_allowed_only_as_its_rule_says(use):
    found = rules.judge(use)
    if not isinstance(found, UseMode):
        return
    assert use.state is SealState.IN_CUSTODY
    if found is UseMode.AUTOMATIC:
        assert use.asked_by is None
        assert use.approved_by is None
        assert rules.covered(use.automatic, use.kind)
    elif found is UseMode.ONE:
        assert use.rule is UseRule.ONE
        assert use.asked_by in use.keepers
        assert use.approved_by is None
    else:
        assert use.approved_by in use.keepers
        assert use.approved_by != use.asked_by
        assert use.asked_by is not None


@pytest.mark.parametrize(
    ("pattern", "kind", "covers"),
    [
        ("licence", "licence", True),
        ("licence", "licence:birth", False),
        ("licence:*", "licence:birth", True),
        ("licence:*", "licence", True),
        ("licence:*", "licences", False),
        ("licence:birth", "licence:birth", True),
        ("*", "licence", False),
        ("", "licence", False),
    ],
)
def test_a_pattern_covers_a_kind_or_its_family(pattern, kind, covers):
    assert rules.covers(pattern, kind) is covers


states = st.lists(st.sampled_from(SignerState), min_size=1, max_size=6)


@given(states, st.booleans())
def test_the_turn_is_of_those_who_wait_and_in_order_of_one(found, ordered):
    turns = rules.turns(found, ordered=ordered)
    assert all(found[index] is SignerState.WAITING for index in turns)
    assert len(turns) <= 1 or not ordered
    if SignerState.WAITING in found and SignerState.DECLINED not in found:
        assert turns
    if ordered and turns:
        assert all(state is SignerState.SIGNED for state in found[: min(turns)])


@given(states, st.none() | st.dates(), st.dates())
def test_the_outcome_follows_from_what_signers_did(found, deadline, today):
    outcome = rules.outcome(found, deadline=deadline, today=today)
    assert (outcome is CoSignatureState.DECLINED) == (SignerState.DECLINED in found)
    if outcome is CoSignatureState.COMPLETE:
        assert set(found) == {SignerState.SIGNED}
    if outcome is CoSignatureState.EXPIRED:
        assert deadline is not None
        assert deadline < today


def test_the_last_day_is_still_in_time():
    day = date(2026, 11, 23)
    assert rules.outcome([SignerState.WAITING], deadline=day, today=day) is CoSignatureState.OPEN


def test_numbers_and_names_of_seals():
    assert rules.seal_code("320402001", 7) == "3204020000007"
    for region, serial in (("3204", 1), ("abcdef", 1), ("320400", 0), ("320400", 10_000_000)):
        with pytest.raises(ValueError, match="no number"):
            rules.seal_code(region, serial)
    assert rules.seal_name("样例局", SealKind.LICENCE, sample=False) == "样例局证照专用章"
    assert "样例" in rules.seal_name("某局", SealKind.OFFICIAL, sample=True)
