"""What a file is, by its content alone. The name and the sender's Content-Type are never asked."""

from collections.abc import Set as AbstractSet
from typing import BinaryIO, Final

from yiwang.commons.files.contracts import FileDamaged, FileLocked, FileTypeRefused, MediaType
from yiwang.commons.files.engine import needs_password
from yiwang.commons.files.rules.archives import document_type
from yiwang.commons.files.rules.images import check_jpeg, check_png

_HEAD: Final = 1024
_PDF_TAIL: Final = 4096


def recognise(stream: BinaryIO, size: int, *, allowed: AbstractSet[MediaType]) -> MediaType:
    """The type of a whole, harmless file of `size` bytes.

    Raises FileTypeRefused, FileDamaged, FileDangerous, FileLocked.
    """
    found = _by_signature(stream, size)
    if found is None or found not in allowed:
        raise FileTypeRefused(allowed="、".join(sorted({kind.extension.upper() for kind in allowed})))
    if found is MediaType.PDF:
        _check_pdf(stream, size)
        if needs_password(stream):
            raise FileLocked
    elif found is MediaType.PNG:
        check_png(stream, size)
    elif found is MediaType.JPEG:
        check_jpeg(stream, size)
    return found


def _by_signature(stream: BinaryIO, size: int) -> MediaType | None:
    stream.seek(0)
    head = stream.read(_HEAD)
    if head.startswith(b"%PDF-"):
        return MediaType.PDF
    if head.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if head.startswith(b"PK\x03\x04"):
        return document_type(stream, size)
    return None


def _check_pdf(stream: BinaryIO, size: int) -> None:
    """ISO 32000-1 § 7.5: a header with a version, a trailer that ends in %%EOF."""
    stream.seek(0)
    version = stream.read(8)[5:8]
    stream.seek(max(0, size - _PDF_TAIL))
    if not (version[:1].isdigit() and version[1:2] == b"." and version[2:3].isdigit()):
        raise FileDamaged
    if b"%%EOF" not in stream.read(_PDF_TAIL):
        raise FileDamaged
