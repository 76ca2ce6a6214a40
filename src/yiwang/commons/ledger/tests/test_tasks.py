"""From a command's evidence to a receipt with real witnesses behind HTTP, by the jobs alone."""

from contextlib import ExitStack
from datetime import timedelta

import pytest

from yiwang.commons.crypto.engine import LocalSigner, suite
from yiwang.commons.ledger import commands, queries, tasks
from yiwang.commons.ledger.contracts import FindingKind, FindingSettled, ReceiptState, SettlementEmpty
from yiwang.commons.ledger.engine import NoteSigner, TrustedKeys, verify_receipt
from yiwang.commons.ledger.engine.witnessing.keeping import WitnessStore
from yiwang.commons.ledger.engine.witnessing.service import WitnessService
from yiwang.commons.ledger.engine.witnessing.serving import serving
from yiwang.commons.ledger.engine.witnessing.witness import Witness, logs_by_origin
from yiwang.commons.ledger.models import Log, PendingEvidence
from yiwang.commons.ledger.queries import health, signing, tree
from yiwang.commons.ledger.tests.attacking import past_the_guards
from yiwang.commons.ledger.tests.factories import SYSTEM, a_log, evidence
from yiwang.kernel import clock
from yiwang.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def witnesses(tmp_path):
    """Two witnesses that answer, and one that is down; two must co-sign."""
    a_log()
    key = signing.note_verifier(log=tree.open_log())
    with ExitStack() as stack:
        for name in ("one.example", "two.example", "three.example"):
            store = WitnessStore(tmp_path / name)
            stack.callback(store.close)
            own = NoteSigner(name, LocalSigner(suite("international").new_signing_key()), cosigning=True)
            url = "http://127.0.0.1:9"
            if name != "three.example":
                url = stack.enter_context(serving(WitnessService(Witness(own, store, logs_by_origin([key])))))
            commands.add_witness(
                vkey=own.verifier.vkey, organisation=f"样例 {name}", url=url, by=SYSTEM, at=clock.now()
            )
        commands.set_quorum(needed=2, by=SYSTEM, at=clock.now())
        yield


def state_of(subject):
    return {line.state for line in queries.receipts_of(subjects=[subject], viewer=SYSTEM)}


@pytest.mark.usefixtures("witnesses")
def test_a_legal_step_gets_its_receipt_by_the_jobs_alone():
    for _ in range(2):
        subject = evidence(2)
        tasks.sequence_evidence()
        assert state_of(subject) == {ReceiptState.WAITING_WITNESSES}
        tasks.ask_for_cosignatures()
        assert state_of(subject) == {ReceiptState.FINAL}
    line = queries.receipts_of(subjects=[subject], viewer=SYSTEM)[0]
    receipt = queries.receipt_for(evidence_id=line.evidence_id, viewer=SYSTEM)
    assert verify_receipt(receipt, TrustedKeys.parse(queries.trusted_keys(viewer=SYSTEM))).valid
    shown = {each.name: each for each in queries.witnesses(viewer=SYSTEM)}
    assert [shown[name].behind for name in ("one.example", "two.example")] == [0, 0]
    assert shown["three.example"].fault.startswith("down")
    assert shown["three.example"].faults == 2


@pytest.mark.usefixtures("witnesses")
def test_where_all_have_cosigned_nobody_is_asked():
    evidence(1)
    tasks.sequence_evidence()
    tasks.ask_for_cosignatures()
    down = next(each for each in queries.witnesses(viewer=SYSTEM) if each.fault)
    commands.retire_witness(witness_id=down.id, by=SYSTEM, at=clock.now())
    assert queries.cosigning(viewer=SYSTEM) is None


@pytest.mark.usefixtures("witnesses")
def test_a_witness_that_saw_more_than_the_log_has_is_told_of_once():
    evidence(3)
    tasks.sequence_evidence()
    tasks.ask_for_cosignatures()
    with past_the_guards() as cursor:
        cursor.execute('DELETE FROM commons_ledger_entry WHERE "index" >= 4')
        cursor.execute("DELETE FROM commons_ledger_checkpoint")
        cursor.execute("DELETE FROM commons_ledger_cosignature")
    tree.forget()
    commands.sign_checkpoint(by=SYSTEM, at=clock.now())
    for _ in range(2):
        tasks.ask_for_cosignatures()
    found = queries.findings(viewer=SYSTEM).items
    assert {(each.witness, each.words.partition(":")[0]) for each in found} == {
        ("one.example", "ahead"),
        ("two.example", "ahead"),
    }
    assert len(found) == 2


def test_the_doctor_tells_of_waiting_evidence_and_of_findings():
    assert health.ledger().ok
    with clock.frozen(clock.now() - timedelta(hours=1)):
        a_log()
        evidence(1)
    told = health.ledger()
    assert (told.ok, told.grave) == (False, False)
    tasks.sequence_evidence()
    assert health.ledger().ok
    commands.report_finding(kind=FindingKind.FORKED, words="two faces", by=SYSTEM, at=clock.now())
    told = health.ledger()
    assert (told.ok, told.grave) == (False, True)
    (found,) = queries.findings(viewer=SYSTEM).items
    with pytest.raises(SettlementEmpty):
        commands.settle_finding(finding_id=found.id, words=" ", by=SYSTEM, at=clock.now())
    commands.settle_finding(finding_id=found.id, words="样例：演练", by=SYSTEM, at=clock.now())
    with pytest.raises(FindingSettled):
        commands.settle_finding(finding_id=found.id, words="again", by=SYSTEM, at=clock.now())
    tasks.sequence_evidence()
    assert health.ledger().ok
    assert [each.settled for each in queries.findings(viewer=SYSTEM).items] == ["样例：演练"]


def test_the_first_evidence_opens_the_log_and_idle_rounds_write_nothing(django_assert_num_queries):
    evidence(1)
    tasks.sequence_evidence()
    assert Log.objects.get().suite in {"national", "international"}
    tasks.sequence_evidence()
    assert not PendingEvidence.objects.exists()
    written = AuditEntry.objects.count()
    with django_assert_num_queries(1):
        tasks.sequence_evidence()
    assert AuditEntry.objects.count() == written


def test_a_log_that_does_not_follow_is_told_of_once_and_signs_nothing():
    a_log()
    evidence(3)
    tasks.sequence_evidence()
    size = queries.log(viewer=SYSTEM).size
    with past_the_guards() as cursor:
        cursor.execute("""UPDATE commons_ledger_entry SET data = 'forged' WHERE "index" = 0""")
    tree.forget()
    for _ in range(2):
        evidence(1)
        tasks.sequence_evidence()
    assert queries.log(viewer=SYSTEM).size == size
    (found,) = queries.findings(viewer=SYSTEM).items
    assert found.kind is FindingKind.FORKED
