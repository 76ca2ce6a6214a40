"""The administration pages: what failed and its retry, the legal calendar, the audit trail; and who may."""

import threading
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from yiwang.commons.flow import commands, policies, queries, registry
from yiwang.commons.flow.contracts import ADMINISTER, AUDIT, CALENDAR, NotAdministrator, TooMuchToExport
from yiwang.commons.flow.queries import administration
from yiwang.commons.identity.tests.factories import Grants, login, make_official, make_organisation, make_resident
from yiwang.kernel import calendars, clock, jobs, outbox
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.audit import AuditSearch
from yiwang.kernel.command import command, note
from yiwang.kernel.events import Event
from yiwang.kernel.ids import new_id
from yiwang.kernel.legal_calendar import DayKind, SpecialDay
from yiwang.kernel.models import AuditEntry, CalendarDay, OutboxDelivery, OutboxEvent

pytestmark = pytest.mark.django_db
ALL = (ADMINISTER, CALENDAR, AUDIT)
SYSTEM = Actor.system("tests")
NAME = "王小明"


@dataclass(frozen=True, slots=True)
class SampleHappened(Event):
    subject_id: UUID

    @property
    def aggregate(self):
        return SubjectRef("sample", self.subject_id)


@command("test.happen")
def happen(*, subject_id: UUID, number: str = "", by: Actor, at: datetime) -> None:
    outbox.publish(SampleHappened(subject_id))
    note(SubjectRef("case", subject_id), **({"number": number} if number else {}))


@pytest.fixture(autouse=True)
def fresh_calendar():
    calendars.forget()
    yield
    calendars.forget()


@pytest.fixture
def mood():
    """A handler that fails while `mood` holds a word, quoting personal data as libraries do."""
    words = ["broken"]

    @outbox.subscribe(SampleHappened, name="test.on_sample")
    def on_sample(event, *, delivery):
        if words:
            raise ValueError(f"Key (name)=({NAME})")

    yield words
    outbox._by_name.pop("test.on_sample")
    outbox._by_type.pop(outbox.type_name(SampleHappened))


@pytest.fixture
def top():
    return make_organisation("sample-city")


@pytest.fixture
def keeper(client, top):
    made = make_official(top, grants=ALL)
    login(client, made.account_id)
    return made


def district_official(top):
    below = make_organisation(parent="sample-city", region="320402")
    return make_official(below, grants=ALL), below


def fail(subject_id, times):
    happen(subject_id=subject_id, by=SYSTEM, at=clock.now())
    for _ in range(times):
        row = OutboxDelivery.objects.get(aggregate_id=subject_id)
        with clock.frozen(max(row.next_at, clock.now())):
            outbox.relay()
    return OutboxDelivery.objects.get(aggregate_id=subject_id)


def failed_job(name="test.job", queueing_lock=None):
    jobs.defer_now(name, case="1")
    newest = ProcrastinateJob.objects.latest("id")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'failed', attempts = 8, queueing_lock = %s WHERE id = %s",
            [queueing_lock, newest.pk],
        )
    return newest.pk


