"""Against the real database with threads: one case for one submission, numbers without gap or double."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.ids import new_id
from yiwang.serve.cases.commands import journal
from yiwang.serve.cases.contracts import MaterialInput
from yiwang.serve.cases.models import Case, CaseNumberCounter
from yiwang.serve.cases.tests.factories import SYSTEM, make_sample

pytestmark = pytest.mark.django_db(transaction=True)


@command("tests.take_number")
def take_number(*, series: str, fails: bool, by, at) -> int:
    number = journal.next_in(series)
    note(SubjectRef("test", new_id()))
    if fails:
        raise RuntimeError("rolled back after the number was taken")
    return number


def in_threads(work, arguments, workers=8):
    def run(argument):
        try:
            return work(argument)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, arguments))


def test_500_numbers_taken_by_8_threads_have_no_gap_and_no_double():
    def take(n):
        try:
            return take_number(series="case:320402:20261116", fails=n % 10 == 0, by=SYSTEM, at=clock.now())
        except RuntimeError:
            return None

    numbers = [n for n in in_threads(take, range(555)) if n is not None]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 499
    assert CaseNumberCounter.objects.get().last == len(numbers)


def test_a_double_click_a_retry_and_two_tabs_make_one_case():
    sample = make_sample()
    materials = [MaterialInput("book", file_id=sample.upload())]
    at = clock.now()
    found = in_threads(
        lambda _n: sample.file(materials=materials, idempotency_key="draft-1", at=at), range(6), workers=6
    )
    assert len(set(found)) == 1
    assert Case.objects.filter(parent__isnull=True).count() == 1
    assert sample.file(materials=materials, idempotency_key="draft-1") == found[0]
    assert Case.objects.count() == 4


def test_many_residents_file_at_once_and_each_gets_a_number_of_its_own():
    sample = make_sample()
    found = in_threads(lambda _n: sample.file(), range(8), workers=4)
    numbers = sorted(Case.objects.filter(pk__in=found).values_list("number", flat=True))
    assert [number[-6:] for number in numbers] == [f"{n:06d}" for n in range(1, 9)]
