"""SM2 signatures and encryption (GB/T 32918.2 and .4, GM/T 0009) whichever library computes them.

The digest Z of signer and curve depends on the key alone: it is made once, so that a prepared key signs with one
SM3 of the message and one multiplication on the curve.
"""

from functools import cache
from typing import Protocol

from yiwang.commons.crypto.engine import curve, der, gmssl, libcrypto, sm3
from yiwang.commons.crypto.engine.errors import Damaged, KeyRefused, Unavailable

DEFAULT_ID = b"1234567812345678"
"""The signer's identity where none is agreed (GB/T 35276, 10; RFC 8998, 3.2.1)."""

_MAX_SIGNATURE = 72
_MAX_CIPHERTEXT = 1 << 16
_CURVE = b"".join(value.to_bytes(32, "big") for value in (curve.A, curve.B, curve.GX, curve.GY))


class _Private(Protocol):
    point: bytes

    def sign(self, digest: bytes) -> bytes: ...
    def decrypt(self, sealed: bytes) -> bytes: ...


class _Public(Protocol):
    def verify(self, digest: bytes, signature: bytes) -> bool: ...
    def encrypt(self, plain: bytes) -> bytes: ...


class Provider(Protocol):
    """A library that computes with keys of the curve."""

    version: str

    def private(self, scalar: bytes, point: bytes | None) -> _Private: ...
    def public(self, point: bytes) -> _Public: ...
    def generate(self) -> tuple[bytes, bytes]: ...


@cache
def provider() -> Provider:
    """The system's OpenSSL, else GmSSL. Raises Unavailable."""
    found = libcrypto.load() or gmssl.load()
    if found is None:
        raise Unavailable("SM2 needs OpenSSL 3 with SM2 (libcrypto.so.3) or the Python package gmssl-pyx")
    return found


def identity_digest(point: bytes, identity: bytes = DEFAULT_ID) -> bytes:
    """Z (GB/T 32918.2, 5.5) of a signer's identity, at most 8191 bytes, and point."""
    return sm3.sm3((len(identity) * 8).to_bytes(2, "big") + identity + _CURVE + point)


class SigningKey:
    """A prepared private key. Raises KeyRefused for a PKCS#8 that is no sound key of the curve."""

    def __init__(self, private: bytes, identity: bytes = DEFAULT_ID, by: Provider | None = None) -> None:
        self._key = (by or provider()).private(*curve.scalar_of(private))
        self._z = identity_digest(self._key.point, identity)
        self.public = curve.public_der(self._key.point)

    def sign(self, message: bytes) -> bytes:
        """DER of SEQUENCE {r, s}."""
        digest = sm3.new(self._z)
        digest.update(message)
        return self._key.sign(digest.digest())

    def decrypt(self, sealed: bytes) -> bytes:
        """The plain text of an SM2 ciphertext (GM/T 0009). Raises Damaged."""
        _check_ciphertext(sealed)
        return self._key.decrypt(sealed)


def _check_ciphertext(sealed: bytes) -> None:
    """Refuses what is not exactly SEQUENCE {x, y, hash, ciphertext}: OpenSSL passes over bytes that follow."""
    if len(sealed) > _MAX_CIPHERTEXT:
        raise Damaged("too long for an SM2 ciphertext")
    try:
        outer = der.Reader(sealed)
        inner = der.Reader(outer.take(der.SEQUENCE))
        outer.end()
        x, y = inner.natural(), inner.natural()
        sizes = len(inner.take(der.OCTET_STRING)), len(inner.take(der.OCTET_STRING))
        inner.end()
    except KeyRefused as error:
        raise Damaged(str(error)) from None
    if max(x, y) >= curve.P or sizes[0] != 32 or sizes[1] == 0:
        raise Damaged("not an SM2 ciphertext")


class VerifyingKey:
    """A prepared public key. Raises KeyRefused for a SubjectPublicKeyInfo that is no point of the curve."""

    def __init__(self, public: bytes, identity: bytes = DEFAULT_ID, by: Provider | None = None) -> None:
        point = curve.point_of(public)
        self._key = (by or provider()).public(point)
        self._z = identity_digest(point, identity)
        self.public = curve.public_der(point)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """False for whatever is not the one signature in distinguished encoding; never an exception."""
        if not 8 <= len(signature) <= _MAX_SIGNATURE:
            return False
        digest = sm3.new(self._z)
        digest.update(message)
        return self._key.verify(digest.digest(), signature)

    def encrypt(self, plain: bytes) -> bytes:
        """An SM2 ciphertext (GM/T 0009): for keys and other short secrets, 1 to 255 bytes with every library."""
        return self._key.encrypt(plain)


def new_private(by: Provider | None = None) -> bytes:
    """PKCS#8 of a new key."""
    return curve.private_der(*(by or provider()).generate())
