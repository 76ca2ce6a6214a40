"""Taking over a foreign list: every row is imported or kept with its reason, a second reading changes nothing."""

import json

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.identity.tests.factories import make_resident
from yiwang.kernel import clock
from yiwang.kernel.errors import Forbidden
from yiwang.serve.matters import commands, models, queries
from yiwang.serve.matters.cli import cli
from yiwang.serve.matters.contracts import ListUnreadable, RowVerdict
from yiwang.serve.matters.rules import LARGEST, Unreadable, read_list
from yiwang.serve.matters.tests.factories import LIST_CODE as CODE
from yiwang.serve.matters.tests.factories import LIST_CREDIT as CREDIT
from yiwang.serve.matters.tests.factories import LIST_HEADER as HEADER
from yiwang.serve.matters.tests.factories import LIST_ROW as GOOD
from yiwang.serve.matters.tests.factories import SYSTEM
from yiwang.serve.matters.tests.factories import list_file as table


def changed(**values) -> tuple[str, ...]:
    """The good row with other values."""
    return tuple(values.get(name, value) for name, value in zip(HEADER, GOOD, strict=True))


def only(data: bytes):
    [row] = read_list(data).rows
    return row


def rules_of(row, verdict):
    return [finding.rule for finding in row.findings if finding.verdict is verdict]


def take(data, **options):
    return commands.import_list(file="list.csv", data=data, by=SYSTEM, at=clock.now(), **options)


def everything():
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (models.Matter, models.CatalogItem, models.CatalogueImport, models.ImportedRow)
    }


def test_a_clean_row_is_taken_as_it_is():
    row = only(table(GOOD))
    assert row.findings == ()
    assert (row.spec.code, row.spec.catalogue_code, row.spec.organisation_code) == (CODE, "511Z07001006", "")


@pytest.mark.parametrize(
    ("values", "rule", "attribute", "after"),
    [
        ({"dept_uscc": CREDIT.lower()}, "upper_case", "authority_code", CREDIT),
        ({"implementation_code": CODE.lower()}, "upper_case", "code", CODE),
        ({"task_type": "1", "task_type_name": "行政许可"}, "type_code", "type", "01"),
        ({"task_type": "公共服务", "task_type_name": ""}, "type_code", "type", "20"),
        ({"area_code": "511602"}, "region_code", "region_code", "511602000000"),
        ({"matter_name": " 备案&nbsp;&amp; 变更\n"}, "entities", "name", "备案 & 变更"),
        ({"implementation_code": CODE.replace("-", "－") + " "}, "half_width", "code", CODE),
        ({"dept_uscc": ""}, "authority_from_code", "authority_code", CREDIT),
    ],
)
def test_a_usual_slip_is_mended_and_told(values, rule, attribute, after):
    row = only(table(changed(**values)))
    assert rule in rules_of(row, RowVerdict.REPAIRED)
    assert getattr(row.spec, attribute) == after


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"matter_name": "　"}, "no_name"),
        ({"implementation_code": ""}, "no_code"),
        ({"department": ""}, "no_department"),
        ({"task_type": "11"}, "unknown_type"),
        ({"task_type": "01"}, "type_contradicts"),
        ({"implementation_code": "E-000004-001-11511301008778386B"}, "code_form"),
        ({"implementation_code": "511A0014100002-511602000000-000-2222222222222-1-00"}, "code_placeholder"),
        ({"implementation_code": CODE.replace("511602000000", "510000000000")}, "code_region"),
        ({"dept_uscc": "11511301008778184N"}, "authority_invalid"),
        ({"dept_uscc": "TE5116020105116050"}, "authority_invalid"),
        ({"area_code": "5116"}, "region_form"),
    ],
)
def test_a_row_that_can_not_be_right_is_put_aside_with_its_reason_and_original(values, rule):
    row = only(table(changed(**values)))
    assert row.spec is None
    assert rule in rules_of(row, RowVerdict.REJECTED)
    assert row.findings[0].original == dict(zip(HEADER, changed(**values), strict=True))
    assert row.line == 2


def test_an_organisation_code_of_nine_is_told_from_a_credit_code_of_eighteen():
    header = (*HEADER, "dept_code_raw")
    nine = CREDIT[8:17]
    found = {raw: only(table((*GOOD, raw), header=header)) for raw in (CREDIT, f"{nine[:8]}-{nine[8]}", nine, "11736")}
    assert [row.spec.organisation_code for row in found.values()] == [nine, nine, nine, ""]
    assert rules_of(found["11736"], RowVerdict.NOTED) == ["organisation_unreadable"]
    assert found["11736"].spec.department_code == "11736"


def test_the_second_row_with_a_code_is_put_aside_and_names_the_first():
    rows = read_list(table(GOOD, GOOD, changed(matter_name="另一个名称"))).rows
    assert [row.spec is None for row in rows] == [False, True, True]
    assert rules_of(rows[1], RowVerdict.REJECTED) == ["repeated"]
    assert rules_of(rows[2], RowVerdict.REJECTED) == ["code_taken"]
    assert "第 2 行" in rows[1].findings[0].message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le-bom"])
def test_the_usual_encodings_are_read(encoding):
    text = table(GOOD).decode()
    data = b"\xff\xfe" + text.encode("utf-16-le") if encoding == "utf-16-le-bom" else text.encode(encoding)
    assert only(data).spec.name == GOOD[0]


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_other_separators_are_seen(separator):
    assert only(table(GOOD).decode().replace(",", separator).encode()).spec.code == CODE


