"""At the counter a person and the clerk who serves them work on one draft; a replaced form takes along what still fits."""

import io
from dataclasses import replace

import pytest

from yiwang.commons.files import queries as files
from yiwang.commons.files.contracts import FileAttached, FileNotFound, FileTypeRefused, MediaType
from yiwang.commons.files.tests import factories as uploads
from yiwang.commons.forms import commands, queries
from yiwang.commons.forms.contracts import DraftNotFound
from yiwang.commons.forms.tests import samples
from yiwang.commons.identity.tests.factories import make_official, make_organisation
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published", "blob_folder")]
WHOLE = next(v["answers"] for v in samples.VECTORS["vectors"] if v["name"] == "complete")


@pytest.fixture
def clerk(mother) -> Actor:
    """An official while serving the mother."""
    official = make_official(make_organisation()).actor
    return replace(official, on_behalf=SubjectRef("person", mother.person_id))


def start(by, **values):
    return commands.start_draft(key="newborn", values=values, by=by, at=clock.now())


def add(draft_id, by, content=uploads.PDF):
    stream = io.BytesIO(content)
    return commands.add_file(draft_id=draft_id, material="report", stream=stream, name="样例", by=by, at=clock.now()).id


@pytest.mark.parametrize("begun_by", ["mother", "clerk"])
def test_what_one_began_the_other_finds_and_continues(request, begun_by, mother, clerk):
    draft_id = start(request.getfixturevalue(begun_by), child_name="样例宝宝")
    for reader in (mother, clerk):
        assert [each.id for each in queries.drafts(viewer=reader)] == [draft_id]
        revision = queries.draft(draft_id=draft_id, viewer=reader).revision
        commands.save_draft(
            draft_id=draft_id, values={"child_name": "样例"}, expected_revision=revision, by=reader, at=clock.now()
        )


def test_nobody_else_shares_it(mother, stranger, clerk):
    begun = [start(mother), start(clerk)]
    idle = replace(clerk, on_behalf=None)
    elsewhere = replace(clerk, on_behalf=SubjectRef("person", stranger.person_id))
    acting = replace(stranger, on_behalf=SubjectRef("person", mother.person_id))
    for other in (stranger, idle, elsewhere, acting):
        assert not queries.drafts(viewer=other)
        for draft_id in begun:
            with pytest.raises(DraftNotFound):
                queries.draft(draft_id=draft_id, viewer=other)


def test_prefills_come_from_the_person_and_not_from_the_clerk(mother, clerk):
    answers = queries.draft(draft_id=start(clerk), viewer=clerk).answers
    proposed = {answer.value for answer in answers.values()}
    assert queries.applicant_facts(viewer=mother)["name"] in proposed or queries.applicant_facts(
        viewer=clerk
    ) == queries.applicant_facts(viewer=mother)


def test_each_reads_and_removes_the_others_uploads_while_they_wait(mother, stranger, clerk):
    draft_id = start(mother)
    one, two = add(draft_id, mother), add(draft_id, clerk)
    assert files.described(file_ids=[one, two], viewer=clerk).keys() == {one, two}
    assert files.described(file_ids=[one, two], viewer=mother).keys() == {one, two}
    assert not files.described(file_ids=[one, two], viewer=stranger)
    commands.remove_file(draft_id=draft_id, material="report", file_id=one, by=clerk, at=clock.now())
    with pytest.raises(FileNotFound):
        files.open_file(file_id=one, viewer=mother)


def test_who_sends_owns_all_uploads(mother, clerk):
    draft_id = start(mother, **WHOLE)
    ids = [add(draft_id, mother), add(draft_id, clerk)]
    commands.submit_draft(draft_id=draft_id, by=clerk, at=clock.now())
    assert {each.owner_id for each in files.described(file_ids=ids, viewer=clerk).values()} == {clerk.account_id}


def test_a_waiting_upload_is_put_into_a_draft_once(mother):
    draft_id = start(mother)
    waiting = uploads.store(mother).id
    for _time in range(2):
        commands.put_file(draft_id=draft_id, material="report", file_id=waiting, by=mother, at=clock.now())
    assert queries.draft(draft_id=draft_id, viewer=mother).files == {"report": (waiting,)}


def test_an_upload_of_another_an_attached_one_and_a_wrong_type_are_not_put(mother, stranger):
    from yiwang.commons.files import commands as storing

    draft_id, at = start(mother), clock.now()
    with pytest.raises(FileNotFound):
        commands.put_file(draft_id=draft_id, material="r", file_id=uploads.store(stranger).id, by=mother, at=at)
    kept = uploads.store(mother).id
    with pytest.raises(FileTypeRefused):
        commands.put_file(draft_id=draft_id, material="r", file_id=kept, types=[MediaType.PNG], by=mother, at=at)
    storing.attach(file_ids=[kept], subject=SubjectRef("case", draft_id), by=mother, at=at)
    with pytest.raises(FileAttached):
        commands.put_file(draft_id=draft_id, material="r", file_id=kept, by=mother, at=at)
    assert not queries.draft(draft_id=draft_id, viewer=mother).files


def test_a_draft_of_a_replaced_form_moves_with_what_still_fits(mother):
    draft_id = start(mother, child_name="样例宝宝")
    assert queries.renewal(draft_id=draft_id, viewer=mother) is None
    title = {"zh": "新生儿出生（新版）"}
    members = [{"form": "household"}]
    commands.publish_bundle(key="newborn", title=title, members=members, by=samples.SYSTEM, at=clock.now())
    before = queries.draft(draft_id=draft_id, viewer=mother)
    offered = queries.renewal(draft_id=draft_id, viewer=mother)
    assert offered is not None
    assert "child_name" in offered.kept
    moved = commands.renew_draft(draft_id=draft_id, by=mother, at=clock.now())
    after = queries.draft(draft_id=draft_id, viewer=mother)
    assert moved == offered
    assert after.version == before.version + 1
    assert after.answers["child_name"].value == "样例宝宝"
    assert not set(moved.lost) & after.answers.keys()
    assert set(moved.kept) | set(moved.lost) == before.answers.keys()
    assert queries.renewal(draft_id=draft_id, viewer=mother) is None
    again = commands.renew_draft(draft_id=draft_id, by=mother, at=clock.now())
    assert not again.lost
    assert queries.draft(draft_id=draft_id, viewer=mother).revision == after.revision


def test_an_answer_that_no_longer_fits_its_fact_stays_behind(mother):
    draft_id = start(mother, child_name="样例宝宝")
    words = {**samples.VOCABULARY, "facts": {**samples.VOCABULARY["facts"]}}
    words["facts"]["child_name"] = {**words["facts"]["child_name"], "type": "integer", "schema": {}}
    words["facts"]["child_name"].pop("pattern_message", None)
    commands.publish_vocabulary(content=words, by=samples.SYSTEM, at=clock.now())
    members = [{"form": "household"}]
    commands.publish_bundle(key="newborn", title={"zh": "新版"}, members=members, by=samples.SYSTEM, at=clock.now())
    assert "child_name" in commands.renew_draft(draft_id=draft_id, by=mother, at=clock.now()).lost
