from datetime import date

import pytest

from yiwang.commons.rules import commands, queries
from yiwang.commons.rules.contracts import DecisionNotFound
from yiwang.commons.rules.pack import DecisionsPart
from yiwang.commons.rules.tests.factories import SYSTEM, keepers, sample_dmn
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.ids import new_id
from yiwang.kernel.packs import PackReader

CASES = """cases:
  - name: 未满六十
    of: sample_grade
    given: {age: 7, resident: true}
    expect: {value: none}
  - name: 外地
    of: sample_grade
    given: {age: 70, resident: false}
    expect: {value: half}
"""


@pytest.fixture
def pack(tmp_path):
    folder = tmp_path / "decisions" / "sample"
    folder.mkdir(parents=True)
    (folder / "grade.dmn").write_text(sample_dmn(), "utf-8")
    (folder / "cases.yaml").write_text(CASES, "utf-8")
    return tmp_path


def faults(root):
    reader = PackReader(root)
    DecisionsPart().check(reader)
    return [(f.file.rpartition("/")[2], f.line, f.message) for f in reader.report.faults]


def test_a_sound_pack_has_no_faults(pack):
    assert faults(pack) == []


def test_an_example_that_fails_names_its_line(pack):
    path = pack / "decisions" / "sample" / "cases.yaml"
    path.write_text(CASES.replace("value: half", "value: full"), "utf-8")
    (fault,) = faults(pack)
    assert fault[:2] == ("cases.yaml", 6)
    assert "half" in fault[2]


def test_an_example_that_lacks_a_fact_fails(pack):
    path = pack / "decisions" / "sample" / "cases.yaml"
    path.write_text(CASES.replace(", resident: false", ""), "utf-8")
    assert "resident" in faults(pack)[0][2]


def test_an_example_of_an_unknown_decision_fails(pack):
    path = pack / "decisions" / "sample" / "cases.yaml"
    path.write_text(CASES.replace("of: sample_grade", "of: nothing"), "utf-8")
    assert len(faults(pack)) == 2


def test_faults_of_a_model_name_the_line_of_the_file(pack):
    path = pack / "decisions" / "sample" / "grade.dmn"
    path.write_text(sample_dmn().replace("<rule>", "\n<rule>").replace('"full"', '"full'), "utf-8")
    found = faults(pack)
    assert found[0][:2] == ("grade.dmn", 3)


def test_a_decision_that_stands_twice_is_a_fault(pack):
    folder = pack / "decisions" / "again"
    folder.mkdir()
    (folder / "grade.dmn").write_text(sample_dmn(), "utf-8")
    assert any("重复" in message for _, _, message in faults(pack))


@command("tests.load_decisions")
def load(*, root, by, at):
    note(SubjectRef("pack", new_id()))
    return DecisionsPart().load(PackReader(root), by=by, at=at)


@pytest.mark.django_db
def test_loading_twice_changes_nothing(pack):
    first = load(root=pack, by=SYSTEM, at=clock.now())
    second = load(root=pack, by=SYSTEM, at=clock.now())
    assert (first.created, second.created, second.changed, second.unchanged) == (1, 0, 0, 1)
    assert queries.decision(key="sample_grade", viewer=SYSTEM).title == "样例档次"


@pytest.mark.django_db
def test_a_pack_never_replaces_what_a_person_published(pack):
    people = keepers()
    load(root=pack, by=SYSTEM, at=clock.now())
    options = {"key": "sample_grade", "title": "样例档次", "at": clock.now()}
    by_hand = sample_dmn(limit=62)
    assert commands.publish_decision(xml=by_hand, reason="样例", by=people.publisher, **options).version == 2
    file = pack / "decisions" / "sample" / "grade.dmn"
    older = load(root=pack, by=SYSTEM, at=clock.now())
    file.write_text(sample_dmn(limit=66), "utf-8")
    other = load(root=pack, by=SYSTEM, at=clock.now())
    file.write_text(by_hand, "utf-8")
    taken = load(root=pack, by=SYSTEM, at=clock.now())
    assert [each.unchanged for each in (older, other, taken)] == [1, 1, 1]
    assert "更早的一版" in older.notes[0]
    assert "没有发布" in other.notes[0]
    assert taken.notes == []
    assert queries.latest_version(key="sample_grade", viewer=SYSTEM) == 2


@pytest.mark.django_db
def test_two_files_of_one_decision_hold_from_the_days_in_their_names(pack):
    folder = pack / "decisions" / "sample"
    (folder / "grade@2026-01-01.dmn").write_text(sample_dmn(limit=65), "utf-8")
    old = "  - {name: 旧规定, of: sample_grade, given: {age: 62, resident: true}, expect: {value: full}, on: 2025-06-01}\n"
    new = "  - {name: 新规定, of: sample_grade, given: {age: 62, resident: true}, expect: {value: none}}\n"
    (folder / "cases.yaml").write_text(CASES + old + new, "utf-8")
    assert faults(pack) == []
    for _round in range(2):
        load(root=pack, by=SYSTEM, at=clock.now())
        assert queries.decision(key="sample_grade", version=2, viewer=SYSTEM).valid_from == date(2026, 1, 1)
        with pytest.raises(DecisionNotFound):
            queries.decision(key="sample_grade", version=3, viewer=SYSTEM)
    facts = {"age": 62, "resident": True}
    assert queries.decide(key="sample_grade", facts=facts, on=date(2025, 12, 31), viewer=SYSTEM).value == "full"
    assert queries.decide(key="sample_grade", facts=facts, on=date(2026, 1, 1), viewer=SYSTEM).value == "none"
    names = [example.name for example in queries.decision(key="sample_grade", version=1, viewer=SYSTEM).examples]
    assert names == ["旧规定"]


def test_a_day_in_a_name_that_is_none_is_a_fault(pack):
    (pack / "decisions" / "sample" / "grade@2026-13-01.dmn").write_text(sample_dmn("other"), "utf-8")
    assert any("施行日期" in message for _, _, message in faults(pack))
