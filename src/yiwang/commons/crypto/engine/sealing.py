"""Authenticated encryption: SM4-GCM (GB/T 32907 with GB/T 36624) and AES-256-GCM, in one layout.

Sealed = nonce (12) || tag (16) || ciphertext. Nonces are random: one key seals at most 2^32 values (NIST SP 800-38D, 8.3),
then it is rotated.
"""

import os
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yiwang.commons.crypto.engine.errors import Damaged, KeyRefused

NONCE, TAG = 12, 16
OVERHEAD = NONCE + TAG
"""Bytes that sealing adds."""


class Sealer(Protocol):
    """A prepared key: the fast path for many values. Safe to share between threads."""

    def seal(self, plain: bytes, context: bytes = b"") -> bytes:
        """The plain text, unreadable and bound to its context."""

    def open(self, sealed: bytes, context: bytes = b"") -> bytes:
        """The plain text. Raises Damaged."""


class Sm4Gcm:
    """16-byte key."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 16:
            raise KeyRefused("SM4 takes a key of 16 bytes")
        self._key = algorithms.SM4(key)

    def seal(self, plain: bytes, context: bytes = b"") -> bytes:
        """Nonce || tag || ciphertext."""
        nonce = os.urandom(NONCE)
        encryptor = Cipher(self._key, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(context)
        ciphertext = encryptor.update(plain) + encryptor.finalize()
        return nonce + encryptor.tag + ciphertext

    def open(self, sealed: bytes, context: bytes = b"") -> bytes:
        """The plain text. Raises Damaged."""
        if len(sealed) < OVERHEAD:
            raise Damaged("the sealed value is cut off")
        decryptor = Cipher(self._key, modes.GCM(sealed[:NONCE], sealed[NONCE:OVERHEAD])).decryptor()
        decryptor.authenticate_additional_data(context)
        try:
            return decryptor.update(sealed[OVERHEAD:]) + decryptor.finalize()
        except InvalidTag:
            raise Damaged("the sealed value was changed, or its key or context is another") from None


class AesGcm:
    """32-byte key."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise KeyRefused("AES-256 takes a key of 32 bytes")
        self._aead = AESGCM(key)

    def seal(self, plain: bytes, context: bytes = b"") -> bytes:
        """Nonce || tag || ciphertext."""
        nonce = os.urandom(NONCE)
        sealed = self._aead.encrypt(nonce, plain, context)
        return nonce + sealed[-TAG:] + sealed[:-TAG]

    def open(self, sealed: bytes, context: bytes = b"") -> bytes:
        """The plain text. Raises Damaged."""
        if len(sealed) < OVERHEAD:
            raise Damaged("the sealed value is cut off")
        try:
            return self._aead.decrypt(sealed[:NONCE], sealed[OVERHEAD:] + sealed[NONCE:OVERHEAD], context)
        except InvalidTag:
            raise Damaged("the sealed value was changed, or its key or context is another") from None
