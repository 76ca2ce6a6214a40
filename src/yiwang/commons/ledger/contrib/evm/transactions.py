"""Signed transactions of EVM chains: recursive length prefixes, secp256k1, the chain's id under the signature (EIP-155).

Signing is the library's (`cryptography`, nonces by RFC 6979); only the recovery bit is computed here, from public values.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

from .keccak import keccak256

P: Final = 2**256 - 2**32 - 977
N: Final = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
_G: Final = (
    0x79BE667E_F9DCBBAC_55A06295_CE870B07_029BFCDB_2DCE28D9_59F2815B_16F81798,
    0x483ADA77_26A3C465_5DA4FBFC_0E1108A8_FD17B448_A6855419_9C47D08F_FB10D4B8,
)
_Point = tuple[int, int] | None
Rlp = bytes | Sequence["Rlp"]


def rlp(value: Rlp) -> bytes:
    """Recursive length prefix of bytes or of a sequence (Ethereum yellow paper, appendix B)."""
    if isinstance(value, bytes):
        if len(value) == 1 and value[0] < 0x80:
            return value
        return _prefixed(0x80, value)
    return _prefixed(0xC0, b"".join(rlp(one) for one in value))


def _prefixed(base: int, body: bytes) -> bytes:
    if len(body) < 56:
        return bytes([base + len(body)]) + body
    length = number(len(body))
    return bytes([base + 55 + len(length)]) + length + body


def number(value: int) -> bytes:
    """A whole number without leading zero bytes, as transactions hold it."""
    return value.to_bytes((value.bit_length() + 7) // 8)


@dataclass(frozen=True)
class Account:
    """A private key of a chain (1 … N-1) and its address."""

    secret: int

    @classmethod
    def of(cls, private: bytes) -> "Account":
        """From 32 bytes. Raises ValueError where they are no key."""
        secret = int.from_bytes(private)
        if len(private) != 32 or not 0 < secret < N:
            raise ValueError("a key of 32 bytes in the range of secp256k1 was expected")
        return cls(secret)

    @cached_property
    def _key(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(self.secret, ec.SECP256K1())

    @cached_property
    def _public(self) -> tuple[int, int]:
        found = self._key.public_key().public_numbers()
        return found.x, found.y

    @cached_property
    def address(self) -> str:
        """`0x` and 40 hex digits."""
        x, y = self._public
        return "0x" + keccak256(x.to_bytes(32) + y.to_bytes(32))[12:].hex()

    def sign(self, digest: bytes) -> tuple[int, int, int]:
        """Recovery bit, r and the lower of the two s."""
        algorithm = ec.ECDSA(Prehashed(hashes.SHA256()), deterministic_signing=True)
        r, s = decode_dss_signature(self._key.sign(digest, algorithm))
        if s > N // 2:
            s = N - s
        odd = 0 if recovered(digest, 0, r, s) == self._public else 1
        return odd, r, s


def signed_transaction(
    account: Account, *, chain: int, nonce: int, gas_price: int, gas: int, to: bytes, data: bytes, value: int = 0
) -> bytes:
    """The raw bytes for `eth_sendRawTransaction`; `to` is empty where a contract is made (EIP-155)."""
    fields = [number(nonce), number(gas_price), number(gas), to, number(value), data]
    digest = keccak256(rlp([*fields, number(chain), b"", b""]))
    odd, r, s = account.sign(digest)
    return rlp([*fields, number(chain * 2 + 35 + odd), number(r), number(s)])


def recovered(digest: bytes, odd: int, r: int, s: int) -> tuple[int, int] | None:
    """The public key that made a signature over `digest` (SEC 1, 4.1.6); public values only, so time may vary."""
    y = pow(r**3 + 7, (P + 1) // 4, P)
    if y * y % P != (r**3 + 7) % P:
        return None
    y = y if y % 2 == odd else P - y
    inverse = pow(r, -1, N)
    return _added(_times((r, y), s * inverse % N), _times(_G, -int.from_bytes(digest) * inverse % N))


def _times(point: _Point, factor: int) -> _Point:
    total: _Point = None
    while factor:
        if factor & 1:
            total = _added(total, point)
        point = _added(point, point)
        factor >>= 1
    return total


def _added(a: _Point, b: _Point) -> _Point:
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = 3 * a[0] * a[0] * pow(2 * a[1], -1, P) % P
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P) % P
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P
