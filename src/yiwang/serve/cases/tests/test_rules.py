"""The life of a case as data, the law's clock as a function of the events, the chain."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.clock import CHINA
from yiwang.kernel.ids import new_id
from yiwang.kernel.legal_calendar import WorkCalendar
from yiwang.serve.cases.contracts import CaseAction, CaseStatus, ResultKind
from yiwang.serve.cases.rules import (
    GENESIS,
    NUMBER,
    TRANSITIONS,
    Entry,
    acceptance_clock,
    accepted_on,
    case_number,
    clock,
    due_date,
    event_hash,
    member_number,
    next_status,
    parent_result,
    parent_status,
    refusal,
    status_of,
)

CALENDAR = WorkCalendar(years={2026: {}, 2027: {}})
A, S = CaseAction, CaseStatus


def at(day: str, hour: int = 10) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), CHINA).replace(hour=hour)


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("action", [action for action in A if action is not A.SUBMIT])
def test_each_pair_of_state_and_action_is_either_a_transition_or_a_refusal_with_a_reason(status, action):
    assert (next_status(status, action) is None) == bool(refusal(status, action))


def test_each_state_can_be_reached_and_each_state_that_is_not_final_can_end():
    reached = {S.SUBMITTED, S.WAITING}
    while True:
        more = {to for (start, _), to in TRANSITIONS.items() if start in reached} - reached
        if not more:
            break
        reached |= more
    assert reached == set(S)
    ends = {status for status in S if status.is_final}
    while True:
        more = {start for (start, _), to in TRANSITIONS.items() if to in ends} - ends
        if not more:
            break
        ends |= more
    assert ends == set(S)


def test_nothing_leaves_a_final_state():
    assert not [pair for pair, to in TRANSITIONS.items() if pair[0].is_final and to is not pair[0]]


def test_after_the_end_only_delivery_goes_on_a_false_pledge_is_found_out_and_trust_is_restored():
    later = {(state, action) for state, action in TRANSITIONS if state.is_final}
    told = {
        (state, action) for state in S if state.is_final for action in (A.DELIVER, A.CONFIRM_RECEIPT, A.RESTORE_TRUST)
    }
    assert later - told == {(S.CLOSED, A.CHECK_PLEDGE), (S.CLOSED, A.REVOKE)}


def test_correction_is_refused_after_acceptance_with_its_legal_ground():
    assert "三十二条" in refusal(S.ACCEPTED, A.REQUEST_CORRECTION)
    assert "一次性" in refusal(S.CORRECTION, A.REQUEST_CORRECTION)


def test_a_member_that_waits_does_not_hold_the_bundle_back():
    assert parent_status([S.WAITING, S.REVIEWING, S.CLOSED]) is S.REVIEWING
    assert parent_status([S.WAITING, S.SUBMITTED]) is S.SUBMITTED
    assert parent_status([S.WAITING, S.RECEIVED]) is S.RECEIVED
    assert parent_status([S.CLOSED, S.DISCONTINUED]) is S.CLOSED
    assert parent_status([S.WITHDRAWN, S.WITHDRAWN]) is S.WITHDRAWN


def test_a_partial_refusal_is_a_result_of_its_own():
    granted, refused = ResultKind.GRANTED, ResultKind.REFUSED
    assert parent_result([granted, granted]) is granted
    assert parent_result([granted, refused]) is ResultKind.PARTLY_GRANTED
    assert parent_result([refused, ResultKind.DISCONTINUED]) is refused
    assert parent_result([granted, None]) is None
    assert parent_result([ResultKind.WITHDRAWN]) is ResultKind.WITHDRAWN


def accepted(day: str) -> list[Entry]:
    return [Entry(A.SUBMIT, at(day, 8)), Entry(A.RECEIVE, at(day, 9)), Entry(A.ACCEPT, at(day, 10))]


def test_the_day_of_acceptance_is_not_counted():
    result = clock(accepted("2026-11-16"), 15, CALENDAR, today=date(2026, 11, 23))
    assert result.due == date(2026, 12, 7)
    assert result.left == 10
    assert [step.number for step in result.steps][:3] == [None, 1, 2]


def test_a_special_procedure_stops_the_clock_for_whole_days():
    entries = [
        *accepted("2026-11-12"),
        Entry(A.STOP_CLOCK, at("2026-11-18", 9), "现场核查"),
        Entry(A.RESUME_CLOCK, at("2026-11-19", 15)),
    ]
    assert due_date(entries, 8, CALENDAR) == date(2026, 11, 26)
    assert clock(entries, 8, CALENDAR, today=date(2026, 11, 23)).left == 3


def test_while_a_special_procedure_lasts_there_is_no_due_date():
    entries = [*accepted("2026-11-12"), Entry(A.STOP_CLOCK, at("2026-11-18"), "现场核查")]
    assert due_date(entries, 8, CALENDAR) is None
    running = clock(entries, 8, CALENDAR, today=date(2026, 11, 23))
    assert (running.due, running.stopped_since, running.left) == (None, date(2026, 11, 18), 5)


def test_who_does_not_answer_within_five_working_days_has_accepted_on_the_day_of_receipt():
    received = [Entry(A.SUBMIT, at("2026-11-16")), Entry(A.RECEIVE, at("2026-11-16"))]
    assert accepted_on(received, CALENDAR, date(2026, 11, 23)) == (None, False)
    assert accepted_on(received, CALENDAR, date(2026, 11, 24)) == (date(2026, 11, 16), True)
    assert acceptance_clock(received, CALENDAR, today=date(2026, 11, 23)).due == date(2026, 11, 23)


def test_the_five_days_begin_again_when_the_correction_is_supplied():
    entries = [
        Entry(A.RECEIVE, at("2026-11-16")),
        Entry(A.REQUEST_CORRECTION, at("2026-11-18")),
        Entry(A.SUPPLY, at("2026-11-25")),
    ]
    assert acceptance_clock(entries, CALENDAR, today=date(2026, 11, 26)).due == date(2026, 12, 2)
    assert accepted_on(entries[:2], CALENDAR, date(2026, 12, 30)) == (None, False)


def test_a_year_without_announced_holidays_gives_a_date_and_a_warning():
    result = clock(accepted("2027-12-20"), 20, CALENDAR, today=date(2027, 12, 21))
    assert result.due is not None
    assert any("2028" in warning for warning in result.warnings)


@given(
    start=st.dates(date(2026, 1, 1), date(2027, 6, 1)),
    days=st.integers(0, 60),
    stops=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=3),
    look=st.integers(0, 200),
)
def test_recomputing_a_due_date_gives_the_same_whenever_one_looks(start, days, stops, look):
    entries = [Entry(A.RECEIVE, at(start.isoformat(), 9)), Entry(A.ACCEPT, at(start.isoformat(), 10))]
    day = start
    for gap, length in stops:
        day += timedelta(days=gap)
        entries.append(Entry(A.STOP_CLOCK, at(day.isoformat(), 11), "勘验"))
        day += timedelta(days=length)
        entries.append(Entry(A.RESUME_CLOCK, at(day.isoformat(), 12)))
    stored = due_date(entries, days, CALENDAR)
    shown = clock(entries, days, CALENDAR, today=start + timedelta(days=look))
    assert shown.due == stored
    assert stored is not None
    assert sum(step.number is not None for step in shown.steps) == days
    assert stored >= start


@given(st.lists(st.sampled_from([a for a in A if a is not A.SUBMIT]), max_size=12))
def test_the_status_is_a_projection_of_the_events(actions):
    status, entries = S.SUBMITTED, []
    for action in actions:
        following = next_status(status, action)
        if following is None:
            continue
        entries.append(Entry(action, datetime(2026, 11, 16, tzinfo=UTC)))
        status = following
    assert status_of(entries) is status


def test_an_impossible_history_is_refused():
    with pytest.raises(ValueError, match="grant"):
        status_of([Entry(A.GRANT, at("2026-11-16"))])


def test_numbers_have_region_day_serial_and_place():
    number = case_number("320402", date(2026, 11, 16), 482)
    assert number == "320402-20261116-000482"
    assert member_number(number, 2) == "320402-20261116-000482-02"
    assert NUMBER.match(member_number(number, 2))["member"] == "02"


def test_a_changed_word_changes_the_chain():
    base = {
        "case_id": new_id(), "seq": 1, "kind": "submit", "at": at("2026-11-16"), "actor": {"account": new_id()},
        "from_status": "", "to_status": "submitted", "note": "", "data": {}, "nonce": b"1", "previous": GENESIS,
    }  # fmt: skip
    assert event_hash(**base) == event_hash(**base)
    assert event_hash(**base) != event_hash(**{**base, "note": "改"})
    assert event_hash(**base) != event_hash(**{**base, "nonce": b"2"})
    assert event_hash(**base) == event_hash(**{**base, "at": base["at"].astimezone(UTC)})
