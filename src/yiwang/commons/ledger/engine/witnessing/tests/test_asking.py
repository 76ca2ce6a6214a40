"""A log and its witnesses, some of which are honest."""

import socket
import threading
import time
from contextlib import ExitStack

import pytest

from yiwang.commons.ledger.engine.notes import Checkpoint, Note, verify_note
from yiwang.commons.ledger.engine.trust import TrustedKeys
from yiwang.commons.ledger.engine.witnessing.asking import Outcome, WitnessAddress, ask_witnesses
from yiwang.commons.ledger.engine.witnessing.keeping import WitnessStore
from yiwang.commons.ledger.engine.witnessing.service import WitnessService
from yiwang.commons.ledger.engine.witnessing.serving import Answer, serving
from yiwang.commons.ledger.engine.witnessing.witness import Witness, logs_by_origin

from .logs import Log, signer


@pytest.fixture
def stack():
    with ExitStack() as stack:
        yield stack


class Around:
    """Witnesses of several organisations around one log."""

    def __init__(self, log, stack, folder):
        self.log, self._stack, self._folder = log, stack, folder
        self.addresses = []
        self.witnesses = {}

    def honest(self, name, **more):
        store = WitnessStore(self._folder / name)
        self._stack.callback(store.close)
        key = signer(f"{name}.example.org", cosigning=True)
        self.witnesses[name] = Witness(key, store, logs_by_origin([self.log.key.verifier]), **more)
        return self.answering(name, WitnessService(self.witnesses[name]), key)

    def answering(self, name, handler, key=None):
        url = self._stack.enter_context(serving(handler))
        return self.at(name, url, key)

    def at(self, name, url, key=None):
        key = key or signer(f"{name}.example.org", cosigning=True)
        self.addresses.append(WitnessAddress(name, f"{name} bureau", url, key.verifier))
        return self

    def ask(self, k=2, log=None, **more):
        log = log or self.log
        trusted = TrustedKeys.of([log.key.verifier], {one.name: one.verifier for one in self.addresses}, k)
        checkpoint = log.checkpoint().bytes()
        return ask_witnesses(checkpoint, self.addresses, prove=log.prove, reached=trusted.reached, **more)

    def outcomes(self, **more):
        return {answer.witness.name: answer.outcome for answer in self.ask(**more).answers}


@pytest.fixture
def around(stack, tmp_path):
    return Around(Log().grow(10), stack, tmp_path)


def test_gathers_cosignatures_and_proves_from_what_each_witness_knows(around):
    around.honest("audit").honest("court").honest("press")
    asked = around.ask(k=3)
    assert asked.quorum
    around.log.grow(500)
    asked = around.ask(k=3, known={"audit": 10, "court": 3})
    assert [answer.outcome for answer in asked.answers] == ["cosigned"] * 3
    note = around.log.checkpoint().with_signatures(asked.signatures)
    assert len(verify_note(Note.parse(note.bytes()), [one.verifier for one in around.addresses])) == 3
    assert {answer.known_size for answer in asked.answers} == {510}


def test_one_that_is_down_and_one_that_hangs_cost_no_more_than_the_limit(around, stack):
    deaf = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    around.honest("audit").at("down", "http://127.0.0.1:1").at("deaf", f"http://127.0.0.1:{deaf.getsockname()[1]}")
    began = time.monotonic()
    asked = around.ask(k=2, seconds=0.6)
    assert time.monotonic() - began < 1.5
    assert {a.witness.name: str(a.outcome) for a in asked.answers} == {
        "audit": "cosigned",
        "down": "down",
        "deaf": "slow",
    }
    assert not asked.quorum
    began = time.monotonic()
    assert around.ask(k=1, seconds=5, grace=0.1).quorum
    assert time.monotonic() - began < 2


def test_a_quorum_of_the_others_is_enough(around):
    assert around.honest("audit").honest("court").at("down", "http://127.0.0.1:1").ask(k=2).quorum


