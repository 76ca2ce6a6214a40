"""Signed notes and the checkpoints that they carry (C2SP signed-note, tlog-checkpoint)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

from .notekeys import NoteSignature, NoteSigner, NoteVerifier
from .texts import decoded, hash_line, number, to_base64
from .wording import SignatureWrong, TextWrong

MAX_NOTE: Final = 256 * 1024
MAX_SIGNATURES: Final = 64
Raw = bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text (ending in a newline) and the signatures on it. What it says counts only once it is verified."""

    text: str
    signatures: tuple[NoteSignature, ...] = ()

    @classmethod
    def parse(cls, data: Raw, *, line: int = 1) -> Self:
        """Read a note of at most 256 KiB and 64 signatures; `line` is the number of its first line, for faults."""
        whole = decoded(data, MAX_NOTE)
        text, gap, rest = whole.rpartition("\n\n")
        if not gap or not rest:
            raise TextWrong("text.missing", line=line + whole.count("\n"), what="签名", what_en="the signature")
        lines = rest.removesuffix("\n").split("\n")
        if len(lines) > MAX_SIGNATURES:
            raise TextWrong("text.too_many", limit=MAX_SIGNATURES)
        first = line + text.count("\n") + 2
        return cls(text + "\n", tuple(NoteSignature.parse(one, first + at) for at, one in enumerate(lines)))

    def bytes(self) -> Raw:
        """The note as it is stored and sent."""
        return "".join([self.text, "\n", *(f"{signature.line()}\n" for signature in self.signatures)]).encode()

    def signed(self, signer: NoteSigner, *, time: int = 0) -> Self:
        """The note with one more signature."""
        return self.with_signatures([signer.sign(self.text, time=time)])

    def with_signatures(self, more: Iterable[NoteSignature]) -> Self:
        """The note with further signatures; one that it has already stays once."""
        return replace(self, signatures=tuple(dict.fromkeys((*self.signatures, *more))))


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that holds: by whom, and when where it is a cosignature (POSIX seconds, else 0)."""

    verifier: NoteVerifier
    time: int


def verify_note(note: Note, verifiers: Sequence[NoteVerifier]) -> list[Signed]:
    """Which known keys signed the note, in the order of its lines; signatures of unknown keys are ignored.

    `SignatureWrong` where a known key's signature fails, or where no known key signed (C2SP signed-note).
    """
    found: dict[NoteVerifier, Signed] = {}
    for signature in note.signatures:
        for verifier in verifiers:
            if verifier.made(signature):
                if not verifier.verify(note.text, signature):
                    raise SignatureWrong("log.invalid", origin=verifier.name)
                found.setdefault(verifier, Signed(verifier, verifier.time_of(signature)))
    if not found:
        raise SignatureWrong("log.unsigned", origin="、".join(verifier.name for verifier in verifiers) or "?")
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's state: its origin, how many leaves, their root (32 bytes)."""

    origin: str
    size: int
    root: Raw
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The text of the note that carries it."""
        return "\n".join([self.origin, str(self.size), to_base64(self.root), *self.extensions, ""])

    @classmethod
    def parse(cls, text: str | Raw, *, line: int = 1) -> Self:
        """Read a checkpoint's text, without signatures."""
        data = text.encode() if isinstance(text, str) else text
        lines = decoded(data, MAX_NOTE).removesuffix("\n").split("\n")
        if len(lines) < 3:
            raise TextWrong("text.missing", line=line + len(lines), what="检查点", what_en="the checkpoint")
        for at, content in enumerate(lines):
            if not content:
                raise TextWrong("text.line", line=line + at)
        return cls(lines[0], number(lines[1], line + 1), hash_line(lines[2], line + 2), tuple(lines[3:]))

    def note(self, signer: NoteSigner) -> Note:
        """The checkpoint signed by its log."""
        return Note(self.text()).signed(signer)
