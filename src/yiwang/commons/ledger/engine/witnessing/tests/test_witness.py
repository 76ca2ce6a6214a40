"""What a witness must never do, whatever it is asked: sign two histories."""

import base64
import json
import sqlite3

import pytest

from yiwang.commons.ledger.engine.notes import Checkpoint, Note, verify_note
from yiwang.commons.ledger.engine.witnessing import keeping
from yiwang.commons.ledger.engine.witnessing.exchanging import signature_lines
from yiwang.commons.ledger.engine.witnessing.keeping import DataTaken, WitnessStore
from yiwang.commons.ledger.engine.witnessing.service import WitnessService
from yiwang.commons.ledger.engine.witnessing.serving import Request
from yiwang.commons.ledger.engine.witnessing.starting import open_witness
from yiwang.commons.ledger.engine.witnessing.witness import Witness, logs_by_origin, origin_hash

from .logs import ORIGIN, Log, signer

NOW = 1_800_000_000


@pytest.fixture
def make(tmp_path):
    made = []

    def make(log: Log, *, suite_name="international", folder="w", now=lambda: NOW) -> Witness:
        store = WitnessStore(tmp_path / folder)
        made.append(store)
        key = signer("witness.example.org/w1", suite_name, cosigning=True)
        return Witness(key, store, logs_by_origin([log.key.verifier]), now=now)

    yield make
    for store in made:
        store.close()


@pytest.mark.parametrize("of_log", ["national", "international"])
@pytest.mark.parametrize("of_witness", ["national", "international"])
def test_cosigns_a_growing_log_of_either_suite_with_a_key_of_either(make, of_log, of_witness):
    log = Log(of_log)
    witness = make(log, suite_name=of_witness)
    old = 0
    for more in (0, 1, 4, 300):
        log.grow(more)
        answer = witness.add_checkpoint(log.add_checkpoint(old))
        assert answer.status == 200, answer.body
        note = log.checkpoint().with_signatures(signature_lines(answer.body))
        signed = verify_note(note, [witness.signer.verifier])
        assert [one.time for one in signed] == [NOW]
        old = log.size


def test_the_same_head_is_cosigned_again(make):
    log = Log().grow(5)
    witness = make(log)
    assert witness.add_checkpoint(log.add_checkpoint(0)).status == 200
    assert witness.add_checkpoint(log.add_checkpoint(5)).status == 200


def test_tells_the_size_it_knows_where_the_log_thinks_of_another(make):
    log = Log().grow(5)
    witness = make(log)
    witness.add_checkpoint(log.add_checkpoint(0))
    log.grow(5)
    answer = witness.add_checkpoint(log.add_checkpoint(3))
    assert (answer.status, answer.body, answer.content_type) == (409, b"5\n", "text/x.tlog.size")
    assert witness.add_checkpoint(log.add_checkpoint(0)).status == 409


def test_a_fork_is_refused_and_kept_as_proof(make):
    log = Log().grow(8)
    witness = make(log)
    assert witness.add_checkpoint(log.add_checkpoint(0)).status == 200
    other = log.fork(keep=6).grow(2)
    assert witness.add_checkpoint(other.add_checkpoint(8)).status == 422
    assert witness.add_checkpoint(other.add_checkpoint(7, proof=[])).status == 409
    longer = log.fork(keep=6).grow(9)
    assert witness.add_checkpoint(longer.add_checkpoint(8)).status == 422
    kept = witness.store.refusals(ORIGIN)
    assert [one.code for one in kept] == ["fork", "discontinuous"]
    for one in kept:
        held, offered = (Note.parse(raw) for raw in (one.held, one.offered))
        verify_note(held, [log.key.verifier])
        verify_note(offered, [log.key.verifier])
    assert log.grow(1).size == 9
    assert witness.add_checkpoint(log.add_checkpoint(8)).status == 200


def test_a_shorter_log_is_refused(make):
    log = Log().grow(8)
    witness = make(log)
    witness.add_checkpoint(log.add_checkpoint(0))
    log.truncate(5)
    assert witness.add_checkpoint(log.add_checkpoint(5)).body == b"8\n"
    assert witness.add_checkpoint(log.add_checkpoint(0)).body == b"8\n"
    assert witness.store.head(ORIGIN).size == 8


