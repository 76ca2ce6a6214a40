"""Encryption of fields and keyed hashes for look-up, behind a provider that the crypto context replaces.

A stored value names its format, algorithm and key, so that values of several generations can be read side by side. The
local provider has one key, in the data folder: it serves until the key pool is established, and reads what it wrote after.
"""

import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from yiwang.kernel.settings import kept_secret, settings

_FORMAT = 1
_SM4_GCM = 1
_NONCE = 12
_TAG = 16
_HEADER = 2 + 4


class Undecryptable(Exception):
    """The stored value is damaged, or its key is not here."""


class FieldCipher(Protocol):
    """What a provider must offer. `context` binds a value to its table and column."""

    def encrypt(self, plain: bytes, *, context: str) -> bytes:
        """Ciphertext that carries its format, algorithm, key id and nonce."""

    def decrypt(self, stored: bytes, *, context: str) -> bytes:
        """The plain bytes. Raises Undecryptable."""

    def keyed_hash(self, value: bytes, *, purpose: str) -> bytes:
        """A 32-byte HMAC that finds equal values without revealing them; what is stored now."""

    def keyed_hashes(self, value: bytes, *, purpose: str) -> tuple[bytes, ...]:
        """All hashes under which this value may be stored, that of `keyed_hash` first; several while a key is replaced."""


@lru_cache(maxsize=512)
def _derived(master: bytes, purpose: str) -> bytes:
    return hmac.digest(master, purpose.encode(), "sm3")


@lru_cache(maxsize=8)
def _sealing_key(master: bytes) -> algorithms.SM4:
    return algorithms.SM4(_derived(master, "field-sm4")[:16])


@lru_cache(maxsize=8)
def _key_id(master: bytes) -> bytes:
    return hashlib.new("sm3", b"yiwang-key-id" + master).digest()[:4]


@dataclass(frozen=True, slots=True)
class LocalCipher:
    """SM4-GCM (GB/T 32907, GB/T 36624) and HMAC-SM3 (GB/T 32905) under keys derived from one local master key."""

    master: bytes

    @property
    def key_id(self) -> bytes:
        """First four bytes of the master key's SM3 fingerprint."""
        return _key_id(self.master)

    def encrypt(self, plain: bytes, *, context: str) -> bytes:
        nonce = os.urandom(_NONCE)
        encryptor = Cipher(_sealing_key(self.master), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(context.encode())
        sealed = encryptor.update(plain) + encryptor.finalize()
        return bytes([_FORMAT, _SM4_GCM]) + self.key_id + nonce + encryptor.tag + sealed

    def decrypt(self, stored: bytes, *, context: str) -> bytes:
        if len(stored) < _HEADER + _NONCE + _TAG or stored[0] != _FORMAT or stored[1] != _SM4_GCM:
            raise Undecryptable("unknown format")
        if stored[2:_HEADER] != self.key_id:
            raise Undecryptable("the key of this value is not here")
        nonce = stored[_HEADER : _HEADER + _NONCE]
        tag = stored[_HEADER + _NONCE : _HEADER + _NONCE + _TAG]
        mode = modes.GCM(nonce, tag)
        decryptor = Cipher(_sealing_key(self.master), mode).decryptor()
        decryptor.authenticate_additional_data(context.encode())
        try:
            return decryptor.update(stored[_HEADER + _NONCE + _TAG :]) + decryptor.finalize()
        except InvalidTag:
            raise Undecryptable("the value was changed") from None

    def keyed_hash(self, value: bytes, *, purpose: str) -> bytes:
        return hmac.digest(_derived(self.master, "lookup:" + purpose), value, "sm3")

    def keyed_hashes(self, value: bytes, *, purpose: str) -> tuple[bytes, ...]:
        return (self.keyed_hash(value, purpose=purpose),)


MASTER = "master.key"
"""The file of the local key, and of the pool's first master key, in the folder `keys` of the data folder."""


def _local() -> FieldCipher:
    return LocalCipher(kept_secret(settings().data_dir / "keys" / MASTER))


_factory: Callable[[], FieldCipher] = _local
_current: FieldCipher | None = None


def provide(factory: Callable[[], FieldCipher]) -> None:
    """Replace the provider (at start-up only)."""
    global _factory, _current
    _factory, _current = factory, None


def cipher() -> FieldCipher:
    """The provider in force."""
    global _current  # noqa: PLW0603  read once
    if _current is None:
        _current = _factory()
    return _current


def keyed_hash(value: str, purpose: str) -> bytes:
    """The look-up hash of `value` for one purpose (`person.id_number`), to be stored; 32 bytes."""
    return cipher().keyed_hash(value.encode(), purpose=purpose)


def keyed_hashes(value: str, purpose: str) -> tuple[bytes, ...]:
    """The hashes by which rows with this value are found (`column__in`), the newest key's first."""
    return cipher().keyed_hashes(value.encode(), purpose=purpose)
