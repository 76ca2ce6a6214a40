"""A log that follows another: no statement is lost on the way, and the witnesses go along."""

import pytest

from yiwang.commons.ledger import commands, queries
from yiwang.commons.ledger.contracts import ReceiptState
from yiwang.commons.ledger.engine import TrustedKeys, verify_receipt
from yiwang.commons.ledger.models import Entry, PendingEvidence
from yiwang.commons.ledger.tests.factories import SYSTEM, a_log, evidence, sign
from yiwang.commons.ledger.tests.factories.witnessed import WitnessedLog, line_of
from yiwang.kernel import clock

pytestmark = pytest.mark.django_db


def states(subject):
    return [line.state for line in queries.receipts_of(subjects=[subject], viewer=SYSTEM)]


def keys():
    return TrustedKeys.parse(queries.trusted_keys(viewer=SYSTEM))


def test_what_the_witnesses_had_not_cosigned_gets_its_receipt_from_the_next_log():
    town = WitnessedLog.of()
    done = evidence(2)
    town.witness_all()
    kept = queries.receipt_for(evidence_id=line_of(done), viewer=SYSTEM)
    signed, more = evidence(3), evidence(1)
    town.sequence()
    town.cosign(1)
    assert states(signed) == [ReceiptState.WAITING_WITNESSES] * 3
    a_log("national", succeed=True)
    waiting = PendingEvidence.objects.values_list("evidence_id", flat=True)
    assert {line_of(signed), line_of(more)} <= set(waiting)
    assert line_of(done) not in waiting
    town.signers = {
        each.id: signer
        for each in queries.witnesses(viewer=SYSTEM)
        for signer in town.signers.values()
        if signer.verifier.vkey == each.vkey
    }
    town.witness_all()
    assert states(signed) + states(more) == [ReceiptState.FINAL] * 4
    assert list(Entry.objects.filter(evidence_id=line_of(signed)).order_by("log").values_list("log", flat=True)) == [
        1,
        2,
    ]
    assert queries.find(number=str(line_of(signed)), viewer=SYSTEM).final
    for subject in (signed, more, done):
        receipt = queries.receipt_for(evidence_id=line_of(subject), viewer=SYSTEM)
        assert verify_receipt(receipt, keys()).valid
    assert verify_receipt(kept, keys()).valid
    assert queries.check(viewer=SYSTEM).sound


def test_witnesses_and_quorum_go_along_and_nothing_is_final_without_them():
    town = WitnessedLog.of()
    evidence(1)
    town.witness_all()
    before = {each.vkey for each in queries.witnesses(viewer=SYSTEM)}
    a_log("national", succeed=True)
    assert {each.vkey for each in queries.witnesses(viewer=SYSTEM)} == before
    assert queries.log(viewer=SYSTEM).quorum == 2
    subject = evidence(1)
    town.sequence()
    assert states(subject) == [ReceiptState.WAITING_WITNESSES]
    assert keys().needed() == "2/2"


def test_a_witness_distrusted_in_the_new_log_is_trusted_in_no_other():
    town = WitnessedLog.of(organisations=("样例大学", "样例公证处", "样例档案馆"), needed=1)
    subject = evidence(1)
    town.sequence()
    town.cosign(1)
    a_log("national", succeed=True)
    bad = next(each for each in queries.witnesses(viewer=SYSTEM) if each.name == "w1.example")
    commands.retire_witness(witness_id=bad.id, distrusted=True, by=SYSTEM, at=clock.now())
    assert "w1.example" not in keys().witnesses
    assert states(subject) == [ReceiptState.WAITING_WITNESSES]


def test_a_log_without_witnesses_hands_on_what_it_had_not_signed():
    a_log()
    first = evidence(1)
    commands.sequence(by=SYSTEM, at=clock.now())
    sign()
    second = evidence(1)
    commands.sequence(by=SYSTEM, at=clock.now())
    a_log("national", succeed=True)
    commands.sequence(by=SYSTEM, at=clock.now())
    sign()
    assert states(first) + states(second) == [ReceiptState.FINAL] * 2
    assert Entry.objects.filter(evidence_id=line_of(first)).count() == 1
