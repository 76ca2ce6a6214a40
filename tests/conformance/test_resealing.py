"""Rows that are only added to change in one way alone: their sealed columns go to another key. A case stays whole by its own chain."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from yiwang.commons.crypto import commands as crypto
from yiwang.commons.crypto import queries as crypto_queries
from yiwang.commons.crypto.tests.factories import learn, pool
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.command import machinery
from yiwang.kernel.guard import resealing
from yiwang.serve.cases import queries as cases
from yiwang.serve.cases.contracts import TaskChoice
from yiwang.serve.cases.tests.factories import file_permit

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
EVENTS = "serve_cases_caseevent"


def rows(table, columns="*"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {table} ORDER BY id")
        return cursor.fetchall()


def change(statement, *parameters):
    with machinery("test"), transaction.atomic(), resealing(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_a_case_is_whole_after_its_keys_were_replaced_and_the_old_one_destroyed():
    with pool():
        permit = file_permit()
        permit.work(TaskChoice.ACCEPT, opinion="样例意见")
        before = permit.view()
        sealed = rows("serve_cases_casedocument", "content, digest")
        assert sealed
        key = crypto_queries.key_id_of(name="platform.fields")
        crypto.rotate_key(key_id=key, suite="international", by=SYSTEM, at=clock.now())
        learn()
        with clock.frozen(clock.now() + timedelta(minutes=3)):  # no process seals with the former one any more
            run = crypto.begin_reencryption(by=SYSTEM, at=clock.now())
            while crypto.reencrypt_batch(run_id=run, size=2, by=SYSTEM, at=clock.now()):
                pass
        crypto.destroy_version(key_id=key, number=1, reason="样例", by=SYSTEM, at=clock.now())
        learn()
        after = rows("serve_cases_casedocument", "content, digest")
        assert [digest for _content, digest in after] == [digest for _content, digest in sealed]
        assert all(new != old for (new, _n), (old, _o) in zip(after, sealed, strict=True))
        assert all(bytes(content)[1] == 2 for content, _digest in after)
        assert permit.view() == before
        assert not cases.verify(number=before.number, viewer=SYSTEM).faults


def test_nothing_else_of_such_a_row_can_be_changed_whatever_the_transaction_says():
    permit = file_permit()
    assert permit
    for statement in (
        f"UPDATE {EVENTS} SET hash = prev_hash",
        f"UPDATE {EVENTS} SET at = now()",
        f"DELETE FROM {EVENTS}",
        "UPDATE kernel_evidencerow SET kind = 'forged'",
        "UPDATE kernel_auditentry SET details = '{}'",
    ):
        with pytest.raises(DatabaseError, match="append-only"):
            change(statement)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        machinery("test"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE {EVENTS} SET note = note")
    change(f"UPDATE {EVENTS} SET note = note")
