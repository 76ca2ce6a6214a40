"""The container: a ZIP file (ISO/IEC 21320-1) whose bytes follow from its files alone.

Nothing is compressed: the same files give the same bytes on every machine and in every year, no bomb can be packed, and no
algorithm stands between a reader and the files (DA/T 70: no private compression). Reading accepts these very bytes only,
so that a change anywhere, also in what ZIP programs ignore, is found.
"""

import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from .wording import ArchiveFault

MAX_PACKAGE: Final = 512 * 1024 * 1024
MAX_FILES: Final = 5_000
_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<4sHHHHIIH")
_VERSION: Final = 20
_MADE_BY: Final = 0x0314
_FLAGS: Final = 0x0800  # names are UTF-8
_DATE: Final = 0x0021  # 1980-01-01, the first day that ZIP knows: times stand in the metadata
_MODE: Final = 0o100644 << 16
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*){1,9}")
_LONGEST_NAME: Final = 200


def is_name(name: str) -> bool:
    """Whether a file may be called so: plain ASCII below one folder, no part that climbs."""
    return len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) is not None


def write_container(files: Mapping[str, bytes]) -> bytes:
    """The container of these files. Raises ArchiveFault (container.name, container.large, container.many)."""
    if len(files) > MAX_FILES:
        raise ArchiveFault("container.many", limit=MAX_FILES)
    if sum(map(len, files.values())) > MAX_PACKAGE - MAX_FILES * 512:
        raise ArchiveFault("container.large", limit=MAX_PACKAGE)
    bodies, index, at = [], [], 0
    seen: set[str] = set()
    for name in sorted(files):
        if not is_name(name) or name.lower() in seen:
            raise ArchiveFault("container.name", name=name)
        seen.add(name.lower())
        head, entry = _entry(name, files[name], at)
        bodies += [head, files[name]]
        index.append(entry)
        at += len(head) + len(files[name])
    return b"".join([*bodies, *index, _end(len(files), sum(map(len, index)), at)])


def _entry(name: str, body: bytes | memoryview, at: int) -> tuple[bytes, bytes]:
    encoded, crc, size = name.encode(), zlib.crc32(body), len(body)
    head = _LOCAL.pack(b"PK\3\4", _VERSION, _FLAGS, 0, 0, _DATE, crc, size, size, len(encoded), 0) + encoded
    entry = _CENTRAL.pack(
        b"PK\1\2", _MADE_BY, _VERSION, _FLAGS, 0, 0, _DATE, crc, size, size, len(encoded), 0, 0, 0, 0, _MODE, at
    )
    return head, entry + encoded


def _end(count: int, size: int, at: int) -> bytes:
    return _END.pack(b"PK\5\6", 0, 0, count, count, size, at, 0)


def read_container(data: bytes) -> dict[str, bytes]:
    """The files by their names. Raises ArchiveFault for anything but what `write_container` writes; time linear in the size."""
    if len(data) > MAX_PACKAGE:
        raise ArchiveFault("container.large", limit=MAX_PACKAGE)
    if not data.startswith(b"PK\3\4"):
        raise ArchiveFault("container.kind")
    files: dict[str, bytes] = {}
    last, index, at, seen = "", [], 0, set[str]()
    for name, start, end in _bodies(data):
        if len(files) >= MAX_FILES:
            raise ArchiveFault("container.many", limit=MAX_FILES)
        if name <= last or name.lower() in seen:  # some file systems hold "A" and "a" for one
            raise ArchiveFault("container.order", name=name)
        seen.add(name.lower())
        files[name] = body = data[start:end]
        head, entry = _entry(name, body, at)
        if data[at:start] != head:
            raise ArchiveFault("container.crc", name=name)
        index.append(entry)
        last, at = name, end
    tail = b"".join([*index, _end(len(files), sum(map(len, index)), at)])
    if data[at:] != tail:
        raise ArchiveFault("container.cut" if tail.startswith(data[at:]) else "container.form", at=at)
    return files


def _bodies(data: bytes) -> Iterator[tuple[str, int, int]]:
    """Name, first byte and end of each file, while there are local headers."""
    at = 0
    while data[at : at + 4] == b"PK\3\4":
        if at + _LOCAL.size > len(data):
            raise ArchiveFault("container.cut", at=at)
        _mark, version, flags, method, time, date, _crc, packed, size, length, extra = _LOCAL.unpack_from(data, at)
        start = at + _LOCAL.size + length
        raw = data[at + _LOCAL.size : start]
        name = raw.decode(errors="replace")
        if method or flags & 1:
            raise ArchiveFault("container.packed", name=name)
        if not is_name(name):
            raise ArchiveFault("container.name", name=name)
        if (version, flags, time, date, packed, extra) != (_VERSION, _FLAGS, 0, _DATE, size, 0):
            raise ArchiveFault("container.form", at=at)
        if start + size > len(data):
            raise ArchiveFault("container.cut", at=len(data))
        yield name, start, start + size
        at = start + size
