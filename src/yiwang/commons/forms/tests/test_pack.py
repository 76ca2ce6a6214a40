"""The pack's facts and forms: the city's own are faultless; every fault is named with file and line."""

import shutil
from pathlib import Path

import pytest

from yiwang.commons.forms import queries
from yiwang.commons.forms.models import FormVersion
from yiwang.commons.forms.pack import FactsPart, FormsPart
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.ids import new_id
from yiwang.kernel.packs import PackReader

ROOT = Path(__file__).parents[5] / "packs" / "changzhou"
SYSTEM = Actor.system("test")


def checked(root):
    reader = PackReader(root)
    FactsPart().check(reader)
    FormsPart().check(reader)
    return reader.report.faults


@pytest.fixture
def pack(tmp_path):
    root = tmp_path / "pack"
    shutil.copytree(ROOT, root)
    return root


def change(root, file, before, after):
    path = root / file
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


def test_the_citys_facts_forms_and_examples_are_faultless():
    assert [str(fault) for fault in checked(ROOT)] == []


@pytest.mark.parametrize(
    ("file", "before", "after", "named"),
    [
        ("facts.yaml", "formula: parents_married or", "formula: parents_maried or", "parents_maried"),
        ("facts.yaml", "formula: parents_married or", "formula: parents_married or or", "表达式有误"),
        ("facts.yaml", "list: bank", "list: banks", "banks"),
        (
            "matters/household_registration/form.yaml",
            "    child_nation: {}",
            "    child_nationality: {}",
            "child_nation",
        ),
        ("matters/household_registration/form.yaml", "when: father_needed", "when: father_neded", "father_neded"),
        ("matters/household_registration/form.yaml", "title: {zh: 出生登记", "titel: {zh: 出生登记", "titel"),
        ("matters/household_registration/form.yaml", "when: parents_married", "when: 'true'", "households_differ"),
    ],
)
def test_a_fault_is_named_with_file_and_line(pack, file, before, after, named):
    change(pack, file, before, after)
    faults = checked(pack)
    assert any(named in str(fault) for fault in faults), faults
    assert all(fault.line for fault in faults)


def test_a_missing_or_broken_vocabulary_is_one_fault_and_no_exception(pack):
    (pack / "facts.yaml").write_text("facts: [", "utf-8")
    assert [fault.file for fault in checked(pack)] == ["facts.yaml"]
    (pack / "facts.yaml").unlink()
    assert [fault.file for fault in checked(pack)] == ["facts.yaml"]


def test_the_vocabulary_may_stand_in_several_files_and_a_name_in_one_of_them(pack):
    (pack / "facts").mkdir(exist_ok=True)
    more = "facts:\n  {name}: {{type: boolean, label: {{zh: 样例, en: Sample}}, sensitivity: public, source: {{kind: applicant}}}}\n"
    (pack / "facts/extra.yaml").write_text(more.format(name="sample_fact"), "utf-8")
    assert checked(pack) == []
    (pack / "facts/extra.yaml").write_text("\n" + more.format(name="child_sex"), "utf-8")
    assert [(fault.file, fault.line) for fault in checked(pack)] == [("facts/extra.yaml", 3)]
    (pack / "facts/extra.yaml").write_text("facts: [1]", "utf-8")
    assert [fault.file for fault in checked(pack)] == ["facts/extra.yaml"]


def test_a_form_of_the_wrong_shape_is_a_fault_and_no_exception(pack):
    for text in ("[]", "null", "title: 1", "data: {properties: []}", "\x00"):
        (pack / "matters/household_registration/form.yaml").write_text(text, "utf-8")
        assert checked(pack), text


@command("test.load")
def load(*, root: Path, by: Actor, at: object) -> list[int]:
    note(SubjectRef("pack", new_id()))
    reader = PackReader(root)
    parts = [FactsPart().load(reader, by=by, at=at), FormsPart().load(reader, by=by, at=at)]
    return [number for tally in parts for number in (tally.created, tally.changed, tally.unchanged)]


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_a_change_is_a_new_version(pack):
    forms = len(list(pack.glob("matters/*/form.yaml")))
    assert load(root=pack, by=SYSTEM, at=clock.now()) == [1, 0, 0, forms, 0, 0]
    assert load(root=pack, by=SYSTEM, at=clock.now()) == [0, 0, 1, 0, 0, forms]
    change(pack, "matters/household_registration/form.yaml", "title: {zh: 出生登记", "title: {zh: 出生户口登记")
    assert load(root=pack, by=SYSTEM, at=clock.now()) == [0, 0, 1, 0, 1, forms - 1]
    assert FormVersion.objects.filter(key="household_registration").count() == 2
    assert queries.definition(key="household_registration", viewer=SYSTEM).title["zh"] == "出生户口登记"
