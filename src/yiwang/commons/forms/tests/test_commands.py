"""Publishing gives versions; drafts lose nothing between tabs; sending takes what is complete."""

import io
from datetime import timedelta
from threading import Thread
from uuid import UUID

import pytest
from django.db import connection

from yiwang.commons.files import queries as files
from yiwang.commons.files.contracts import FileTooLarge, FileTypeRefused, MediaType, TooManyFiles
from yiwang.commons.files.tests import factories as uploads
from yiwang.commons.forms import commands, queries
from yiwang.commons.forms.contracts import (
    Answer,
    AnswersInvalid,
    DefinitionFaulty,
    Difference,
    DraftConflict,
    DraftNotFound,
    FormNotFound,
    Source,
    TooMuch,
    UnknownFacts,
)  # fmt: skip
from yiwang.commons.forms.models import Draft, FormVersion, VocabularyVersion
from yiwang.commons.forms.tests import samples
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import Unauthenticated
from yiwang.kernel.guard import UnguardedWrite
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published")]
WHOLE = next(v["answers"] for v in samples.VECTORS["vectors"] if v["name"] == "complete")


def start(by, **values) -> UUID:
    return commands.start_draft(key="newborn", values=values, by=by, at=clock.now())


def save(draft_id, by, revision, **values) -> int:
    return commands.save_draft(draft_id=draft_id, values=values, expected_revision=revision, by=by, at=clock.now())


def held(draft_id, by):
    return {name: answer.value for name, answer in queries.draft(draft_id=draft_id, viewer=by).answers.items()}


def test_publishing_again_changes_nothing_and_a_change_is_a_new_version():
    samples.publish()
    assert list(FormVersion.objects.order_by("key").values_list("key", "version")) == [
        ("card", 1), ("household", 1), ("newborn", 1),
    ]  # fmt: skip
    form = samples.form_of("card")
    form["title"]["zh"] = "社会保障卡申领"
    assert commands.publish_form(key="card", form=form, by=samples.SYSTEM, at=clock.now()) == 2
    assert queries.definition(key="card", version=1, viewer=samples.SYSTEM).title["zh"] == "社会保障卡"
    assert queries.definition(key="card", viewer=samples.SYSTEM).title["zh"] == "社会保障卡申领"


def test_a_changed_fact_leaves_published_forms_as_they_are():
    words = {**samples.VOCABULARY, "facts": {**samples.VOCABULARY["facts"]}}
    words["facts"]["child_name"] = {**words["facts"]["child_name"], "label": {"zh": "新生儿姓名", "en": "Name"}}
    assert commands.publish_vocabulary(content=words, by=samples.SYSTEM, at=clock.now()) == 2
    assert queries.definition(key="newborn", viewer=samples.SYSTEM).questions["child_name"].label["zh"] == "宝宝姓名"


def test_a_faulty_form_is_not_published():
    form = samples.form_of("card")
    form["ui"]["fields"]["address"]["when"] = "delivery ="
    with pytest.raises(DefinitionFaulty, match="表达式有误"):
        commands.publish_form(key="card", form=form, by=samples.SYSTEM, at=clock.now())
    with pytest.raises(FormNotFound):
        commands.publish_bundle(
            key="x", title={"zh": "x"}, members=[{"form": "absent"}], by=samples.SYSTEM, at=clock.now()
        )
    assert FormVersion.objects.count() == 3


def test_published_versions_cannot_be_edited():
    from django.db import DatabaseError, transaction

    from yiwang.kernel.command import machinery

    with pytest.raises(UnguardedWrite):
        VocabularyVersion.objects.update(version=9)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), machinery("test"):
        FormVersion.objects.filter(key="card").update(version=9)


def test_a_draft_begins_with_what_the_account_knows(mother):
    draft = queries.draft(draft_id=start(mother, held=False), viewer=mother)
    assert draft.answers["held"] == Answer(False, Source.TYPED, revision=1)
    assert draft.answers["mother_name"].source is Source.PREFILLED
    assert draft.answers["relation"].value == "mother"
    assert (draft.step, draft.version, draft.revision) == ("situation", 1, 1)


