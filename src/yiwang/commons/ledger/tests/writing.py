"""A process that writes into a log and is killed, again and again: `python -m yiwang.commons.ledger.tests.writing SEED KILLS FOLDER`.

It forks one writer after another and kills each with SIGKILL at a random moment. What a writer was told to be in the log, and
each receipt that it was handed, stands in a file of FOLDER before it goes on.
"""

import os
import random
import select
import signal
import sys
import threading
import time
from pathlib import Path
from uuid import UUID

LONGEST = 30.0  # seconds of the whole campaign
_told_to: list[int] = []


def main(seed: int, kills: int, folder: Path) -> None:
    import django

    django.setup()
    chance = random.Random(seed)
    ends = time.monotonic() + LONGEST
    done = 0
    while done < kills and time.monotonic() < ends:
        _one_writer(chance, folder / f"{done}", ends)
        done += 1
    sys.stdout.write(f"{done}\n")


def _one_writer(chance: random.Random, folder: Path, ends: float) -> None:
    """Kill it a moment after it was told of the n-th thing: the moments keep their spread on a machine that is busy."""
    reading, writing = os.pipe()
    own = random.Random(chance.random())
    writer = os.fork()
    if writer == 0:
        os.close(reading)
        _write(own, folder, writing)
    os.close(writing)
    for _ in range(chance.choice((0, 1, 2, 4, 7, 12))):
        if not select.select([reading], [], [], max(0.0, ends - time.monotonic()))[0] or not os.read(reading, 1):
            break
    time.sleep(chance.uniform(0, 0.03))
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    os.close(reading)


def _write(chance: random.Random, folder: Path, told: int) -> None:
    """Everything that can write at once: single appends of several threads, evidence, sequencing, heads, receipts."""
    from yiwang.commons.ledger import commands
    from yiwang.commons.ledger.contracts import NewEntry
    from yiwang.kernel import clock
    from yiwang.kernel.ids import new_id

    folder.mkdir()
    _told_to.append(told)

    def singles() -> None:
        while True:
            data = f"single {new_id()}".encode()
            index = commands.append_one(entry=NewEntry(data, "test.single", clock.now()))
            _tell(folder / "appended", f"{index} {data.decode()}\n")

    for _ in range(3):
        threading.Thread(target=singles, daemon=True).start()
    while True:
        _sequence(chance, folder)


def _sequence(chance: random.Random, folder: Path) -> None:
    from yiwang.commons.ledger import commands, queries
    from yiwang.commons.ledger.tests.factories import SYSTEM, evidence
    from yiwang.kernel import clock
    from yiwang.kernel.models import EvidenceRow

    subject = evidence(chance.randrange(1, 40))
    ids = list(EvidenceRow.objects.filter(subject_id=subject.id).values_list("id", flat=True))
    _tell(folder / "evidence", "".join(f"{each}\n" for each in ids))
    commands.sequence(limit=chance.choice((5, 1000)), by=SYSTEM, at=clock.now())
    commands.sign_checkpoint(by=SYSTEM, at=clock.now())
    for each in chance.sample(ids, min(3, len(ids))):
        receipt = queries.receipt_for(evidence_id=UUID(str(each)), viewer=SYSTEM)
        if receipt is not None:
            _tell(folder / f"{each}.receipt", receipt.to_text())


def _tell(path: Path, text: str) -> None:
    """One write, so that a kill leaves a whole line or none."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(handle, text.encode())
    os.close(handle)
    os.write(_told_to[0], b".")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
