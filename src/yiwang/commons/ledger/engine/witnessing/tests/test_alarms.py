"""Alarms stand, are bounded, and hold proofs that convict the guilty and nobody else."""

import json

import pytest

from yiwang.commons.ledger.engine.merkle import leaf_hash
from yiwang.commons.ledger.engine.witnessing.misbehaviour import AlarmFolder, Difference, Misbehaviour, proves
from yiwang.commons.ledger.engine.wording import LedgerFault

from .logs import signer


def test_alarms_stand_until_somebody_settles_them(one):
    log = one.shown
    one.look()
    saved = list(log.entries)
    log.rewrite(9)
    one.look()
    log.rewrite(9, saved[9])  # the attacker puts it back
    assert one.codes() == ["standing"]
    (folder,) = one.alarms.standing()
    folder.rename(one.folder / "settled")
    assert one.codes() == []


def test_alarms_are_bounded(one):
    one.look()
    one.alarms = AlarmFolder(one.alarms.folder, most=3)
    for n in range(5):
        one.shown.rewrite(9, b"%d" % n)
        assert one.codes(reread=0)[0] == "fork"
    assert len(one.alarms.standing()) == 3


def test_a_proof_that_was_tampered_with_proves_nothing(one):
    log = one.shown
    one.look()
    _, witness = one.witness()
    witness.add_checkpoint(log.fork(keep=200).grow(17).add_checkpoint(0))
    found = one.proof(one.look())
    told = found.as_json()
    assert proves(found, [log.key.verifier])
    for change in (
        lambda t: t.update(prefix_root=told["consistency"][0]),
        lambda t: t.update(consistency=told["consistency"][1:]),
        lambda t: t["first"].update(note=told["first"]["note"].replace("217", "216", 1)),
        lambda t: t.update(first=told["second"], second=told["first"]),
        lambda t: t.update(format="x"),
        lambda t: t.pop("second"),
        lambda t: t.update(found_at=5),
        lambda t: t.update(difference={"index": 1}),
    ):
        twisted = json.loads(json.dumps(told))
        change(twisted)
        with pytest.raises(LedgerFault):
            proves(Misbehaviour.parse(json.dumps(twisted).encode()), [log.key.verifier])
    with pytest.raises(LedgerFault):
        proves(found, [signer("else").verifier])
    for junk in (b"", b"{", b"[]", b"[" * 100_000, b"null", b"{}"):
        with pytest.raises(LedgerFault):
            Misbehaviour.parse(junk)


def test_an_honest_log_can_not_be_convicted(one):
    log = one.shown
    small, large = log.checkpoint(217).bytes(), log.checkpoint().bytes()
    prefix, consistency = log.checkpoint_root(217), tuple(log.prove(217, 300))
    leaf = leaf_hash(log.suite.digest, log.entries[5])
    same = Difference(5, leaf, tuple(log.inclusion(5, 217)), leaf, tuple(log.inclusion(5, 300)))
    for accusation in (
        Misbehaviour("rewritten", small, "a", large, "b", 0, prefix, consistency),
        Misbehaviour("rewritten", small, "a", large, "b", 0),
        Misbehaviour("rewritten", small, "a", large, "b", 0, difference=same),
        Misbehaviour("fork", large, "a", large, "b", 0),
        Misbehaviour("fork", large, "a", log.checkpoint().signed(signer("w", cosigning=True), time=5).bytes(), "b", 0),
    ):
        assert not proves(accusation, [log.key.verifier])
    other = leaf_hash(log.suite.digest, b"else")
    for false in (Difference(5, leaf, same.first_proof, other, same.second_proof),):
        with pytest.raises(LedgerFault):
            proves(Misbehaviour("rewritten", small, "a", large, "b", 0, difference=false), [log.key.verifier])
