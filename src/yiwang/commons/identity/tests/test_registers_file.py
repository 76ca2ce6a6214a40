"""`registers.yaml` is checked as the other files of a pack: each fault with its line, none of it loaded."""

import pytest

from yiwang.commons.identity.contrib import embedded
from yiwang.commons.identity.pack import RegistersPart
from yiwang.commons.identity.tests import factories as make
from yiwang.kernel import clock
from yiwang.kernel.packs import PackReader
from yiwang.kernel.packs.loading import check_pack
from yiwang.kernel.settings import PROJECT_ROOT

CITY = PROJECT_ROOT / "packs" / "changzhou"
PEOPLE = """sample: true
password: Sample-pass-2026
residents:
  - {username: mother, name: 样例母亲, sex: "2", birth_date: "1992-10-16", id_number: "320402199210160046", mobile: "19900000001"}
  - {username: father, name: 样例父亲, sex: "1", birth_date: "1994-05-18", id_number: "320402199405180055", mobile: "19900000002"}
legal_entities:
  - {name: 样例甲公司, credit_code: "913204020000003267", kind: enterprise, representative: mother}
"""
REGISTERS = """# A sample.
sample: true
people:
  - {username: aunt, name: 样例姑母, sex: "2", birth_date: "1976-03-11", id_number: "32041219760311006X"}
children:
  - {name: 曹子墨, sex: "1", birth_date: "2019-05-06", id_number: "320402201905060033", parents: [mother, father]}
  - {name: 沈知夏, sex: "2", birth_date: "2026-10-20", birth_certificate: S320400001, parents: [mother]}
legal_entities:
  - {name: 样例乙公司, credit_code: "91320402000000318C", kind: enterprise, representative: aunt, in_business: false}
"""


def faults(folder, registers=REGISTERS, people=PEOPLE):
    folder.joinpath("registers.yaml").write_text(registers, "utf-8")
    folder.joinpath("people.yaml").write_text(people, "utf-8")
    reader = PackReader(folder)
    RegistersPart().check(reader)
    return [str(fault) for fault in reader.report.faults]


def test_a_right_file_and_that_of_the_demonstration_city_have_no_fault(tmp_path):
    assert faults(tmp_path) == []
    reader = PackReader(CITY)
    RegistersPart().check(reader)
    assert reader.report.faults == []
    assert not RegistersPart().load(reader, by=make.SYSTEM, at=clock.now()).created
    assert len(embedded.read(tmp_path).children) == 2


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("sample: true", "sample: false", ":2", ""),
        ("children:", "kids: []\nchildren:", "registers.yaml", "kids"),
        ("in_business: false", "in_busines: false", ":9", "in_busines"),
        ("320402201905060033", "320402201905060034", ":6", ""),
        ('sex: "1", birth_date: "2019-05-06"', 'sex: "2", birth_date: "2019-05-06"', ":6", "不一致"),
        ('birth_date: "2019-05-06"', 'birth_date: "2019-05-07"', ":6", "不一致"),
        ('birth_date: "2019-05-06"', 'birth_date: "2019-13-07"', ":6", ""),
        ("2026-10-20", "2099-10-20", ":7", "今天以后"),
        (", birth_certificate: S320400001", "", ":7", ""),
        ("S320400001", "320400001", ":7", ""),
        ("parents: [mother, father]", "parents: [mother, nobody]", ":6", "没有用户 nobody"),
        ("parents: [mother, father]", "parents: [mother, mother]", ":6", ""),
        ("parents: [mother, father]", "parents: []", ":6", ""),
        ("name: 曹子墨", "name: 1", ":6", ""),
        ("name: 曹子墨", "name: 曹1墨", ":6", "不是姓名"),
        ("91320402000000318C", "91320402000000318D", ":9", ""),
        ("91320402000000318C", "913204020000003267", ":9", "重复，已写在 people.yaml"),
        ("representative: aunt", "representative: uncle", ":9", "没有用户 uncle"),
        ("kind: enterprise", "kind: shop", ":9", ""),
        ("32041219760311006X", "32041219760311006x", "", None),
        ("32041219760311006X", "320402199210160046", ":4", "重复，已写在 people.yaml 的 mother"),
        ("username: aunt", "username: mother", ":4", "username mother 重复"),
    ],
)
def test_each_fault_is_reported_at_its_place(tmp_path, old, new, place, said):
    assert old in REGISTERS
    found = faults(tmp_path, REGISTERS.replace(old, new, 1))
    if said is None:
        assert found == [], "a small x is the same number"
    else:
        assert any(place in fault and said in fault for fault in found), found


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{name: 另一人, sex: "1", birth_date: "2019-05-06", id_number: "320402201905060033", parents: [father]}', "第 6 行"),
        ('{name: 另一人, sex: "2", birth_date: "2026-10-20", birth_certificate: S320400001, parents: [aunt]}', "第 7 行"),
        ('{name: 沈知夏, sex: "2", birth_date: "2026-10-20", birth_certificate: S320400002, parents: [mother]}', "写了两次"),
        ('{name: 老孩子, sex: "1", birth_date: "1993-05-18", birth_certificate: S320400003, parents: [father]}', "年龄"),
    ],
)  # fmt: skip
def test_nobody_stands_in_it_twice_and_parents_are_older(tmp_path, line, said):
    found = faults(tmp_path, REGISTERS.replace("legal_entities:", f"  - {line}\nlegal_entities:"))
    assert any(":8" in fault and said in fault for fault in found), found


def test_a_pack_without_it_is_a_pack_and_the_check_of_a_pack_asks_it(tmp_path):
    reader = PackReader(tmp_path)
    RegistersPart().check(reader)
    assert reader.report.faults == []
    faults(tmp_path, REGISTERS.replace("aunt, in", "uncle, in"))
    tmp_path.joinpath("pack.yaml").write_text(CITY.joinpath("pack.yaml").read_text("utf-8"), "utf-8")
    assert [each for each in check_pack(tmp_path).faults if each.file == "registers.yaml"]
