"""Master keys in files of the data folder: mode 0600, 32 bytes each, beside the records but never among them."""

import hashlib
import secrets
from collections.abc import Callable
from pathlib import Path

from yiwang.commons.crypto.engine import suite
from yiwang.commons.crypto.registry import NotHere
from yiwang.kernel.cipher import MASTER
from yiwang.kernel.settings import kept_secret

SIZE = 32


def fingerprint(master: bytes) -> str:
    """16 hex digits that name a master key and say nothing of it."""
    return hashlib.new("sm3", b"yiwang-master" + master).hexdigest()[:16]


class MasterFiles:
    """The files `master.key` and `master-….key` of one folder."""

    kind = "file"

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._folder = folder
        self._known: dict[str, bytes] = {}

    @property
    def place(self) -> str:
        return str(self._folder())

    def has(self, fingerprint: str) -> bool:
        return fingerprint in self._known or fingerprint in self.present()

    def present(self) -> tuple[str, ...]:
        """Fingerprints of those that lie in the folder now."""
        self._known = {}
        for path in sorted(self._folder().glob("master*.key")):
            content = path.read_bytes()
            if len(content) == SIZE:
                self._known[fingerprint(content)] = content
        return tuple(self._known)

    def first(self) -> str:
        return fingerprint(kept_secret(self._folder() / MASTER, SIZE))

    def make(self) -> str:
        return self.keep(secrets.token_bytes(SIZE))

    def keep(self, master: bytes) -> str:
        """Keep a master key that was made elsewhere: of another machine, or from a backup."""
        name = fingerprint(master)
        if name not in self.present():
            kept_secret(self._folder() / f"master-{name}.key", content=master)
        return name

    def secrets(self) -> dict[str, bytes]:
        """All of them by fingerprint, for a backup."""
        self.present()
        return dict(self._known)

    def wrap(self, fingerprint: str, suite: str, key: bytes, context: bytes) -> bytes:
        return _suite(suite).seal(self._wrapping_key(fingerprint, suite), key, context)

    def unwrap(self, fingerprint: str, suite: str, wrapped: bytes, context: bytes) -> bytes:
        return _suite(suite).open(self._wrapping_key(fingerprint, suite), wrapped, context)

    def _wrapping_key(self, name: str, suite_name: str) -> bytes:
        if name not in self._known:
            self.present()
        if name not in self._known:
            raise NotHere(name)
        chosen = _suite(suite_name)
        return chosen.mac(self._known[name], b"yiwang-wrap:" + chosen.sealing.encode())[: chosen.key_size]


_suite = suite
