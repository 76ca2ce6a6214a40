"""SM2 written down from GB/T 32918.2-2016 and .4-2016 in plain integers: slow, leaky, for comparison only.

Unlike the libraries it takes the random number k from outside, so that the standard's printed examples can be computed.
"""

from yiwang.commons.crypto.engine.curve import GX, GY, A, N, P
from yiwang.commons.crypto.engine.der import OCTET_STRING, SEQUENCE, encode, integer
from yiwang.commons.crypto.engine.sm3 import sm3

G = (GX, GY)


def add(one, other):
    """Sum of two points; None is the point at infinity."""
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % P == 0:
        return None
    slope = (3 * x1 * x1 + A) * pow(2 * y1, -1, P) if one == other else (y2 - y1) * pow(x2 - x1, -1, P)
    x3 = (slope * slope - x1 - x2) % P
    return x3, (slope * (x1 - x3) - y1) % P


def times(scalar, point=G):
    total = None
    for bit in f"{scalar:b}":
        total = add(total, total)
        if bit == "1":
            total = add(total, point)
    return total


def raw(point):
    return point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")


def sign(d, digest, k):
    """SEQUENCE {r, s} with the given k (6.1)."""
    r = (int.from_bytes(digest, "big") + times(k)[0]) % N
    s = pow(1 + d, -1, N) * (k - r * d) % N
    return encode(SEQUENCE, integer(r), integer(s))


def encrypt(point, plain, k):
    """SEQUENCE {x, y, hash, ciphertext} with the given k (6.1 of part 4, GM/T 0009)."""
    x1, y1 = times(k)
    secret = raw(times(k, point))
    stream = b"".join(sm3(secret + n.to_bytes(4, "big")) for n in range(1, len(plain) // 32 + 2))
    sealed = bytes(a ^ b for a, b in zip(plain, stream, strict=False))
    check = sm3(secret[:32] + plain + secret[32:])
    return encode(SEQUENCE, integer(x1), integer(y1), encode(OCTET_STRING, check), encode(OCTET_STRING, sealed))
