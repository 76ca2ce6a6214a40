"""Drafts of processes: begun, saved by one at a time, published by somebody else."""

import pytest

from yiwang.commons.flow import commands, queries
from yiwang.commons.flow.contracts import (
    ADMINISTER,
    DESIGN,
    DefinitionRefused,
    MayNotDesign,
    MayNotPublishProcess,
    NoReason,
    NotAdministrator,
    OwnProcessDraft,
    ProcessDraftChanged,
    ProcessDraftNotFound,
    ProcessDraftOutdated,
    ProcessDraftTooLarge,
    ProcessDraftUnchanged,
    ProcessFileRefused,
    ProcessKeyRefused,
    ProcessKeyTaken,
    UnknownProcess,
)
from yiwang.commons.flow.engine.tests.models import bpmn, call, chain, drawn, end, service, start, user
from yiwang.commons.flow.models import ProcessDefinition, ProcessDraft
from yiwang.commons.flow.pack import ProcessesPart
from yiwang.commons.flow.tests.factories import publish
from yiwang.commons.identity.tests.factories import make_official, make_organisation
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import EvidenceRow
from yiwang.kernel.packs import PackReader

pytestmark = pytest.mark.django_db

LINE = drawn(bpmn(start(), user("a"), end(), chain("start", "a", "end")))
LONGER = drawn(bpmn(start(), user("a"), user("b"), end(), chain("start", "a", "b", "end")))


@pytest.fixture
def people(top):
    """Who drafts, who drafts and publishes, who publishes, who only works."""
    grants = ((DESIGN,), (DESIGN, ADMINISTER), (ADMINISTER,), ("flow.work",))
    return [make_official(top, grants=each).actor for each in grants]


@command("tests.load_processes")
def load_processes(*, root, by, at):
    note(SubjectRef("pack", new_id()))
    return ProcessesPart().load(PackReader(root), by=by, at=at)


def save(by, text=LONGER, revision=1, key="p"):
    return commands.save_draft(key=key, revision=revision, bpmn=text, by=by, at=clock.now())


def begin(by, key="p"):
    return commands.begin_draft(key=key, by=by, at=clock.now())


def publish_draft(by, revision=2, reason="样例理由", key="p"):
    return commands.publish_draft(key=key, revision=revision, reason=reason, by=by, at=clock.now())


def test_a_draft_begins_as_the_newest_version_and_only_once(people):
    designer, other, _publisher, _clerk = people
    publish(LINE)
    first = begin(designer)
    assert begin(other) == first
    draft = queries.process_page(key="p", viewer=designer).draft
    assert (draft.bpmn, draft.based_on, draft.revision, draft.editors) == (LINE, 1, 1, ())


def test_what_is_saved_counts_and_names_its_editors(people):
    designer, other, _publisher, _clerk = people
    publish(LINE)
    begin(designer)
    assert save(designer) == 2
    assert save(designer, revision=2) == 2, "nothing new"
    assert save(other, LINE, revision=2) == 3
    draft = queries.process_page(key="p", viewer=designer).draft
    assert draft.editors == (designer.account_id, other.account_id)


def test_a_save_over_somebody_elses_is_refused_and_nothing_is_lost(people):
    designer, other, _publisher, _clerk = people
    publish(LINE)
    begin(designer)
    save(other)
    with pytest.raises(ProcessDraftChanged) as refused:
        save(designer, LINE)
    assert refused.value.params["who"]
    assert bytes(ProcessDraft.objects.get().bpmn) == LONGER


def test_somebody_who_did_not_draw_publishes_with_a_reason(people):
    designer, _other, publisher, _clerk = people
    publish(LINE)
    begin(designer)
    save(designer)
    with pytest.raises(NoReason):
        publish_draft(publisher, reason="  ")
    done = publish_draft(publisher)
    assert (done.version, done.created) == (2, True)
    version = queries.process_page(key="p", viewer=designer).newest
    assert (version.version, version.reason) == (2, "样例理由")
    assert version.by
    assert EvidenceRow.objects.filter(subject_id=done.definition_id).count() == 1
    with pytest.raises(ProcessDraftNotFound):
        save(designer, revision=2)


