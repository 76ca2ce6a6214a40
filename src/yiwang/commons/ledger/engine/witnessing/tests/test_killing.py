"""`kill -9` at random moments, while a log with two faces asks from two sides for the same sizes."""

import os
import random
import signal
import threading
import time

import pytest

from yiwang.commons.ledger.engine.notes import Note, verify_note
from yiwang.commons.ledger.engine.witnessing.exchanging import PATH, signature_lines
from yiwang.commons.ledger.engine.witnessing.fetching import Unreachable, exchange
from yiwang.commons.ledger.engine.witnessing.keeping import WitnessStore

from .logs import Log, signer
from .processes import Running

ROUNDS = int(os.environ.get("YIWANG_KILLS", "6"))


class Side(threading.Thread):
    """One face of the log, asking for cosignatures of ever larger heads until nobody answers."""

    def __init__(self, log, url, times):
        super().__init__(daemon=True)
        self.log, self.url, self.times = log, url, times
        self.cosigned = []

    def run(self):
        old = 0
        for _ in range(self.times):
            size = max(old + 1, 6)
            if self.log.size < size:
                self.log.grow(size - self.log.size)
            try:
                reply = exchange(self.url + PATH, seconds=5, body=self.log.add_checkpoint(old, size=size))
            except Unreachable:
                return
            if reply.status == 200:
                note = self.log.checkpoint(size).with_signatures(signature_lines(reply.body))
                self.cosigned.append(note)
                old = size
            elif reply.status == 409:
                old = int(reply.body)
                if old > self.log.size:
                    self.log.grow(old - self.log.size)
            else:
                return


@pytest.mark.kill
def test_a_killed_witness_never_cosigns_two_histories(tmp_path):
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - shown where the test fails
    chance = random.Random(seed)
    logs = [Log(key=signer(f"log.example/{n}")).grow(5) for n in range(ROUNDS)]
    (tmp_path / "keys").write_text("".join(f"{log.key.verifier.vkey}\n" for log in logs))
    arguments = ["--name", "witness.example.org/k", "--suite", "international", "--log-key", str(tmp_path / "keys")]
    running = Running(tmp_path / "w", *arguments)
    vkey, total = running.vkey, 0
    for log in logs:
        faces = (log.fork(keep=5), log.fork(keep=5))
        sides = [Side(face, running.url, 40) for face in faces]
        for side in sides:
            side.start()
        time.sleep(chance.uniform(0, 0.08))
        assert running.end(signal.SIGKILL) == -signal.SIGKILL
        for side in sides:
            side.join(10)
        running = Running(tmp_path / "w")
        assert running.vkey == vkey
        again = [Side(face, running.url, 4) for face in faces]
        for side in again:
            side.start()
        for side in again:
            side.join(10)
        signed = [[note for one in pair for note in one.cosigned] for pair in zip(sides, again, strict=True)]
        assert not (signed[0] and signed[1]), f"both faces cosigned, seed {seed}"
        total += len(signed[0]) + len(signed[1])
        _all_by(vkey, [Note.parse(note.bytes()) for face in signed for note in face])
    assert running.end() == 0
    assert total >= ROUNDS
    store = WitnessStore(tmp_path / "w")
    assert len(store.heads()) == ROUNDS
    store.close()


def _all_by(vkey, notes):
    from yiwang.commons.ledger.engine.notekeys import NoteVerifier

    for note in notes:
        verify_note(note, [NoteVerifier.parse(vkey)])
