"""A monitor against logs whose owner has every right on the database and the log's key."""

import time

import pytest

from yiwang.commons.ledger.engine.merkle import leaf_hash
from yiwang.commons.ledger.engine.notes import Checkpoint, Note
from yiwang.commons.ledger.engine.receipts import Receipt
from yiwang.commons.ledger.engine.witnessing.copying import TreeCopy
from yiwang.commons.ledger.engine.witnessing.findings import Severity
from yiwang.commons.ledger.engine.witnessing.misbehaviour import proves
from yiwang.commons.ledger.engine.witnessing.monitor import Seen
from yiwang.commons.ledger.engine.witnessing.serving import Answer, Request

from .logs import Log, signer


def test_an_honest_log_is_followed_and_every_root_recomputed(party):
    log = party.shown
    report = party.look()
    assert (report.size, report.new, report.findings) == (300, 300, ())
    for more in (0, 1, 211, 600):
        log.grow(more)
        report = party.look()
        assert (report.size, report.new, report.root) == (log.size, more, log.checkpoint_root())
        assert report.findings == ()
    for size in (1, 255, 256, 257, 512, 1000):
        assert party.copy.tree(size).root() == log.checkpoint_root(size)


def test_the_copy_survives_and_nothing_is_read_twice(one):
    one.look()
    one.copy.close()
    one.copy = TreeCopy(one.folder, one.shown.suite.digest)
    assert one.copy.size == 300
    one.shown.grow(5)
    assert one.look().new == 5
    one.copy.close()


def test_a_rewritten_entry_is_found_though_all_nodes_and_the_signature_are_anew(party):
    log = party.shown
    party.look()
    log.rewrite(123)
    log.grow(40)
    report = party.look()
    assert report.of(Severity.ALARM)[0].code == "rewritten"
    found = party.proof(report)
    assert proves(found, [log.key.verifier])
    assert found.difference.index == 123
    assert found.difference.second == leaf_hash(log.suite.digest, b'{"forged":true}')
    assert "123" in report.findings[0].text()
    assert report.size == 300  # it stays with what it saw first
    assert party.look().of(Severity.ALARM)[0].code == "rewritten"
    assert len(party.alarms.standing()) == 1


def test_a_rewrite_without_a_new_entry_is_found(party):
    party.look()
    party.shown.rewrite(7)
    report = party.look(reread=0)
    assert [f.code for f in report.findings] == ["fork"]
    found = party.proof(report)
    assert proves(found, [party.shown.key.verifier])
    assert found.difference.index == 7


def test_a_truncated_log_is_found(party):
    party.look()
    party.shown.truncate(290)
    report = party.look(reread=0)
    assert [f.code for f in report.findings] == ["truncated"]
    assert not proves(party.proof(report), [party.shown.key.verifier])
    party.shown.grow(30)
    report = party.look(reread=0)
    assert [f.code for f in report.of(Severity.ALARM)] == ["rewritten"]
    assert [f.proof for f in report.findings if "rewritten" in f.proof]


def test_a_shorter_and_rewritten_log_is_found(one):
    one.look()
    one.shown.truncate(290)
    one.shown.rewrite(3)
    report = one.look(reread=0)
    found = one.proof(report)
    assert proves(found, [one.shown.key.verifier])
    assert (Note.parse(found.first).text.split("\n")[1], found.difference.index) == ("290", 3)


def test_an_entry_changed_behind_the_tree_is_found_by_reading_again(one):
    one.look()
    one.shown.entries[260] = b"quietly"
    assert one.codes(reread=-1) == ["altered"]
    one.shown.entries[5] = b"and another"
    assert [f.params["index"] for f in one.look(reread=-1).findings] == [5, 260]
    found = [one.look(reread=1).findings for _ in range(2)]
    assert sorted(f.params["index"] for look in found for f in look) == [5, 260]


def test_a_fork_shown_to_a_witness_is_found(party):
    log = party.shown
    party.look()
    _, witness = party.witness()
    other = log.fork(keep=200).grow(100)
    assert witness.add_checkpoint(other.add_checkpoint(0)).status == 200
    report = party.look()
    assert [f.code for f in report.findings] == ["split"]
    assert proves(party.proof(report), [log.key.verifier])


def test_a_shorter_fork_shown_to_a_witness_is_found(party):
    log = party.shown
    party.look()
    _, witness = party.witness()
    witness.add_checkpoint(log.fork(keep=200).grow(17).add_checkpoint(0))
    report = party.look()
    assert [f.code for f in report.findings] == ["split"]
    found = party.proof(report)
    assert proves(found, [log.key.verifier])
    assert found.prefix == log.checkpoint_root(217)


def test_a_longer_fork_shown_to_a_witness_is_hidden_first_and_proved_when_the_log_reaches_it(one):
    log = one.shown
    one.look()
    _, witness = one.witness()
    witness.add_checkpoint(log.fork(keep=200).grow(150).add_checkpoint(0))
    report = one.look()
    assert [f.code for f in report.findings] == ["hidden"]
    log.grow(100)
    report = one.look()
    assert [f.code for f in report.findings] == ["split"]
    assert proves(one.proof(report), [log.key.verifier])


def test_what_a_witness_refused_is_found(one):
    log = one.shown
    one.look()
    _, witness = one.witness()
    witness.add_checkpoint(log.add_checkpoint(0))
    witness.add_checkpoint(log.fork(keep=200).grow(100).add_checkpoint(300))
    report = one.look()
    assert [f.code for f in report.findings] == ["split"]
    assert proves(one.proof(report), [log.key.verifier])


