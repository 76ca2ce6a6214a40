"""The curve of SM2 (GB/T 32918.5-2017) and the encodings of its keys (GM/T 0009, RFC 5480, RFC 5958).

Only what touches no secret is computed here: membership of points and decompression. Multiplication by a secret is
left to the libraries.
"""

from yiwang.commons.crypto.engine import der
from yiwang.commons.crypto.engine.errors import KeyRefused

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
GX = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
GY = 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0

EC_PUBLIC_KEY = bytes.fromhex("06072a8648ce3d0201")
SM2_CURVE = bytes.fromhex("06082a811ccf5501822d")
_ALGORITHM = der.encode(der.SEQUENCE, EC_PUBLIC_KEY, SM2_CURVE)
_MAX_KEY = 512
"""No encoding of a key of this curve is longer, attributes aside."""

_PUBLIC_HEAD = bytes.fromhex("3059") + _ALGORITHM + bytes.fromhex("03420004")


def on_curve(point: bytes) -> bool:
    """Is x||y (64 bytes) a point of the curve, both coordinates reduced? The group has prime order, so no more is needed."""
    x, y = int.from_bytes(point[:32], "big"), int.from_bytes(point[32:], "big")
    return x < P and y < P and (y * y - (x * x * x + A * x + B)) % P == 0


def public_der(point: bytes) -> bytes:
    """SubjectPublicKeyInfo of x||y."""
    return _PUBLIC_HEAD + point


def is_public(data: bytes) -> bool:
    """Does the AlgorithmIdentifier of this SubjectPublicKeyInfo name the curve? Says nothing about the point."""
    return data.startswith(_ALGORITHM, 2)


def point_of(data: bytes) -> bytes:
    """x||y of a SubjectPublicKeyInfo, compressed or not. Raises KeyRefused."""
    if len(data) > _MAX_KEY:
        raise KeyRefused("the public key is too long")
    outer = der.Reader(data)
    inner = der.Reader(outer.take(der.SEQUENCE))
    outer.end()
    if der.encode(der.SEQUENCE, inner.take(der.SEQUENCE)) != _ALGORITHM:
        raise KeyRefused("not a key of the SM2 curve")
    bits = inner.take(der.BIT_STRING)
    inner.end()
    return _decoded(bits)


def _decoded(bits: bytes) -> bytes:
    """x||y of the content of a BIT STRING that holds an encoded point."""
    kind = bits[1] if len(bits) > 1 and bits[0] == 0 else -1
    if kind == 4 and len(bits) == 66:
        point = bits[2:]
    elif kind in {2, 3} and len(bits) == 34:
        point = bits[2:] + _root(int.from_bytes(bits[2:], "big"), kind & 1).to_bytes(32, "big")
    else:
        raise KeyRefused("unknown form of a point")
    if not on_curve(point):
        raise KeyRefused("the point is not on the SM2 curve")
    return point


def _root(x: int, odd: int) -> int:
    y = pow((x * x * x + A * x + B) % P, (P + 1) // 4, P)
    return y if y & 1 == odd else P - y


def private_der(scalar: bytes, point: bytes) -> bytes:
    """PKCS#8 of a 32-byte scalar and its public point."""
    return _private(scalar, der.encode(0xA1, der.encode(der.BIT_STRING, b"\x00\x04", point)))


def bare_private_der(scalar: bytes) -> bytes:
    """PKCS#8 without the public point, for libraries that derive it."""
    return _private(scalar)


def _private(scalar: bytes, *more: bytes) -> bytes:
    key = der.encode(der.SEQUENCE, der.integer(1), der.encode(der.OCTET_STRING, scalar), *more)
    return der.encode(der.SEQUENCE, der.integer(0), _ALGORITHM, der.encode(der.OCTET_STRING, key))


def is_private(data: bytes) -> bool:
    """Does the AlgorithmIdentifier of this PKCS#8 name the curve?"""
    return len(data) <= _MAX_KEY and _ALGORITHM in data[:40]


def scalar_of(data: bytes) -> tuple[bytes, bytes | None]:
    """The 32-byte scalar of a PKCS#8 and the public point, if that is there too. Raises KeyRefused."""
    if len(data) > _MAX_KEY:
        raise KeyRefused("the private key is too long")
    outer = der.Reader(data)
    inner = der.Reader(outer.take(der.SEQUENCE))
    outer.end()
    if inner.take(der.INTEGER) not in {b"\x00", b"\x01"}:
        raise KeyRefused("unknown version of PKCS#8")
    if der.encode(der.SEQUENCE, inner.take(der.SEQUENCE)) != _ALGORITHM:
        raise KeyRefused("not a key of the SM2 curve")
    wrapped = der.Reader(inner.take(der.OCTET_STRING))
    key = der.Reader(wrapped.take(der.SEQUENCE))
    wrapped.end()
    if key.take(der.INTEGER) != b"\x01":
        raise KeyRefused("unknown version of an EC private key")
    scalar = key.take(der.OCTET_STRING)
    if len(scalar) != 32 or not 1 <= int.from_bytes(scalar, "big") <= N - 2:
        raise KeyRefused("the private key is out of range")
    if key.peek() == 0xA0 and key.take(0xA0) != SM2_CURVE:
        raise KeyRefused("the private key names another curve")
    point = None
    if key.peek() == 0xA1:
        holder = der.Reader(key.take(0xA1))
        point = _decoded(holder.take(der.BIT_STRING))
        holder.end()
    key.end()
    return scalar, point
