"""Ed25519 (RFC 8032) by `cryptography`, with keys in their one encoding (RFC 8410) and none of small order.

OpenSSL accepts public keys of small order, under which one signature fits many messages: such a key is refused here.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from yiwang.commons.crypto.engine import der
from yiwang.commons.crypto.engine.errors import KeyRefused

_PUBLIC = bytes.fromhex("302a300506032b6570032100")
_PRIVATE = bytes.fromhex("302e020100300506032b657004220420")
_ALGORITHM = bytes.fromhex("300506032b6570")
_P = 2**255 - 19
_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL = {0, 1, _P - 1, _ORDER_8, _P - _ORDER_8}
"""y coordinates of the eight points whose order divides 8."""


def public_der(raw: bytes) -> bytes:
    """SubjectPublicKeyInfo of the 32 bytes of RFC 8032."""
    return _PUBLIC + raw


def is_public(data: bytes) -> bool:
    """Does the AlgorithmIdentifier of this SubjectPublicKeyInfo name Ed25519?"""
    return data.startswith(_ALGORITHM, 2)


def is_private(data: bytes) -> bool:
    """Does the AlgorithmIdentifier of this PKCS#8 name Ed25519?"""
    return _ALGORITHM in data[:20]


def new_private() -> bytes:
    """PKCS#8 of a new key."""
    return _PRIVATE + Ed25519PrivateKey.generate().private_bytes_raw()


class SigningKey:
    """A prepared private key. Raises KeyRefused."""

    def __init__(self, private: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(_seed(private))
        self.public = _PUBLIC + self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return self._key.sign(message)


class VerifyingKey:
    """A prepared public key. Raises KeyRefused."""

    def __init__(self, public: bytes) -> None:
        if len(public) != len(_PUBLIC) + 32 or not public.startswith(_PUBLIC):
            raise KeyRefused("not an Ed25519 public key")
        raw = public[len(_PUBLIC) :]
        y = int.from_bytes(raw, "little") & (2**255 - 1)
        if y >= _P or y in _SMALL:
            raise KeyRefused("the Ed25519 public key is of small order or not reduced")
        try:
            self._key = Ed25519PublicKey.from_public_bytes(raw)
        except ValueError:
            raise KeyRefused("not an Ed25519 public key") from None
        self.public = public

    def verify(self, message: bytes, signature: bytes) -> bool:
        """False for whatever is not the signature; never an exception."""
        if len(signature) != 64:
            return False
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


def _seed(private: bytes) -> bytes:
    """The 32 bytes of a PKCS#8 with or without public key."""
    if len(private) > 512:
        raise KeyRefused("the private key is too long")
    outer = der.Reader(private)
    inner = der.Reader(outer.take(der.SEQUENCE))
    outer.end()
    if inner.take(der.INTEGER) not in {b"\x00", b"\x01"}:
        raise KeyRefused("unknown version of PKCS#8")
    if der.encode(der.SEQUENCE, inner.take(der.SEQUENCE)) != _ALGORITHM:
        raise KeyRefused("not an Ed25519 private key")
    wrapped = der.Reader(inner.take(der.OCTET_STRING))
    seed = wrapped.take(der.OCTET_STRING)
    wrapped.end()
    if len(seed) != 32:
        raise KeyRefused("not an Ed25519 private key")
    return seed
