"""What must not stop the log or those who run it: somebody who holds its lock, a statement too long, rows that were changed."""

from contextlib import contextmanager

import pytest
from django.db import connection

from yiwang.commons.ledger import commands, queries, tasks
from yiwang.commons.ledger.commands import appending
from yiwang.commons.ledger.models import Entry
from yiwang.commons.ledger.tests.factories import SYSTEM, a_log, evidence
from yiwang.kernel import clock

pytestmark = pytest.mark.django_db


@contextmanager
def somebody_appends():
    """Another connection holds the lock of the first log."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, 1)", [appending._LOCK])
            yield
            cursor.execute("SELECT pg_advisory_unlock(%s, 1)", [appending._LOCK])
    finally:
        other.close()


def test_the_job_of_each_second_does_not_wait_for_somebody_who_appends():
    a_log()
    evidence(3)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
    with somebody_appends():
        assert commands.sequence(wait=False, by=SYSTEM, at=clock.now()) == 0
        assert commands.sign_checkpoint(wait=False, by=SYSTEM, at=clock.now()) == 0
        tasks.sequence_evidence()
        assert not Entry.objects.exists()
    tasks.sequence_evidence()
    assert queries.log(viewer=SYSTEM).size == Entry.objects.count() > 3