def test_answers_are_encrypted_at_rest_and_absent_from_the_audit(mother):
    draft_id = start(mother, child_name="陈知夏")
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM commons_forms_draft WHERE id = %s", [draft_id])
        assert "陈知夏".encode() not in bytes(cursor.fetchone()[0])
    assert "陈知夏" not in str(list(AuditEntry.objects.values_list("details", flat=True)))


def test_starting_twice_with_one_key_gives_one_draft(mother):
    first, second = (
        commands.start_draft(key="newborn", by=mother, at=clock.now(), idempotency_key="k1") for _ in range(2)
    )
    assert first == second
    assert Draft.objects.count() == 1


def test_nobody_starts_without_logging_in():
    with pytest.raises(Unauthenticated):
        start(Actor.anonymous())


def test_two_tabs_on_different_questions_both_keep_their_answers(mother):
    draft_id = start(mother)
    assert save(draft_id, mother, 1, child_name="陈知夏") == 2
    assert save(draft_id, mother, 1, order=2) == 3, "an old revision is no conflict while the facts differ"
    assert held(draft_id, mother)["child_name"] == "陈知夏"
    assert held(draft_id, mother)["order"] == 2


def test_two_tabs_on_one_question_conflict_and_both_answers_are_shown(mother):
    draft_id = start(mother)
    save(draft_id, mother, 1, child_name="陈知夏")
    with pytest.raises(DraftConflict) as caught:
        save(draft_id, mother, 1, child_name="陈小满", order=2)
    assert caught.value.differences == (Difference("child_name", "陈小满", "陈知夏"),)
    assert "order" not in held(draft_id, mother), "nothing of a conflicting save is kept"
    assert save(draft_id, mother, caught.value.revision, child_name="陈小满", order=2) == 3
    assert held(draft_id, mother)["child_name"] == "陈小满"


def test_the_same_answer_from_both_tabs_is_no_conflict(mother):
    draft_id = start(mother)
    save(draft_id, mother, 1, child_name="陈知夏")
    assert save(draft_id, mother, 1, child_name="陈知夏") == 3


def test_none_clears_an_answer(mother):
    draft_id = start(mother, child_name="陈知夏")
    save(draft_id, mother, 1, child_name=None)
    assert "child_name" not in held(draft_id, mother)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"stranger": 1}, UnknownFacts),
        ({"age_days": 3}, UnknownFacts),
        ({"order": "two"}, AnswersInvalid),
        ({"order": True}, AnswersInvalid),
        ({"child_name": {"a": 1}}, AnswersInvalid),
        ({"child_name": ["陈"]}, AnswersInvalid),
        ({"hobbies": "a"}, AnswersInvalid),
        ({"note": "x" * 2001}, AnswersInvalid),
        ({"note": "x\x00y"}, AnswersInvalid),
    ],
)
def test_a_save_of_the_wrong_kind_is_refused_whole(mother, values, error):
    draft_id = start(mother)
    with pytest.raises(error):
        save(draft_id, mother, 1, held=True, **values)
    assert "held" not in held(draft_id, mother)


def test_a_draft_has_a_largest_size(mother, monkeypatch):
    monkeypatch.setattr("yiwang.commons.forms.commands.drafting._LARGEST", 300)
    draft_id = start(mother)
    with pytest.raises(TooMuch):
        save(draft_id, mother, 1, note="长" * 300)


def test_a_strangers_draft_is_not_found(mother, stranger):
    draft_id = start(mother)
    for act in (
        lambda: save(draft_id, stranger, 1, held=True),
        lambda: commands.discard_draft(draft_id=draft_id, by=stranger, at=clock.now()),
        lambda: commands.submit_draft(draft_id=draft_id, by=stranger, at=clock.now()),
        lambda: queries.draft(draft_id=draft_id, viewer=stranger),
        lambda: queries.draft(draft_id=new_id(), viewer=mother),
    ):
        with pytest.raises(DraftNotFound):
            act()


def test_answers_of_licences_are_locked_and_go_before_typed_ones(mother):
    draft_id = start(mother, child_name="陈小满")
    licence = Answer("陈知夏", Source.LICENCE, "出生医学证明", locked=True)
    commands.fill_draft(draft_id=draft_id, answers={"child_name": licence}, by=mother, at=clock.now())
    save(draft_id, mother, 2, child_name="李四")
    assert held(draft_id, mother)["child_name"] == "陈知夏"
    with pytest.raises(ValueError, match="typed"):
        commands.fill_draft(draft_id=draft_id, answers={"order": Answer(1)}, by=mother, at=clock.now())


