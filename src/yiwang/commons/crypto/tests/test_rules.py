"""The life of a key as a table, the byte form of fields, counters."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from yiwang.commons.crypto import rules
from yiwang.commons.crypto.contracts import KeyState, KeyVerb, Operation, Purpose
from yiwang.commons.crypto.engine import SuiteName

AT = datetime(2026, 1, 1, tzinfo=UTC)
VERSION = UUID(int=1)


@given(st.lists(st.sampled_from(KeyVerb), max_size=30))
def test_no_sequence_of_steps_leaves_the_table_or_brings_a_key_back(verbs):
    state = None
    seen = []
    for verb in verbs:
        after = rules.after(state, verb)
        if after is None:
            continue
        if KeyState.RETIRED in seen:
            assert after in {KeyState.DESTROYED, KeyState.RETIRED}, "what was retired is never active again"
        assert KeyState.DESTROYED not in seen, "nothing follows destruction"
        state = after
        seen.append(state)
    assert state is None or state in set(KeyState)


def test_every_state_can_be_reached_and_every_other_one_be_left():
    assert set(rules.STEPS.values()) == set(KeyState)
    assert {before for before, _verb in rules.STEPS} == {None, *KeyState} - {KeyState.DESTROYED}


def test_every_state_says_what_a_key_may_do():
    assert set(rules.USES) == set(KeyState)
    assert rules.USES[KeyState.ACTIVE] == set(Operation)
    assert rules.USES[KeyState.RETIRED] == {Operation.OPEN}
    for idle in (KeyState.PRE_ACTIVE, KeyState.SUSPENDED, KeyState.DESTROYED):
        assert not rules.USES[idle]


@given(st.sampled_from(KeyState), st.sampled_from(Purpose))
def test_the_steps_offered_are_steps_of_the_table(state, purpose):
    for verb in rules.verbs(state, purpose):
        assert rules.after(state, verb) is not None
    if purpose in rules.PLATFORM:
        assert not rules.verbs(state, purpose) & {KeyVerb.SUSPEND, KeyVerb.RETIRE, KeyVerb.DESTROY}


@given(st.sampled_from(SuiteName), st.binary(min_size=4, max_size=4), st.binary(max_size=60))
def test_the_head_of_a_value_tells_its_label(suite, label, rest):
    head = rules.head(suite, label)
    assert len(head) == rules.HEAD
    assert rules.label_of(head + rest) == (label if rest else None)


@given(st.binary(max_size=20))
def test_other_bytes_have_no_label(value):
    if value[:1] != bytes([rules.FORMAT]):
        assert rules.label_of(value) is None


def test_a_key_is_due_by_its_day_or_by_its_seals():
    assert rules.next_rotation(AT, None) is None
    due = rules.next_rotation(AT, 365)
    assert due == AT + timedelta(days=365)
    assert not rules.is_due(due - timedelta(seconds=1), due)
    assert rules.is_due(due, due)
    assert rules.is_due(AT, None, 2**31)
    assert not rules.is_due(AT, None, 2**31 - 1)


def test_names_are_plain():
    for good in ("ledger.main", "a", "seals-2026"):
        assert rules.is_name(good)
    for bad in ("", "Ledger", "1a", "a b", "a/b", "密钥", "a" * 61):
        assert not rules.is_name(bad)


def test_algorithms_follow_suite_and_purpose():
    told = {(s, p): rules.algorithm(s, p) for s in SuiteName for p in Purpose}
    assert told["national", Purpose.FIELDS] == "sm4-gcm"
    assert told["national", Purpose.LOOKUP] == "hmac-sm3"
    assert told["national", Purpose.SIGNING] == "sm2-sm3"
    assert told["international", Purpose.DATA] == "aes-256-gcm"
    assert told["international", Purpose.SIGNING] == "ed25519"


@given(st.lists(st.integers(min_value=0, max_value=9), max_size=20))
def test_each_use_is_counted_once_however_often_one_looks(bursts):
    tally = rules.Tally()
    ticks = tally.counter(VERSION, "sample", Operation.SIGN).ticks
    counted = 0
    for burst in bursts:
        for _ in range(burst):
            next(ticks)
        assert tally.since("sample") == burst
        taken = tally.taken()
        counted += sum(use.count for use in taken)
        assert tally.since("sample") == 0
    assert counted == sum(bursts)


def test_what_could_not_be_written_is_counted_again():
    tally = rules.Tally()
    next(tally.counter(VERSION, "sample", Operation.SIGN).ticks)
    tally.give_back(tally.taken())
    assert [use.count for use in tally.taken()] == [1]
    assert tally.taken() == ()


def test_threads_lose_no_count():
    tally = rules.Tally()
    counter = tally.counter(VERSION, "sample", Operation.SEAL)

    def use():
        for _ in range(5000):
            next(counter.ticks)

    threads = [Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    total = 0
    while any(thread.is_alive() for thread in threads):
        total += sum(use.count for use in tally.taken())
    for thread in threads:
        thread.join()
    total += sum(use.count for use in tally.taken())
    assert total == 20000


def test_the_guide_tells_the_table_of_steps():
    guide = (Path(__file__).resolve().parents[5] / "docs" / "guide" / "crypto-operations.md").read_text("utf-8")
    told = set(re.findall(r"^\| (\w+|—) \| (\w+) \| (\w+) \|$", guide, re.MULTILINE))
    assert told - {("from", "step", "to")} == {
        (before or "—", verb, after) for (before, verb), after in rules.STEPS.items()
    }
