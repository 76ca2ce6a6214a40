"""SM3 (GB/T 32905) and HMAC-SM3: by hashlib, or by `cryptography` where the system's OpenSSL was built without it."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC


class Running(Protocol):
    """A digest that takes its message in parts."""

    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


class _Other:
    def __init__(self, data: bytes = b"") -> None:
        self._hash = hashes.Hash(hashes.SM3())
        self._hash.update(data)

    def update(self, data: bytes, /) -> None:
        self._hash.update(data)

    def digest(self) -> bytes:
        return self._hash.finalize()


BY_SYSTEM = "sm3" in hashlib.algorithms_available
"""Does the interpreter's own OpenSSL have SM3?"""
_EMPTY = hashlib.new("sm3") if BY_SYSTEM else hashlib.sha256()
"""Copied for each digest, which saves looking the algorithm up: a third of the time of short messages."""


def _system(data: bytes = b"") -> Running:
    running = _EMPTY.copy()
    running.update(data)
    return running


def _system_sm3(data: bytes) -> bytes:
    running = _EMPTY.copy()
    running.update(data)
    return running.digest()


def _other_sm3(data: bytes) -> bytes:
    return _Other(data).digest()


def other_mac(key: bytes, data: bytes) -> bytes:
    """HMAC-SM3 by `cryptography`."""
    mac = HMAC(key, hashes.SM3())
    mac.update(data)
    return mac.finalize()


def _system_mac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sm3")


new = _system if BY_SYSTEM else _Other
"""A running SM3 of the bytes given so far; its `digest` is asked once."""
hmac_sm3 = _system_mac if BY_SYSTEM else other_mac
"""HMAC-SM3 of (key, data), 32 bytes."""

sm3: Callable[[bytes], bytes] = _system_sm3 if BY_SYSTEM else _other_sm3
"""32 bytes."""
