"""The signature of a package: over the manifest of its tag files, and with that over every byte of it.

Whose keys are trusted is a file of lines `archive NAME KEY` (base64 of the SubjectPublicKeyInfo); `#` begins a remark.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from yiwang.commons.crypto.engine import Signer, suite

from .wording import ArchiveFault

FORMAT: Final = "yiwang.archive-signature/1"
MAX_KEYS: Final = 256 * 1024
MAX_SIGNATURE: Final = 64 * 1024
_FIELDS: Final = frozenset(
    {"format", "archive", "organisation", "at", "suite", "algorithm", "public_key", "digest_algorithm", "digest", "value"}
)  # fmt: skip


def canonical(value: Mapping[str, Any]) -> bytes:
    """The one byte form of the signature file: sorted keys, no spaces, UTF-8 (RFC 8785 for texts), a line end."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def sign(manifest: bytes, *, archive: str, organisation: str, at: datetime, signer: Signer) -> bytes:
    """The signature file over the bytes of `tagmanifest-sm3.txt`."""
    told = {
        "format": FORMAT,
        "archive": archive,
        "organisation": organisation,
        "at": at.isoformat(timespec="seconds"),
        "suite": str(signer.suite.name),
        "algorithm": signer.suite.signature,
        "public_key": base64.b64encode(signer.public).decode(),
        "digest_algorithm": "sm3",
        "digest": suite("national").digest(manifest).hex(),
    }
    return canonical({**told, "value": base64.b64encode(signer.sign(canonical(told))).decode()})


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature file that was read: what it says, and the key that made it (SubjectPublicKeyInfo, DER)."""

    archive: str
    organisation: str
    at: str
    digest: str
    public_key: bytes
    suite: str
    value: bytes
    message: bytes

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Raises ArchiveFault (signature.form), also for any other bytes that would mean the same."""
        if len(data) > MAX_SIGNATURE:
            raise ArchiveFault("signature.form")
        try:
            told = json.loads(data)
            good = isinstance(told, dict) and told.keys() == _FIELDS and all(isinstance(v, str) for v in told.values())
            if not good or told["format"] != FORMAT or canonical(told) != data:
                raise ArchiveFault("signature.form")
            value = base64.b64decode(told.pop("value"), validate=True)
            key = base64.b64decode(told["public_key"], validate=True)
            if base64.b64encode(key).decode() != told["public_key"]:
                raise ArchiveFault("signature.form")
            name = told["suite"]
            if suite(name).signature != told["algorithm"] or told["digest_algorithm"] != "sm3":
                raise ArchiveFault("signature.form")
        except (ValueError, LookupError, RecursionError):
            raise ArchiveFault("signature.form") from None
        found = cls(
            told["archive"], told["organisation"], told["at"], told["digest"], key, name, value, canonical(told)
        )
        if canonical({**told, "value": base64.b64encode(value).decode()}) != data:
            raise ArchiveFault("signature.form")
        return found

    def holds(self) -> bool:
        """Whether the value is this key's signature over what the file says."""
        return suite(self.suite).verify(self.public_key, self.message, self.value)


@dataclass(frozen=True, slots=True)
class TrustedArchives:
    """Public keys of archives by the name under which they are trusted."""

    keys: Mapping[bytes, str]

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a file of keys. Raises ArchiveFault (keys.form) with the line."""
        keys: dict[bytes, str] = {}
        if len(data) > MAX_KEYS:
            raise ArchiveFault("keys.form", line=1)
        for number, line in enumerate(data.decode(errors="replace").splitlines(), 1):
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            try:
                kind, name, encoded = words
                key = base64.b64decode(encoded, validate=True)
            except ValueError:
                raise ArchiveFault("keys.form", line=number) from None
            if kind != "archive" or not key:
                raise ArchiveFault("keys.form", line=number)
            keys[key] = name
        return cls(keys)

    @staticmethod
    def text(keys: Iterable[tuple[str, bytes]]) -> str:
        """The file for (name, SubjectPublicKeyInfo); names are words of a line."""
        lines = [f"archive {'-'.join(name.split()) or '-'} {base64.b64encode(key).decode()}" for name, key in keys]
        return "\n".join([*lines, ""])