def _with(body: bytes, old: bytes, new: bytes) -> bytes:
    assert old in body
    return body.replace(old, new, 1)


def test_refuses_as_the_specification_says(make):
    log = Log().grow(8)
    witness = make(log)
    good = log.add_checkpoint(0)
    stranger = Log().grow(8)
    other = Log(key=signer("other.example/log")).grow(1)
    assert witness.add_checkpoint(other.add_checkpoint(0)).status == 404
    assert witness.add_checkpoint(stranger.add_checkpoint(0)).status == 403
    unsigned = Note(log.checkpoint().text, stranger.checkpoint().signatures).bytes()
    assert witness.add_checkpoint(b"old 0\n\n" + unsigned).status == 403
    assert witness.add_checkpoint(_with(good, b"old 0", b"old 9")).status == 400
    assert witness.add_checkpoint(_with(good, b"old 0", b"old 00")).status == 400
    assert witness.add_checkpoint(_with(good, b"old 0", b"new 0")).status == 400
    proof = base64.b64encode(bytes(32)) + b"\n"
    assert witness.add_checkpoint(_with(good, b"old 0\n", b"old 0\n" + proof)).status == 422
    assert witness.add_checkpoint(_with(good, b"old 0\n", b"old 0\n" + proof * 64)).status == 400
    false = Checkpoint(ORIGIN, 0, bytes(32)).note(log.key).bytes()
    assert witness.add_checkpoint(b"old 0\n\n" + false).status == 422
    for junk in (
        b"",
        b"\n",
        b"\n\n",
        b"old 0\n\n",
        b"\xff" * 50,
        b"old 0\n\nx\n\n\xe2\x80\x94 x \n",
        good[:-1],
        b"x" * 200_000,
    ):
        assert witness.add_checkpoint(junk).status == 400
    assert witness.store.head(ORIGIN) is None
    assert witness.add_checkpoint(good).status == 200


def test_does_not_state_a_time_that_its_clock_has_lost(make):
    log = Log().grow(2)
    clock = [float(NOW)]
    witness = make(log, now=lambda: clock[0])
    assert witness.add_checkpoint(log.add_checkpoint(0)).status == 200
    clock[0] = NOW - 3600
    log.grow(1)
    assert witness.add_checkpoint(log.add_checkpoint(2)).status == 503
    clock[0] = NOW - 20
    answer = witness.add_checkpoint(log.add_checkpoint(2))
    assert witness.signer.verifier.time_of(signature_lines(answer.body)[0]) == NOW
    clock[0] = 86400.0
    assert make(log, folder="v", now=lambda: clock[0]).add_checkpoint(log.add_checkpoint(0)).status == 503


def test_does_not_state_a_time_long_after_the_last_one_unless_somebody_has_looked_at_the_clock(tmp_path):
    log = Log().grow(2)
    clock = [float(NOW)]

    def start(**more):
        made = open_witness(tmp_path, name="w.example", log_keys=[log.key.verifier.vkey], now=lambda: clock[0], **more)
        return made, lambda old: made.add_checkpoint(log.add_checkpoint(old)).status

    made, asked = start()
    assert asked(0) == 200
    clock[0] = NOW + 29 * 86400
    log.grow(1)
    assert asked(2) == 200
    clock[0] += 31 * 86400
    log.grow(1)
    assert asked(3) == 503
    made.store.close()
    made, asked = start(accept_clock=True)
    assert asked(3) == 200
    clock[0] += 31 * 86400
    log.grow(1)
    assert asked(4) == 503, "once looked at is not for ever"
    made.store.close()


def test_a_folder_has_one_witness(make, tmp_path):
    make(Log())
    with pytest.raises(DataTaken):
        WitnessStore(tmp_path / "w")


def test_two_connections_can_not_advance_from_one_head(make, tmp_path):
    log = Log().grow(3)
    witness = make(log)
    held = None
    real = witness.store.head
    witness.store.head = lambda origin: held if origin == ORIGIN else real(origin)  # as if asked before the other wrote
    assert witness.add_checkpoint(log.add_checkpoint(0)).status == 200
    witness.store.head = real
    fork = log.fork(keep=2).grow(1)
    stale = witness.store.advance(None, type(real(ORIGIN))(ORIGIN, 3, bytes(32), fork.checkpoint().bytes(), NOW))
    assert stale is False


