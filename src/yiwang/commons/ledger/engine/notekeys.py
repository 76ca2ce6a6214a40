"""Keys that sign notes: their text form (vkey), ids, and signatures of Ed25519 and SM2, plain and as cosignatures.

C2SP signed-note and tlog-cosignature; the types of SM2 are our own under 0xff, described in docs/guide/ledger-formats.md.
"""

import hashlib
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Final, NamedTuple, Self

from yiwang.commons.crypto.engine import CryptoError, Signer, Suite, Verifier, suite_of_public

from .texts import from_base64, key_name, to_base64
from .wording import TextWrong

_ED25519_SPKI: Final = bytes.fromhex("302a300506032b6570032100")
_SM2_SPKI: Final = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
_TIME_SIZE: Final = 8
_SCALAR: Final = 32


class KeyKind(Enum):
    """What signs, and what: the value is the signature type of the vkey (C2SP signed-note)."""

    ED25519 = b"\x01"
    ED25519_COSIGNATURE = b"\x04"
    SM2 = b"\xffyiwang/sm2-note/v1\n"
    SM2_COSIGNATURE = b"\xffyiwang/sm2-cosignature/v1\n"

    @property
    def cosigns(self) -> bool:
        """Whether it signs what a witness saw, with the time."""
        return self in {KeyKind.ED25519_COSIGNATURE, KeyKind.SM2_COSIGNATURE}

    @property
    def national(self) -> bool:
        """Whether it is SM2 with SM3."""
        return self in {KeyKind.SM2, KeyKind.SM2_COSIGNATURE}

    @property
    def hash_name(self) -> str:
        """The hash of the tree of a log that signs so: "sm3" or "sha256"."""
        return "sm3" if self.national else "sha256"


class NoteSignature(NamedTuple):
    """One signature line of a note: who, with which key, and the bytes after the key id."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        """The line, without its newline."""
        return f"— {self.name} {to_base64(self.key_id + self.value)}"

    @classmethod
    def parse(cls, line: str, at: int = 0) -> Self:
        """Read a signature line; `at` is its number in the text, for the fault."""
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.rpartition(" ")
        if dash != "—" or not name:
            raise TextWrong("text.line", line=at)
        raw = from_base64(encoded, at)
        if len(raw) <= 4:
            raise TextWrong("text.line", line=at)
        return cls(key_name(name, at), raw[:4], raw[4:])


@dataclass(frozen=True)
class NoteVerifier:
    """A public key with its name: recognises and checks the signatures that it made.

    `point` is the key as its type writes it: 32 bytes (RFC 8032) or the 65 bytes 04‖X‖Y of SM2.
    """

    name: str
    kind: KeyKind
    point: bytes

    @classmethod
    def parse(cls, vkey: str, line: int = 0) -> Self:
        """Read `name+id+base64(type ‖ key)`; `TextWrong` where the form, the type or the id is wrong."""
        parts = vkey.split("+", 2)
        if len(parts) != 3:
            raise TextWrong("key.form", line=line)
        name, key_id, encoded = parts
        raw = from_base64(encoded, line)
        kind = next((kind for kind in KeyKind if raw.startswith(kind.value)), None)
        if kind is None:
            raise TextWrong("key.kind", line=line)
        found = cls(key_name(name, line), kind, raw[len(kind.value) :])
        if len(found.point) != (65 if kind.national else 32) or (kind.national and found.point[0] != 4):
            raise TextWrong("key.form", line=line)
        if found.key_id.hex() != key_id:
            raise TextWrong("key.id", line=line)
        return found

    @classmethod
    def of(cls, name: str, public: bytes, *, cosigning: bool = False) -> Self:
        """The verifier of a public key (SubjectPublicKeyInfo in DER) under a name."""
        for prefix, plain, witness in (
            (_ED25519_SPKI, KeyKind.ED25519, KeyKind.ED25519_COSIGNATURE),
            (_SM2_SPKI, KeyKind.SM2, KeyKind.SM2_COSIGNATURE),
        ):
            size = 65 if plain.national else 32
            if public.startswith(prefix) and len(public) == len(prefix) + size:
                return cls(key_name(name), witness if cosigning else plain, public[len(prefix) :])
        raise TextWrong("key.kind")

    @property
    def vkey(self) -> str:
        """The key as text, to be handed to others."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(self.kind.value + self.point)}"

    @cached_property
    def key_id(self) -> bytes:
        """Four bytes that name the key beside its name; an identifier, not a proof."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.kind.value + self.point).digest()[:4]

    @property
    def public(self) -> bytes:
        """SubjectPublicKeyInfo in DER, as `openssl pkey -pubin -inform DER` reads it."""
        return (_SM2_SPKI if self.kind.national else _ED25519_SPKI) + self.point

    @cached_property
    def _verifier(self) -> Verifier:
        return Verifier(self.public)

    def made(self, signature: NoteSignature) -> bool:
        """Whether the line claims to be by this key."""
        return signature.name == self.name and signature.key_id == self.key_id

    def time_of(self, signature: NoteSignature) -> int:
        """The POSIX time (seconds) that a cosignature states; 0 for a plain signature."""
        return int.from_bytes(signature.value[:_TIME_SIZE]) if self.kind.cosigns else 0

    def verify(self, text: str, signature: NoteSignature) -> bool:
        """Whether the signature over the note's text (which ends in a newline) holds. Never raises."""
        value = signature.value
        message = text.encode()
        if self.kind.cosigns:
            if len(value) <= _TIME_SIZE or (time := self.time_of(signature)) >= 2**63:
                return False
            value, message = value[_TIME_SIZE:], cosigned_message(text, time)
        if len(value) != 2 * _SCALAR or not self.made(signature):
            return False
        try:
            return self._verifier.verify(message, _to_der(value) if self.kind.national else value)
        except CryptoError:  # the point is not on the curve
            return False


