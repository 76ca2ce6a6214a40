"""A witness: co-signs a log's head only when it continues the last one that it co-signed (C2SP tlog-witness)."""

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Final

from yiwang.commons.ledger.engine.merkle import Hasher, empty_root, verify_consistency
from yiwang.commons.ledger.engine.notekeys import NoteSigner, NoteVerifier, suite_of
from yiwang.commons.ledger.engine.notes import Checkpoint, Note, verify_note
from yiwang.commons.ledger.engine.wording import ProofWrong, SignatureWrong, TextWrong

from .exchanging import SIZE_TYPE, AddCheckpoint
from .keeping import PROOF, Head, Refusal, WitnessStore
from .serving import Answer

CLOCK_SLACK: Final = 300
"""Seconds that a clock may be set back before the witness stops stating times."""
LONGEST_SILENCE: Final = 30 * 86400
"""Seconds after the last time that it stated. A later time is more likely a wrong clock, and what is stated can't be taken back."""
_EARLIEST: Final = 1767225600  # 2026-01-01: a clock before this has lost its battery

Clock = Callable[[], float]


def origin_hash(origin: str) -> str:
    """How a witness's addresses name a log (C2SP tlog-witness, monitor retrieval)."""
    return hashlib.sha256(origin.encode()).hexdigest()


def logs_by_origin(keys: Iterable[NoteVerifier]) -> dict[str, list[NoteVerifier]]:
    """The keys of each log. Raises ValueError for a witness's key, and for a log whose keys are of two suites."""
    logs: dict[str, list[NoteVerifier]] = {}
    for key in keys:
        if key.kind.cosigns:
            raise ValueError(f"{key.name}: this is the key of a witness, not of a log")
        known = logs.setdefault(key.name, [])
        if any(other.kind.hash_name != key.kind.hash_name for other in known):
            raise ValueError(f"{key.name}: one log can't have two hashes")
        if key not in known:
            known.append(key)
    return logs


class Witness:
    """Decides on requests, one at a time. `signer` states times: a cosigner's key that nothing else uses.

    `accept_clock`: somebody has compared the clock, so that the next time stated may be long after the last one.
    """

    def __init__(
        self,
        signer: NoteSigner,
        store: WitnessStore,
        logs: Mapping[str, list[NoteVerifier]],
        *,
        now: Clock = time.time,
        accept_clock: bool = False,
    ) -> None:
        if not signer.cosigning:
            raise ValueError("a witness needs a key that cosigns")
        self.signer = signer
        self.store = store
        self.logs = logs
        self._now = now
        self._accept_clock = accept_clock

    def add_checkpoint(self, body: bytes) -> Answer:
        """The answer to `add-checkpoint`: 200 with the cosignature, or a refusal as the specification asks."""
        try:
            asked = AddCheckpoint.parse(body)
            offered = Checkpoint.parse(asked.note.text)
        except TextWrong as fault:
            return _refusal(HTTPStatus.BAD_REQUEST, str(fault))
        keys = self.logs.get(offered.origin)
        if keys is None:
            return _refusal(HTTPStatus.NOT_FOUND, "this witness does not know the log")
        try:
            signed = verify_note(asked.note, keys)
        except SignatureWrong as fault:
            return _refusal(HTTPStatus.FORBIDDEN, str(fault))
        if asked.old > offered.size:
            return _refusal(HTTPStatus.BAD_REQUEST, "the old size is greater than the checkpoint's")
        held = self.store.head(offered.origin)
        code = _objection(suite_of(signed[0].verifier).digest, held, asked, offered)
        if code:
            return self._refused(code, asked, held)
        return self._cosign(asked, offered, held)

    def _refused(self, code: str, asked: AddCheckpoint, held: Head | None) -> Answer:
        """A fork is kept as proof, whatever else is wrong; what failed to prove itself is kept as a hint.

        Of the note only the log's own signatures stay: others can be of any length.
        """
        size = held.size if held else 0
        if held and code in {PROOF, "discontinuous"}:
            note = self._of_log(asked, held.origin).bytes()
            self.store.refuse(Refusal(held.origin, code, held.note, note, int(self._now())))
        if code == "conflict" or asked.old != size:
            return Answer(HTTPStatus.CONFLICT, f"{size}\n".encode(), SIZE_TYPE)
        return _refusal(HTTPStatus.UNPROCESSABLE_ENTITY, _WORDS[code])

    def _cosign(self, asked: AddCheckpoint, offered: Checkpoint, held: Head | None) -> Answer:
        now, latest = int(self._now()), self.store.latest_time()
        if now < max(_EARLIEST, latest - CLOCK_SLACK):
            return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, "the clock of this witness is in the past")
        if latest and now > latest + LONGEST_SILENCE and not self._accept_clock:
            return _refusal(
                HTTPStatus.SERVICE_UNAVAILABLE, "the clock of this witness is far ahead of the last time stated"
            )
        moment = max(now, latest)
        signature = self.signer.sign(asked.note.text, time=moment)
        note = self._of_log(asked, offered.origin).with_signatures([signature]).bytes()
        if not self.store.advance(held, Head(offered.origin, offered.size, offered.root, note, moment)):
            current = self.store.head(offered.origin)
            return Answer(HTTPStatus.CONFLICT, f"{current.size if current else 0}\n".encode(), SIZE_TYPE)
        self._accept_clock = False
        return Answer(HTTPStatus.OK, f"{signature.line()}\n".encode())

    def _of_log(self, asked: AddCheckpoint, origin: str) -> Note:
        """The note with the signatures of the log alone."""
        keys = self.logs[origin]
        lines = (line for line in asked.note.signatures if any(key.made(line) for key in keys))
        return Note(asked.note.text, tuple(lines))


def _objection(hasher: Hasher, held: Head | None, asked: AddCheckpoint, offered: Checkpoint) -> str:
    """Why the offered head is not co-signed; "" where it continues the one held."""
    if held and held.size == offered.size and held.root != offered.root:
        return PROOF
    if asked.old != (held.size if held else 0):
        return "conflict"
    if offered.size == 0 and offered.root != empty_root(hasher):
        return "empty"
    if held is None or asked.old in {0, offered.size}:
        return "superfluous" if asked.proof else ""
    try:
        verify_consistency(hasher, held.size, held.root, offered.size, offered.root, asked.proof)
    except ProofWrong:
        return "discontinuous"
    return ""


_WORDS: Final = {
    PROOF: "another root than the one cosigned at this size",
    "empty": "the root is not that of the empty tree",
    "superfluous": "the proof must be empty",
    "discontinuous": "the consistency proof does not hold",
}


def _refusal(status: HTTPStatus, text: str) -> Answer:
    return Answer(status, f"{text}\n".encode())