def text(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode()


#              whole installation  audit
RIGHTS = {
    "keeper": (True, "all"),
    "district": (False, "own"),
    "clerk": (False, None),
    "narrow": (False, None),
    "resident": (False, None),
    "nobody": (False, None),
    "program": (True, "all"),
}


@pytest.mark.parametrize("name", RIGHTS)
def test_who_may_administer(name, top):
    viewer = {
        "keeper": lambda: make_official(top, grants=ALL).actor,
        "district": lambda: district_official(top)[0].actor,
        "clerk": lambda: make_official(top, grants=["flow.work"]).actor,
        "narrow": lambda: make_official(top, grants=[Grants(each, scope="matter:*") for each in ALL]).actor,
        "resident": lambda: make_resident().actor,
        "nobody": Actor.anonymous,
        "program": lambda: SYSTEM,
    }[name]()
    whole, audited = RIGHTS[name]
    assert policies.can_keep(viewer, ADMINISTER) is whole
    assert policies.can_keep(viewer, CALENDAR) is whole
    if audited is None:
        with pytest.raises(NotAdministrator):
            policies.audited(viewer)
    else:
        assert (not policies.audited(viewer)) is (audited == "all")


class TestDeliveries:
    def test_are_listed_without_what_people_had_entered(self, client, keeper, mood):
        subject = new_id()
        assert fail(subject, 1).state == "pending"
        page = text(client.get(reverse("flow:deliveries")))
        assert "SampleHappened" in page
        assert "test.on_sample" in page
        assert str(subject) in page
        assert "重试中" in page
        assert "ValueError" in page
        assert NAME not in page
        assert NAME not in OutboxDelivery.objects.get(aggregate_id=subject).error

    def test_several_parked_ones_are_tried_again_at_once(self, client, keeper, mood):
        rows = [fail(new_id(), 8) for _ in range(2)]
        assert {row.state for row in rows} == {"parked"}
        page = text(client.get(reverse("flow:deliveries")))
        assert page.count("已搁置") == 2
        mood.clear()
        response = client.post(reverse("flow:deliveries"), {"item": [*(str(row.pk) for row in rows), "nonsense"]})
        assert response.status_code == 303
        assert AuditEntry.objects.filter(command="kernel.retry_deliveries", account_id=keeper.account_id).count() == 2
        outbox.relay()
        assert not OutboxDelivery.objects.exclude(state="done").filter(handler="test.on_sample").exists()
        assert "没有未送达的事件" in text(client.get(reverse("flow:deliveries")))

    def test_nothing_chosen_and_what_is_delivered_already_are_refused_with_a_reason(self, client, keeper, mood):
        assert client.post(reverse("flow:deliveries")).status_code == 422
        row = fail(new_id(), 1)
        mood.clear()
        with clock.frozen(row.next_at):
            outbox.relay()
        assert client.post(reverse("flow:deliveries"), {"item": str(row.pk)}).status_code == 409
        assert OutboxDelivery.objects.get(pk=row.pk).state == "done"

    def test_a_page_costs_the_same_for_many(self, client, keeper, mood, django_assert_max_num_queries):
        for _ in range(6):
            fail(new_id(), 1)
        client.get(reverse("flow:deliveries"))
        with django_assert_max_num_queries(12):
            client.get(reverse("flow:deliveries"))


class TestJobs:
    def test_a_failed_job_is_shown_and_runs_again(self, client, keeper):
        job = failed_job()
        page = text(client.get(reverse("flow:jobs")))
        assert "test.job" in page
        assert "case 1" in page
        assert "见后台进程的日志" in page
        assert client.post(reverse("flow:jobs"), {"item": str(job)}).status_code == 303
        assert ProcrastinateJob.objects.get(pk=job).status == "todo"
        entry = AuditEntry.objects.get(command="kernel.retry_jobs")
        assert (entry.account_id, entry.details["task"]) == (keeper.account_id, "test.job")
        assert client.post(reverse("flow:jobs"), {"item": str(job)}).status_code == 409

    def test_what_it_failed_of_is_shown_without_what_people_had_entered(self, client, keeper):
        @jobs.job("test.quoting", attempts=1)
        def quoting(case: int) -> None:
            raise ValueError(f"Key (name)=({NAME})")

        waiting = jobs.app.configure_task(name="test.quoting").defer(case=1)
        context = SimpleNamespace(job=SimpleNamespace(id=waiting))
        with pytest.raises(ValueError, match="Key"):
            jobs.app.tasks["test.quoting"].func(context, case=1)
        ProcrastinateJob.objects.filter(pk=waiting).update(status="failed")
        page = text(client.get(reverse("flow:jobs")))
        assert "ValueError" in page
        assert "test_administration.py" in page
        assert NAME not in page

    def test_a_job_that_is_no_longer_wanted_is_taken_off_the_list_and_stays_in_the_audit(self, client, keeper):
        job, other = failed_job(), failed_job()
        answer = client.post(reverse("flow:jobs"), {"item": str(job), "act": "dismiss"})
        assert answer.status_code == 303
        assert list(ProcrastinateJob.objects.filter(pk__in=[job, other]).values_list("pk", flat=True)) == [other]
        entry = AuditEntry.objects.get(command="kernel.dismiss_jobs")
        assert (entry.account_id, entry.details["job"]) == (keeper.account_id, job)

    def test_a_waiting_run_makes_up_for_a_failed_periodic_one(self, keeper):
        first, second = failed_job(queueing_lock="beat"), failed_job(queueing_lock="beat")
        assert commands.retry_jobs(job_ids=[first, second], by=keeper.actor, at=clock.now()) == 2
        assert list(ProcrastinateJob.objects.filter(queueing_lock="beat").values_list("status", flat=True)) == ["todo"]

    def test_without_failures_the_page_says_so(self, client, keeper):
        assert "没有失败的后台任务" in text(client.get(reverse("flow:jobs")))


class TestWho:
    def test_only_the_keeper_of_the_whole_installation_gets_in(self, client, top, mood):
        official, _below = district_official(top)
        login(client, official.account_id)
        row = fail(new_id(), 1)
        for name in ("deliveries", "jobs", "calendar"):
            assert client.get(reverse(f"flow:{name}")).status_code == 403
        assert client.post(reverse("flow:deliveries"), {"item": str(row.pk)}).status_code == 403
        assert client.post(reverse("flow:jobs"), {"item": "1"}).status_code == 403
        assert client.post(reverse("flow:announce"), {"year": "2031", "days": "x"}).status_code == 403
        page = text(client.get(reverse("flow:halted")))
        assert reverse("flow:deliveries") not in page
        assert reverse("flow:audit") in page
        assert AuditEntry.objects.filter(command="flow.retry_deliveries", outcome="refused").exists()

    def test_a_clerk_sees_no_entry_and_gets_no_page(self, client, top):
        login(client, make_official(top, grants=["flow.work"]).account_id)
        page = text(client.get(reverse("flow:inbox")))
        for name in ("halted", "calendar", "audit"):
            assert reverse(f"flow:{name}") not in page
        assert client.get(reverse("flow:audit")).status_code == 403
        assert client.post(reverse("flow:audit_export")).status_code == 403

    def test_the_keeper_finds_the_pages_in_the_navigation_with_their_counts(self, client, keeper, mood):
        fail(new_id(), 1)
        page = text(client.get(reverse("flow:halted")))
        for name in ("halted", "deliveries", "jobs", "calendar", "audit"):
            assert reverse(f"flow:{name}") in page

    def test_strangers_are_led_to_the_log_in(self, client):
        for name in ("deliveries", "jobs", "calendar", "audit"):
            assert client.get(reverse(f"flow:{name}")).status_code == 302


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


class TestAudit:
    @pytest.fixture
    def acts(self, keeper, top):
        official, _below = district_official(top)
        resident = make_resident()
        subject = new_id()
        for number, (by, days) in enumerate(((keeper.actor, 0), (official.actor, 3), (resident.actor, 40))):
            happen(
                subject_id=subject if number else new_id(),
                number="样例-1",
                by=by,
                at=clock.now() - timedelta(days=days),
            )
        return keeper.actor, official.actor, resident.actor, subject

    def found(self, viewer, **asked):
        return [row.account_id for row in queries.audit_trail(wanted=AuditSearch(**asked), viewer=viewer).items]

    def test_finds_by_subject_account_command_and_time(self, acts):
        keeper, official, resident, subject = acts
        of_test = {"command": "test."}
        assert self.found(keeper, **of_test) == [keeper.account_id, official.account_id, resident.account_id]
        assert self.found(keeper, subjects=(subject,)) == [official.account_id, resident.account_id]
        assert self.found(keeper, account_id=resident.account_id, **of_test) == [resident.account_id]
        assert self.found(keeper, since=clock.now() - timedelta(days=10), **of_test)[1:] == [official.account_id]
        assert self.found(keeper, until=clock.now() - timedelta(days=10), **of_test) == [resident.account_id]
        assert self.found(keeper, refused_only=True, **of_test) == []

    def test_a_district_reads_the_acts_of_its_own_offices_only(self, acts):
        _keeper, official, _resident, _subject = acts
        assert self.found(official, command="test.") == [official.account_id]

    def test_the_page_finds_by_the_number_of_a_case(self, client, acts):
        *_others, subject = acts
        registry.register_opener(
            "case",
            task_url=lambda subject, task_id: "/",
            numbered=lambda number, viewer: (subject,) if number == "样例-1" else (),
        )
        page = text(client.get(reverse("flow:audit"), {"subject": "样例-1"}))
        assert page.count("test.happen") == 2
        assert "没有找到编号为“样例-2”的对象" in text(client.get(reverse("flow:audit"), {"subject": "样例-2"}))
        assert "没有找到账号" in text(client.get(reverse("flow:audit"), {"account": "nobody"}))
        assert "日期应写成" in text(client.get(reverse("flow:audit"), {"since": "yesterday"}))

    def test_pages_by_keyset_at_the_same_cost(self, client, acts, django_assert_max_num_queries):
        for _ in range(60):
            happen(subject_id=new_id(), by=SYSTEM, at=clock.now())
        first = client.get(reverse("flow:audit"), {"command": "test."})
        assert "cursor=" in text(first)
        with django_assert_max_num_queries(14):
            client.get(reverse("flow:audit"), {"command": "test."})
        page = queries.audit_trail(wanted=AuditSearch(command="test."), viewer=SYSTEM)
        rest = queries.audit_trail(wanted=AuditSearch(command="test."), viewer=SYSTEM, cursor=page.next_cursor)
        assert (len(page.items), len(rest.items)) == (50, 13)
        assert not {row.id for row in page.items} & {row.id for row in rest.items}

    def test_the_export_holds_everything_found_and_is_audited(self, client, acts):
        response = client.post(reverse("flow:audit_export"), {"command": "test."})
        lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert len(lines) == 4
        assert lines[0].startswith("time,command")
        entry = AuditEntry.objects.get(command="flow.export_audit")
        assert (entry.account_id, entry.details) == (acts[0].account_id, {"conditions": {"command": "test."}})

    def test_a_cell_is_never_a_formula(self, client, acts):
        at = clock.now()
        happen(subject_id=new_id(), by=Actor.system("=HYPERLINK(1)"), at=at)
        response = client.post(reverse("flow:audit_export"), {"command": "test."})
        assert ",'=HYPERLINK(1)," in b"".join(response.streaming_content).decode()

    def test_too_much_is_refused_instead_of_cut(self, acts, monkeypatch):
        monkeypatch.setattr(administration, "EXPORTED_AT_MOST", 2)
        with pytest.raises(TooMuchToExport):
            queries.audit_export(wanted=AuditSearch(), viewer=SYSTEM)


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
