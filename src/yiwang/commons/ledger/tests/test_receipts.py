"""What an applicant, the public and the operator get to see, and how far each statement has come."""

from datetime import timedelta
from uuid import UUID

import pytest

from yiwang.commons.crypto.engine import LocalSigner, suite
from yiwang.commons.ledger import commands, queries
from yiwang.commons.ledger.contracts import (
    HeadWouldRetreat,
    LogMissing,
    MayNotWatch,
    NoSuchEntry,
    ReceiptState,
    WitnessRefused,
)
from yiwang.commons.ledger.engine import NoteSigner, Receipt, TrustedKeys, verify_receipt
from yiwang.commons.ledger.models import Checkpoint, Cosignature, Entry, Witness
from yiwang.commons.ledger.tests.factories import SYSTEM, a_log, append, drafts, evidence, sign
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.errors import Invalid
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import EvidenceRow

pytestmark = pytest.mark.django_db
VISITOR = Actor.anonymous()


class AWitness:
    """A witness of another organisation, as far as its signature goes."""

    def __init__(self, name: str, of: str = "international") -> None:
        self.signer = NoteSigner(name, LocalSigner(suite(of).new_signing_key()), cosigning=True)
        self.id = commands.add_witness(
            vkey=self.signer.verifier.vkey,
            organisation=f"样例单位 {name}",
            url="http://localhost:1",
            by=SYSTEM,
            at=clock.now(),
        )

    def line(self, size: int) -> str:
        text = Checkpoint.objects.get(size=size).note.partition("\n\n")[0] + "\n"
        return self.signer.sign(text, time=int(clock.now().timestamp())).line()


def answer(size: int, *witnesses: AWitness, **faults: str) -> int:
    lines = {each.id: each.line(size) for each in witnesses}
    return commands.record_cosignatures(
        size=size, lines=lines, faults={UUID(k): v for k, v in faults.items()}, by=SYSTEM, at=clock.now()
    )


def sequence() -> None:
    commands.sequence(by=SYSTEM, at=clock.now())


def ids_of(subject: SubjectRef) -> list[UUID]:
    return list(EvidenceRow.objects.filter(subject_id=subject.id).order_by("id").values_list("id", flat=True))


@pytest.mark.parametrize("of", ["national", "international"])
def test_a_receipt_is_handed_out_when_the_quorum_has_cosigned_and_verifies_by_public_keys_alone(of):
    a_log(of)
    witnesses = [AWitness(name, of) for name in ("one.example/w", "two.example/w", "three.example/w")]
    commands.set_quorum(needed=2, by=SYSTEM, at=clock.now())
    subject = evidence(3)
    states = lambda: {line.state for line in queries.receipts_of(subjects=[subject], viewer=VISITOR)}  # noqa: E731
    assert states() == {ReceiptState.WAITING_LOG}
    sequence()
    assert states() == {ReceiptState.WAITING_WITNESSES}
    size = sign()
    identifier = ids_of(subject)[1]
    assert answer(size, witnesses[0]) == 1
    assert queries.receipt_for(evidence_id=identifier, viewer=VISITOR) is None
    assert answer(size, witnesses[2]) == 1
    assert states() == {ReceiptState.FINAL}
    receipt = queries.receipt_for(evidence_id=identifier, viewer=VISITOR)
    trusted = TrustedKeys.parse(queries.trusted_keys(viewer=VISITOR))
    assert verify_receipt(Receipt.parse(receipt.to_text()), trusted).valid
    assert receipt.entry == bytes(Entry.objects.get(evidence_id=identifier).data)


def test_a_later_head_serves_where_the_one_at_the_time_got_no_quorum():
    a_log()
    one, two = AWitness("one.example/w"), AWitness("two.example/w")
    commands.set_quorum(needed=2, by=SYSTEM, at=clock.now())
    append(drafts(5))
    sign()
    append(drafts(5, 5))
    later = sign()
    answer(later, one, two)
    assert queries.receipt_for(index=0, viewer=VISITOR).checkpoint.size == later
    append(drafts(1, 10))
    sign()
    assert queries.receipt_for(index=10, viewer=VISITOR) is None
    assert queries.log(viewer=VISITOR).final_size == later
    assert not queries.log(viewer=VISITOR).final


