"""Outlines in seal red become SVG and PNG: one colour, six steps of transparency, some ten kilobytes."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

import typst

from yiwang.commons.seals.engine.ofd.marking import number
from yiwang.commons.seals.engine.ofd.pages import SEAL_RED, Step

DOTS: Final = 300
"""Dots to an inch of the PNG."""
SHADES: Final = 6
"""More would double the bytes of a seal, which each sealed document carries twice, for no difference at 300 dpi."""
_STEP: Final = 255 // (SHADES - 1)
_SVG_CODES: Final = {"M": "M", "L": "L", "Q": "Q", "B": "C", "C": "Z"}
_HEAD: Final = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class SealPicture:
    """A seal to look at. `png`: transparent around the red, at 300 dpi; `svg`: the same as outlines; size in mm."""

    png: bytes
    svg: str
    width_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True)
class Mark:
    """An outline: filled where `fill`, stroked by `line` mm where that is not nought."""

    steps: Sequence[Step]
    line: float = 0.0
    fill: bool = True


def picture_of(marks: Sequence[Mark], width: float, height: float) -> SealPicture:
    """The marks as a picture of this size in mm."""
    svg = _svg(marks, width, height)
    source = (
        f'#set page(width: {width}mm, height: {height}mm, margin: 0mm, fill: none)\n#image("seal.svg", width: 100%)'
    )
    files = {"main": source.encode(), "seal.svg": svg.encode()}
    compiled: Any = typst.compile  # takes files by name, though its hint says not
    made = compiled(files, format="png", ppi=DOTS, ignore_system_fonts=True)
    assert isinstance(made, bytes)
    return SealPicture(_one_colour(made), svg, width, height)


def _svg(marks: Sequence[Mark], width: float, height: float) -> str:
    red = "#" + bytes(SEAL_RED).hex()
    drawn = ""
    for mark in marks:
        path = "".join(_SVG_CODES[code] + " ".join(number(value) for value in values) for code, values in mark.steps)
        fill = red if mark.fill else "none"
        stroke = f' stroke="{red}" stroke-width="{number(mark.line)}" stroke-linejoin="round"' if mark.line else ""
        drawn += f'<path d="{path}" fill="{fill}"{stroke}/>'
    size = f'width="{number(width)}mm" height="{number(height)}mm" viewBox="0 0 {number(width)} {number(height)}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{drawn}</svg>'


def _one_colour(png: bytes) -> bytes:
    """An RGBA picture in one colour as a few transparent shades of it, four bits a dot."""
    width, height, data = 0, 0, b""
    at = len(_HEAD)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colours = struct.unpack_from(">IIBB", body)
            assert (depth, colours) == (8, 6)
        elif kind == b"IDAT":
            data += body
        at += 12 + length
    rows = b"".join(_packed(row) for row in _alphas(zlib.decompress(data), width, height))
    meta = struct.pack(">I", round(DOTS / 0.0254)) * 2 + b"\x01"
    return _HEAD + b"".join([
        _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)),
        _chunk(b"PLTE", bytes(SEAL_RED) * SHADES),
        _chunk(b"tRNS", bytes(step * _STEP for step in range(SHADES))),
        _chunk(b"pHYs", meta),
        _chunk(b"IDAT", zlib.compress(rows, 9)),
        _chunk(b"IEND", b""),
    ])  # fmt: skip


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _packed(alphas: bytes) -> bytes:
    steps = [(alpha + _STEP // 2) // _STEP for alpha in alphas]
    steps += [0] * (len(steps) % 2)
    return b"\0" + bytes(left << 4 | right for left, right in zip(steps[0::2], steps[1::2], strict=True))


def _alphas(raw: bytes, width: int, height: int) -> Iterator[bytes]:
    """The transparency of each row; PNG filters work on each channel by itself (PNG, 9.2)."""
    above = bytes(width)
    for row in range(height):
        begin = row * (4 * width + 1)
        told = raw[begin + 4 : begin + 1 + 4 * width : 4]
        above = _unfiltered(raw[begin], told, above)
        yield above


def _unfiltered(filter_kind: int, told: bytes, above: bytes) -> bytes:
    if filter_kind == 0:
        return told
    if filter_kind == 1:
        summed: list[int] = list(accumulate([int(value) for value in told], _sum))
        return bytes(summed)
    if filter_kind == 2:
        return bytes((value + up) & 255 for value, up in zip(told, above, strict=True))
    made: list[int] = []
    left = corner = 0
    for value, up in zip(told, above, strict=True):
        guess = (left + up) // 2 if filter_kind == 3 else _paeth(left, up, corner)
        left, corner = (value + guess) & 255, up
        made.append(left)
    return bytes(made)


def _sum(left: int, value: int) -> int:
    return (left + value) & 255


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
