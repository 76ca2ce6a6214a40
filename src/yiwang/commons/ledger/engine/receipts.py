"""Receipts: an entry, where it stands in the log, and the checkpoint that witnesses cosigned (C2SP tlog-proof)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from .notes import MAX_NOTE, Checkpoint, Note
from .texts import decoded, from_base64, hash_line, number, to_base64
from .wording import TextWrong

# The specification means SHA-256; a log that hashes by SM3 says so in the first line.
HEADERS: Final = {"sha256": "c2sp.org/tlog-proof@v1", "sm3": "yiwang/tlog-proof-sm3@v1"}
MAX_RECEIPT: Final = MAX_NOTE + 128 * 1024
_MAX_PROOF: Final = 63


@dataclass(frozen=True, slots=True)
class Receipt:
    """What its owner needs to show, with public keys alone, that the entry is in the log.

    `entry`: the bytes that were logged; `proof`: sibling hashes from the leaf up; `note`: the signed checkpoint;
    `hash_name`: "sm3" or "sha256". File name extension `.tlog-proof`.
    """

    entry: bytes
    index: int
    proof: tuple[bytes, ...]
    note: Note
    hash_name: str

    @property
    def checkpoint(self) -> Checkpoint:
        """The log's state that the proof leads to."""
        return Checkpoint.parse(self.note.text, line=4 + len(self.proof))

    def to_text(self) -> str:
        """The receipt as a file."""
        head = [HEADERS[self.hash_name], f"extra {to_base64(self.entry)}", f"index {self.index}"]
        return "\n".join([*head, *map(to_base64, self.proof), "", self.note.bytes().decode()])

    @classmethod
    def parse(cls, data: bytes | str, *, entry: bytes | None = None) -> Self:
        """Read a receipt; faults (`TextWrong`) name the line.

        `entry` is what was logged where the file does not bring it along as `extra`.
        """
        text = decoded(data.encode() if isinstance(data, str) else data, MAX_RECEIPT)
        head, gap, note = text.partition("\n\n")
        lines = head.split("\n")
        hash_name = next((name for name, header in HEADERS.items() if header == lines[0]), None)
        if hash_name is None:
            raise TextWrong("text.header", line=1, wanted=HEADERS["sha256"])
        at = 1
        if _line(lines, at).startswith("extra "):
            brought = from_base64(lines[at].removeprefix("extra "), at + 1)
            entry = brought if entry is None else entry
            at += 1
        if entry is None:
            raise TextWrong("text.missing", line=at + 1, what="存证内容", what_en="the entry")
        if not _line(lines, at).startswith("index "):
            raise TextWrong("text.missing", line=at + 1, what="序号", what_en="the index")
        index = number(lines[at].removeprefix("index "), at + 1)
        if not gap:
            raise TextWrong("text.missing", line=len(lines), what="检查点", what_en="the checkpoint")
        proof = _hashes(lines, at + 1)
        receipt = cls(entry, index, proof, Note.parse(note.encode(), line=len(lines) + 2), hash_name)
        Checkpoint.parse(receipt.note.text, line=len(lines) + 2)
        return receipt


def _line(lines: Sequence[str], at: int) -> str:
    return lines[at] if at < len(lines) else ""


def _hashes(lines: Sequence[str], at: int) -> tuple[bytes, ...]:
    if len(lines) - at > _MAX_PROOF:
        raise TextWrong("proof.length", line=at + 1, wanted=_MAX_PROOF, found=len(lines) - at)
    return tuple(hash_line(line, number) for number, line in enumerate(lines[at:], at + 1))
