"""Imports: what comes in, what is rejected and why; resumable, and the same file twice is one."""

import csv
import io
import json

import pytest

from yiwang.commons.identity.contracts import Sex
from yiwang.commons.identity.tests.factories import make_organisation, make_person
from yiwang.commons.licences import commands, queries, tasks
from yiwang.commons.licences.commands import importing
from yiwang.commons.licences.contracts import Holder, HolderKind, ImportRefused, ImportState, TrustGrade
from yiwang.commons.licences.models import Licence, LicenceImport, LicenceReject, LicenceVersion
from yiwang.commons.licences.tests.factories import SYSTEM, make_type
from yiwang.kernel import clock
from yiwang.kernel.codes.synthetic import synthetic_id_number

pytestmark = pytest.mark.django_db
_HEAD = ("number", "holder_name", "holder_code", "valid_from", "valid_until", "shop_name", "phone")


def _code(serial: int) -> str:
    from datetime import date

    return synthetic_id_number(division_code="320402", birth_date=date.fromordinal(720_000 + serial), sex=Sex.FEMALE)


def _row(serial: int, **changes: str) -> dict[str, str]:
    row = dict(
        zip(_HEAD, (f"N{serial:06}", "样例甲", _code(serial), "2026-01-01", "2031-01-01", "样例店", ""), strict=True)
    )
    return {**row, **changes}


def _csv(*rows: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, _HEAD)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _taken(content: bytes, organisation_id=None, size: int = 10_000, **more):
    make_type()
    run = commands.begin_import(
        type_key="sample_permit", organisation_id=organisation_id or make_organisation(), content=content,
        later=False, by=SYSTEM, at=clock.now(), **more,
    )  # fmt: skip
    while commands.import_batch(import_id=run, size=size, by=SYSTEM, at=clock.now()):
        pass
    return LicenceImport.objects.get(pk=run)


def test_lines_become_licences_that_count_in_law_as_checked():
    run = _taken(_csv(*(_row(n) for n in range(20))))
    assert (run.state, run.created, run.rejected) == ("done", 20, 0)
    assert run.content is None
    row = Licence.objects.get(number="N000003")
    assert (row.state, row.grade) == ("in_force", "B")
    version = LicenceVersion.objects.get(pk=row.current_id)
    assert version.values == {"shop_name": "样例店"}
    assert row.holder_code == _code(3)


def test_rejects_name_line_field_reason_and_what_to_do():
    run = _taken(
        _csv(
            _row(1),
            _row(2, holder_code="123"),
            _row(3, valid_until="明年"),
            _row(4, phone="12"),
            _row(5, shop_name=""),
            _row(1),
        )
    )
    assert (run.created, run.rejected) == (1, 5)
    found = list(LicenceReject.objects.filter(run=run).order_by("line").values_list("line", "field"))
    assert found == [(3, "holder_code"), (4, "valid_until"), (5, "phone"), (6, "shop_name"), (7, "number")]
    assert all(each.reason and each.mend for each in LicenceReject.objects.all())


def test_json_lines_come_in_too():
    lines = [json.dumps(_row(1)), "{", json.dumps({**_row(2), "odd": "1"}), json.dumps(_row(3))]
    run = _taken("\n".join(lines).encode())
    assert (run.created, run.rejected) == (2, 2)


def test_the_same_file_is_the_same_import_and_the_same_number_comes_in_once():
    where = make_organisation()
    first = _taken(_csv(_row(1), _row(2)), where)
    again = _taken(_csv(_row(1), _row(2)), where)
    assert first.pk == again.pk
    more = _taken(_csv(_row(1), _row(2), _row(3)), where)
    assert (more.created, more.repeated) == (1, 2)
    assert Licence.objects.count() == 3


def test_goes_on_from_the_last_whole_batch():
    run = _taken(_csv(*(_row(n) for n in range(25))), size=10)
    assert (run.created, run.reached) == (25, 26)


def test_a_name_that_is_not_the_registered_one_is_rejected_and_the_right_one_finds_its_holder():
    code = _code(7)
    person = make_person("样例乙", id_number=code)
    run = _taken(_csv(_row(1, holder_code=code), _row(2, holder_code=code, holder_name="样例乙")))
    assert (run.created, run.rejected) == (1, 1)
    held = queries.held(holder=Holder(HolderKind.PERSON, person), viewer=SYSTEM)
    assert [each.number for each in held] == ["N000002"]
    assert held[0].grade is TrustGrade.B


