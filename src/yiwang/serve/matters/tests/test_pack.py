"""A pack's matters and bundles: the demonstration pack is clean; each fault is told with its file and line."""

import re
import shutil
from pathlib import Path

import pytest

from yiwang.kernel.packs import PackReader
from yiwang.kernel.settings import PROJECT_ROOT
from yiwang.serve.matters.pack import BundlesPart, MattersPart, ThemesPart, bundle_specs, matter_specs
from yiwang.serve.matters.rules import depends_on

PACK = PROJECT_ROOT / "packs" / "changzhou"


@pytest.fixture
def copy(tmp_path) -> Path:
    target = tmp_path / "pack"
    shutil.copytree(PACK, target, ignore=shutil.ignore_patterns("*.geojson"))
    return target


def faults(root: Path):
    reader = PackReader(root)
    for part in (ThemesPart(), MattersPart(), BundlesPart()):
        part.check(reader)
    return reader.report.faults


def change(root: Path, file: str, before: str, after: str) -> int:
    """Replace once; the line of the change."""
    path = root / file
    text = path.read_text("utf-8")
    assert before in text, before
    path.write_text(text.replace(before, after, 1), "utf-8")
    return text[: text.index(before)].count("\n") + 1


def test_the_demonstration_pack_has_no_fault():
    assert faults(PACK) == []


def test_the_newborn_bundle_is_a_graph_of_outputs_and_inputs():
    reader = PackReader(PACK)
    newborn = next(spec for spec in bundle_specs(reader) if spec.key == "newborn")
    edges = depends_on(newborn, matter_specs(reader))
    assert edges["household_registration"] == ("birth_certificate",)
    assert "household_registration" in edges["medical_insurance"]
    assert edges["fertility_registration"] == ()


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        ("bundles/newborn/bundle.yaml", "  - matter: social_security_card", "  - matter: nowhere", "没有已发布的事项 nowhere"),
        ("bundles/newborn/bundle.yaml", "when: not(birth_certificate_held)", "when: not((birth_certificate_held)", "条件表达式有误"),
        ("bundles/newborn/bundle.yaml", "when: wants_medical_insurance", "when: wants_a_pony", "wants_a_pony 不在事实表中"),
        ("matters/birth_certificate/matter.yaml", "themes: [birth]", "themes: [death]", "没有主题 death"),
        ("matters/birth_certificate/matter.yaml", "case_type: same_day", "case_type: some_day", "some_day"),
        ("matters/birth_certificate/matter.yaml", "licence_type: resident_id_card", "licence_type: library_card", "没有证照类型 licences/library_card/type.yaml"),
        ("matters/birth_certificate/matter.yaml", "resident_id_card, facts: {name: mother_name", "resident_id_card, facts: {nickname: mother_name", "licences/resident_id_card/type.yaml 里没有 nickname"),
        ("matters/birth_certificate/matter.yaml", "resident_id_card, facts: {name: mother_name", "resident_id_card, facts: {name: mothers_name", "mothers_name 不在事实表中"),
        ("matters/business_licence/matter.yaml", "\n    licence: business_licence", "\n    licence: fishing_licence", "没有证照类型 licences/fishing_licence/type.yaml"),
        ("matters/household_registration/matter.yaml", "code: household_registration", "code: other", "与文件夹名不一致"),
        ("matters/household_registration/matter.yaml", "process: process.bpmn", "process: nowhere", "没有共用流程 processes/nowhere.bpmn"),
        ("matters/household_registration/matter.yaml", "decisions: []", "decisions: []\nspecial_procedures: [unheard_of]", "没有特别程序 unheard_of"),
        ("matters/household_registration/matter.yaml", "decisions: []", "decisions: []\npledge: {materials: [nothing], text: {zh: 一, en: a}, consequences: {zh: 二, en: b}}", "承诺代替的材料 nothing"),
        ("matters/household_registration/matter.yaml", "promised: {count: 3, unit: working_day}", "promised: {count: 3, unit: fortnight}", "fortnight"),
        ("matters/household_registration/matter.yaml", "promised: {count: 3, unit: working_day}", "promised: {count: 3, unit: immediate}", "limits.promised.count"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_file_and_line(copy, file, before, after, said):
    line = change(copy, file, before, after)
    found = faults(copy)
    assert any(fault.file == file and said in fault.message and abs(fault.line - line) <= 1 for fault in found), found


def test_a_dead_end_is_told_with_its_path(copy):
    file = "bundles/newborn/bundle.yaml"
    text = (copy / file).read_text("utf-8")
    head, members = text.split("\nmembers:\n")
    members = members.replace("when: settle_in_city", "when: settle_in_city and born_in_hospital")
    kept = [
        part
        for part in members.split("  - matter: ")
        if part.startswith(("household_registration", "social_security_card"))
    ]
    kept = [re.sub(r"after: \[.*\]", "after: []", part) for part in kept]
    rest = members[members.index("\nform:") :]
    (copy / file).write_text(head + "\nmembers:\n" + "".join(f"  - matter: {part}" for part in kept) + rest, "utf-8")
    found = [fault.message for fault in faults(copy) if fault.file == file]
    assert any("这样回答之后没有可办的事项" in message and "settle_in_city = 否" in message for message in found), found


def test_a_matter_that_is_only_told_needs_neither_form_nor_process(copy):
    file = copy / "matters/vaccination_certificate/matter.yaml"
    file.write_text(
        file.read_text("utf-8").replace("\nform: form.yaml", "").replace("\nprocess: process.bpmn", ""), "utf-8"
    )
    assert [fault for fault in faults(copy) if fault.file == "matters/vaccination_certificate/matter.yaml"] == []
    assert not matter_specs(PackReader(copy))["vaccination_certificate"].handled_here


def test_the_procedure_of_the_pack_completes_a_matter(copy):
    (copy / "procedure.yaml").write_text(
        "special_procedures:\n  inspection: {name: {zh: 检验, en: Inspection}, basis: 《中华人民共和国行政许可法》第四十五条}\n"
        "remedies: {review: {days: 30}}\n"
        "documents: {words: {'320400-health': 常卫}}\n",
        "utf-8",
    )
    file = copy / "matters/birth_certificate/matter.yaml"
    file.write_text(file.read_text("utf-8") + "\nspecial_procedures: [inspection]\n", "utf-8")
    assert [fault for fault in faults(copy) if "birth_certificate" in fault.file] == []
    spec = matter_specs(PackReader(copy))["birth_certificate"]
    assert [(each.key, each.name) for each in spec.special_procedures] == [("inspection", "检验")]
    assert (spec.remedies.review_days, spec.remedies.litigation_months) == (30, 6)


def test_a_missing_file_is_told_where_it_is_named(copy):
    (copy / "matters/birth_certificate/process.bpmn").unlink()
    found = [fault for fault in faults(copy) if "缺少文件" in fault.message]
    assert [(fault.file, fault.line > 1) for fault in found] == [("matters/birth_certificate/matter.yaml", True)]


def test_a_folder_without_its_definition_is_a_fault(copy):
    (copy / "matters/birth_certificate/matter.yaml").unlink()
    assert any(fault.file == "matters/birth_certificate/matter.yaml" for fault in faults(copy))


def test_an_example_that_does_not_come_out_is_a_fault(copy):
    file = "bundles/newborn/cases.yaml"
    change(copy, file, "expect: {next: born_in_hospital}", "expect: {next: settle_with}")
    found = [fault for fault in faults(copy) if fault.file == file]
    assert len(found) == 1
    assert "应为 settle_with，实为 born_in_hospital" in found[0].message
