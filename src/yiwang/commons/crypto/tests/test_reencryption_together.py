"""A pass beside others: jobs that run at once, transactions that are older than a key, people who store the same value."""

import time
from contextlib import closing, contextmanager, suppress
from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from yiwang.commons.crypto import commands, queries, rules, tasks
from yiwang.commons.crypto.contracts import Purpose, RunWaits
from yiwang.commons.crypto.models import CryptoKey, Reencryption
from yiwang.commons.crypto.tests.factories import SYSTEM, learn, pool
from yiwang.kernel import clock
from yiwang.kernel.fields import claimed_hashes


@pytest.fixture(autouse=True)
def _keys(db):
    with pool():
        yield


def test_of_two_jobs_one_goes_on_and_the_other_leaves_nothing_behind(monkeypatch):
    commands.rotate_key(key_id=CryptoKey.objects.get(purpose=Purpose.FIELDS).pk, by=SYSTEM, at=clock.now())
    learn()
    monkeypatch.setattr(queries, "look_again", learn)
    monkeypatch.setattr(tasks, "_SECONDS", -1.0)
    deferred = []
    monkeypatch.setattr(tasks, "defer_now", deferred.append)
    with other_session() as other:
        other.execute("SELECT pg_advisory_lock(hashtext('crypto.reencrypt'))")
        tasks.reencrypt()
        assert deferred == []
        assert not Reencryption.objects.exists()
        other.execute("SELECT pg_advisory_unlock(hashtext('crypto.reencrypt'))")
    tasks.reencrypt()
    assert deferred == [commands.REENCRYPT]
    with other_session() as other:
        assert other.execute("SELECT pg_try_advisory_lock(hashtext('crypto.reencrypt'))").fetchone()[0]


@contextmanager
def other_session():
    """A connection of somebody else."""
    parameters = connection.get_connection_params()
    for name in ("context", "cursor_factory"):
        parameters.pop(name, None)
    with closing(psycopg.connect(**parameters)) as other:
        yield other


def test_look_ups_wait_for_transactions_that_began_under_the_former_key(monkeypatch):
    monkeypatch.setattr("yiwang.commons.crypto.rules.schedule.SETTLING", timedelta())
    key = CryptoKey.objects.get(purpose=Purpose.LOOKUP).pk
    with other_session() as other:
        other.execute("SELECT 1")
        time.sleep(0.3)
        commands.rotate_key(key_id=key, by=SYSTEM, at=clock.now() - rules.GRACE)
        learn()
        with pytest.raises(RunWaits):
            commands.begin_reencryption(by=SYSTEM, at=clock.now())
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:  # the server ends the session a moment later
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
        with suppress(RunWaits):
            assert commands.begin_reencryption(by=SYSTEM, at=clock.now())
            break
        time.sleep(0.05)
    assert Reencryption.objects.exists()


def test_every_process_has_left_the_former_look_up_key_before_hashes_are_reckoned_anew():
    assert rules.SETTLING.total_seconds() > rules.STALE_AFTER
    assert rules.GRACE.total_seconds() > rules.STALE_AFTER


def test_who_claims_a_value_waits_for_others_whatever_the_order_of_their_keys(monkeypatch):
    hashes = (b"b" * 32, b"a" * 32)
    locks = []
    for order in (hashes, hashes[::-1]):
        monkeypatch.setattr("yiwang.kernel.fields.keyed_hashes", lambda _value, _purpose, order=order: order)
        assert claimed_hashes("x", "p") == order
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
            locks.append(cursor.fetchone()[0])
    assert locks[0] == locks[1], "the same lock"