def test_the_log_keys_of_one_origin_share_a_hash():
    with pytest.raises(ValueError, match="two hashes"):
        logs_by_origin([signer(ORIGIN).verifier, signer(ORIGIN, "national").verifier])
    with pytest.raises(ValueError, match="witness"):
        logs_by_origin([signer("w", cosigning=True).verifier])
    assert len(logs_by_origin([signer(ORIGIN).verifier, signer(ORIGIN).verifier])[ORIGIN]) == 2


def test_monitors_fetch_the_cosigned_head_and_what_was_refused(make):
    log = Log().grow(3)
    witness = make(log)
    service = WitnessService(witness)
    head = f"/{origin_hash(ORIGIN)}/checkpoint"
    assert service(Request("GET", head)).status == 404
    assert service(Request("POST", "/add-checkpoint", log.add_checkpoint(0))).status == 200
    note = Note.parse(service(Request("GET", head)).body)
    assert len(verify_note(note, [log.key.verifier, witness.signer.verifier])) == 2
    service(Request("POST", "/add-checkpoint", log.fork(keep=1).grow(2).add_checkpoint(3)))
    refused = json.loads(service(Request("GET", f"/{origin_hash(ORIGIN)}/refused.json")).body)
    assert [one["code"] for one in refused] == ["fork"]
    status = json.loads(service(Request("GET", "/status.json")).body)
    assert status["key"] == witness.signer.verifier.vkey
    assert (status["logs"][0]["size"], status["logs"][0]["refused"]) == (3, 1)
    assert b"REFUSED 1" in service(Request("GET", "/")).body
    for path in ("/x", f"/{origin_hash('x')}/checkpoint", head + "/more", "//", "/" + "a/" * 500):
        assert service(Request("GET", path)).status == 404
    assert service(Request("GET", "/add-checkpoint")).status == 405
    assert service(Request("DELETE", "/")).status == 405


def test_refusals_are_bounded_and_each_is_kept_once(make, monkeypatch):
    monkeypatch.setattr(keeping, "KEPT_REFUSALS", 3)
    log = Log().grow(3)
    witness = make(log)
    witness.add_checkpoint(log.add_checkpoint(0))
    for _ in range(5):
        body = log.fork(keep=1).grow(2).add_checkpoint(3)
        witness.add_checkpoint(body)
        witness.add_checkpoint(body)
    assert len(witness.store.refusals(ORIGIN)) == 3


def test_harmless_heads_with_false_proofs_neither_raise_the_alarm_nor_take_the_room_of_a_fork(make, monkeypatch):
    monkeypatch.setattr(keeping, "KEPT_REFUSALS", 3)
    log = Log().grow(8)
    witness = make(log)
    service = WitnessService(witness)
    witness.add_checkpoint(log.add_checkpoint(0))
    other = log.fork(keep=6).grow(2)
    stuffing = [signer(f"s{n}.example").sign("stuffing\n") for n in range(20)]
    for _ in range(5):
        log.grow(1)
        body = log.add_checkpoint(8, proof=[bytes(32)])
        stuffed = log.checkpoint().with_signatures(stuffing).bytes()
        assert witness.add_checkpoint(body.partition(b"\n\n")[0] + b"\n\n" + stuffed).status == 422
    told = json.loads(service(Request("GET", "/status.json")).body)["logs"][0]
    assert (told["refused"], told["hints"]) == (0, 3)
    assert b"REFUSED" not in service(Request("GET", "/")).body
    assert {len(Note.parse(one.offered).signatures) for one in witness.store.refusals(ORIGIN)} == {1}

    assert witness.add_checkpoint(other.add_checkpoint(8)).status == 422
    kept = witness.store.refusals(ORIGIN)
    assert [one.code for one in kept] == ["fork", *["discontinuous"] * 3]
    assert b"REFUSED 1" in service(Request("GET", "/")).body


def test_the_database_refuses_roots_that_are_none(make, tmp_path):
    make(Log())
    with sqlite3.connect(tmp_path / "w" / "witness.sqlite3") as sql, pytest.raises(sqlite3.IntegrityError):
        sql.execute("INSERT INTO heads VALUES ('x', -1, x'00', x'00', 0)")
    sql.close()
