"""How a log asks its witnesses: all at once, within one time limit, with a clear verdict on each and on the quorum.

Proofs are made in the caller's thread (it may hold a database connection); the threads here only speak HTTP.
"""

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from queue import Empty, SimpleQueue
from typing import Final

from yiwang.commons.ledger.engine.notekeys import NoteSignature, NoteVerifier
from yiwang.commons.ledger.engine.notes import Checkpoint, Note
from yiwang.commons.ledger.engine.wording import TextWrong

from .exchanging import MAX_ANSWER, PATH, request_body, signature_lines, size_told
from .fetching import Reply, Unreachable, exchange, joined

CLOCK_SLACK: Final = 300
_MAX_ROUNDS: Final = 4
_DETAIL: Final = 200

Prover = Callable[[int, int], Sequence[bytes]]
"""The consistency proof between two sizes of the log's own tree (RFC 6962 §2.1.2)."""


class Outcome(StrEnum):
    """What came of asking a witness."""

    COSIGNED = "cosigned"
    DISAGREES = "disagrees"  # it saw another history of the log: the alarm that witnesses exist for
    AHEAD = "ahead"  # it knows more entries than the checkpoint has: the log went back, or a later request overtook
    REFUSED = "refused"  # does not know the log or its key
    LIED = "lied"  # its answer contradicts itself, or is no cosignature of this checkpoint by its key
    CLOCK = "clock"  # its cosignature holds, but states a time that can't be
    SLOW = "slow"
    DOWN = "down"
    GARBLED = "garbled"  # what answers there does not speak the protocol


@dataclass(frozen=True, slots=True)
class WitnessAddress:
    """A witness to ask: its name in the policy, the organisation that runs it, its submission prefix and key."""

    name: str
    organisation: str
    url: str
    verifier: NoteVerifier


@dataclass(frozen=True, slots=True)
class WitnessAnswer:
    """The verdict on one witness. `signature` only where it counts; `known_size` where it told one; `seconds` it took."""

    witness: WitnessAddress
    outcome: Outcome
    detail: str = ""
    known_size: int | None = None
    signature: NoteSignature | None = None
    time: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """All verdicts, in the order of the witnesses, and whether the quorum is reached."""

    answers: tuple[WitnessAnswer, ...]
    quorum: bool

    @property
    def signatures(self) -> list[NoteSignature]:
        """What to add to the checkpoint."""
        return [answer.signature for answer in self.answers if answer.signature is not None]


@dataclass(slots=True)
class _Talk:
    """The state of asking one witness."""

    witness: WitnessAddress
    old: int
    began: float
    rounds: int = 0
    answer: WitnessAnswer | None = None
    told: set[int] = field(default_factory=set)

    def end(self, outcome: Outcome, detail: str = "", **known: object) -> None:
        took = time.monotonic() - self.began
        self.answer = WitnessAnswer(self.witness, outcome, detail[:_DETAIL], seconds=took, **known)  # type: ignore[arg-type]


_Reply = tuple[_Talk, Reply | Unreachable]


def ask_witnesses(
    checkpoint: bytes,
    witnesses: Sequence[WitnessAddress],
    *,
    prove: Prover,
    reached: Callable[[Collection[str]], bool],
    known: Mapping[str, int] | None = None,
    now: Callable[[], float] = time.time,
    seconds: float = 10.0,
    grace: float = 1.0,
) -> Asked:
    """Ask all for cosignatures on the log's signed checkpoint; back within `seconds`, whatever they do.

    `known`: the size that each witness (by name) co-signed last, 0 where unknown: it tells. `reached`: whether these names
    make the quorum (`TrustedKeys.reached`); when they do, the others get `grace` seconds more. Raises `TextWrong` only
    for a checkpoint that is none.
    """
    return _Asking(checkpoint, witnesses, prove, reached, known or {}, now, seconds).run(grace)


