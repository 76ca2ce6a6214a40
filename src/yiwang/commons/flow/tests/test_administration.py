"""The administration pages: what failed and its retry, the legal calendar, the audit trail; and who may."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from yiwang.commons.flow import commands, policies
from yiwang.commons.flow.contracts import ADMINISTER, CALENDAR, NotAdministrator
from yiwang.commons.flow.tests.administering import ALL, SampleHappened, district_official, happen, text
from yiwang.commons.identity.tests.factories import Grants, login, make_official, make_resident
from yiwang.kernel import clock, jobs, outbox
from yiwang.kernel.actor import Actor
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import AuditEntry, OutboxDelivery

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
NAME = "王小明"


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

    def test_what_it_failed_of_is_shown_without_what_people_had_entered(self, client, keeper, caplog):
        @jobs.job("test.quoting", attempts=1)
        def quoting(case: int) -> None:
            raise ValueError(f"Key (name)=({NAME})")

        waiting = jobs.app.configure_task(name="test.quoting").defer(case=1)
        context = SimpleNamespace(job=SimpleNamespace(id=waiting, task_name="test.quoting", attempts=0))
        with pytest.raises(ValueError, match="Key"):
            jobs.app.tasks["test.quoting"].func(context, case=1)
        ProcrastinateJob.objects.filter(pk=waiting).update(status="failed")
        assert "job test.quoting" in caplog.text
        assert NAME not in caplog.text
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
