"""SM4-GCM and SM4-CCM with the nonce of a protocol (RFC 8998, GB/T 36624): for messages of other systems.

Values of our own are sealed by `sealing`, which draws the nonces itself. Here the caller answers for a nonce that never
comes twice under one key. `cryptography` has no SM4-CCM: it is put together from its CBC and CTR by RFC 3610.
"""

import hmac
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from yiwang.commons.crypto.engine.errors import Damaged, KeyRefused

_BLOCK = 16
_CCM_NONCES = range(7, 14)
_CCM_TAGS = range(4, 17, 2)
_GCM_NONCES = range(8, 129)
_CHANGED = "the message was changed, or its key, nonce or context is another"


class Aead(Protocol):
    """Encrypted = ciphertext || tag."""

    def encrypt(self, nonce: bytes, plain: bytes, context: bytes = b"") -> bytes:
        """Raises ValueError for a nonce or length that the mode does not know."""

    def decrypt(self, nonce: bytes, encrypted: bytes, context: bytes = b"") -> bytes:
        """Raises Damaged."""


class Sm4GcmAead:
    """Nonces of 8 to 128 bytes (12 is the one to use: others are hashed), tags of 16."""

    def __init__(self, key: bytes) -> None:
        self._key = _sm4(key)

    def encrypt(self, nonce: bytes, plain: bytes, context: bytes = b"") -> bytes:
        """Ciphertext || tag. Raises ValueError for an unknown size of nonce."""
        if len(nonce) not in _GCM_NONCES:
            raise ValueError("GCM takes a nonce of 8 to 128 bytes here")
        encryptor = Cipher(self._key, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(context)
        return encryptor.update(plain) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, encrypted: bytes, context: bytes = b"") -> bytes:
        """The plain text. Raises Damaged."""
        if len(nonce) not in _GCM_NONCES or len(encrypted) < _BLOCK:
            raise Damaged("the message is cut off, or its nonce has an unknown size")
        decryptor = Cipher(self._key, modes.GCM(nonce, encrypted[-_BLOCK:])).decryptor()
        decryptor.authenticate_additional_data(context)
        try:
            return decryptor.update(encrypted[:-_BLOCK]) + decryptor.finalize()
        except InvalidTag:
            raise Damaged(_CHANGED) from None


class Sm4CcmAead:
    """Nonces of 7 to 13 bytes; `tag_size` 4 to 16 bytes, even. Raises KeyRefused, ValueError for another size of tag."""

    def __init__(self, key: bytes, tag_size: int = _BLOCK) -> None:
        if tag_size not in _CCM_TAGS:
            raise ValueError("CCM takes a tag of 4, 6, 8, 10, 12, 14 or 16 bytes")
        self._key, self._tag = _sm4(key), tag_size

    def encrypt(self, nonce: bytes, plain: bytes, context: bytes = b"") -> bytes:
        """Ciphertext || tag. Raises ValueError for an unknown size of nonce, or a message too long for it."""
        if len(nonce) not in _CCM_NONCES:
            raise ValueError("CCM takes a nonce of 7 to 13 bytes")
        if len(plain) >> (8 * (15 - len(nonce))):
            raise ValueError("the message is too long for this size of nonce")
        stream = self._stream(nonce)
        tag = stream.update(self._mac(nonce, plain, context))[: self._tag]
        return bytes(stream.update(plain)) + tag

    def decrypt(self, nonce: bytes, encrypted: bytes, context: bytes = b"") -> bytes:
        """The plain text. Raises Damaged."""
        size = len(encrypted) - self._tag
        if len(nonce) not in _CCM_NONCES or size < 0 or size >> (8 * (15 - len(nonce))):
            raise Damaged("the message is cut off or too long, or its nonce has an unknown size")
        stream = self._stream(nonce)
        mask = stream.update(bytes(_BLOCK))
        plain = bytes(stream.update(encrypted[:size]))
        mac = self._mac(nonce, plain, context)
        right = bytes(a ^ b for a, b in zip(mac, mask, strict=True))[: self._tag]
        if not hmac.compare_digest(right, encrypted[size:]):
            raise Damaged(_CHANGED)
        return plain

    def _stream(self, nonce: bytes) -> "_Stream":
        """The key stream from the counter block A0 on (RFC 3610, 2.3)."""
        first = bytes([14 - len(nonce)]) + nonce + bytes(15 - len(nonce))
        return Cipher(self._key, modes.CTR(first)).encryptor()

    def _mac(self, nonce: bytes, plain: bytes, context: bytes) -> bytes:
        """The last block of CBC over B0, the context and the message (RFC 3610, 2.2)."""
        flags = (64 if context else 0) | (self._tag - 2) // 2 << 3 | 14 - len(nonce)
        blocks = bytes([flags]) + nonce + len(plain).to_bytes(15 - len(nonce), "big")
        if context:
            blocks += _padded(_size(context) + context)
        encryptor = Cipher(self._key, modes.CBC(bytes(_BLOCK))).encryptor()
        return bytes(encryptor.update(blocks + _padded(plain))[-_BLOCK:])


class _Stream(Protocol):
    def update(self, data: bytes) -> bytes: ...


def _sm4(key: bytes) -> algorithms.SM4:
    if len(key) != _BLOCK:
        raise KeyRefused("SM4 takes a key of 16 bytes")
    return algorithms.SM4(key)


def _size(context: bytes) -> bytes:
    if len(context) < 0xFF00:
        return len(context).to_bytes(2, "big")
    if len(context) < 1 << 32:
        return b"\xff\xfe" + len(context).to_bytes(4, "big")
    raise ValueError("the context is too long")


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % _BLOCK)
