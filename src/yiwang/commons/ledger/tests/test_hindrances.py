"""What must not stop the log or those who run it: somebody who holds its lock, a statement too long, rows that were changed."""

from contextlib import contextmanager

import pytest
from django.db import connection
from django.urls import reverse

from yiwang.commons.ledger import commands, queries, tasks
from yiwang.commons.ledger.commands import appending
from yiwang.commons.ledger.contracts import LONGEST_ENTRY, FindingKind, ReceiptBroken
from yiwang.commons.ledger.models import Entry, LogFinding, PendingEvidence
from yiwang.commons.ledger.queries import tree
from yiwang.commons.ledger.tests.attacking import past_the_guards
from yiwang.commons.ledger.tests.factories import SYSTEM, a_log, append, drafts, evidence, sign
from yiwang.commons.ledger.tests.factories.witnessed import line_of
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.evidence import LONGEST, canonical, digest_of, record
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import EvidenceRow

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


@command("test.say_much")
def say_much(*, many: int, by, at) -> None:
    subject = SubjectRef("test", new_id())
    record("test.step", subject, {"words": "长" * many})
    note(subject)


def test_a_statement_that_no_entry_could_hold_is_never_left():
    assert LONGEST == LONGEST_ENTRY
    say_much(many=21_700, by=SYSTEM, at=clock.now())
    before = EvidenceRow.objects.count()
    with pytest.raises(ValueError, match=r"65\d{3} bytes"):
        say_much(many=21_830, by=SYSTEM, at=clock.now())
    assert EvidenceRow.objects.count() == before


def test_a_statement_that_is_too_long_all_the_same_does_not_stop_the_others():
    a_log()
    say_much(many=1, by=SYSTEM, at=clock.now())
    row = EvidenceRow.objects.get(kind="test.step")
    row.statement["facts"]["words"] = "长" * 30_000
    told = canonical(row.statement)
    with past_the_guards() as cursor:
        cursor.execute(
            "UPDATE kernel_evidencerow SET statement = %s, digest = %s WHERE id = %s",
            [told.decode(), digest_of(told), row.pk],
        )
    later = evidence(2)
    tasks.sequence_evidence()
    assert Entry.objects.filter(subject_id=later.id).count() == 2
    assert not Entry.objects.filter(evidence_id=row.pk).exists()
    assert not PendingEvidence.objects.exists()
    (found,) = LogFinding.objects.all()
    assert found.kind == FindingKind.EVIDENCE_TOO_LONG.value
    assert str(row.pk) in found.words


def test_a_receipt_that_its_own_proof_refutes_is_not_handed_out_and_the_operator_is_told(client):
    a_log()
    append(drafts(300))
    first, second = evidence(1), evidence(1)
    commands.sequence(by=SYSTEM, at=clock.now())
    sign()
    good, bad = line_of(first), line_of(second)
    assert queries.receipt_for(evidence_id=bad, viewer=SYSTEM) is not None
    with past_the_guards() as cursor:  # the entry and its neighbour agree with each other, not with the head
        cursor.execute("UPDATE commons_ledger_entry SET data = 'forged' WHERE evidence_id = %s", [good])
    tree.forget()
    with pytest.raises(ReceiptBroken):
        queries.receipt_for(evidence_id=bad, viewer=SYSTEM)
    for evidence_id in (good, bad):
        answer = client.get(reverse("ledger:receipt", args=[evidence_id]))
        assert (answer.status_code, answer["Cache-Control"]) == (500, "no-store")
    assert client.get(reverse("ledger:entry", args=[bad])).status_code == 500
    (found,) = LogFinding.objects.all()
    assert found.kind == FindingKind.REWRITTEN.value
    tree.forget()