def test_who_drew_in_a_draft_never_publishes_it(people):
    designer, both, _publisher, clerk = people
    publish(LINE)
    begin(designer)
    save(both)
    for somebody, why in ((both, OwnProcessDraft), (designer, MayNotPublishProcess), (clerk, MayNotPublishProcess)):
        with pytest.raises(why):
            publish_draft(somebody)
    assert ProcessDefinition.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (bpmn(start(), user("a"), end(), chain("start", "a")), "走不到"),
        (bpmn(start(), service("a", "nothing.known"), end(), chain("start", "a", "end")), "没有登记"),
        (bpmn(start(), user("a"), end(), chain("start", "a", "end"), process_id="q"), "应是“p”"),
        (b"<no", "XML"),
    ],
)
def test_a_draft_with_a_fault_is_kept_shown_and_not_published(people, text, said):
    designer, _other, publisher, _clerk = people
    publish(LINE)
    begin(designer)
    save(designer, text)
    findings = queries.draft_findings(key="p", viewer=designer)
    assert any(each.is_error and said in each.message for each in findings)
    with pytest.raises(DefinitionRefused):
        publish_draft(publisher)
    assert ProcessDefinition.objects.count() == 1
    assert ProcessDraft.objects.get().state == "open"


def test_a_call_of_what_is_not_published_is_a_warning(people):
    designer, _other, publisher, _clerk = people
    publish(LINE)
    begin(designer)
    drawing = drawn(bpmn(start(), call("c", "nowhere"), end(), chain("start", "c", "end")))
    save(designer, drawing.replace(b'id="c"', 'id="c" name="另一件事"'.encode(), 1))
    (finding,) = queries.draft_findings(key="p", viewer=designer)
    assert (finding.element_id, finding.name, finding.is_error) == ("c", "另一件事", False)
    assert publish_draft(publisher).version == 2


def test_a_draft_never_undoes_what_was_published_since(people):
    designer, both, publisher, _clerk = people
    publish(LINE)
    begin(designer)
    save(designer)
    publish(LINE.replace("任务a".encode(), "别的".encode()))
    with pytest.raises(ProcessDraftOutdated) as refused:
        publish_draft(publisher)
    assert refused.value.params == {"version": 2, "who": "配置包"}
    assert ProcessDraft.objects.get().state == "open"
    commands.discard_draft(key="p", revision=2, by=designer, at=clock.now())
    begin(both)
    save(both)
    assert publish_draft(publisher).version == 3


def test_a_pack_never_replaces_what_a_person_published(people, tmp_path):
    designer, _other, publisher, _clerk = people
    (tmp_path / "processes").mkdir()
    file = tmp_path / "processes" / "p.bpmn"

    def load(text):
        file.write_bytes(text)
        return load_processes(root=tmp_path, by=Actor.system("tests"), at=clock.now())

    assert load(LINE).created == 1
    begin(designer)
    save(designer)
    assert publish_draft(publisher).version == 2
    older, other = load(LINE), load(LINE.replace("任务a".encode(), "别的".encode()))
    assert (older.unchanged, other.unchanged) == (1, 1)
    assert "更早的一版" in older.notes[0]
    assert "没有发布" in other.notes[0]
    assert load(LONGER).notes == []
    assert ProcessDefinition.objects.count() == 2


@pytest.mark.parametrize(
    ("said", "errors"),
    [
        ('assignee="王芳（样例）"', ["指定办理人"]),
        ('candidateGroups="org:nowhere"', ["由谁办理"]),
        ('candidateGroups="team:a"', ["由谁办理"]),
        ('candidateGroups="no_such_role"', []),
        ('assignee="=clerk" candidateGroups="=groups"', None),
        ('assignee="018f2a3b-0000-7000-8000-000000000001" candidateGroups="clerk, applicant"', None),
    ],
)
def test_whom_nobody_could_find_is_told_before_anything_runs(people, said, errors):
    designer = people[0]
    publish(LINE)
    begin(designer)
    task = user("a", f"<zeebe:assignmentDefinition {said}/>")
    save(designer, drawn(bpmn(start(), task, end(), chain("start", "a", "end"))))
    found = queries.draft_findings(key="p", viewer=designer)
    assert [each.message[:4] for each in found if each.is_error] == [each[:4] for each in errors or []]
    assert (found == ()) == (errors is None)
    assert all(each.element_id == "a" for each in found)


def test_a_draft_without_a_change_is_not_published(people):
    designer, _other, publisher, _clerk = people
    publish(LINE)
    begin(designer)
    with pytest.raises(ProcessDraftUnchanged):
        publish_draft(publisher, revision=1)