def test_an_incomplete_draft_is_not_taken_and_stays(mother):
    draft_id = start(mother, held=False, in_city=True, wants_card=False)
    with pytest.raises(AnswersInvalid) as caught:
        commands.submit_draft(draft_id=draft_id, by=mother, at=clock.now())
    assert "child_name" in caught.value.fields
    assert queries.draft(draft_id=draft_id, viewer=mother)


def test_a_complete_draft_is_taken_once(mother):
    draft_id = start(mother, **WHOLE, father_name="曹博")
    sent = commands.submit_draft(draft_id=draft_id, expected_revision=1, by=mother, at=clock.now())
    assert sent.values["child_name"] == "陈知夏"
    assert isinstance(sent.values["age_days"], int)
    assert "father_name" not in sent.values, "what is not asked is not sent"
    assert set(sent.forms) == {"household", "card"}
    with pytest.raises(DraftNotFound):
        commands.submit_draft(draft_id=draft_id, by=mother, at=clock.now())


def test_what_was_changed_after_the_check_page_is_not_sent_unseen(mother):
    draft_id = start(mother, **WHOLE)
    save(draft_id, mother, 1, order=3)
    with pytest.raises(DraftConflict):
        commands.submit_draft(draft_id=draft_id, expected_revision=1, by=mother, at=clock.now())


def test_uploads_belong_to_a_material_of_the_draft(mother, stranger, blob_folder):
    draft_id = start(mother)

    def add(by=mother, content=uploads.PDF, **more):
        return commands.add_file(
            draft_id=draft_id, material="book", stream=io.BytesIO(content), name="a.pdf", by=by, at=clock.now(), **more
        )

    first, second = add(), add(content=uploads.png())
    assert queries.draft(draft_id=draft_id, viewer=mother).files == {"book": (first.id, second.id)}
    with pytest.raises(FileTypeRefused):
        add(types=[MediaType.PNG])
    with pytest.raises(FileTooLarge):
        add(max_bytes=10)
    with pytest.raises(DraftNotFound):
        add(by=stranger)
    assert queries.draft(draft_id=draft_id, viewer=mother).files == {"book": (first.id, second.id)}
    commands.remove_file(draft_id=draft_id, material="book", file_id=first.id, by=mother, at=clock.now())
    assert queries.draft(draft_id=draft_id, viewer=mother).files == {"book": (second.id,)}
    with pytest.raises(DraftNotFound):
        commands.remove_file(draft_id=draft_id, material="book", file_id=first.id, by=mother, at=clock.now())
    for _ in range(19):
        add()
    with pytest.raises(TooManyFiles):
        add()


def test_a_discarded_draft_takes_its_uploads_along(mother, blob_folder):
    draft_id = start(mother)
    kept = commands.add_file(
        draft_id=draft_id, material="book", stream=io.BytesIO(uploads.PDF), name="a.pdf", by=mother, at=clock.now()
    )
    commands.discard_draft(draft_id=draft_id, by=mother, at=clock.now())
    assert files.described(file_ids=[kept.id], viewer=mother) == {}
    with pytest.raises(DraftNotFound):
        queries.draft(draft_id=draft_id, viewer=mother)


def test_old_drafts_are_forgotten(mother):
    start(mother)
    assert commands.purge_drafts(by=samples.SYSTEM, at=clock.now() + timedelta(days=89)) == 0
    assert commands.purge_drafts(by=samples.SYSTEM, at=clock.now() + timedelta(days=91)) == 1


@pytest.mark.django_db(transaction=True)
def test_saves_at_the_same_moment_wait_for_each_other(mother):
    draft_id = start(mother)
    facts = {"child_name": "陈知夏", "order": 2, "note": "甲", "weight": "3.2"}

    def one(name, value):
        save(draft_id, mother, 1, **{name: value})
        connection.close()

    threads = [Thread(target=one, args=item) for item in facts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert facts.items() <= held(draft_id, mother).items()
    assert queries.draft(draft_id=draft_id, viewer=mother).revision == 5
