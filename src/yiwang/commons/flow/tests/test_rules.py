"""State tables are total and end; groups, due texts and urgency are read strictly."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4  # noqa: TID251

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.commons.flow import rules
from yiwang.commons.flow.contracts import CallStatus, InstanceStatus, TaskStatus, Urgency

TABLES = [(InstanceStatus, rules.INSTANCE_MOVES), (TaskStatus, rules.TASK_MOVES), (CallStatus, rules.CALL_MOVES)]
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(("states", "moves"), TABLES)
def test_each_table_is_total_and_every_state_reaches_an_end(states, moves):
    assert set(moves) == set(states)
    ends = {state for state, targets in moves.items() if not targets}
    for state in states:
        seen, todo = set(), [state]
        while todo:
            current = todo.pop()
            if current not in seen:
                seen.add(current)
                todo += moves[current]
        assert seen & ends


@given(st.lists(st.sampled_from(list(InstanceStatus)), max_size=8))
def test_nothing_leaves_an_end(path):
    current = InstanceStatus.RUNNING
    for wanted in path:
        if wanted in rules.INSTANCE_MOVES[current]:
            assert current not in (InstanceStatus.COMPLETED, InstanceStatus.CANCELLED)
            current = wanted


def test_reads_candidate_groups():
    organisation = uuid4()
    assert rules.audience([f"org:{organisation}", "role:reviewer"]) == rules.Audience(organisation, "reviewer")
    assert rules.audience(["clerk"]) == rules.Audience(role="clerk")
    assert rules.audience(["applicant"]) == rules.Audience(for_applicant=True)
    assert rules.audience([]) == rules.Audience()


@pytest.mark.parametrize("group", ["org:abc", "team:x"])
def test_refuses_other_candidate_groups(group):
    with pytest.raises(rules.BadGroup):
        rules.audience([group])


@given(st.text(max_size=30))
def test_any_text_is_an_audience_or_a_bad_group(text):
    with suppress(rules.BadGroup):
        rules.audience([text])


def test_a_due_date_lasts_to_the_end_of_its_day_in_china():
    assert rules.due_moment("2026-03-02").isoformat() == "2026-03-02T23:59:59+08:00"
    assert rules.due_moment("2026-03-02T12:00").utcoffset() == timedelta(hours=8)
    assert rules.due_moment("") is None
    with pytest.raises(ValueError, match="Invalid"):
        rules.due_moment("soon")


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(-1, Urgency.OVERDUE), (1, Urgency.TODAY), (24, Urgency.WEEK), (24 * 6, Urgency.WEEK), (24 * 7, Urgency.LATER)],
)
def test_urgency_goes_by_the_day_in_china(hours, expected):
    assert rules.urgency(MONDAY + timedelta(hours=hours), MONDAY) is expected
    assert rules.urgency(None, MONDAY) is Urgency.NONE


def test_pauses_between_tries_grow_to_an_hour():
    pauses = [rules.retry_pause(attempt) for attempt in range(1, 15)]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=10)
    assert pauses[-1] == timedelta(hours=1)
