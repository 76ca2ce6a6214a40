"""Entries go in whole and in order; heads are signed only where they follow; what the tables hold can't be changed."""

import pytest
from django.db import DatabaseError, connection, transaction

from yiwang.commons.ledger import commands, queries
from yiwang.commons.ledger.contracts import (
    EntryRefused,
    FindingKind,
    LogBroken,
    LogExists,
    LogMissing,
    NewEntry,
    OriginRefused,
    WitnessRefused,
)
from yiwang.commons.ledger.engine import Checkpoint as Head
from yiwang.commons.ledger.engine import MemoryTree, Note, verify_note
from yiwang.commons.ledger.models import Checkpoint, Entry, Log, LogFinding, PendingEvidence
from yiwang.commons.ledger.queries import signing, tree
from yiwang.commons.ledger.tests.attacking import past_the_guards
from yiwang.commons.ledger.tests.factories import SYSTEM, a_log, append, drafts, evidence, sign
from yiwang.kernel import clock
from yiwang.kernel.evidence import canonical
from yiwang.kernel.guard import opened
from yiwang.kernel.models import AuditEntry, EvidenceRow

pytestmark = pytest.mark.django_db


def sequence(limit=1000):
    return commands.sequence(limit=limit, by=SYSTEM, at=clock.now())


def test_a_log_is_opened_once_with_a_key_of_the_pool():
    assert a_log("national") == 1
    with pytest.raises(LogExists):
        a_log("national")
    log = Log.objects.get()
    assert signing.note_signer(log=log).signer.public == bytes(log.public_key)
    assert log.origin.count("/ledger/") == 1


def test_a_log_can_be_followed_by_one_of_another_suite():
    a_log("national")
    append(drafts(3))
    assert a_log("international", succeed=True) == 2
    assert append(drafts(2)) == 0
    assert Log.objects.get(number=1).closed_at is not None


@pytest.mark.parametrize("origin", ["with space/ledger", "a+b"])
def test_refuses_an_origin_that_can_be_no_name(origin):
    with pytest.raises(OriginRefused):
        a_log(origin=origin)
    assert not Log.objects.exists()


def test_nothing_is_appended_where_no_log_is_open():
    with pytest.raises(LogMissing):
        append(drafts(1))


def test_batches_follow_each_other_and_give_the_root_of_the_whole():
    a_log()
    entries = drafts(1300)
    assert [append(entries[:1]), append(entries[1:300]), append([]), append(entries[300:])] == [0, 1, 300, 300]
    log = tree.open_log()
    assert tree.size(log=log) == 1300
    whole = MemoryTree(tree.hasher(log=log), (entry.data for entry in entries))
    assert tree.Tree(log, 1300).root() == whole.root()


@pytest.mark.parametrize("data", [b"", b"x" * 65_536])
def test_an_entry_that_can_be_none_refuses_the_batch_whole(data):
    a_log()
    with pytest.raises(EntryRefused):
        append([*drafts(2), NewEntry(data, "test", clock.now())])
    assert not Entry.objects.exists()
    assert AuditEntry.objects.filter(command="ledger.append", outcome="refused").count() == 1


def test_a_head_is_signed_by_the_log_and_not_twice_for_one_size():
    a_log("national")
    assert sign() == 0
    append(drafts(300))
    assert sign() == sign() == 300
    (row,) = Checkpoint.objects.all()
    note = Note.parse(row.note.encode())
    assert verify_note(note, [signing.note_verifier(log=row.log)])
    head = Head.parse(note.text)
    assert (head.origin, head.size, head.root) == (row.log.origin, 300, bytes(row.root))


def test_evidence_becomes_entries_in_the_order_of_its_ids_each_once():
    a_log()
    sequence()
    subject = evidence(5)
    evidence(2)
    assert PendingEvidence.objects.count() == 7
    assert [sequence(limit=3), sequence(limit=3), sequence(), sequence()] == [3, 3, 1, 0]
    assert not PendingEvidence.objects.exists()
    rows = list(EvidenceRow.objects.exclude(kind__startswith="log.").exclude(kind__startswith="key.").order_by("id"))
    entries = list(Entry.objects.filter(kind="test.step").order_by("index"))
    assert [entry.evidence_id for entry in entries] == [row.pk for row in rows]
    assert [bytes(entry.data) for entry in entries] == [canonical(row.statement) for row in rows]
    assert [entry.subject_id for entry in entries][:5] == [subject.id] * 5


