"""From draft to version: what is refused on the way, who may do what, which version holds on which day."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from yiwang.commons.rules import commands, queries, rules
from yiwang.commons.rules.contracts import (
    ALWAYS,
    CheckFails,
    DecisionNotFound,
    DraftChanged,
    DraftNotFound,
    DraftOutdated,
    DraftState,
    ExamplesFail,
    KeyRefused,
    KeyTaken,
    MayNotEdit,
    MayNotPublish,
    NotChecked,
    OwnDraft,
    ReasonMissing,
    Standing,
    TermState,
    VersionEnded,
    WithdrawTooEarly,
)
from yiwang.commons.rules.models import DecisionTerm
from yiwang.commons.rules.rules import DraftMove, Term, placed, standing
from yiwang.commons.rules.tests.factories import (
    EXAMPLES,
    SYSTEM,
    keepers,
    publish_sample,
    publish_with_examples,
    sample_dmn,
)
from yiwang.kernel import clock
from yiwang.kernel.command import machinery
from yiwang.kernel.models import AuditEntry, EvidenceRow

TODAY = date(2026, 11, 23)


def test_every_state_knows_its_moves_and_the_ended_ones_have_none():
    ended = {DraftState.PUBLISHED, DraftState.DISCARDED}
    for state in DraftState:
        moves = {move for move in DraftMove if rules.moved(state, move) is not None}
        assert (moves == set()) == (state in ended)
    assert rules.moved(DraftState.OPEN, DraftMove.PUBLISH) is None


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=12))
def test_however_versions_are_placed_no_day_has_two_and_the_latest_word_holds(starts):
    terms: list[Term[int]] = []
    said: dict[int, int] = {}
    for number, (offset, _withdrawn) in enumerate(starts):
        start = TODAY + timedelta(days=offset)
        cut, end = placed(terms, start)
        changed = {term.key: term for term in cut}
        terms = [changed.get(term.key, term) for term in terms] + [Term(number, start, end)]
        for day in range(60):
            held = [term.key for term in terms if term.covers(TODAY + timedelta(days=day))]
            assert len(held) <= 1
            if day == offset:
                assert held == [number]
                said[day] = number
    for term in terms:
        assert term.end is None or term.end >= term.start


def test_a_version_stands_by_its_days():
    term = Term(1, TODAY, TODAY + timedelta(days=5), TermState.REPLACED)
    assert standing(term, TODAY - timedelta(days=1)) is Standing.SCHEDULED
    assert standing(term, TODAY + timedelta(days=4)) is Standing.IN_FORCE
    assert standing(term, TODAY + timedelta(days=5)) is Standing.REPLACED
    assert standing(Term(1, TODAY, TODAY, TermState.WITHDRAWN), TODAY) is Standing.WITHDRAWN


@pytest.fixture
def people(db):
    publish_with_examples()
    return keepers()


def draft():
    return queries.decision_page(key="sample_grade", viewer=SYSTEM).draft


def edited(people, limit=65, examples=None):
    commands.begin_draft(key="sample_grade", by=people.editor, at=clock.now())
    changed = examples or [{**EXAMPLES[1], "expect": {"value": "none"}}, EXAMPLES[0], EXAMPLES[2]]
    return commands.save_draft(
        key="sample_grade", revision=draft().revision, xml=sample_dmn(limit=limit), examples=changed, by=people.editor, at=clock.now()
    )  # fmt: skip


def test_a_draft_becomes_the_next_version_by_another_hand(people):
    revision = edited(people)
    found = commands.check_draft(key="sample_grade", revision=revision, by=people.editor, at=clock.now())
    assert [finding.text for finding in found if finding.is_error] == []
    assert draft().state is DraftState.CHECKED
    day = clock.today() + timedelta(days=10)
    arguments = {"key": "sample_grade", "revision": revision, "effective_from": day, "at": clock.now()}
    with pytest.raises(MayNotPublish):
        commands.publish_draft(**arguments, reason="依据样例文件", by=people.editor)
    with pytest.raises(ReasonMissing):
        commands.publish_draft(**arguments, reason=" ", by=people.publisher)
    ref = commands.publish_draft(**arguments, reason="依据样例文件", by=people.publisher)
    assert ref.version == 2
    page = queries.decision_page(key="sample_grade", viewer=people.publisher)
    assert [(row.version, row.standing) for row in page.versions] == [(2, Standing.SCHEDULED), (1, Standing.IN_FORCE)]
    assert (page.versions[0].reason, page.versions[0].by, page.draft) == ("依据样例文件", "样例发布", None)
    facts = {"age": 62, "resident": True}
    assert queries.decide(key="sample_grade", facts=facts, viewer=SYSTEM).value == "full"
    assert queries.decide(key="sample_grade", facts=facts, on=day, viewer=SYSTEM).value == "none"
    assert queries.decision(key="sample_grade", on=day, viewer=SYSTEM).ref.version == 2
    assert EvidenceRow.objects.filter(kind="decision.published").count() == 2
    assert AuditEntry.objects.filter(command="rules.publish_draft", outcome="done").exists()


def test_a_draft_never_undoes_what_was_published_since(people):
    revision = edited(people)
    commands.check_draft(key="sample_grade", revision=revision, by=people.publisher, at=clock.now())
    publish_sample(limit=70)
    with pytest.raises(DraftOutdated) as refused:
        commands.publish_draft(
            key="sample_grade",
            revision=revision,
            effective_from=TODAY,
            reason="样例",
            by=people.publisher,
            at=clock.now(),
        )
    assert refused.value.params["who"] == "配置包"
    assert queries.latest_version(key="sample_grade", viewer=SYSTEM) == 2


def test_whoever_wrote_in_a_draft_may_not_publish_it(people):
    revision = edited(people)
    revision = commands.save_draft(
        key="sample_grade", revision=revision, xml=sample_dmn(limit=66), by=people.publisher, at=clock.now()
    )
    commands.check_draft(key="sample_grade", revision=revision, by=people.publisher, at=clock.now())
    with pytest.raises(OwnDraft):
        commands.publish_draft(
            key="sample_grade", revision=revision, effective_from=clock.today(), reason="r", by=people.publisher, at=clock.now()
        )  # fmt: skip


def test_publication_is_refused_while_an_example_fails(people):
    revision = edited(people, examples=list(EXAMPLES))
    commands.check_draft(key="sample_grade", revision=revision, by=people.editor, at=clock.now())
    assert draft().state is DraftState.OPEN
    with pytest.raises(NotChecked):
        commands.publish_draft(
            key="sample_grade", revision=revision, effective_from=clock.today(), reason="r", by=people.publisher, at=clock.now()
        )  # fmt: skip
    with pytest.raises(ExamplesFail) as caught:
        publish_with_examples(limit=65)
    assert "本地，已满六十" in str(caught.value)
    assert queries.latest_version(key="sample_grade", viewer=SYSTEM) == 1


def test_a_change_after_the_check_asks_for_another_check(people):
    revision = edited(people)
    commands.check_draft(key="sample_grade", revision=revision, by=people.editor, at=clock.now())
    commands.save_draft(
        key="sample_grade", revision=revision, xml=sample_dmn(limit=66), by=people.editor, at=clock.now()
    )
    assert draft().state is DraftState.OPEN


def test_a_draft_that_is_no_dmn_is_kept_and_told(people):
    commands.begin_draft(key="sample_grade", by=people.editor, at=clock.now())
    revision = commands.save_draft(key="sample_grade", revision=1, xml="<broken", by=people.editor, at=clock.now())
    (finding,) = commands.check_draft(key="sample_grade", revision=revision, by=people.editor, at=clock.now())
    assert finding.is_error
    assert draft().xml == "<broken"


def test_the_second_of_two_editors_is_told_who_saved_and_loses_nothing(people):
    revision = edited(people)
    commands.save_draft(
        key="sample_grade", revision=revision, xml=sample_dmn(limit=70), by=people.other, at=clock.now()
    )
    with pytest.raises(DraftChanged) as caught:
        commands.save_draft(
            key="sample_grade", revision=revision, xml=sample_dmn(limit=80), by=people.editor, at=clock.now()
        )
    assert "样例共同起草" in str(caught.value)
    assert "70" in draft().xml


def test_beginning_twice_gives_the_same_draft_and_discarding_leaves_what_holds(people):
    first = commands.begin_draft(key="sample_grade", by=people.editor, at=clock.now())
    assert commands.begin_draft(key="sample_grade", by=people.other, at=clock.now()) == first
    commands.discard_draft(key="sample_grade", revision=1, by=people.other, at=clock.now())
    assert draft() is None
    with pytest.raises(DraftNotFound):
        commands.save_draft(key="sample_grade", revision=1, xml="<a/>", by=people.editor, at=clock.now())
    assert queries.latest_version(key="sample_grade", viewer=SYSTEM) == 1


def test_only_editors_edit(people):
    for by in (people.bystander,):
        with pytest.raises(MayNotEdit):
            commands.begin_draft(key="sample_grade", by=by, at=clock.now())
        with pytest.raises(MayNotEdit):
            commands.begin_decision(key="new_one", title="新", by=by, at=clock.now())


def test_a_new_decision_begins_with_a_sound_model_under_a_key_of_its_own(people):
    with pytest.raises(KeyRefused):
        commands.begin_decision(key="新", title="新", by=people.editor, at=clock.now())
    with pytest.raises(KeyTaken):
        commands.begin_decision(key="sample_grade", title="新", by=people.editor, at=clock.now())
    commands.begin_decision(key="new_one", title="新的<决策>", by=people.editor, at=clock.now())
    found = commands.check_draft(key="new_one", revision=1, by=people.editor, at=clock.now())
    assert not any(finding.is_error for finding in found)
    page = queries.decision_page(key="new_one", viewer=people.editor)
    assert (page.title, page.versions, page.draft.editors) == ("新的<决策>", (), (people.editor.account_id,))
    commands.discard_draft(key="new_one", revision=1, by=people.editor, at=clock.now())
    with pytest.raises(DecisionNotFound):
        queries.decision_page(key="new_one", viewer=people.editor)


def test_a_withdrawn_version_holds_no_more_and_none_comes_back(people):
    arguments = {"key": "sample_grade", "version": 1, "by": people.publisher, "at": clock.now()}
    with pytest.raises(WithdrawTooEarly):
        commands.withdraw_version(**arguments, ends_on=clock.today() - timedelta(days=1), reason="r")
    commands.withdraw_version(**arguments, ends_on=clock.today(), reason="文件废止（样例）")
    with pytest.raises(VersionEnded):
        commands.withdraw_version(**arguments, ends_on=clock.today(), reason="r")
    assert queries.latest_version(key="sample_grade", viewer=SYSTEM) is None
    with pytest.raises(DecisionNotFound):
        queries.decide(key="sample_grade", facts={}, viewer=SYSTEM)
    yesterday = clock.today() - timedelta(days=1)
    assert queries.decide(key="sample_grade", facts={"age": 7}, on=yesterday, viewer=SYSTEM).value == "none"
    (row,) = queries.decision_page(key="sample_grade", viewer=SYSTEM).versions
    assert (row.standing, row.ended_reason, row.valid_from) == (Standing.WITHDRAWN, "文件废止（样例）", ALWAYS)


@pytest.mark.django_db
def test_the_database_refuses_two_versions_on_one_day():
    publish_sample()
    publish_sample(limit=65)
    with pytest.raises(IntegrityError), machinery("test"), transaction.atomic():
        DecisionTerm.objects.update(valid_to=None, state="published")


@pytest.mark.django_db
def test_what_the_analysis_calls_an_error_is_not_published_though_all_examples_hold():
    faulty = sample_dmn(below=65)
    with pytest.raises(CheckFails) as refused:
        commands.publish_decision(
            key="sample_grade", title="样例档次", xml=faulty, examples=EXAMPLES[:1], by=SYSTEM, at=clock.now()
        )
    (finding,) = {each.code: each for each in refused.value.findings}.values()
    assert (finding.code, finding.is_error) == ("analysis.overlap", True)
    assert 60 <= finding.facts["age"] < 65
    assert "规则 1、2" in str(refused.value)
    with pytest.raises(DecisionNotFound):
        queries.decision(key="sample_grade", viewer=SYSTEM)


@pytest.mark.django_db
def test_a_draft_with_an_error_of_the_analysis_stays_a_draft():
    people = keepers()
    publish_with_examples()
    commands.begin_draft(key="sample_grade", by=people.editor, at=clock.now())
    revision = commands.save_draft(
        key="sample_grade",
        revision=1,
        xml=sample_dmn(below=65),
        examples=EXAMPLES[:1],
        by=people.editor,
        at=clock.now(),
    )
    found = commands.check_draft(key="sample_grade", revision=revision, by=people.editor, at=clock.now())
    assert any(each.is_error for each in found)
    with pytest.raises(NotChecked):
        commands.publish_draft(
            key="sample_grade",
            revision=revision,
            effective_from=TODAY,
            reason="样例",
            by=people.publisher,
            at=clock.now(),
        )