def test_a_signature_that_does_not_hold_is_the_witness_fault_and_counts_for_nothing():
    a_log()
    one, two = AWitness("one.example/w"), AWitness("two.example/w")
    append(drafts(5))
    size = sign()
    lines = {one.id: two.line(size), two.id: "— nonsense"}
    assert commands.record_cosignatures(size=size, lines=lines, faults={}, by=SYSTEM, at=clock.now()) == 0
    assert not Cosignature.objects.exists()
    shown = queries.witnesses(viewer=VISITOR)
    assert [(each.fault, each.faults, each.behind) for each in shown] == [("signature", 1, size)] * 2
    answer(size, one)
    assert Witness.objects.get(pk=one.id).faults == 0


def test_a_witness_that_the_quorum_needs_does_not_retire():
    a_log()
    one, two = AWitness("one.example/w"), AWitness("two.example/w")
    commands.set_quorum(needed=1, by=SYSTEM, at=clock.now())
    commands.retire_witness(witness_id=one.id, by=SYSTEM, at=clock.now())
    with pytest.raises(WitnessRefused):
        commands.retire_witness(witness_id=two.id, by=SYSTEM, at=clock.now())
    assert [each.name for each in queries.witnesses(viewer=VISITOR)] == ["two.example/w"]


def test_an_old_receipt_verifies_with_new_keys_after_witnesses_retired_the_quorum_rose_and_the_log_was_succeeded():
    a_log()
    one, two = AWitness("one.example/w"), AWitness("two.example/w")
    commands.set_quorum(needed=1, by=SYSTEM, at=clock.now())
    append(drafts(5))
    answer(sign(), one)
    old = queries.receipt_for(index=2, viewer=VISITOR)
    three = AWitness("three.example/w")
    answer(5, two)
    commands.set_quorum(needed=2, by=SYSTEM, at=clock.now())
    append(drafts(5, 5))
    answer(sign(), two, three)
    commands.set_quorum(needed=1, by=SYSTEM, at=clock.now())
    commands.retire_witness(witness_id=one.id, by=SYSTEM, at=clock.now())
    assert verify_receipt(old, keys()).valid
    a_log("national", succeed=True)
    assert verify_receipt(old, keys()).valid


def test_what_a_distrusted_witness_cosigned_counts_no_more():
    a_log()
    one, two = AWitness("one.example/w"), AWitness("two.example/w")
    commands.set_quorum(needed=1, by=SYSTEM, at=clock.now())
    append(drafts(5))
    size = sign()
    answer(size, one)
    old = queries.receipt_for(index=2, viewer=VISITOR)
    with pytest.raises(HeadWouldRetreat):
        commands.retire_witness(witness_id=one.id, distrusted=True, by=SYSTEM, at=clock.now())
    commands.retire_witness(witness_id=one.id, distrusted=True, retreat=True, by=SYSTEM, at=clock.now())
    assert not verify_receipt(old, keys()).valid
    assert queries.receipt_for(index=2, viewer=VISITOR) is None
    answer(size, two)
    assert verify_receipt(queries.receipt_for(index=2, viewer=VISITOR), keys()).valid


def test_the_quorum_said_last_holds_whatever_the_clock_said():
    a_log()
    AWitness("one.example/w")
    with clock.frozen(clock.now() + timedelta(days=300)):
        commands.set_quorum(needed=0, by=SYSTEM, at=clock.now())
    commands.set_quorum(needed=1, by=SYSTEM, at=clock.now())
    assert queries.log(viewer=VISITOR).quorum == 1


def test_who_wants_no_history_gets_the_keys_and_the_quorum_of_today_alone():
    a_log()
    one, two = AWitness("one.example/w"), AWitness("two.example/w")
    three = AWitness("three.example/w")
    commands.set_quorum(needed=1, by=SYSTEM, at=clock.now())
    append(drafts(5))
    size = sign()
    answer(size, one)
    old = queries.receipt_for(index=2, viewer=VISITOR)
    answer(size, two, three)
    commands.set_quorum(needed=2, by=SYSTEM, at=clock.now())
    commands.retire_witness(witness_id=one.id, by=SYSTEM, at=clock.now())
    append(drafts(5, 5))
    answer(sign(), two, three)
    new = queries.receipt_for(index=7, viewer=VISITOR)
    today = TrustedKeys.parse(queries.trusted_keys(viewer=VISITOR, current=True))
    assert (set(today.witnesses), today.needed()) == ({"two.example/w", "three.example/w"}, "2/2")
    assert [verify_receipt(each, today).valid for each in (old, new)] == [False, True]
    assert [verify_receipt(each, keys()).valid for each in (old, new)] == [True, True]
    a_log("national", succeed=True)
    followed = TrustedKeys.parse(queries.trusted_keys(viewer=VISITOR, current=True))
    assert (len(followed.logs), followed.needed()) == (1, "2/2")


