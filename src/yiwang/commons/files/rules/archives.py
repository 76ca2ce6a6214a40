"""Documents that are ZIP archives (OFD, OOXML): which one it is, and that unpacking it can't exhaust a machine."""

import zipfile
from typing import BinaryIO, Final

from yiwang.commons.files.contracts import FileDamaged, FileDangerous, MediaType

_MOST_ENTRIES: Final = 5_000
_MOST_BYTES: Final = 300 * 1024 * 1024
_MOST_RATIO: Final = 100
_SMALL: Final = 5 * 1024 * 1024  # below this no ratio is a danger: white scans compress a thousandfold
_ENCRYPTED: Final = 0x1
# What makes an archive this document: GB/T 33190 § 7.1; ECMA-376 part 2.
_MARKS: Final = {
    MediaType.OFD: "OFD.xml",
    MediaType.DOCX: "word/document.xml",
    MediaType.XLSX: "xl/workbook.xml",
}
_ACTIVE: Final = ("vbaproject.bin", "activex", ".exe", ".dll", ".js", ".vbs")


def document_type(stream: BinaryIO, size: int) -> MediaType | None:
    """The document that the archive is, None for any other archive. Raises FileDamaged, FileDangerous."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, UnicodeError):
        raise FileDamaged from None
    names = {entry.filename for entry in entries}
    found = next((kind for kind, mark in _MARKS.items() if mark in names), None)
    if found in {MediaType.DOCX, MediaType.XLSX} and "[Content_Types].xml" not in names:
        return None
    if found is not None:
        _harmless(entries, size)
    return found


def _harmless(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > _MOST_ENTRIES or unpacked > _MOST_BYTES:
        raise FileDangerous
    if unpacked > _SMALL and unpacked > _MOST_RATIO * size:
        raise FileDangerous
    if packed > size:  # entries that overlap: one kernel of data, unpacked many times
        raise FileDangerous
    for entry in entries:
        name = entry.filename.lower()
        climbs = name.startswith("/") or ".." in name.split("/") or "\\" in name
        if climbs or entry.flag_bits & _ENCRYPTED or name.endswith(_ACTIVE) or "/activex/" in name:
            raise FileDangerous
