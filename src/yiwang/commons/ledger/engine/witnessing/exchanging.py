"""The text of `add-checkpoint` (C2SP tlog-witness): old size, consistency proof, checkpoint; and the answer's lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from yiwang.commons.ledger.engine.notekeys import NoteSignature
from yiwang.commons.ledger.engine.notes import Note
from yiwang.commons.ledger.engine.texts import hash_line, number, to_base64
from yiwang.commons.ledger.engine.wording import TextWrong

PATH: Final = "/add-checkpoint"
SIZE_TYPE: Final = "text/x.tlog.size"
MAX_PROOF: Final = 63
MAX_REQUEST: Final = 128 * 1024
MAX_ANSWER: Final = 32 * 1024


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """What a log asks: "you know `old` leaves of me; this proof shows that the note's tree continues them"."""

    old: int
    proof: tuple[bytes, ...]
    note: Note

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read a request; `TextWrong` names the line."""
        if len(body) > MAX_REQUEST:
            raise TextWrong("text.too_long", limit=MAX_REQUEST)
        head, gap, rest = body.partition(b"\n\n")
        if not gap:
            raise TextWrong("text.missing", line=body.count(b"\n") + 1, what="检查点", what_en="the checkpoint")
        try:
            first, *lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise TextWrong("text.encoding", line=1) from None
        if not first.startswith("old "):
            raise TextWrong("text.header", line=1, wanted="old N")
        if len(lines) > MAX_PROOF:
            raise TextWrong("text.too_many", line=MAX_PROOF + 2, limit=MAX_PROOF)
        proof = tuple(hash_line(line, at) for at, line in enumerate(lines, 2))
        return cls(number(first.removeprefix("old "), 1), proof, Note.parse(rest, line=len(lines) + 3))

    def bytes(self) -> bytes:
        """The request's body."""
        return request_body(self.old, self.proof, self.note.bytes())


def request_body(old: int, proof: Sequence[bytes], note: bytes) -> bytes:
    """The body of a request, with the note as its log made it."""
    return "\n".join([f"old {old}", *map(to_base64, proof), "", ""]).encode() + note


def signature_lines(body: bytes) -> list[NoteSignature]:
    """The signatures of an answer of 200. `TextWrong` where it is anything else."""
    if len(body) > MAX_ANSWER:
        raise TextWrong("text.too_long", limit=MAX_ANSWER)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise TextWrong("text.encoding") from None
    if not text.endswith("\n"):
        raise TextWrong("text.end")
    return [NoteSignature.parse(line, at) for at, line in enumerate(text.removesuffix("\n").split("\n"), 1)]


def size_told(body: bytes) -> int:
    """The size in an answer of 409. `TextWrong` where it is anything else."""
    if len(body) > 32 or not body.isascii():
        raise TextWrong("text.number")
    return number(body.decode().removesuffix("\n"))