class _Asking:
    def __init__(
        self,
        checkpoint: bytes,
        witnesses: Sequence[WitnessAddress],
        prove: Prover,
        reached: Callable[[Collection[str]], bool],
        known: Mapping[str, int],
        now: Callable[[], float],
        seconds: float,
    ) -> None:
        self._note = Note.parse(checkpoint)
        self._raw = checkpoint
        self._size = Checkpoint.parse(self._note.text).size
        self._prove, self._reached, self._now = prove, reached, now
        self._replies: SimpleQueue[_Reply] = SimpleQueue()
        began = time.monotonic()
        self._until = began + seconds
        self._talks = [_Talk(one, min(known.get(one.name, 0), self._size), began) for one in witnesses]

    def run(self, grace: float) -> Asked:
        for talk in self._talks:
            self._send(talk)
        quorum = self._quorum()
        while any(talk.answer is None for talk in self._talks):
            if quorum is False and (quorum := self._quorum()):
                self._until = min(self._until, time.monotonic() + grace)
            try:
                talk, reply = self._replies.get(timeout=max(0.0, self._until - time.monotonic()))
            except Empty:
                break
            self._hear(talk, reply)
        for talk in self._talks:
            if talk.answer is None:
                talk.end(Outcome.SLOW, "no answer in time")
        return Asked(tuple(talk.answer for talk in self._talks if talk.answer), self._quorum())

    def _quorum(self) -> bool:
        done = [t.witness.name for t in self._talks if t.answer and t.answer.outcome is Outcome.COSIGNED]
        return self._reached(done)

    def _send(self, talk: _Talk) -> None:
        between = 0 < talk.old < self._size
        proof = self._prove(talk.old, self._size) if between else ()
        body = request_body(talk.old, proof, self._raw)
        talk.rounds += 1
        left = max(0.05, self._until - time.monotonic())
        name = f"witness {talk.witness.name}"
        threading.Thread(target=self._post, args=(talk, body, left), name=name, daemon=True).start()

    def _post(self, talk: _Talk, body: bytes, left: float) -> None:
        try:
            reply = exchange(joined(talk.witness.url, PATH), seconds=left, body=body, limit=MAX_ANSWER)
        except Unreachable as fault:
            self._replies.put((talk, fault))
        except Exception as fault:  # noqa: BLE001 - a thread must report whatever happens to it
            self._replies.put((talk, Unreachable(repr(fault)[:_DETAIL])))
        else:
            self._replies.put((talk, reply))

    def _hear(self, talk: _Talk, reply: Reply | Unreachable) -> None:
        if isinstance(reply, Unreachable):
            silent = Outcome.SLOW if reply.slow else Outcome.GARBLED if reply.garbled else Outcome.DOWN
            talk.end(silent, str(reply))
        elif reply.status == HTTPStatus.OK:
            self._cosigned(talk, reply.body)
        elif reply.status == HTTPStatus.CONFLICT:
            self._conflict(talk, reply.body)
        elif reply.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            talk.end(Outcome.DISAGREES, _said(reply), known_size=talk.old)
        elif reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            talk.end(Outcome.DOWN, _said(reply))
        elif reply.status in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN, HTTPStatus.BAD_REQUEST}:
            talk.end(Outcome.REFUSED, _said(reply))
        else:
            talk.end(Outcome.GARBLED, _said(reply))

    def _cosigned(self, talk: _Talk, body: bytes) -> None:
        verifier = talk.witness.verifier
        try:
            lines = [line for line in signature_lines(body) if verifier.made(line)]
        except TextWrong as fault:
            talk.end(Outcome.GARBLED, str(fault))
            return
        good = next((line for line in lines if verifier.verify(self._note.text, line)), None)
        if good is None:
            talk.end(Outcome.LIED, "no cosignature of this checkpoint by its key" if lines else "signed by another key")
            return
        stated, now = verifier.time_of(good), self._now()
        if abs(stated - now) > CLOCK_SLACK:
            talk.end(Outcome.CLOCK, f"states the time {stated}, here it is {int(now)}", time=stated)
            return
        talk.end(Outcome.COSIGNED, known_size=self._size, signature=good, time=stated)

    def _conflict(self, talk: _Talk, body: bytes) -> None:
        """It knows another size than we thought: prove from that one, unless it turns in circles."""
        try:
            size = size_told(body)
        except TextWrong as fault:
            talk.end(Outcome.GARBLED, str(fault))
            return
        if size > self._size:
            talk.end(Outcome.AHEAD, f"it knows {size} entries, the checkpoint has {self._size}", known_size=size)
        elif size == talk.old or size in talk.told or talk.rounds >= _MAX_ROUNDS:
            talk.end(Outcome.LIED, f"refuses the size {size} that it told itself", known_size=size)
        else:
            talk.told.add(size)
            talk.old = size
            self._send(talk)


def _said(reply: Reply) -> str:
    """Status and what the witness says to it, as one printable line."""
    text = "".join(c if c.isprintable() else " " for c in reply.body[: 4 * _DETAIL].decode("utf-8", "replace"))
    return f"{reply.status} {text.strip()}"