@dataclass(frozen=True)
class NoteSigner:
    """A private key with its name. `cosigning`: a witness's key, which signs text and time."""

    name: str
    signer: Signer
    cosigning: bool = False

    @cached_property
    def verifier(self) -> NoteVerifier:
        """The public part."""
        return NoteVerifier.of(self.name, self.signer.public, cosigning=self.cosigning)

    def sign(self, text: str, *, time: int = 0) -> NoteSignature:
        """Sign a note's text; a cosigner states `time`, in POSIX seconds."""
        message = cosigned_message(text, time) if self.cosigning else text.encode()
        raw = self.signer.sign(message)
        value = _from_der(raw) if self.verifier.kind.national else raw
        stamp = time.to_bytes(_TIME_SIZE) if self.cosigning else b""
        return NoteSignature(self.name, self.verifier.key_id, stamp + value)


def cosigned_message(text: str, time: int) -> bytes:
    """What a cosignature signs (C2SP tlog-cosignature, Ed25519 signed message; the same for SM2)."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def suite_of(verifier: NoteVerifier) -> Suite:
    """The suite of the key, whose hash is that of a log which signs with it."""
    return suite_of_public(verifier.public)


def _to_der(value: bytes) -> bytes:
    """SEQUENCE{r, s} (GM/T 0009) of r‖s."""
    body = b"".join(_integer(value[at : at + _SCALAR]) for at in (0, _SCALAR))
    return b"\x30" + bytes([len(body)]) + body


def _integer(value: bytes) -> bytes:
    short = value.lstrip(b"\x00") or b"\x00"
    if short[0] & 0x80:
        short = b"\x00" + short
    return b"\x02" + bytes([len(short)]) + short


def _from_der(signature: bytes) -> bytes:
    """r‖s of what our own signer returned as SEQUENCE{r, s}."""
    size = signature[3]
    r, s = signature[4 : 4 + size], signature[6 + size :]
    value = int.from_bytes(r).to_bytes(_SCALAR) + int.from_bytes(s).to_bytes(_SCALAR)
    if _to_der(value) != signature:
        raise ValueError("an SM2 signature is a SEQUENCE of two positive INTEGERs")
    return value