def test_who_registers_later_finds_the_licence_in_the_wallet():
    _taken(_csv(_row(9)))
    person = make_person("样例甲", id_number=_code(9))
    holder = Holder(HolderKind.PERSON, person)
    other = Holder(HolderKind.PERSON, make_person("样例乙", id_number=_code(10)))
    _taken(_csv(_row(10)))
    assert commands.claim(holder=other, by=SYSTEM, at=clock.now()) == 0, "another name: the code was mistyped"
    assert commands.claim(holder=holder, by=SYSTEM, at=clock.now()) == 1
    assert len(queries.held(holder=holder, viewer=SYSTEM)) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"PK\x03\x04\x14\x00",
        b"\xd0\xcf\x11\xe0\xa1",
        b"number,holder_name\n1,2\n",
        b"number,holder_name,holder_code,odd\n1,2,3,4\n",
    ],
)
def test_a_file_that_can_not_be_read_is_refused_as_a_whole(content):
    with pytest.raises(ImportRefused):
        _taken(content)


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-8-sig"])
def test_what_a_spreadsheet_saves_here_is_read_whatever_its_encoding(encoding):
    run = _taken(_csv(_row(1, holder_name="样例\u9fa5甲")).decode().encode(encoding))
    assert (run.created, run.rejected) == (1, 0)
    assert Licence.objects.get().holder_name == "样例龥甲"


def test_a_number_that_stands_for_another_holder_or_other_words_is_rejected_not_passed_over():
    where = make_organisation()
    _taken(_csv(_row(1), _row(2), _row(3)), where)
    more = _taken(_csv(_row(1), _row(2, holder_code=_code(9)), _row(3, shop_name="改过的店")), where)
    assert (more.created, more.repeated, more.rejected) == (0, 1, 2)
    reasons = [each.reason for each in LicenceReject.objects.filter(run=more).order_by("line")]
    assert reasons == ["这个编号已经登记在别人名下", "这个编号已经入库，内容和文件里不同"]
    assert Licence.objects.get(number="N000003").current.values["shop_name"] == "样例店"


def test_the_same_number_twice_in_a_file_is_found_across_batches_too():
    run = _taken(_csv(_row(1), _row(2), _row(1, holder_code=_code(9)), _row(2)), size=2)
    assert (run.created, run.repeated, run.rejected) == (2, 1, 1)


def test_what_can_not_be_kept_or_was_rounded_is_rejected_and_stops_nothing():
    lines = [json.dumps(each) for each in (_row(1, shop_name="\ud800"), _row(2, number="3.20411E+17"), _row(3))]
    run = _taken("\n".join(lines).encode())
    assert (run.state, run.created, run.rejected) == ("done", 1, 2)


def test_what_nobody_compared_with_its_original_is_no_licence_in_law():
    run = _taken(_csv(_row(1)), checked=False)
    assert (run.checked, Licence.objects.get().grade) == (False, "C")
    with pytest.raises(ImportRefused):
        _taken(_csv(_row(2)), checked=False, seals=True)


def test_an_import_that_fails_says_so_and_goes_on_with_the_same_file(monkeypatch):
    content, where = _csv(_row(1), _row(2)), make_organisation()
    make_type()
    run = commands.begin_import(
        type_key="sample_permit", organisation_id=where, content=content, by=SYSTEM, at=clock.now()
    )
    monkeypatch.setattr(importing, "_copied", lambda _batch: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.take_in(import_id=str(run))
    row = queries.import_row(import_id=run, viewer=SYSTEM)
    assert (row.state, row.lines) == (ImportState.FAILED, 0)
    monkeypatch.undo()
    assert _taken(content, where).pk == run
    assert queries.import_row(import_id=run, viewer=SYSTEM).state is ImportState.DONE


def test_rejects_that_are_not_listed_are_counted(monkeypatch):
    monkeypatch.setattr(importing, "_MOST_REJECTS", 2)
    run = _taken(_csv(*(_row(n, holder_code="=1+1") for n in range(5))))
    told = "".join(queries.rejects_csv(import_id=run.pk, viewer=SYSTEM))
    assert "还有 3 行没有列出" in told
    assert not any(cell.startswith(("=", "+", "@", "-")) for line in csv.reader(io.StringIO(told)) for cell in line)
