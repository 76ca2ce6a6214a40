"""Pictures: whole, and not so large that showing them exhausts a machine (a small PNG can unfold to gigabytes)."""

import struct
from typing import BinaryIO, Final

from yiwang.commons.files.contracts import FileDamaged, FileDangerous

_MOST_PIXELS: Final = 120_000_000  # a scan of A3 at 600 dpi has 70 million
_PNG_HEAD: Final = b"\x89PNG\r\n\x1a\n"
_PNG_TAIL: Final = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_TAIL: Final = 4096
# Start-of-frame markers that carry the size; C4, C8 and CC are tables.
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})


def check_png(stream: BinaryIO, size: int) -> None:
    """Refuse a PNG (ISO/IEC 15948) without its header or end, or with too many pixels."""
    stream.seek(0)
    head = stream.read(33)
    if len(head) < 33 or head[12:16] != b"IHDR":
        raise FileDamaged
    width, height = struct.unpack(">II", head[16:24])
    _bounded(width, height)
    if _PNG_TAIL not in _last(stream, size):
        raise FileDamaged


def check_jpeg(stream: BinaryIO, size: int) -> None:
    """Refuse a JPEG (ISO/IEC 10918-1) without frame or end of image, or with too many pixels."""
    stream.seek(2)
    width, height = _frame(stream)
    _bounded(width, height)
    # Phones append data after the end of the image, some of it large, so that only its presence is asked for.
    stream.seek(0)
    if b"\xff\xd9" not in stream.read(size):
        raise FileDamaged


def _frame(stream: BinaryIO) -> tuple[int, int]:
    while True:
        byte = stream.read(1)
        while byte == b"\xff":
            byte = stream.read(1)
        if not byte:
            raise FileDamaged
        marker = byte[0]
        if marker in _STANDALONE:
            continue
        raw = stream.read(2)
        if len(raw) < 2 or marker in {0xD9, 0xDA}:
            raise FileDamaged
        length = struct.unpack(">H", raw)[0]
        if length < 2:
            raise FileDamaged
        if marker in _FRAMES:
            body = stream.read(5)
            if len(body) < 5:
                raise FileDamaged
            height, width = struct.unpack(">HH", body[1:5])
            return width, height
        stream.seek(length - 2, 1)


def _bounded(width: int, height: int) -> None:
    if width == 0 or height == 0:
        raise FileDamaged
    if width * height > _MOST_PIXELS:
        raise FileDangerous


def _last(stream: BinaryIO, size: int) -> bytes:
    stream.seek(max(0, size - _TAIL))
    return stream.read(_TAIL)
