"""The legal calendar's pages: a year's holidays are put in force, once, by whoever may."""

import threading
from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from yiwang.commons.flow.tests.administering import text
from yiwang.kernel import calendars, clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.legal_calendar import DayKind, SpecialDay
from yiwang.kernel.models import AuditEntry, CalendarDay, OutboxEvent

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")


@pytest.fixture(autouse=True)
def fresh_calendar():
    calendars.forget()
    yield
    calendars.forget()


class TestCalendar:
    DAYS = "date,kind,name\n2031-01-01,holiday,元旦\n2031-01-04,workday,元旦\n"

    def post(self, client, **given):
        return client.post(reverse("flow:announce"), {"year": "2031", "days": self.DAYS, **given})

    def test_a_year_is_previewed_then_announced(self, client, keeper):
        page = text(self.post(client))
        assert page.count("新增") == 2
        assert not CalendarDay.objects.exists()
        state = calendars.state_of({})
        response = self.post(client, act="announce", replaces=state, source="样例通知")
        assert response.headers["Location"].endswith("?year=2031")
        assert CalendarDay.objects.count() == 2
        assert OutboxEvent.objects.get(type="kernel.calendars.YearAnnounced").payload["year"] == 2031
        entry = AuditEntry.objects.get(command="kernel.announce_year")
        assert (entry.account_id, entry.details["source"]) == (keeper.account_id, "样例通知")
        shown = text(client.get(reverse("flow:calendar"), {"year": 2031}))
        assert "元旦" in shown
        assert "样例通知" in shown

    def test_the_preview_tells_what_goes_and_what_becomes_something_else(self, client, keeper):
        self.post(client, act="announce", replaces=calendars.state_of({}))
        page = text(self.post(client, days="2031-01-01,holiday,新年\n2031-05-01,holiday,劳动节\n"))
        for word in ("新增", "取消", "改动"):
            assert page.count(f">{word}<") == 1, word

    def test_what_was_announced_by_somebody_else_meanwhile_is_not_overwritten(self, client, keeper):
        seen = calendars.state_of({})
        days = {date(2031, 5, 1): SpecialDay(DayKind.HOLIDAY, "劳动节")}
        calendars.announce_year(year=2031, days=days, source="", by=SYSTEM, at=clock.now())
        assert self.post(client, act="announce", replaces=seen).status_code == 409
        assert calendars.announced(2031) == days

    @pytest.mark.parametrize(
        ("days", "told"),
        [
            ("2031-01-01,holiday,元旦\n2031-13-01,holiday,x\n", "第 2 行：日期应写成"),
            ("2031-01-01,holiday,元旦\n2031-01-01,holiday,元旦", "第 2 行：同一天写了两次"),
            ("2030-01-01,holiday,元旦", "第 1 行：日期不属于这一年"),
            ("2031-01-02,workday,元旦", "第 1 行：调休上班的日子应是周六或周日"),
            ("2031-01-01,rest,元旦", "第 1 行：类别只能是"),
            ("2031-01-01;holiday", "第 1 行：每行应有三列"),
            ("", "第 1 行：没有任何一天"),
            (f"2031-01-01,holiday,{'长' * 41}", "第 1 行：名称太长"),
            ("\n".join(f"2031-01-01,holiday,{n}" for n in range(401)), "行数超过"),
            ("字" * 70_000, "内容太大"),
        ],
    )  # fmt: skip
    def test_faults_are_told_by_line_and_nothing_is_announced(self, client, keeper, days, told):
        response = self.post(client, days=days, act="announce", replaces=calendars.state_of({}))
        assert response.status_code == 422
        assert told in response.content.decode()
        assert not CalendarDay.objects.exists()

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
    def test_a_file_as_spreadsheets_write_it_is_read(self, client, keeper, encoding):
        file = SimpleUploadedFile("2031.csv", self.DAYS.replace("\n", "\r\n").encode(encoding))
        assert "元旦" in text(client.post(reverse("flow:announce"), {"year": "2031", "file": file}))

    def test_a_file_that_is_no_text_or_too_large_is_refused(self, client, keeper):
        for raw, told in ((b"\x89PNG\r\n\x1a\n\xff\xff", "不是文本文件"), (b"x" * 70_000, "文件太大")):
            file = SimpleUploadedFile("2031.csv", raw)
            response = client.post(reverse("flow:announce"), {"year": "2031", "file": file})
            assert response.status_code == 422
            assert told in response.content.decode()

    def test_rows_copied_from_a_table_are_read(self):
        read = calendars.read_text(2031, "2031-01-01\tholiday\t元旦\n")
        assert read.days == {date(2031, 1, 1): SpecialDay(DayKind.HOLIDAY, "元旦")}

    def test_a_year_that_is_not_announced_is_warned_of(self, client, keeper):
        with clock.frozen(datetime(2030, 11, 20, tzinfo=clock.CHINA)):
            page = text(client.get(reverse("flow:calendar"), {"year": 2031}))
        assert "2031 年的节假日安排尚未录入" in page
        assert client.get(reverse("flow:calendar"), {"year": "99999"}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_who_announce_a_year_at_once_the_second_is_told_that_it_changed():
    by = Actor.system("tests")
    looked_at = calendars.state_of(calendars.announced(2033))
    told = []

    def announce(day):
        days = {date(2033, 1, day): SpecialDay(DayKind.HOLIDAY, "元旦")}
        try:
            calendars.announce_year(year=2033, days=days, source="样例", replaces=looked_at, by=by, at=clock.now())
            told.append("announced")
        except calendars.CalendarChanged as refusal:
            told.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=announce, args=[day]) for day in (1, 1, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["announced", "kernel.calendar_changed", "kernel.calendar_changed"]
    assert CalendarDay.objects.filter(date__year=2033).count() == 1
