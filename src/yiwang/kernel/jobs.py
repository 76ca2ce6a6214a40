"""Background jobs on procrastinate: deferred inside the command's transaction, so that none is lost or premature.

Arguments are ids (str, int) only. Jobs are idempotent: a worker that dies is replaced and the job runs again.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from yiwang.kernel import clock
from yiwang.kernel.command import Run, buffer, machinery
from yiwang.kernel.faults import described
from yiwang.kernel.models import JobFault
from yiwang.kernel.writes import Writes, insert

_log = logging.getLogger(__name__)
_WITH_SECONDS = 6  # fields of a cron line whose last one counts seconds
C = TypeVar("C", bound=Callable[..., Any])
_AWAY = (OperationalError, InterfaceError)  # the database went away in the middle: no fault of the job
_LONGEST_AWAY = 60  # seconds between tries then: it starts again soon after the database is back


class _Again(BaseRetryStrategy):
    """Growing pauses of 3, 9, 27, … seconds, for `faults` tries; after an interruption short ones, for an hour or so."""

    def __init__(self, *, faults: int, interruptions: int = 60) -> None:
        self.faults, self.interruptions = faults, interruptions

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        away = isinstance(exception, _AWAY)
        if job.attempts >= (self.interruptions if away else self.faults):
            return None
        pause = 3 ** min(job.attempts + 1, 9)
        return RetryDecision(retry_in={"seconds": min(pause, _LONGEST_AWAY) if away else pause})


def job(name: str, *, attempts: int = 8, queue: str = "default") -> Callable[[C], C]:
    """Register a function of a `tasks.py` as the job `name`; failures are retried with growing pauses."""

    def decorate(function: C) -> C:
        retry = _Again(faults=attempts)

        def run(context: JobContext, /, **ids: Any) -> None:
            with _fault_kept(context):
                function(**ids)

        app.task(name=name, queue=queue, retry=retry, pass_context=True)(run)
        return function

    return decorate


def periodic(name: str, cron: str) -> Callable[[C], C]:
    """Register a function (no arguments) to run by `cron`; missed runs are not made up for.

    A run that the database's end interrupts is tried again. One that comes every few seconds is left to the next run:
    it is queued already, and the queue takes no second one of the name.
    """
    by_seconds = len(cron.split()) == _WITH_SECONDS

    def decorate(function: C) -> C:
        def run(context: JobContext, timestamp: int) -> None:
            del timestamp
            try:
                with _fault_kept(context):
                    function()
            except _AWAY:
                if not by_seconds:
                    raise
                _log.warning("%s was interrupted; its next run follows", name)

        retry = False if by_seconds else _Again(faults=0, interruptions=6)
        task = app.task(name=name, queueing_lock=name, retry=retry, pass_context=True)
        app.periodic(cron=cron, periodic_id=name)(task(run))
        return function

    return decorate


@contextmanager
def _fault_kept(context: JobContext) -> Iterator[None]:
    """What a try failed of is kept beside the job, without what people had entered; the failure goes on its way."""
    try:
        yield
    except Exception as error:
        number = context.job.id
        assert number is not None
        told = described(error)
        _log.warning("job %s %s, try %s: %s", context.job.task_name, number, context.job.attempts + 1, told)
        with suppress(DatabaseError), machinery("jobs"):
            row = JobFault(job=number, error=told[:4000], at=clock.now())
            insert(row, conflict="ON CONFLICT (job) DO UPDATE SET error = EXCLUDED.error, at = EXCLUDED.at")
        raise


def defer(name: str, *, run_at: datetime | None = None, **ids: str | int) -> None:
    """Have job `name` run after the running command has committed, not before `run_at`."""
    buffer("jobs", _write).append((name, run_at, ids))


def defer_now(name: str, *, run_at: datetime | None = None, **ids: str | int) -> None:
    """Defer outside a command (the kernel's own relay); joins the open transaction if there is one."""
    app.configure_task(name=name, schedule_at=_by_the_database(run_at), allow_unknown=True).defer(**ids)


def is_queued(name: str, **ids: str | int) -> bool:
    """Whether such a job waits or runs."""
    rows = ProcrastinateJob.objects.filter(task_name=name, args=ids, status__in=("todo", "doing"))
    return bool(rows.exists())


def call_soon(name: str, writes: Writes) -> None:
    """Defer job `name`, which takes no ids, as a part of these writes."""
    writes.call(f"""procrastinate_defer_jobs_v1('{{"(default,{name},0,,,{{}},)"}}'::procrastinate_job_to_defer_v1[])""")


def _write(_run: Run, rows: list[tuple[str, datetime | None, dict[str, Any]]], _writes: Writes) -> None:
    grouped: dict[tuple[str, datetime | None], list[dict[str, Any]]] = {}
    for name, run_at, ids in rows:
        grouped.setdefault((name, run_at), []).append(ids)
    for (name, run_at), calls in grouped.items():
        app.configure_task(name=name, schedule_at=_by_the_database(run_at), allow_unknown=True).batch_defer(*calls)


def _by_the_database(run_at: datetime | None) -> datetime | None:
    """The instant as the database's clock will show it, which never runs ahead."""
    return run_at - clock.lead() if run_at else None


_STALLED_AFTER = 15.0  # seconds without a heartbeat; workers send one every five


@app.periodic(cron="* * * * * */15", periodic_id="kernel.rescue")
@app.task(name="kernel.rescue", queueing_lock="kernel.rescue", pass_context=True)
async def rescue(context: JobContext, timestamp: int) -> None:
    """Queue again what a killed worker had begun."""
    del timestamp
    manager = context.app.job_manager
    try:
        for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_AFTER):
            await _queue_again(manager, stalled)
    except ConnectorException:
        _log.warning("the database went away while stalled jobs were looked for; the next look follows")


async def _queue_again(manager: JobManager, stalled: Job) -> None:
    try:
        await manager.retry_job(stalled)
    except UniqueViolation:  # a periodic job whose next run is queued already
        await manager.finish_job(stalled, status=Status.SUCCEEDED, delete_job=True)


async def work(threads: int) -> None:
    """Run jobs until told to stop (SIGTERM, SIGINT); finishes what it has begun."""
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:  # type: ignore[attr-defined]
        async with worker_app.open_async():
            await worker_app.run_worker_async(
                concurrency=threads,
                fetch_job_polling_interval=2,
                update_heartbeat_interval=5,
                stalled_worker_timeout=_STALLED_AFTER,
                shutdown_graceful_timeout=20,
                delete_jobs="successful",
            )