def _signs(text_of, key, *, stated=None):
    def handler(request):
        note = Note.parse(request.body.partition(b"\n\n")[2])
        at = int(time.time()) if stated is None else stated
        return Answer(200, (key.sign(text_of(note), time=at).line() + "\n").encode())

    return handler


@pytest.mark.parametrize(
    ("says", "outcome"),
    [
        (lambda _: Answer(200, b"fine\n"), Outcome.GARBLED),
        (lambda _: Answer(200, b""), Outcome.GARBLED),
        (lambda _: Answer(200, b"\xff\xff\n"), Outcome.GARBLED),
        (lambda _: Answer(200, b"x" * 40_000), Outcome.GARBLED),
        (lambda _: Answer(302, b"elsewhere"), Outcome.GARBLED),
        (lambda _: Answer(503, b"the clock of this witness is in the past\n"), Outcome.DOWN),
        (lambda _: Answer(404, b"who?\n"), Outcome.REFUSED),
        (lambda _: Answer(403, b"no\x1b[31m\n"), Outcome.REFUSED),
        (lambda _: Answer(422, b"no\n"), Outcome.DISAGREES),
        (lambda _: Answer(409, b"7\n"), Outcome.LIED),  # tells 7, then refuses 7
        (lambda _: Answer(409, b"0\n"), Outcome.LIED),
        (lambda _: Answer(409, b"07\n"), Outcome.GARBLED),
        (lambda _: Answer(409, b"99999999999999999999999999\n"), Outcome.GARBLED),
        (lambda _: Answer(409, b"11\n"), Outcome.AHEAD),
    ],
)
def test_says_what_is_wrong_with_a_witness(around, says, outcome):
    asked = around.answering("odd", says).ask(k=1)
    assert [answer.outcome for answer in asked.answers] == [outcome]
    assert not asked.quorum
    assert asked.signatures == []
    assert asked.answers[0].detail.isprintable()


def test_a_witness_that_names_ever_other_sizes_is_not_asked_for_ever(around):
    sizes = iter(range(1, 100))
    assert around.answering("odd", lambda _: Answer(409, f"{next(sizes)}\n".encode())).outcomes(k=1) == {"odd": "lied"}
    assert next(sizes) < 8


def test_a_cosignature_of_something_else_is_a_lie(around):
    key = signer("odd.example.org", cosigning=True)
    other = Checkpoint(around.log.key.name, 10, bytes(32)).text()
    around.answering("odd", _signs(lambda _: other, key), key)
    assert around.outcomes(k=1) == {"odd": Outcome.LIED}


def test_a_cosignature_by_another_key_is_a_lie(around):
    around.answering("odd", _signs(lambda note: note.text, signer("odd.example.org", cosigning=True)))
    assert around.outcomes(k=1) == {"odd": Outcome.LIED}


@pytest.mark.parametrize("off", [-90_000, 90_000])
def test_a_clock_that_is_wrong_is_said_and_does_not_count(around, off):
    key = signer("odd.example.org", cosigning=True)
    around.answering("odd", _signs(lambda note: note.text, key, stated=int(time.time()) + off), key)
    assert around.outcomes(k=1) == {"odd": Outcome.CLOCK}


def test_two_faces_are_seen_by_the_first_witness_that_saw_the_other(around):
    around.honest("audit").honest("court")
    assert around.ask(k=2).quorum
    fork = around.log.fork(keep=7).grow(5)
    assert set(around.outcomes(log=fork).values()) == {Outcome.DISAGREES}
    assert set(around.outcomes(log=around.log.fork(keep=6).grow(1)).values()) == {Outcome.AHEAD}
    same_size = around.log.fork(keep=7).grow(3)
    assert set(around.outcomes(log=same_size, known={"audit": 10, "court": 10}).values()) == {Outcome.DISAGREES}
    assert [r.code for r in around.witnesses["audit"].store.refusals(around.log.key.name)] == ["fork", "discontinuous"]


def test_threads_end(around):
    around.honest("audit")
    before = threading.active_count()
    for _ in range(5):
        around.ask(k=1)
    time.sleep(0.05)
    assert threading.active_count() <= before + 2
