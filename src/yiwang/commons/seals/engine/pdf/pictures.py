"""The picture of a seal as an image of a PDF: colours and transparency apart. PNG (not interlaced) and JPEG."""

import struct
import zlib
from dataclasses import dataclass
from typing import Final

from yiwang.commons.seals.engine.wording import SealFault

MAX_DOTS: Final = 4_000_000
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


@dataclass(frozen=True, slots=True)
class Dots:
    """`colours`: three bytes a dot, or three in all where there is but one colour. `alpha`: one byte a dot, or empty."""

    width: int
    height: int
    colours: bytes
    alpha: bytes


def read_png(data: bytes) -> Dots:
    """Raises SealFault for a picture that is damaged, too large or of another kind."""
    try:
        return _png(data)
    except (struct.error, zlib.error, IndexError, ValueError):
        raise SealFault("pdf.picture") from None


def _png(data: bytes) -> Dots:
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        raise ValueError
    parts: dict[bytes, bytes] = {}
    at = 8
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind = data[at + 4 : at + 8]
        parts[kind] = parts.get(kind, b"") + data[at + 8 : at + 8 + length]
        at += 12 + length
    width, height, depth, colours, _, _, interlaced = struct.unpack(">IIBBBBB", parts[b"IHDR"])
    if interlaced or colours not in _CHANNELS or depth not in {1, 2, 4, 8} or not 0 < width * height <= MAX_DOTS:
        raise ValueError
    if depth < 8 and colours not in {0, 3}:
        raise ValueError
    channels = _CHANNELS[colours]
    stride = (width * channels * depth + 7) // 8
    expected = height * (stride + 1)
    raw = zlib.decompressobj().decompress(parts[b"IDAT"], expected)
    if len(raw) != expected:
        raise ValueError
    rows = _rows(raw, height, stride, max(1, channels * depth // 8))
    flat = b"".join(_unpacked(row, depth, width) for row in rows) if depth < 8 else b"".join(rows)
    return _dots(width, height, colours, depth, flat, parts)


def _rows(raw: bytes, height: int, stride: int, step: int) -> list[bytes]:
    rows: list[bytes] = []
    above = bytes(stride)
    for row in range(height):
        begin = row * (stride + 1)
        above = _unfiltered(raw[begin], raw[begin + 1 : begin + 1 + stride], above, step)
        rows.append(above)
    return rows


def _unfiltered(kind: int, told: bytes, above: bytes, step: int) -> bytes:
    """PNG (second edition), 9.2."""
    if kind == 0:
        return told
    if kind == 2:
        return bytes((value + up) & 255 for value, up in zip(told, above, strict=True))
    if kind not in {1, 3, 4}:
        raise ValueError
    made = bytearray(told)
    for at, value in enumerate(told):
        left = made[at - step] if at >= step else 0
        up = above[at]
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + up) // 2
        else:
            corner = above[at - step] if at >= step else 0
            near = left + up - corner
            guess = min((abs(near - left), 0, left), (abs(near - up), 1, up), (abs(near - corner), 2, corner))[2]
        made[at] = (value + guess) & 255
    return bytes(made)


def _unpacked(row: bytes, depth: int, width: int) -> bytes:
    mask = (1 << depth) - 1
    shifts = range(8 - depth, -1, -depth)
    return bytes(byte >> shift & mask for byte in row for shift in shifts)[:width]


def _dots(width: int, height: int, kind: int, depth: int, flat: bytes, parts: dict[bytes, bytes]) -> Dots:
    if kind == 3:
        palette = parts[b"PLTE"]
        shades = [palette[channel::3].ljust(256, b"\0") for channel in range(3)]
        count = len(palette) // 3
        known = parts.get(b"tRNS", b"")
        alpha = flat.translate(known.ljust(256, b"\xff")) if known else b""
        if len({palette[3 * at : 3 * at + 3] for at in range(count)}) == 1:
            return Dots(width, height, palette[:3], alpha)
        return Dots(width, height, _woven([flat.translate(shade) for shade in shades]), alpha)
    if kind == 0:
        level = 255 // ((1 << depth) - 1)
        grey = flat if depth == 8 else bytes(value * level for value in flat)
        return Dots(width, height, _woven([grey] * 3), b"")
    if kind == 4:
        return Dots(width, height, _woven([flat[0::2]] * 3), flat[1::2])
    if kind == 2:
        return Dots(width, height, flat, b"")
    return Dots(width, height, _woven([flat[channel::4] for channel in range(3)]), flat[3::4])


def _woven(channels: list[bytes]) -> bytes:
    made = bytearray(3 * len(channels[0]))
    for at, channel in enumerate(channels):
        made[at::3] = channel
    return bytes(made)
