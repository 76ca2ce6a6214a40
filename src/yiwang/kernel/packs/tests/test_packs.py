"""Reading and loading a pack: every fault with its line, loading as one transaction, twice changes nothing."""

import pytest

from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.calendars import current, forget
from yiwang.kernel.models import CalendarDay
from yiwang.kernel.packs import PackFaulty, PackReader, registry
from yiwang.kernel.packs.loading import check_pack, load_pack

SCHEMA = {
    "type": "object",
    "required": ["name", "members"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string"},
        "members": {"type": "array", "items": {"type": "object", "properties": {"kind": {"enum": ["a", "b"]}}}},
    },
}


def faults(reader):
    return [(fault.file, fault.line, fault.message) for fault in reader.report.faults]


def test_a_schema_fault_names_the_line(tmp_path):
    (tmp_path / "a.yaml").write_text("name: 1\nmembers:\n  - kind: a\n  - kind: c\nextra: 1\n")
    reader = PackReader(tmp_path)
    assert reader.yaml("a.yaml", schema=SCHEMA) is None
    lines = [line for _, line, _ in faults(reader)]
    assert lines == [1, 1, 4]


@pytest.mark.parametrize(
    "content",
    ["a: [1", "a: b: c", "\t- x", "a: 1\na: 2", "!!python/object/apply:os.system ['true']", "&a [*a, *b]"],
)
def test_broken_yaml_is_a_fault_with_its_place(tmp_path, content):
    (tmp_path / "a.yaml").write_text(content)
    reader = PackReader(tmp_path)
    assert reader.yaml("a.yaml") is None
    assert len(reader.report.faults) == 1


def test_a_missing_file_is_a_fault_where_it_is_named(tmp_path):
    reader = PackReader(tmp_path)
    assert reader.raw("form.yaml", needed_by="matter.yaml", line=7) is None
    assert faults(reader) == [("matter.yaml", 7, "缺少文件 form.yaml")]


def test_a_path_out_of_the_pack_is_not_followed(tmp_path):
    (tmp_path / "pack").mkdir()
    (tmp_path / "secret").write_text("x")
    reader = PackReader(tmp_path / "pack")
    assert reader.raw("../secret") is None
    assert reader.exists("../secret") is False


def test_bad_encoding_names_the_line(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"date,kind\n" + "节".encode("gbk"))
    reader = PackReader(tmp_path)
    assert reader.text("a.csv") is None
    assert faults(reader)[0][:2] == ("a.csv", 2)


def test_csv_faults_name_column_and_row(tmp_path):
    (tmp_path / "a.csv").write_text("date,kind\n2026-01-01,holiday,x\n")
    reader = PackReader(tmp_path)
    assert reader.csv("a.csv", columns=["date", "name"]) == ()
    assert "name" in faults(reader)[0][2]


@pytest.fixture
def pack(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "_parts", {"calendars": registry._parts["calendars"]})
    (tmp_path / "pack.yaml").write_text("name: test\nversion: '1'\ntitle: {zh: 测试}\n")
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "2033.csv").write_text("date,kind,name\n2033-01-03,holiday,元旦\n")
    monkeypatch.setattr("yiwang.kernel.packs.loading._SCHEMA", _lenient(tmp_path))
    forget()
    yield tmp_path
    forget()


def _lenient(tmp_path):
    path = tmp_path / "schema.json"
    path.write_text('{"type": "object", "required": ["name"]}')
    return path


def load(root):
    return load_pack(root=root, by=Actor.system("test"), at=clock.now())


@pytest.mark.django_db
def test_loading_twice_changes_nothing(pack):
    assert load(pack)["calendars"].created == 1
    again = load(pack)["calendars"]
    assert (again.created, again.unchanged) == (0, 1)
    assert current().is_announced(2033)


@pytest.mark.django_db
def test_a_faulty_pack_changes_nothing_and_names_every_fault(pack):
    (pack / "calendars" / "2034.csv").write_text("date,kind,name\n2034-13-01,holiday,x\n2034-01-02,feast,y\n")
    with pytest.raises(PackFaulty) as caught:
        load(pack)
    assert [fault.line for fault in caught.value.faults] == [2, 3]
    assert not CalendarDay.objects.filter(date__year__in=[2033, 2034]).exists()
    assert [fault.line for fault in check_pack(pack).faults] == [2, 3]