def test_a_witness_may_be_ahead_for_a_moment(one):
    log = one.shown
    one.look()
    _, witness = one.witness()
    log.published = log.checkpoint()
    log.grow(20)
    witness.add_checkpoint(log.add_checkpoint(0))
    for _ in range(2):  # as long as the log publishes only what more witnesses have signed
        report = one.look()
        assert (report.findings, report.size) == ((), 320)
    log.published = None
    assert one.codes() == []
    log.published = log.checkpoint(310)
    assert one.codes() == ["truncated"]


def test_a_witness_that_saw_another_face_than_the_log_serves_is_told_before_the_log_publishes(one):
    log = one.shown
    one.look()
    _, witness = one.witness()
    log.published = log.checkpoint()
    log.grow(50)
    witness.add_checkpoint(log.fork(keep=320).grow(20).add_checkpoint(0))
    assert one.codes() == ["split"]
    log.published = None
    report = one.look()
    assert [f.code for f in report.findings] == ["split"]
    assert any(proves(found, [log.key.verifier]) for found in one.proofs())


def _receipt(log, index, size):
    entry, proof = log.entries[index], tuple(log.inclusion(index, size))
    return Receipt(entry, index, proof, log.checkpoint(size), log.suite.hash_name).to_text().encode()


def test_a_receipt_from_another_face_of_the_log_is_found(party):
    log = party.shown
    assert party.codes(Seen("receipt.tlog-proof", _receipt(log, 3, 250))) == []
    other = log.fork(keep=200).grow(50)
    report = party.look(Seen("receipt.tlog-proof", _receipt(other, 220, 230)))
    assert [f.code for f in report.findings] == ["split"]
    assert proves(party.proof(report), [log.key.verifier])


def test_papers_of_strangers_are_no_alarm(one):
    stranger = Log().grow(10)
    seen = [Seen("a", _receipt(stranger, 1, 5)), Seen("b", b"junk"), Seen("c", b"\xff" * 99), Seen("d", b"")]
    report = one.look(*seen)
    assert [f.code for f in report.findings] == ["foreign"] * 4
    assert not report.of(Severity.ALARM)


def test_a_signed_root_that_the_entries_do_not_lead_to(one):
    log = one.shown
    one.look()
    real = log.entries
    log.grow(10)
    log.entries = [*real[:-1], b"not what was hashed"]
    report = one.look()
    assert [f.code for f in report.findings] == ["unproved"]
    log.hidden = True
    assert "unproved" in one.codes()


def test_a_log_that_withholds_its_past(one):
    one.look()
    one.shown.hidden = True
    assert one.codes() == ["withheld", "withheld"]


def test_a_head_without_the_key_of_the_log(one):
    one.look()
    one.shown.key = signer(one.shown.key.name)
    assert one.codes() == ["unsigned"]


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b"x" * 300_000, b"a\n0\n" + b"A" * 43 + b"=\n\n"])
def test_junk_in_place_of_a_head(one, body):
    one.look()
    one.shown = lambda request: Answer(200, body)
    assert one.codes()[0] == "unreachable"


def test_a_log_that_is_down_is_a_failure_and_no_alarm(one):
    one.look()
    one.shown = lambda request: Answer(503, b"soon\n")
    report = one.look()
    assert {f.severity for f in report.findings} == {Severity.FAILURE}
    assert report.size == 300


def test_a_head_that_claims_more_than_can_be_read_is_not_believed(one):
    one.look()
    head = Checkpoint(one.shown.key.name, 2**62, bytes(32)).note(one.shown.key)
    one.shown.published = head
    assert one.codes(reread=0) == ["unproved"]
    one.shown.published = None
    one.shown.grow(2000)
    assert one.codes(reread=0, seconds=0.0) == ["unreachable", "standing"]
    assert one.copy.size == 300
    for _ in range(2):
        assert one.codes(reread=0) == ["standing"]
        assert one.copy.size == 2300


def test_bundles_that_never_end_are_cut_off(one):
    log = one.shown
    entries = b"\xff\xff" + b"x" * 70_000

    def huge(request: Request) -> Answer:
        return Answer(200, entries) if "entries" in request.path else log(request)

    one.shown = huge
    assert one.codes() == ["unproved"]


def test_witnesses_that_are_silent_late_ahead_of_time_or_odd_are_told(one):
    log = one.shown
    now = int(time.time())
    for name, shift in (("late", -9000), ("early", 9000)):
        key = signer(f"{name}.example.org", cosigning=True)
        note = log.checkpoint().signed(key, time=now + shift).bytes()
        one.answering(lambda request, note=note: Answer(200 if "checkpoint" in request.path else 404, note), key, name)
    key = signer("odd.example.org", cosigning=True)
    one.answering(lambda request: Answer(200, log.checkpoint().bytes()), key, "odd")
    one.answering(lambda request: Answer(200, b"[" * 50_000), key, "junk")
    one.answering(lambda request: Answer(404, b""), key, "new")
    report = one.look()
    assert [(f.code, f.params["name"]) for f in report.findings] == [
        ("witness_late", "late"),
        ("witness_clock", "early"),
        ("witness_odd", "odd"),
        ("witness_odd", "junk"),
        ("witness_silent", "new"),
    ]
    assert {f.severity for f in report.findings} == {Severity.WARNING}
