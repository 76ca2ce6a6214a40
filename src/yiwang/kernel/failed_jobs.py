"""Background jobs that failed for good, what of, and their retry or dismissal. A job's arguments are ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob
from procrastinate.exceptions import ConnectorException

from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, machinery, note
from yiwang.kernel.errors import Conflict
from yiwang.kernel.jobs import periodic
from yiwang.kernel.models import JobFault
from yiwang.kernel.paging import Page, paginate
from yiwang.kernel.text import gettext_noop as _


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job after its last try."""

    id: int
    task: str
    arguments: Mapping[str, str | int]
    attempts: int
    failed_at: datetime | None
    error: str = ""


class NothingToRun(Conflict):
    """The jobs ran meanwhile, or were never there."""

    code = "kernel.nothing_to_run"
    message = _("这些后台任务已经重新执行，不需要重试。")
    next_step = _("请刷新页面。")


def _failed() -> "QuerySet[ProcrastinateJob]":
    rows: QuerySet[ProcrastinateJob] = ProcrastinateJob.objects.filter(status="failed")
    return rows


def failed_count() -> int:
    """How many jobs failed for good. One query."""
    return _failed().count()


def failed_jobs(*, cursor: str | None = None, size: int = 20) -> Page[FailedJob]:
    """The latest first. One query."""
    ended = ProcrastinateEvent.objects.filter(job_id=OuterRef("pk"), type="failed").order_by("-at").values("at")[:1]
    fault = JobFault.objects.filter(job=OuterRef("pk")).values("error")
    rows = _failed().annotate(failed_at=Subquery(ended), fault=Subquery(fault))
    return paginate(rows, order=("-id",), cursor=cursor, size=size).map(_shown)


def _shown(row: ProcrastinateJob) -> FailedJob:
    found = vars(row)
    return FailedJob(row.id, row.task_name, row.args, row.attempts, found["failed_at"], found["fault"] or "")


@command("kernel.retry_jobs")
def retry_jobs(*, job_ids: Sequence[int], by: Actor, at: datetime) -> int:
    """Run failed jobs once more, now; how many. Raises NothingToRun where none is left.

    Of a periodic job only one run may wait: where one does, it makes up for the failed one, which then goes.
    """
    rows = list(_failed().select_for_update().filter(pk__in=job_ids).order_by("pk"))
    if not rows:
        raise NothingToRun
    for row in rows:
        _queue_again(row, at)
        note(SubjectRef("job", UUID(int=row.id)), task=row.task_name, job=row.id, attempts=row.attempts)
    return len(rows)


def _queue_again(row: ProcrastinateJob, at: datetime) -> None:
    try:
        with transaction.atomic():
            app.job_manager.retry_job_by_id(job_id=row.id, retry_at=at)
    except ConnectorException:
        if row.queueing_lock is None:
            raise
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s AND status = 'failed'", [row.id])


@command("kernel.dismiss_jobs")
def dismiss_jobs(*, job_ids: Sequence[int], by: Actor, at: datetime) -> int:
    """Take failed jobs off the list for good, what they were for is done or no longer wanted; how many.

    The audit keeps what each was and what it failed of. Raises NothingToRun where none is left.
    """
    rows = list(_failed().select_for_update().filter(pk__in=job_ids).order_by("pk"))
    if not rows:
        raise NothingToRun
    found = [row.id for row in rows]
    errors = dict(JobFault.objects.filter(job__in=found).values_list("job", "error"))
    for row in rows:
        reason = errors.get(row.id, "").partition("\n")[0]
        note(SubjectRef("job", UUID(int=row.id)), task=row.task_name, job=row.id, arguments=row.args, error=reason)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = ANY(%s) AND status = 'failed'", [found])
    JobFault.objects.filter(job__in=found).delete()
    return len(rows)


@periodic("kernel.forget_faults", cron="17 * * * *")
def forget_faults() -> None:
    """Every hour: faults of jobs that have succeeded since."""
    with machinery("jobs"), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM kernel_jobfault WHERE NOT EXISTS "
            "(SELECT 1 FROM procrastinate_jobs WHERE procrastinate_jobs.id = kernel_jobfault.job)"
        )
