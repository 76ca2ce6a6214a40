"""Keys in use: whoever signs holds a Signer, never a private key, so that the key may live in a pool or a device."""

from typing import Protocol

from yiwang.commons.crypto.engine.suites import Suite, suite_of_private, suite_of_public


class Signer(Protocol):
    """A key one may use without seeing it."""

    @property
    def suite(self) -> Suite: ...

    @property
    def public(self) -> bytes:
        """SubjectPublicKeyInfo DER."""

    def sign(self, message: bytes) -> bytes:
        """The signature of `suite` over the whole message."""


class LocalSigner:
    """A private key of this process, prepared once. Safe to share between threads. Raises KeyRefused."""

    def __init__(self, private: bytes) -> None:
        self.suite = suite_of_private(private)
        self._key = self.suite.signing_key(private)
        self.public = self._key.public

    def sign(self, message: bytes) -> bytes:
        """The signature of `suite` over the whole message."""
        return self._key.sign(message)


class Verifier:
    """A public key, prepared once: for loops. Safe to share between threads. Raises KeyRefused."""

    def __init__(self, public: bytes) -> None:
        self.suite = suite_of_public(public)
        self._key = self.suite.verifying_key(public)
        self.public = self._key.public

    def verify(self, message: bytes, signature: bytes) -> bool:
        """False for anything but the signature; never an exception."""
        return self._key.verify(message, signature)
