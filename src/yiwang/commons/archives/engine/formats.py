"""What a file inside a package is by its content, whether it opens, and whether it keeps: pure looks at bytes, no programs."""

import json
import zipfile
from io import BytesIO
from typing import Final

from yiwang.commons.files.engine import needs_password

_KEEPS: Final = frozenset(
    {"application/ofd", "application/pdf", "application/json", "application/xml", "text/plain", "image/jpeg", "image/png"}
    | {"image/tiff", "application/vnd.yiwang.tlog-proof"}
)  # fmt: skip
_TEXTS: Final = {
    ".json": "application/json",
    ".xml": "application/xml",
    ".txt": "text/plain",
    ".tlog-proof": "application/vnd.yiwang.tlog-proof",
}
ENDINGS: Final = {
    "application/ofd": "ofd",
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
_ACTIVE_PDF: Final = (b"/JavaScript", b"/Launch", b"/EmbeddedFile ")
_PROGRAMS: Final = (b"MZ", b"\x7fELF", b"#!")
_ENDS: Final = {"application/pdf": b"%%EOF", "image/jpeg": b"\xff\xd9", "image/png": b"IEND\xaeB`\x82"}
_PDF_TAIL: Final = 4096
_MOST_ENTRIES: Final = 5_000
MAX_JSON: Final = 8 * 1024 * 1024
"""Bytes of data that are read as JSON: a program holds some twenty times as many while it does."""


def media_type_of(path: str, body: bytes) -> str:
    """The type: by content, of texts by the ending; empty where it is none of those known."""
    if body.startswith(b"%PDF-"):
        return "application/pdf"
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if body.startswith(b"PK\x03\x04"):
        return _zipped(body)
    return next((kind for ending, kind in _TEXTS.items() if path.endswith(ending)), "")


def _zipped(body: bytes) -> str:
    names = _entries(body)
    if "OFD.xml" in names:
        return "application/ofd"
    office = "application/vnd.openxmlformats-officedocument."
    if "word/document.xml" in names:
        return f"{office}wordprocessingml.document"
    return f"{office}spreadsheetml.sheet" if "xl/workbook.xml" in names else ""


def _entries(body: bytes) -> frozenset[str]:
    """The names in a ZIP file's index; nothing is unpacked."""
    if body.count(b"PK\x01\x02") > _MOST_ENTRIES:
        return frozenset()
    try:
        with zipfile.ZipFile(BytesIO(body)) as found:
            return frozenset(entry.filename for entry in found.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RecursionError):
        return frozenset()


def preservable(media_type: str) -> bool:
    """Whether the format is open and meant to last (DA/T 47: OFD, PDF; texts and plain pictures)."""
    return media_type in _KEEPS


def openable(path: str, body: bytes) -> bool:
    """Whether a program of its type would open it: whole by its marks, texts by reading them."""
    kind = media_type_of(path, body)
    if kind in _ENDS:
        return _ENDS[kind] in body[-_PDF_TAIL if kind == "application/pdf" else 0 :]
    if kind == "application/json":
        return _is_json(body)
    if kind.startswith(("text/", "application/xml", "application/vnd.yiwang")):
        return _is_text(body)
    return bool(kind)


def _is_json(body: bytes) -> bool:
    if len(body) > MAX_JSON:
        return False
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def encrypted(path: str, body: bytes) -> bool:
    """Whether it opens with a password only."""
    if body.startswith(b"%PDF-"):
        return needs_password(body)
    if not body.startswith(b"PK\x03\x04") or not _entries(body):
        return False
    with zipfile.ZipFile(BytesIO(body)) as found:
        return any(entry.flag_bits & 1 for entry in found.infolist())


def active(path: str, body: bytes) -> bool:
    """Whether it would run something: a program, a script of a PDF, macros."""
    if body.startswith(_PROGRAMS):
        return True
    if body.startswith(b"%PDF-"):
        return any(mark in body for mark in _ACTIVE_PDF)
    names = _entries(body) if body.startswith(b"PK\x03\x04") else frozenset()
    return any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")) for name in names)
