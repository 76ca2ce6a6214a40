"""Keccak-256, the hash of the Ethereum virtual machine: SHA-3 as it was before its padding was changed (FIPS 202 B.2).

Neither hashlib nor cryptography offer it. Some milliseconds a call: enough for a transaction now and then.
"""

from typing import Final

_RATE: Final = 136
_LANES: Final = 25
_MASK: Final = 2**64 - 1


def keccak256(data: bytes) -> bytes:
    """32 bytes."""
    return sponge(data, 0x01)


def sponge(data: bytes, suffix: int) -> bytes:
    """Keccak[c=512] with 32 bytes of output; `suffix` 0x01 is Keccak-256, 0x06 SHA3-256."""
    padded = bytearray(data) + bytes([suffix]) + bytes(-(len(data) + 1) % _RATE)
    padded[-1] |= 0x80
    state = [0] * _LANES
    for block in range(0, len(padded), _RATE):
        for lane in range(_RATE // 8):
            state[lane] ^= int.from_bytes(padded[block + 8 * lane : block + 8 * lane + 8], "little")
        state = _permuted(state)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])


def _constants() -> tuple[list[int], list[int], list[int]]:
    """Round constants, rotations and the path of rho and pi (FIPS 202, 3.2)."""
    rounds, register = [], 1
    for _ in range(24):
        value = 0
        for bit in range(7):
            if register & 1:
                value |= 1 << ((1 << bit) - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
        rounds.append(value)
    path, turns, x, y = [], [], 1, 0
    for step in range(24):
        x, y = y, (2 * x + 3 * y) % 5
        path.append(x + 5 * y)
        turns.append((step + 1) * (step + 2) // 2 % 64)
    return rounds, turns, path


_ROUNDS, _TURNS, _PATH = _constants()


def _turned(lane: int, by: int) -> int:
    return ((lane << by) | (lane >> (64 - by))) & _MASK


def _permuted(a: list[int]) -> list[int]:
    for constant in _ROUNDS:
        columns = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
        mixed = [columns[(x + 4) % 5] ^ _turned(columns[(x + 1) % 5], 1) for x in range(5)]
        a = [lane ^ mixed[at % 5] for at, lane in enumerate(a)]
        moving = a[1]
        for at, by in zip(_PATH, _TURNS, strict=True):
            a[at], moving = _turned(moving, by), a[at]
        a = [a[at] ^ (~a[at - at % 5 + (at + 1) % 5] & a[at - at % 5 + (at + 2) % 5]) for at in range(_LANES)]
        a[0] ^= constant
    return a