def test_evidence_of_a_refused_command_never_waits():
    a_log()
    sequence()
    with transaction.atomic():
        evidence(2)
        transaction.set_rollback(True)
    assert not PendingEvidence.objects.exists()


def test_evidence_that_was_changed_before_it_was_appended_is_told_of():
    a_log()
    evidence(1)
    with past_the_guards() as cursor:
        cursor.execute("""UPDATE kernel_evidencerow SET statement = jsonb_set(statement, '{facts,number}', '7')
                          WHERE kind = 'test.step'""")
    sequence()
    assert LogFinding.objects.get().kind == FindingKind.EVIDENCE_DIFFERS.value


def test_no_head_is_signed_over_entries_that_were_taken_away():
    a_log()
    append(drafts(400))
    sign()
    with past_the_guards() as cursor:
        cursor.execute('DELETE FROM commons_ledger_entry WHERE "index" >= 390')
    tree.forget()
    with pytest.raises(LogBroken):
        sign()


def test_no_head_is_signed_over_entries_that_were_changed_before_the_last_one():
    a_log()
    append(drafts(100))
    sign()
    with past_the_guards() as cursor:
        cursor.execute("""UPDATE commons_ledger_entry SET data = 'forged' WHERE "index" = 50""")
    tree.forget()
    append(drafts(5, 100))
    with pytest.raises(LogBroken):
        sign()


@pytest.mark.parametrize(
    "statement",
    [
        'UPDATE commons_ledger_entry SET "index" = 7 WHERE "index" = 2',
        "DELETE FROM commons_ledger_entry",
        "DELETE FROM commons_ledger_tile",
        "UPDATE commons_ledger_checkpoint SET size = 2",
        "UPDATE commons_ledger_log SET origin = 'another'",
        "DELETE FROM commons_ledger_log",
        """INSERT INTO commons_ledger_entry (log_id, "index", kind, subject_kind, at, data)
           VALUES (1, 5, 'gap', '', now(), 'x')""",
        """INSERT INTO commons_ledger_entry (log_id, "index", kind, subject_kind, at, data)
           VALUES (2, 0, 'no such log', '', now(), 'x')""",
        """INSERT INTO commons_ledger_tile (log_id, level, number, nodes, root)
           SELECT log_id, level, 9, nodes, root FROM commons_ledger_tile LIMIT 1""",
        """INSERT INTO commons_ledger_checkpoint (id, log_id, size, root, note, at)
           SELECT gen_random_uuid(), log_id, 301, root, note, at FROM commons_ledger_checkpoint""",
        """INSERT INTO commons_ledger_checkpoint (id, log_id, size, root, note, at)
           SELECT gen_random_uuid(), log_id, 4, root, note, at FROM commons_ledger_checkpoint""",
    ],
)
def test_not_even_a_command_changes_what_the_log_holds(statement):
    a_log()
    append(drafts(300))
    sign()
    with pytest.raises(DatabaseError), transaction.atomic(), opened("test"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_quorum_needs_witnesses_and_a_witness_a_key_that_cosigns():
    a_log()
    with pytest.raises(WitnessRefused):
        commands.set_quorum(needed=1, by=SYSTEM, at=clock.now())
    plain = signing.note_verifier(log=tree.open_log()).vkey
    for vkey in (plain, "nonsense"):
        with pytest.raises(WitnessRefused):
            commands.add_witness(vkey=vkey, organisation="样例", url="http://localhost", by=SYSTEM, at=clock.now())


def test_a_check_finds_nothing_wrong_with_a_log_that_grew_by_its_commands():
    a_log("national")
    evidence(3)
    sequence()
    sign()
    append(drafts(600))
    sign()
    result = queries.check(viewer=SYSTEM)
    assert (result.sound, result.size, result.checkpoints) == (True, tree.size(log=tree.open_log()), 2)
