"""Background work of the ledger: evidence into the log, a signed head over it, witnesses asked for their signatures."""

import logging
from collections.abc import Mapping
from threading import Lock
from time import monotonic
from typing import Final

from yiwang.commons.ledger import commands, queries
from yiwang.commons.ledger.contracts import FindingKind, KeyMissing, LogBroken, LogExists
from yiwang.commons.ledger.engine.witnessing.asking import Asked, Outcome, ask_witnesses
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.jobs import job, periodic

SEQUENCER: Final = Actor.system("ledger sequencer")
_MOST_BATCHES: Final = 50  # of a thousand, before other jobs get their turn
_ASKING_SECONDS: Final = 8.0
_LONGEST_REST: Final = 60.0
_log = logging.getLogger(__name__)
_asking = Lock()


class Resting:
    """After a fault that lasts until somebody mends it, this process tries again after 1, 2, 4 … at most 60 seconds."""

    def __init__(self) -> None:
        self._seconds, self._until = 0.0, 0.0

    def now(self) -> bool:
        """Whether it is too early to try again."""
        return monotonic() < self._until

    def longer(self) -> None:
        """It failed once more."""
        self._seconds = min(_LONGEST_REST, max(1.0, self._seconds * 2))
        self._until = monotonic() + self._seconds

    def end(self) -> None:
        """It went well."""
        self._seconds = self._until = 0.0


_resting = Resting()


@periodic("ledger.sequence", cron="* * * * * */1")
def sequence_evidence() -> None:
    """Every second: where evidence waits, it is appended and the new head is signed. One look-up where nothing waits.

    Never waits for somebody who appends: the next second's run would wait too, until all threads of the worker did.
    """
    evidence, entries = queries.work_waits(viewer=SEQUENCER)
    if not (evidence or entries) or _resting.now():
        return
    if evidence and queries.log(viewer=SEQUENCER) is None:
        _open()
    try:
        for _ in range(_MOST_BATCHES if evidence else 0):
            if commands.sequence(wait=False, by=SEQUENCER, at=clock.now()) < commands.BATCH:
                break
        commands.sign_checkpoint(wait=False, by=SEQUENCER, at=clock.now())
    except LogBroken as error:
        _resting.longer()
        _report_once(str(error))
    except KeyMissing as error:
        _resting.longer()
        _log.critical("%s", error)
    else:
        _resting.end()


def _open() -> None:
    try:
        commands.open_log(by=SEQUENCER, at=clock.now())
    except LogExists:  # another worker was quicker
        return


def _report_once(words: str) -> None:
    """A log that is broken is met every second; it is told of once, and nothing is signed until somebody has looked."""
    known = queries.findings(viewer=SEQUENCER, size=1, unsettled=True).items
    if not (known and known[0].words == words):
        _log.critical("%s", words)
        commands.report_finding(kind=FindingKind.FORKED, words=words, by=SEQUENCER, at=clock.now())


@job("ledger.cosign", attempts=1)
def ask_for_cosignatures() -> None:
    """Show the newest head to the witnesses that have not co-signed it. One such round at a time in this process."""
    if not _asking.acquire(blocking=False):
        return  # the round that is on its way is followed by the next one, within half a minute
    try:
        _ask()
    finally:
        _asking.release()


@periodic("ledger.cosign_again", cron="* * * * * */20")
def ask_again() -> None:
    """Every twenty seconds: the newest head, where a witness has not co-signed it yet."""
    ask_for_cosignatures()


def _ask() -> None:
    round_ = queries.cosigning(viewer=SEQUENCER)
    if round_ is None:
        return
    asked = ask_witnesses(
        round_.note,
        round_.witnesses,
        prove=lambda old, new: queries.consistency_proof(old=old, new=new, viewer=SEQUENCER),
        reached=round_.reached,
        known=round_.known,
        seconds=_ASKING_SECONDS,
    )
    before = {each.name: each.fault for each in queries.witnesses(viewer=SEQUENCER)}
    ids = round_.ids
    answers = {ids[each.witness.name]: each for each in asked.answers}
    commands.record_cosignatures(
        size=round_.size,
        lines={one: each.signature.line() for one, each in answers.items() if each.signature is not None},
        faults={one: f"{each.outcome} {each.detail}" for one, each in answers.items() if each.signature is None},
        by=SEQUENCER,
        at=clock.now(),
    )
    _tell_of_disagreement(asked, round_.note, before)


def _tell_of_disagreement(asked: Asked, note: bytes, before: Mapping[str, str]) -> None:
    """A witness that saw another history is what witnesses are for: it is kept, with the head it was shown.

    Once, not at every round until it agrees again: `before` is what each had failed of in the round before. A witness that
    is ahead of a head may have been shown a later one meanwhile; ahead of all that was signed it can't be.
    """
    signed = queries.log(viewer=SEQUENCER)
    for answer in asked.answers:
        known = before.get(answer.witness.name, "").startswith(f"{answer.outcome} ")
        overtaken = answer.outcome is Outcome.AHEAD and signed and (answer.known_size or 0) <= signed.size
        if answer.outcome in {Outcome.DISAGREES, Outcome.AHEAD, Outcome.LIED} and not known and not overtaken:
            kind = FindingKind.WITNESS_LIED if answer.outcome is Outcome.LIED else FindingKind.FORKED
            commands.report_finding(
                kind=kind,
                words=f"{answer.outcome}: {answer.detail}",
                witness=answer.witness.name,
                proof=note.decode(),
                by=SEQUENCER,
                at=clock.now(),
            )