def test_the_public_head_never_moves_back_when_more_witnesses_are_asked_for():
    a_log()
    one, two = AWitness("one.example/w"), AWitness("two.example/w")
    append(drafts(5))
    size = sign()
    for needed, witness in ((1, one), (2, two)):
        with pytest.raises(HeadWouldRetreat):
            commands.set_quorum(needed=needed, by=SYSTEM, at=clock.now())
        assert queries.log(viewer=VISITOR).final_size == size
        answer(size, witness)
        commands.set_quorum(needed=needed, by=SYSTEM, at=clock.now())
    assert queries.log(viewer=VISITOR).final_size == size
    commands.set_quorum(needed=1, by=SYSTEM, at=clock.now())
    commands.retire_witness(witness_id=one.id, distrusted=True, by=SYSTEM, at=clock.now())
    assert queries.log(viewer=VISITOR).final_size == size


def keys() -> TrustedKeys:
    return TrustedKeys.parse(queries.trusted_keys(viewer=VISITOR))


def test_a_receipt_of_what_nobody_recorded_is_refused():
    a_log()
    with pytest.raises(NoSuchEntry):
        queries.receipt_for(evidence_id=new_id(), viewer=VISITOR)
    with pytest.raises(NoSuchEntry):
        queries.receipt_for(index=4, viewer=VISITOR)


def test_lists_of_receipts_ask_the_database_as_often_for_many_as_for_one(django_assert_max_num_queries):
    a_log()
    subjects = [evidence(3) for _ in range(8)]
    sequence()
    sign()
    with django_assert_max_num_queries(6):
        lines = queries.receipts_of(subjects=subjects, viewer=VISITOR)
    assert len(lines) == 24
    assert [line.evidence_id for line in lines] == sorted(line.evidence_id for line in lines)
    with django_assert_max_num_queries(6):
        page = queries.receipts_page(subjects=subjects, viewer=VISITOR, size=10)
    assert [line.evidence_id for line in page.items] == [line.evidence_id for line in lines][:13:-1]


def test_entries_page_backwards_and_are_found_by_kind_subject_and_number(django_assert_max_num_queries):
    a_log()
    subject = evidence(4)
    sequence()
    append(drafts(30))
    sign()
    with django_assert_max_num_queries(5):
        page = queries.entries(viewer=VISITOR, size=10)
    size = queries.log(viewer=VISITOR).size
    assert [each.index for each in page.items] == list(range(size - 1, size - 11, -1))
    assert all(each.final for each in page.items)
    second = queries.entries(viewer=VISITOR, size=10, cursor=page.next_cursor)
    assert second.items[0].index == size - 11
    by_subject = queries.entries(viewer=VISITOR, q=str(subject)).items
    assert {each.subject for each in by_subject} == {subject}
    assert len(by_subject) == 4
    assert queries.entries(viewer=VISITOR, q=str(subject.id)).items == by_subject
    (one,) = queries.entries(viewer=VISITOR, q=str(by_subject[0].evidence_id)).items
    assert queries.find(number=str(one.evidence_id), viewer=VISITOR) == one
    assert queries.find(number=str(one.index), viewer=VISITOR) == one
    assert queries.entries(viewer=VISITOR, kind="test.step", q="nonsense").items == ()
    assert queries.find(number="nonsense", viewer=VISITOR) is None
    with pytest.raises(Invalid):
        queries.entries(viewer=VISITOR, cursor="nonsense")


def test_nothing_but_the_state_is_shown_where_there_is_no_log():
    assert queries.log(viewer=VISITOR) is None
    assert queries.entries(viewer=VISITOR).items == ()
    assert queries.witnesses(viewer=VISITOR) == ()
    with pytest.raises(LogMissing):
        queries.checkpoint(viewer=VISITOR)


def test_only_operators_watch_the_backlog_and_the_findings():
    a_log()
    evidence(2)
    for look in (queries.standing, queries.findings):
        with pytest.raises(MayNotWatch):
            look(viewer=VISITOR)
    standing = queries.standing(viewer=SYSTEM)
    assert standing.backlog >= 2
    assert standing.oldest_waiting_at is not None
    sequence()
    sign()
    standing = queries.standing(viewer=SYSTEM)
    assert standing.backlog == 0
    assert sum(count for _, count in standing.per_day) == standing.size