def test_columns_are_found_by_their_chinese_names_and_unknown_ones_are_kept():
    header = ("事项名称", "实施编码", "事项类型", "实施主体", "办理时间")
    row = only(table((GOOD[0], CODE, "其他行政权力", "区经信局", "工作日"), header=header))
    assert (row.spec.type, row.spec.authority_code, row.spec.other) == ("10", CREDIT, {"办理时间": "工作日"})


def test_a_broken_quote_costs_its_own_row_only():
    lines = table(GOOD, changed(implementation_code=CODE[:-2] + "01")).decode().splitlines()
    data = "\n".join([lines[0], '"没有关上的引号,' + lines[1], lines[2]]).encode()
    rows = read_list(data).rows
    assert [(row.line, row.spec is not None) for row in rows] == [(2, False), (3, True)]
    assert rows[0].findings[0].rule == "quotes"
    assert rows[0].findings[0].original["text"].startswith('"没有关上')


def test_a_field_with_line_breaks_is_one_row():
    rows = read_list(table(changed(matter_name="两行\n名称"), changed(implementation_code=CODE[:-2] + "01"))).rows
    assert [(row.line, row.spec.name) for row in rows] == [(2, "两行 名称"), (4, GOOD[0])]


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "empty"), (b"\x00\n", "empty"), (b"a,b\n1,2\n", "columns"), (b"\x81\xff\xff", "encoding"), (b"x" * (LARGEST + 1), "large")],
)  # fmt: skip
def test_a_file_that_is_no_list_is_refused_as_a_whole(data, reason):
    with pytest.raises(Unreadable) as refused:
        read_list(data)
    assert refused.value.reason == reason


@given(st.binary(max_size=400), st.integers(0, 200))
@settings(max_examples=300)
def test_whatever_stands_in_the_file_every_row_is_counted(noise, at):
    data = table(GOOD, changed(implementation_code=CODE[:-2] + "01"))
    place = len(",".join(HEADER)) + 2 + at % 80
    mixed = data[:place] + noise + data[place:]
    try:
        read = read_list(mixed)
    except Unreadable:
        return
    assert all((row.spec is None) == any(f.verdict is RowVerdict.REJECTED for f in row.findings) for row in read.rows)
    assert len({row.line for row in read.rows}) == len(read.rows)


@pytest.mark.django_db
class TestTaking:
    def test_a_second_reading_changes_nothing(self):
        data = table(GOOD, changed(task_type="11"))
        first = take(data)
        assert (first.rows, first.imported, first.rejected) == (2, 1, 1)
        before = everything()
        second = take(data)
        assert (second.imported, second.unchanged, second.changed, second.rejected) == (0, 1, 0, 1)
        assert everything() == before

    def test_a_trial_writes_nothing_and_tells_the_same(self):
        data = table(GOOD)
        before = everything()
        trial = queries.plan_import(file="list.csv", data=data, viewer=SYSTEM).report(dry_run=True)
        assert everything() == before
        done = take(data)
        assert (trial.imported, trial.rejected) == (done.imported, done.rejected) == (1, 0)

    def test_a_changed_row_is_a_new_version_and_the_former_is_kept(self):
        take(table(GOOD))
        report = take(table(changed(matter_name="新名称")))
        assert (report.imported, report.changed) == (0, 1)
        rows = models.Matter.objects.order_by("version").values_list("version", "state", "name")
        assert list(rows) == [(1, "withdrawn", GOOD[0]), (2, "listed", "新名称")]

    def test_what_the_steward_cancelled_does_not_come_back(self):
        take(table(GOOD))
        commands.cancel_matter(code=CODE, on=clock.today(), reason="取消", by=SYSTEM, at=clock.now())
        assert take(table(GOOD)).unchanged == 1
        assert models.Matter.objects.get().state == "withdrawn"

    def test_a_resident_can_not_import(self):
        with pytest.raises(Forbidden):
            commands.import_list(file="x.csv", data=table(GOOD), by=make_resident().actor, at=clock.now())
        assert not models.Matter.objects.exists()

    def test_the_command_line_tells_one_line_of_json(self, tmp_path):
        file = tmp_path / "list.csv"
        file.write_bytes(table(GOOD, changed(task_type="11")))
        result = CliRunner().invoke(cli, ["import", str(file), "--json", "--dry-run"])
        [line] = result.output.strip().splitlines()
        told = json.loads(line)
        assert (told["rows"], told["imported"], told["rejected"], told["dry_run"]) == (2, 1, 1, True)
        assert not models.Matter.objects.exists()
        said = CliRunner().invoke(cli, ["import", str(file)])
        assert "第 3 行" in said.output
        assert models.Matter.objects.count() == 1

    def test_the_command_line_refuses_what_is_no_list(self, tmp_path):
        file = tmp_path / "photo.csv"
        file.write_bytes(b"a,b\n1,2\n")
        result = CliRunner().invoke(cli, ["import", str(file), "--json"])
        assert result.exit_code == 1
        assert json.loads(result.output)["error"] == ListUnreadable.code

    @pytest.mark.data
    def test_of_a_real_list_no_row_is_lost(self, test_data):
        data = (test_data / "matters" / "guangan_matters.csv").read_bytes()
        report = take(data)
        assert report.rows == 1135
        assert report.imported + report.rejected == 1135
        assert report.imported == models.Matter.objects.filter(state="listed").count() > 1100
        kept = models.ImportedRow.objects.filter(verdict="rejected")
        assert kept.values("line").distinct().count() == report.rejected > 0
        assert all(row.original["matter_name"] and row.message for row in kept)
        assert models.Matter.objects.filter(department_code="11511301452259996U").exists()
        assert take(data).unchanged == report.imported
