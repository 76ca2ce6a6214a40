"""Files as they come from offices, and as an attacker writes them; a file that is interrupted, and two at once."""

import threading
import time
import tracemalloc

import pytest
from django.db import DatabaseError, OperationalError, connection

from yiwang.commons.identity import tasks
from yiwang.commons.identity.commands import imports
from yiwang.commons.identity.contracts.people import ImportRefused, ImportState
from yiwang.commons.identity.engine import people_csv
from yiwang.commons.identity.engine.people_csv import Fault, FileFault
from yiwang.commons.identity.models import Account, AccountImport, Appointment, Person
from yiwang.commons.identity.queries import imports as reading
from yiwang.commons.identity.queries.csv_text import csv_line
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests.test_imports import HEADER, faults, house, take_in
from yiwang.kernel import clock, evidence
from yiwang.kernel.errors import DomainError
from yiwang.kernel.models import EvidenceRow

__all__ = ["house"]
pytestmark = pytest.mark.django_db
GOOD = HEADER + "one,样例一,,,desk,clerk,,\n"


def begin(house, content):
    given = {"organisation_id": house["bureau"], "later": False, "by": house["admin"], "at": clock.now()}
    return imports.begin_import(content=content.encode() if isinstance(content, str) else content, **given)


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_files_as_spreadsheets_save_them_come_in(house, coding):
    run = begin(house, GOOD.encode(coding))
    imports.import_batch(import_id=run, by=make.SYSTEM, at=clock.now())
    assert Account.objects.get(username="one").person.name == "样例一"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GOOD.encode("utf-16"), "UTF-16"), (b"PK\x03\x04" + b"x" * 50, "Excel"),
        (HEADER.encode() + "one,José,".encode("latin-1"), "第 2 行的编码"), (HEADER.encode() + b"\xff\xff", "第 2 行的编码"),
        (GOOD.replace(",", ";"), "分号"), (GOOD.replace(",", "\t"), "制表符"), (GOOD.replace(",", "，"), "中文逗号"),
        (GOOD + "two,样" * 20_000, "第 3 行（从第 93 个字符起）"), (GOOD + '"two\n' + "a,b\n" * 5_000, "第 3 行起有引号没有闭合"),
        (GOOD + '"\n",' * 100_000, "第 3 行起有引号没有闭合"), (GOOD + "x," * 9_000, "第 3 行"),
        (GOOD + "y" * 9_000, "第 3 行"),
    ],
)  # fmt: skip
def test_a_file_that_is_refused_says_why_and_where(house, content, said):
    with pytest.raises(ImportRefused) as refused:
        begin(house, content)
    assert said in refused.value.sentence(), refused.value.sentence()
    assert not AccountImport.objects.exists()


def test_a_line_without_an_end_and_a_row_without_an_end_cost_no_memory():
    for text in (HEADER + "a," * 10_000_000, HEADER + '"\n",' * 5_000_000):
        tracemalloc.start()
        before = time.process_time()
        with pytest.raises(FileFault):
            people_csv.count(text)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert time.process_time() - before < 5
        assert peak < 5 * len(text), "a copy of the text, and nothing for each cell"


def test_lines_are_judged_one_by_one_however_many_there_are():
    text = HEADER + "".join(f"u{n},样例,,,desk,{'clerk' if n % 3 else ''},,\n" for n in range(20_000))
    columns = people_csv.header(text)
    tracemalloc.start()
    wrong = sum(isinstance(each, Fault) for each in people_csv.lines(text, columns))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert wrong == 6667
    assert peak < 5 * len(text)


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "＝1", "-2", "样\n例", "样\u202e例", "样\x07例"])
def test_a_name_that_a_spreadsheet_would_run_or_that_hides_something_is_no_name(house, name):
    row = take_in(house, HEADER + f'one,"{name}",,,desk,clerk,,\n')
    assert faults(row) == [(row.rejected + (3 if "\n" in name else 2) - 1, "name")]
    told = "".join(reading.rejects_csv(import_id=row.id, viewer=house["admin"]))
    assert name not in told
    assert not any(cell.startswith(people_csv._FORMULA) for line in told.splitlines() for cell in line.split(","))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1"])
def test_no_cell_of_a_download_is_run(cell):
    assert csv_line([cell]).lstrip('"').startswith("'")


def test_nobody_appoints_themself_by_a_file(house):
    own = Account.objects.select_related("person").get(pk=house["admin"].account_id)
    row = take_in(house, HEADER + f"{own.username},{own.person.name},,,desk,reviewer,,\n")
    assert faults(row) == [(2, "username")]
    assert not Appointment.objects.filter(account=own, role__key="reviewer").exists()


def lines(prefix, count):
    """Every seventh is refused."""
    return HEADER + "".join(f"{prefix}{n},样例,,,{'nowhere' if n % 7 == 0 else 'desk'},clerk,,\n" for n in range(count))


@pytest.mark.django_db(transaction=True)
def test_an_import_that_is_killed_in_the_middle_goes_on_and_does_nothing_twice(house, monkeypatch):
    run, usual = begin(house, lines("k", 70)), evidence.record
    imports.import_batch(import_id=run, size=20, by=make.SYSTEM, at=clock.now())

    def killed(*args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(evidence, "record", killed)
    with pytest.raises(OperationalError):
        imports.import_batch(import_id=run, size=20, by=make.SYSTEM, at=clock.now())
    connection.close()
    row = reading.import_row(import_id=run, viewer=make.SYSTEM)
    assert (row.lines, row.created + row.rejected) == (20, 20), "what was being written is gone as a whole"
    monkeypatch.setattr(evidence, "record", usual)
    tasks.people.import_accounts(str(run))
    row = reading.import_row(import_id=run, viewer=make.SYSTEM)
    assert (row.state, row.lines, row.created, row.rejected) == (ImportState.DONE, 70, 60, 10)
    assert Account.objects.filter(username__startswith="k").count() == 60
    assert Appointment.objects.filter(account__username__startswith="k").count() == 60
    assert len(faults(row)) == len(set(faults(row))) == 10
    assert EvidenceRow.objects.filter(kind="identity.taken_in").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_files_at_once_with_the_same_people_open_each_account_once(house):
    runs = [begin(house, lines("t", 200)), begin(house, lines("t", 201))]
    wrong, gate = [], threading.Barrier(2)

    def work(run):
        gate.wait()
        try:
            tasks.people.import_accounts(str(run))
        except (DatabaseError, DomainError) as fault:
            wrong.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(run,)) for run in runs]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert wrong == []
    found = [reading.import_row(import_id=run, viewer=make.SYSTEM) for run in runs]
    assert [row.state for row in found] == [ImportState.DONE] * 2
    assert sum(row.created for row in found) == Account.objects.filter(username__startswith="t").count() == 172
    assert Person.objects.filter(accounts__username__startswith="t").count() == 172
    assert Appointment.objects.filter(account__username__startswith="t").count() == 172