def test_a_discarded_draft_leaves_what_is_published(people):
    designer, _other, _publisher, _clerk = people
    publish(LINE)
    begin(designer)
    commands.discard_draft(key="p", revision=1, by=designer, at=clock.now())
    assert queries.process_page(key="p", viewer=designer).draft is None
    begin(designer)
    assert ProcessDraft.objects.count() == 2


def test_a_new_process_begins_with_a_sound_drawing(people):
    designer, both, publisher, _clerk = people
    commands.begin_process(key="new_one", title="新的", by=both, at=clock.now())
    assert queries.draft_findings(key="new_one", viewer=designer) == ()
    with pytest.raises(OwnProcessDraft):
        publish_draft(both, revision=1, key="new_one")
    assert publish_draft(publisher, revision=1, key="new_one").version == 1
    for key, why in (("new_one", ProcessKeyTaken), ("New One", ProcessKeyRefused)):
        with pytest.raises(why):
            commands.begin_process(key=key, title="", by=designer, at=clock.now())


def test_a_file_of_another_editor_takes_the_key_as_its_id(people):
    designer, _other, publisher, _clerk = people
    pool = '<bpmn:collaboration id="c"><bpmn:participant id="pool" processRef="Process_1tq3v5d"/></bpmn:collaboration>'
    text = drawn(bpmn(start(), user("a"), end(), chain("start", "a", "end"), root=pool, process_id="Process_1tq3v5d"))
    text = text.replace(b'bpmnElement="p"', b'bpmnElement="Process_1tq3v5d"')
    commands.begin_process(key="new_one", title="新的", bpmn=text, by=designer, at=clock.now())
    kept = bytes(ProcessDraft.objects.get().bpmn)
    assert b"Process_1tq3v5d" not in kept
    assert kept.count(b'"new_one"') == 3
    assert publish_draft(publisher, revision=1, key="new_one").version == 1


@pytest.mark.parametrize(
    "text",
    [
        b"<no",
        LINE.replace(b"bpmn:process", b"bpmn:collaboration"),
        bpmn(start(), end(), chain("start", "end")),
        LINE.decode().encode("utf-16"),
    ],
    ids=["no XML", "no process", "no diagram", "not UTF-8"],
)
def test_a_file_in_which_nothing_could_be_edited_is_refused(people, text):
    with pytest.raises(ProcessFileRefused):
        commands.begin_process(key="new_one", title="新的", bpmn=text, by=people[0], at=clock.now())
    assert not ProcessDraft.objects.exists()


def test_drafting_needs_its_right(people):
    _designer, _other, publisher, clerk = people
    publish(LINE)
    for somebody in (publisher, clerk):
        with pytest.raises(MayNotDesign):
            begin(somebody)
        with pytest.raises(MayNotDesign):
            commands.begin_process(key="x", title="", by=somebody, at=clock.now())
    with pytest.raises(NotAdministrator):
        queries.process_page(key="p", viewer=clerk)


def test_an_official_of_one_district_does_not_publish(people):
    designer = people[0]
    below = make_official(make_organisation(parent="sample-city", region="320402"), grants=(ADMINISTER,)).actor
    publish(LINE)
    begin(designer)
    save(designer)
    with pytest.raises(MayNotPublishProcess):
        publish_draft(below)


def test_empty_and_huge_drawings_and_unknown_processes_are_refused(people):
    designer = people[0]
    publish(LINE)
    begin(designer)
    for text in (b"", b" " * (2 * 1024 * 1024 + 1)):
        with pytest.raises(ProcessDraftTooLarge):
            save(designer, text)
    with pytest.raises(UnknownProcess):
        begin(designer, key="nowhere")
    with pytest.raises(UnknownProcess):
        queries.process_page(key="nowhere", viewer=designer)


def test_the_changes_against_a_version_are_told_by_element(people):
    designer = people[0]
    publish(LINE)
    begin(designer)
    save(designer)
    changes = queries.process_changes(key="p", before=1, after=0, viewer=designer)
    told = {each.element_id: each.kind.value for each in changes if each.tag != "sequenceFlow"}
    assert told == {"b": "added"}
    save(designer, b"<no", revision=2)
    assert queries.process_changes(key="p", before=1, after=0, viewer=designer) is None


def test_the_list_of_drafts_asks_as_much_for_many_as_for_one(people, django_assert_max_num_queries):
    designer = people[0]
    for number in range(6):
        commands.begin_process(key=f"new_{number}", title="", by=designer, at=clock.now())
    with django_assert_max_num_queries(4):
        assert len(queries.process_drafts(viewer=designer)) == 6
