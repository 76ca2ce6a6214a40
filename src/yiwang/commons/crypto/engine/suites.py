"""The two suites of algorithms behind one interface: national (SM2, SM3, SM4) and international (Ed25519, SHA-256, AES).

Everything that outlives a process stores its suite beside it, so that values of both can be read side by side.
"""

import hashlib
import hmac
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Protocol

from yiwang.commons.crypto.engine import curve, ed25519, sm2, sm3
from yiwang.commons.crypto.engine.errors import CryptoError, KeyRefused
from yiwang.commons.crypto.engine.sealing import AesGcm, Sealer, Sm4Gcm

_PREPARED = 256
"""Public keys kept ready between calls of `Suite.verify`."""


class SuiteName(StrEnum):
    """The stored names of the suites."""

    NATIONAL = "national"
    INTERNATIONAL = "international"


class SigningKey(Protocol):
    """A prepared private key."""

    public: bytes

    def sign(self, message: bytes) -> bytes: ...


class VerifyingKey(Protocol):
    """A prepared public key."""

    public: bytes

    def verify(self, message: bytes, signature: bytes) -> bool: ...


class Suite(Protocol):
    """A hash, a signature and an authenticated cipher that go together.

    Private keys are PKCS#8, public keys SubjectPublicKeyInfo, both DER. Hashes have 32 bytes.
    """

    @property
    def name(self) -> SuiteName: ...

    @property
    def hash_name(self) -> str:
        """`sm3` or `sha256`."""

    @property
    def signature(self) -> str:
        """`sm2-sm3` or `ed25519`."""

    @property
    def sealing(self) -> str:
        """`sm4-gcm` or `aes-256-gcm`."""

    @property
    def key_size(self) -> int:
        """Bytes of a key for `seal`."""

    def digest(self, data: bytes) -> bytes:
        """32 bytes."""

    def mac(self, key: bytes, data: bytes) -> bytes:
        """HMAC (RFC 2104), 32 bytes."""

    def new_signing_key(self) -> bytes:
        """A private key from the system's source of randomness."""

    def public_key(self, private: bytes) -> bytes:
        """Raises KeyRefused."""

    def sign(self, private: bytes, message: bytes) -> bytes:
        """SM2: SEQUENCE {r, s} for the default identity; Ed25519: 64 bytes. For many, prepare a `LocalSigner`."""

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """False for a bad signature, key or encoding; never an exception."""

    def sealer(self, key: bytes) -> Sealer:
        """The prepared form of a key for `seal` and `open`. Raises KeyRefused."""

    def seal(self, key: bytes, plain: bytes, context: bytes = b"") -> bytes:
        """Nonce || tag || ciphertext, bound to `context`."""

    def open(self, key: bytes, sealed: bytes, context: bytes = b"") -> bytes:
        """Raises Damaged."""

    def signing_key(self, private: bytes) -> SigningKey:
        """Prepared. Raises KeyRefused."""

    def verifying_key(self, public: bytes) -> VerifyingKey:
        """Prepared. Raises KeyRefused."""


class _Common:
    """What follows from the prepared forms alike in both suites."""

    def signing_key(self, private: bytes) -> SigningKey:
        raise NotImplementedError

    def sealer(self, key: bytes) -> Sealer:
        raise NotImplementedError

    def public_key(self, private: bytes) -> bytes:
        return self.signing_key(private).public

    def sign(self, private: bytes, message: bytes) -> bytes:
        return self.signing_key(private).sign(message)

    def seal(self, key: bytes, plain: bytes, context: bytes = b"") -> bytes:
        return self.sealer(key).seal(plain, context)

    def open(self, key: bytes, sealed: bytes, context: bytes = b"") -> bytes:
        return self.sealer(key).open(sealed, context)


class National(_Common):
    """SM2 with SM3, HMAC-SM3, SM4-GCM."""

    name = SuiteName.NATIONAL
    hash_name, signature, sealing, key_size = "sm3", "sm2-sm3", "sm4-gcm", 16

    digest = staticmethod(sm3.sm3)  # as it is: the ledger hashes millions of short messages
    mac = staticmethod(sm3.hmac_sm3)

    def new_signing_key(self) -> bytes:
        return sm2.new_private()

    def signing_key(self, private: bytes) -> sm2.SigningKey:
        return sm2.SigningKey(private)

    def verifying_key(self, public: bytes) -> sm2.VerifyingKey:
        return sm2.VerifyingKey(public)

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        try:
            return _sm2_key(public).verify(message, signature)
        except KeyRefused:
            return False

    def sealer(self, key: bytes) -> Sealer:
        return Sm4Gcm(key)


class International(_Common):
    """Ed25519, SHA-256, HMAC-SHA-256, AES-256-GCM."""

    name = SuiteName.INTERNATIONAL
    hash_name, signature, sealing, key_size = "sha256", "ed25519", "aes-256-gcm", 32

    def digest(self, data: bytes) -> bytes:
        return hashlib.sha256(data).digest()

    def mac(self, key: bytes, data: bytes) -> bytes:
        return hmac.digest(key, data, "sha256")

    def new_signing_key(self) -> bytes:
        return ed25519.new_private()

    def signing_key(self, private: bytes) -> ed25519.SigningKey:
        return ed25519.SigningKey(private)

    def verifying_key(self, public: bytes) -> ed25519.VerifyingKey:
        return ed25519.VerifyingKey(public)

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        try:
            return _ed25519_key(public).verify(message, signature)
        except KeyRefused:
            return False

    def sealer(self, key: bytes) -> Sealer:
        return AesGcm(key)


@lru_cache(maxsize=_PREPARED)
def _sm2_key(public: bytes) -> sm2.VerifyingKey:
    return sm2.VerifyingKey(public)


@lru_cache(maxsize=_PREPARED)
def _ed25519_key(public: bytes) -> ed25519.VerifyingKey:
    return ed25519.VerifyingKey(public)


SUITES: Mapping[SuiteName, Suite] = MappingProxyType(
    {SuiteName.NATIONAL: National(), SuiteName.INTERNATIONAL: International()}
)


def suite(name: str) -> Suite:
    """The suite of a stored name. Raises CryptoError."""
    try:
        return SUITES[SuiteName(name)]
    except ValueError:
        raise CryptoError(f"unknown suite {name[:40]!r}; known are {', '.join(SuiteName)}") from None


def suite_of_public(public: bytes) -> Suite:
    """The suite to which a SubjectPublicKeyInfo belongs by its algorithm. Raises KeyRefused."""
    if curve.is_public(public):
        return SUITES[SuiteName.NATIONAL]
    if ed25519.is_public(public):
        return SUITES[SuiteName.INTERNATIONAL]
    raise KeyRefused("neither an SM2 nor an Ed25519 public key")


def suite_of_private(private: bytes) -> Suite:
    """The suite to which a PKCS#8 belongs by its algorithm. Raises KeyRefused."""
    if curve.is_private(private):
        return SUITES[SuiteName.NATIONAL]
    if ed25519.is_private(private):
        return SUITES[SuiteName.INTERNATIONAL]
    raise KeyRefused("neither an SM2 nor an Ed25519 private key")
