"""The pure rules: the life's table, identifiers, trust grades, codes, fields, lines of files."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.licences import rules
from yiwang.commons.licences.contracts import LicenceState, LifeVerb, Origin, Reject, TrustGrade
from yiwang.commons.licences.queries.types import spec_of
from yiwang.commons.licences.rules import lines, states, trust
from yiwang.commons.licences.tests.factories import PERMIT

ALNUM = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=32)
SPEC = spec_of(key="sample_permit", version=1, said=PERMIT)


@pytest.mark.parametrize(
    "known",
    [
        "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
        "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
        "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
    ],
)
def test_identifiers_of_other_systems_hold(known):
    parts = rules.parse_identifier(known)
    assert str(parts) == known


@given(ALNUM, ALNUM, ALNUM, st.integers(1, 999))
def test_an_identifier_is_read_as_it_was_made(kind, issuer, serial, version):
    made = rules.identifier(type_code=kind, issuer=issuer, serial=serial, version=version)
    assert rules.parse_identifier(made) == rules.Identifier(kind, issuer, serial, version)


@given(ALNUM, ALNUM, st.data())
def test_one_wrong_character_is_found(kind, serial, data):
    made = rules.identifier(type_code=kind, issuer="11320400", serial=serial, version=1)
    start = len("1.2.156.3005.2.")
    place = data.draw(st.integers(start, len(made) - 1))
    if made[place] == ".":
        return
    other = data.draw(st.sampled_from([c for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c != made[place]]))
    with pytest.raises(rules.InvalidIdentifier):
        rules.parse_identifier(made[:place] + other + made[place + 1 :])


@given(st.text(max_size=80))
def test_any_text_is_an_identifier_or_refused(text):
    with suppress(rules.InvalidIdentifier):
        rules.parse_identifier(text)


def test_what_has_ended_stays_ended():
    for (verb, before), after in states.TABLE.items():
        assert before not in states.FINAL, verb
        assert after in LicenceState


def test_only_sealing_leads_out_of_making_into_force():
    ways = [
        verb
        for (verb, before), after in states.TABLE.items()
        if before is LicenceState.MAKING and after is LicenceState.IN_FORCE
    ]
    assert ways == [LifeVerb.SEAL]


@given(st.sampled_from(LicenceState), st.dates(), st.dates())
def test_over_is_over_whatever_the_sweep_has_reached(state, last, today):
    found = states.stands(state, valid_from=None, valid_until=last, today=today)
    if last < today:
        assert found not in {LicenceState.IN_FORCE, LicenceState.SUSPENDED}
    else:
        assert found is state


@given(st.sampled_from(TrustGrade), st.sampled_from(LicenceState))
def test_nothing_but_a_and_b_in_force_is_taken_without_a_check(grade, state):
    accepted = trust.accepted_unchecked(grade, state)
    assert accepted == (grade in {TrustGrade.A, TrustGrade.B} and state is LicenceState.IN_FORCE)


@given(st.sampled_from(Origin), st.booleans(), st.booleans())
def test_grades_follow_from_what_was_done(origin, sealed, checked):
    grade = trust.grade_of(origin=origin, sealed=sealed, checked=checked)
    assert (grade is TrustGrade.A) == (sealed and origin is not Origin.UPLOAD)
    if (origin is Origin.UPLOAD and not checked) or (origin is Origin.IMPORT and not (sealed or checked)):
        assert grade is TrustGrade.C
    better = trust.grade_of(origin=origin, sealed=sealed, checked=True)
    assert trust.at_least(better, grade)


@given(st.text(max_size=60))
def test_a_code_is_twelve_digits_or_nothing(text):
    found = rules.showing.clean(text)
    assert found == "" or (len(found) == 12 and found.isdigit())


def test_a_code_is_read_from_an_address_and_from_digits_with_gaps():
    assert rules.showing.clean("https://x.example/licences/check/#123456789012") == "123456789012"
    assert rules.showing.clean(" 1234 5678-9012 ") == "123456789012"


def test_a_code_holds_until_it_is_used_taken_back_or_over():
    now = datetime(2026, 1, 1, tzinfo=UTC)
    ends = now + timedelta(minutes=5)
    assert rules.showing.open_at(now, ends_at=ends, checked_at=None, withdrawn_at=None)
    assert not rules.showing.open_at(ends, ends_at=ends, checked_at=None, withdrawn_at=None)
    assert not rules.showing.open_at(now, ends_at=ends, checked_at=now, withdrawn_at=None)
    assert not rules.showing.open_at(now, ends_at=ends, checked_at=None, withdrawn_at=now)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 3, 1), date(2031, 2, 28)),
        (date(2024, 2, 29), date(2029, 2, 28)),
        (date(2026, 1, 1), date(2030, 12, 31)),
    ],
)
def test_validity_ends_the_day_before_the_anniversary(first, last):
    assert rules.valid_until(SPEC, first) == last


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(lines.Lines("", SPEC).columns()), st.text(max_size=40), max_size=8))
def test_any_line_is_taken_or_told_what_is_wrong(said):
    found = lines.read_line(SPEC, 7, said)
    if isinstance(found, Reject):
        assert found.reason
        assert found.mend
        assert found.field


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_any_text_is_a_file_of_lines_or_refused(text):
    source = lines.Lines(text, SPEC)
    try:
        source.check()
    except lines.FileFault:
        return
    for number, said, fault in source:
        assert number >= 1
        assert (said is None) == bool(fault)
