"""Keyset paging visits each row once in both directions, whatever is inserted meanwhile."""

from datetime import date, timedelta

import pytest

from yiwang.kernel.command import machinery
from yiwang.kernel.models import CalendarDay
from yiwang.kernel.paging import BadCursor, paginate

pytestmark = pytest.mark.django_db


@pytest.fixture
def days():
    with machinery("test"):
        CalendarDay.objects.all().delete()
        CalendarDay.objects.bulk_create(
            CalendarDay(date=date(2032, 1, 1) + timedelta(n), kind="holiday", name=f"n{n % 3}") for n in range(25)
        )
    return CalendarDay.objects.filter(date__year=2032)


@pytest.mark.parametrize("order", [("name", "id"), ("-name", "date"), ("date",)])
def test_forward_and_back_give_the_same_rows(days, order):
    expected = list(days.order_by(*order).values_list("pk", flat=True))
    seen, cursor, last = [], None, None
    while True:
        page = paginate(days, order=order, cursor=cursor, size=7)
        seen += [row.pk for row in page.items]
        if page.next_cursor is None:
            last = page
            break
        cursor = page.next_cursor
    assert seen == expected
    back = [row.pk for row in last.items]
    while last.previous_cursor:
        last = paginate(days, order=order, cursor=last.previous_cursor, size=7)
        back = [row.pk for row in last.items] + back
    assert back == expected


def test_a_page_is_one_query(days, django_assert_num_queries):
    with django_assert_num_queries(1):
        paginate(days, order=("date",), size=5)


def test_an_empty_list_has_no_cursors(days):
    page = paginate(days.none(), order=("date",))
    assert (page.items, page.next_cursor, page.previous_cursor) == ((), None, None)


@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "WyJuIixbbnVsbF1d", "'; DROP TABLE", "WyJuIixbMSwyLDNdXQ", "é"])
def test_a_cursor_that_we_did_not_make_is_refused(days, cursor):
    with pytest.raises(BadCursor):
        paginate(days, order=("date",), cursor=cursor)
