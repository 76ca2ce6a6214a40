"""Master keys in a PKCS#11 token: made there, used there, never out of it. Those in files go on unwrapping what they wrapped."""

import hashlib
import secrets
from collections.abc import Callable

from yiwang.commons.crypto.contrib.master_files import MasterFiles
from yiwang.commons.crypto.engine import CryptoError, Damaged
from yiwang.commons.crypto.engine.devices.pkcs11 import Pkcs11Token
from yiwang.commons.crypto.registry import NotHere


class MasterTokens:
    """AES-256 keys `yiwang-master-…` of one token; PKCS#11 knows no SM4, so national keys are wrapped by AES too."""

    kind = "pkcs11"

    def __init__(self, token: Callable[[], Pkcs11Token], label: str, files: MasterFiles) -> None:
        self._open, self._label, self.files = token, label, files
        self._token: Pkcs11Token | None = None

    @property
    def place(self) -> str:
        return f"PKCS#11 {self._label}"

    def _opened(self) -> Pkcs11Token:
        if self._token is None:
            self._token = self._open()
        return self._token

    def has(self, fingerprint: str) -> bool:
        if self.files.has(fingerprint):
            return True
        try:
            self._opened().sealer(_name(fingerprint))
        except CryptoError:
            return False
        return True

    def first(self) -> str:
        name = hashlib.new("sm3", f"yiwang-master-token:{self._label}".encode()).hexdigest()[:16]
        if not self.has(name):
            self._opened().new_sealing_key(_name(name))
        return name

    def make(self) -> str:
        name = secrets.token_hex(8)
        self._opened().new_sealing_key(_name(name))
        return name

    def wrap(self, fingerprint: str, suite: str, key: bytes, context: bytes) -> bytes:
        if self.files.has(fingerprint):
            return self.files.wrap(fingerprint, suite, key, context)
        try:
            return self._opened().sealer(_name(fingerprint)).seal(key, context)
        except CryptoError as error:
            raise NotHere(fingerprint) from error

    def unwrap(self, fingerprint: str, suite: str, wrapped: bytes, context: bytes) -> bytes:
        if self.files.has(fingerprint):
            return self.files.unwrap(fingerprint, suite, wrapped, context)
        try:
            return self._opened().sealer(_name(fingerprint)).open(wrapped, context)
        except Damaged:
            raise
        except CryptoError as error:
            raise NotHere(fingerprint) from error


def _name(fingerprint: str) -> str:
    return f"yiwang-master-{fingerprint}"
