"""What a consent covers and when, for any data and any moment; words and dates."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.privacy import registry, rules
from yiwang.commons.privacy.contracts import CONSENT, Basis, ConsentState, DataRef, WordsMissing
from yiwang.commons.privacy.registry import ConsentText
from yiwang.kernel.legal_calendar import WorkCalendar

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
DATA = st.builds(
    DataRef, st.sampled_from(["licence", "file"]), st.none() | st.uuids(), st.sampled_from(["", "card", "book"])
)


@given(MOMENTS, MOMENTS, MOMENTS | st.none())
@settings(max_examples=60, deadline=None)
def test_a_consent_is_in_force_only_before_its_end_and_never_after_withdrawal(at, until, withdrawn_at):
    found = rules.state(withdrawn_at=withdrawn_at, until=until, at=at)
    assert (found is ConsentState.IN_FORCE) == (withdrawn_at is None and at < until)


@given(DATA, DATA)
@settings(max_examples=120, deadline=None)
def test_a_consent_never_covers_another_kind_or_another_record(agreed, used):
    if rules.covers(agreed, used):
        assert agreed.kind == used.kind
        assert agreed.id in {None, used.id}
        assert agreed.id is not None or (agreed.key and agreed.key == used.key)


@given(st.text())
@settings(max_examples=60, deadline=None)
def test_what_somebody_wrote_comes_back_trimmed_or_is_refused(text):
    if not text.replace("\x00", "").strip():
        with pytest.raises(WordsMissing):
            rules.told(text, "words")
        return
    kept = rules.told(text, "words")
    assert 0 < len(kept) <= rules.LONGEST_WORDS
    assert "\x00" not in kept


@pytest.mark.parametrize(
    ("birth", "child"),
    [(date(2012, 11, 24), True), (date(2012, 11, 23), False), (None, False), (date(2026, 1, 1), True)],
)
def test_a_child_is_under_fourteen(birth, child):
    assert rules.is_child(birth, date(2026, 11, 23)) is child


def test_an_answer_is_due_within_thirty_days_in_an_ordinary_month():
    due = rules.answer_due(WorkCalendar({}), date(2026, 11, 23))
    assert due == date(2026, 12, 14)
    assert due - date(2026, 11, 23) <= timedelta(days=30)


def test_every_ground_names_its_article_and_a_key_stands_for_one_ground():
    assert {each.key for each in registry.bases()} >= {CONSENT, "statutory_duty", "contract", "emergency", "shown"}
    assert all("第十三条" in each.article for each in registry.bases())
    with pytest.raises(ValueError, match="two legal bases"):
        registry.register_basis(Basis(CONSENT, "别的", "别的", "别的"))


def test_words_change_only_with_their_version(monkeypatch):
    monkeypatch.setattr(registry, "_texts", {})
    first = ConsentText("one", 1, "甲", "乙", "丙")
    registry.register_text(first)
    with pytest.raises(ValueError, match="version 1"):
        registry.register_text(ConsentText("one", 1, "改了", "乙", "丙"))
    registry.register_text(ConsentText("one", 2, "改了", "乙", "丙"))
    registry.register_text(first)
    assert registry.text_of("one").version == 2
