"""After how long a failed background job starts again."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import InterfaceError, OperationalError
from procrastinate.jobs import Job

from yiwang.kernel.jobs import _Again


def pause(error: Exception, attempts: int, **limits: int) -> float | None:
    job = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name="test", attempts=attempts)
    decision = _Again(**{"faults": 8, **limits}).get_retry_decision(exception=error, job=job)
    if decision is None:
        return None
    assert decision.retry_at
    return round((decision.retry_at - datetime.now(UTC)) / timedelta(seconds=1))  # noqa: TID251  procrastinate asks the system's clock


def test_a_fault_is_tried_again_after_growing_pauses_and_given_up():
    assert [pause(ValueError(), tried) for tried in range(9)] == [3, 9, 27, 81, 243, 729, 2187, 6561, None]


@pytest.mark.parametrize("error", [OperationalError(), InterfaceError()])
def test_a_job_that_lost_its_database_starts_again_soon_however_often_that_happens(error):
    tries = [pause(error, tried) for tried in range(61)]
    assert tries[:4] == [3, 9, 27, 60]
    assert set(tries[4:60]) == {60}
    assert tries[60] is None


def test_a_periodic_job_is_tried_again_after_an_interruption_only():
    assert pause(ValueError(), 0, faults=0, interruptions=6) is None
    assert pause(OperationalError(), 0, faults=0, interruptions=6) == 3
    assert pause(OperationalError(), 6, faults=0, interruptions=6) is None
