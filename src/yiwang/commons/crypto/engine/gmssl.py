"""SM2 by gmssl-pyx (GmSSL 3, Apache-2.0): for systems whose OpenSSL has no SM2, and as a second opinion in tests.

A fifth to a half of OpenSSL's speed. It derives no public key, so a private key must bring its own.
"""

from functools import cache
from typing import Any

from yiwang.commons.crypto.engine.errors import Damaged, KeyRefused, Unavailable

_CIPHERTEXT = range(45, 367)
_PLAIN = range(1, 256)


class PrivateKey:
    """A 32-byte scalar with its point."""

    def __init__(self, module: Any, scalar: bytes, point: bytes) -> None:
        self._module, self._scalar, self.point = module, scalar, point
        if not PublicKey(module, point).verify(bytes(32), self.sign(bytes(32))):
            raise KeyRefused("the private and the public key do not belong together")

    def sign(self, digest: bytes) -> bytes:
        """SEQUENCE {r, s} over the 32-byte digest e of GB/T 32918.2."""
        try:
            return bytes(self._module.sm2_sign_sm3_digest(self._scalar, digest))
        except self._module.GmsslInnerError:
            raise Unavailable("GmSSL could not sign") from None

    def decrypt(self, sealed: bytes) -> bytes:
        """The plain text of a ciphertext by GM/T 0009. Raises Damaged."""
        if len(sealed) not in _CIPHERTEXT:
            raise Damaged("not decrypted under this key")
        try:
            return bytes(self._module.sm2_decrypt(self._scalar, sealed))
        except self._module.GmsslInnerError:
            raise Damaged("not decrypted under this key") from None


class PublicKey:
    """A point, 64 bytes."""

    def __init__(self, module: Any, point: bytes) -> None:
        self._module, self._point = module, point

    def verify(self, digest: bytes, signature: bytes) -> bool:
        """Is this the signature of the 32-byte digest? False for anything malformed."""
        try:
            return bool(self._module.sm2_verify_sm3_digest(self._point, digest, signature))
        except self._module.GmsslInnerError:
            return False

    def encrypt(self, plain: bytes) -> bytes:
        """SEQUENCE {x, y, hash, ciphertext} by GM/T 0009, of at most 255 bytes."""
        if len(plain) not in _PLAIN:
            raise Unavailable("GmSSL encrypts 1 to 255 bytes by SM2")
        return bytes(self._module.sm2_encrypt(self._point, plain))


class GmSsl:
    """The provider: keys by GmSSL."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self.version = f"GmSSL by gmssl-pyx {module.__version__}"

    def private(self, scalar: bytes, point: bytes | None) -> PrivateKey:
        """Raises KeyRefused."""
        if point is None:
            raise KeyRefused("GmSSL needs the public key inside of the private key")
        return PrivateKey(self._module, scalar, point)

    def public(self, point: bytes) -> PublicKey:
        """`point` was checked to be on the curve."""
        return PublicKey(self._module, point)

    def generate(self) -> tuple[bytes, bytes]:
        """A new scalar and its point."""
        point, scalar = self._module.sm2_key_generate()
        return scalar, point


@cache
def load() -> GmSsl | None:
    """None where the package is not installed."""
    try:
        import gmssl_pyx
    except ImportError:
        return None
    return GmSsl(gmssl_pyx)
