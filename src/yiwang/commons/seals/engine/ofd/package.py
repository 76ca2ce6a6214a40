"""The package of an OFD file (a ZIP archive), read strictly and written canonically.

Readers of ZIP files disagree about what is in one whose parts contradict each other; a sealed document must mean the same
to all. So every byte has to belong to an entry, both headers of an entry must agree, and no two names may be confused.
Size, number, ratio and total are bounded before anything is unpacked.
"""

import struct
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from yiwang.commons.seals.engine.wording import Reason, SealFault

MAX_PACKAGE: Final = 64 * 1024 * 1024
MAX_ENTRIES: Final = 20_000
MAX_ENTRY: Final = 64 * 1024 * 1024
MAX_TOTAL: Final = 128 * 1024 * 1024
MAX_RATIO: Final = 200
MAX_FAULTS: Final = 5
MAX_NAME: Final = 1024
_RATIO_FROM: Final = 1024 * 1024  # smaller entries may be as dense as they like
_LOCAL: Final = struct.Struct("<IHHHHHIIIHH")
_CENTRAL: Final = struct.Struct("<IHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<IHHHHIIH")
_DESCRIPTOR: Final = struct.Struct("<III")
_SIGNS: Final = (0x04034B50, 0x02014B50, 0x06054B50, 0x08074B50)
_LATER, _UTF8 = 0x0008, 0x0800
_KNOWN_FLAGS: Final = 0x0006 | _LATER | _UTF8
_STORED, _DEFLATED = 0, 8
_DOS, _UNIX = 0x0000, 0x0300
_ORIGINS: Final = frozenset(
    (system | version, inner, outer)
    for system, modes in (
        (_DOS, (0, 0x10, 0x20)),
        (_UNIX, (0x81A40000, 0x81B60000, 0x01800000, 0x41ED0000, 0x41ED0010)),
    )
    for version in (20, 30, 51, 63)
    for inner in (0, 1)
    for outer in modes
)
_RENAMING: Final = frozenset({0x0001, 0x6375, 0x7075})  # ZIP64 sizes, Unicode comment, Unicode path
_DAY: Final = 0x0021  # 1 January 1980: the package tells no time


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    central: bytes = field(repr=False)
    origin: tuple[int, int, int] = (0, 0, 0)  # made by, internal and external attributes: in the directory alone


@dataclass(frozen=True, slots=True)
class Package:
    """The files of a package by name (`/` between folders, none at the front), in the order they stand.

    `canonical`: whether the package is exactly what `pack` makes of these files. `faults`: what is odd about it though
    it can be read: bytes that belong to no file, headers that disagree on what does not change the content.
    """

    files: Mapping[str, bytes]
    canonical: bool
    faults: tuple[Reason, ...] = ()
    _folded: dict[str, str] = field(default_factory=dict, repr=False)

    def find(self, name: str) -> str | None:
        """The name as it stands in the package, without regard to case where that is the only difference."""
        if name in self.files:
            return name
        if not self._folded:
            self._folded.update((_folded(kept), kept) for kept in self.files)
        return self._folded.get(_folded(name))


def _folded(name: str) -> str:
    """What a file system that knows no case, or writes letters in parts, makes of a name."""
    return unicodedata.normalize("NFC", name).casefold()


def is_package(data: bytes) -> bool:
    """Whether it begins as a ZIP archive does."""
    return data[:4] == b"PK\x03\x04"


def open_package(data: bytes) -> Package:
    """All files of a package. Raises SealFault: damaged, ambiguous, too large. Bounded by the limits above."""
    if len(data) > MAX_PACKAGE:
        raise SealFault("zip.large", size=len(data), limit=MAX_PACKAGE)
    entries = list(_directory(data))
    _check_names(entries)
    _check_sizes(entries, len(data))
    files: dict[str, bytes] = {}
    faults = [Reason("zip.minor", {"name": entry.name}) for entry in _odd_ones(entries)]
    at = 0
    for entry in sorted(entries, key=lambda each: each.offset):
        if entry.offset < at:
            raise SealFault("zip.overlap", name=entry.name)
        if entry.offset > at:
            faults.append(Reason("zip.slack", {"at": at}))
        content, at = _content(data, entry, faults)
        if not entry.name.endswith("/"):
            files[entry.name] = content
        elif content:
            raise SealFault("zip.folder", name=entry.name)
    if at != _END.unpack_from(data, len(data) - _END.size)[6]:
        faults.append(Reason("zip.slack", {"at": at}))
    canonical = not faults and all(entry.method == _STORED for entry in entries) and pack(files) == data
    return Package(files, canonical, tuple(faults[:MAX_FAULTS]))


def _directory(data: bytes) -> Iterator[_Entry]:
    at = len(data) - _END.size
    if at < 0 or not is_package(data):
        raise SealFault("zip.none")
    sign, disk, first, here, count, size, start, comment = _END.unpack_from(data, at)
    if sign != _SIGNS[2]:
        raise SealFault("zip.end")
    start = int(start)
    if disk or first or here != count or comment or start + size != at:
        raise SealFault("zip.end")
    if count > MAX_ENTRIES:
        raise SealFault("zip.many", count=count, limit=MAX_ENTRIES)
    position = start
    for _ in range(count):
        entry, position = _listed(data, position, at)
        yield entry
    if position != at:
        raise SealFault("zip.end")


def _listed(data: bytes, position: int, end: int) -> tuple[_Entry, int]:
    """One line of the directory and where it ends."""
    if position + _CENTRAL.size > end:
        raise SealFault("zip.end")
    values = _CENTRAL.unpack_from(data, position)
    sign, made, version, flags, method, time, day, crc, packed, full, name, extra, note, disk, *more = values
    begin = position + _CENTRAL.size
    stop = begin + name + extra + note
    if sign != _SIGNS[1] or stop > end or note or disk:
        raise SealFault("zip.end")
    raw = data[begin : begin + name]
    if _renames(data[begin + name : stop]):
        raise SealFault("zip.renamed", name=_name(raw, flags))
    if flags & ~_KNOWN_FLAGS or method not in {_STORED, _DEFLATED}:
        raise SealFault("zip.method", name=_name(raw, flags))
    agreed = struct.pack("<HHHHH", version, flags, method, time, day)
    inner, outer, offset = more
    entry = _Entry(_name(raw, flags), raw, flags, method, crc, packed, full, offset, agreed, (made, inner, outer))
    return entry, stop


def _renames(extra: bytes) -> bool:
    """Whether extra fields give a file another name or size for readers that heed them, or are no fields at all."""
    at = 0
    while at < len(extra):
        if at + 4 > len(extra):
            return True
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind in _RENAMING:
            return True
        at += 4 + size
    return at != len(extra)


def _name(raw: bytes, flags: int) -> str:
    """A name as UTF-8, or as the GBK of older Chinese programs, or as the ZIP standard's code page."""
    for encoding in ("utf-8",) if flags & _UTF8 else ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437")


def _check_names(entries: list[_Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        name = entry.name.removesuffix("/")
        parts = name.split("/")
        odd = "\\" in name or ":" in name or len(name) > MAX_NAME or not all(map(_visible, name))
        if not name or odd or any(part in {"", ".", ".."} or part != part.strip() for part in parts):
            raise SealFault("zip.path", name=name)
        folded = _folded(name)
        if folded in seen:
            raise SealFault("zip.twice", name=name)
        seen.add(folded)


def _visible(character: str) -> bool:
    return character.isprintable() or unicodedata.category(character) == "Zs"


def _check_sizes(entries: list[_Entry], size: int) -> None:
    total = 0
    for entry in entries:
        total += entry.size
        dense = entry.size > _RATIO_FROM and entry.size > MAX_RATIO * max(entry.packed, 1)
        if entry.size > MAX_ENTRY or entry.packed > size or dense:
            raise SealFault("zip.bomb", name=entry.name)
    if total > MAX_TOTAL:
        raise SealFault("zip.total", limit=MAX_TOTAL)


def _odd_ones(entries: list[_Entry]) -> Iterator[_Entry]:
    """Entries that tell another origin than all others, and none that programs in use write: their note was changed."""
    for folders in (False, True):
        kind = [entry for entry in entries if entry.name.endswith("/") is folders]
        counted = Counter(entry.origin for entry in kind)
        for entry in kind if len(kind) > 1 else ():
            if counted[entry.origin] == 1 and entry.origin not in _ORIGINS:
                yield entry


def _content(data: bytes, entry: _Entry, faults: list[Reason]) -> tuple[bytes, int]:
    """What an entry holds and where it ends. Both of its headers must say the same."""
    if entry.offset + _LOCAL.size > len(data):
        raise SealFault("zip.cut", name=entry.name)
    sign, version, flags, method, time, day, crc, packed, full, name, extra = _LOCAL.unpack_from(data, entry.offset)
    begin = entry.offset + _LOCAL.size
    raw = data[begin : begin + name]
    if sign != _SIGNS[0] or raw != entry.raw_name:
        raise SealFault("zip.differs", name=entry.name)
    later = bool(flags & _LATER)
    sizes = (crc, packed, full)
    agreed = sizes == (entry.crc, entry.packed, entry.size) or (later and sizes == (0, 0, 0))
    if method != entry.method or later != bool(entry.flags & _LATER) or not agreed:
        raise SealFault("zip.differs", name=entry.name)
    if struct.pack("<HHHHH", version, flags, method, time, day) != entry.central:
        faults.append(Reason("zip.minor", {"name": entry.name}))
    if _renames(data[begin + name : begin + name + extra]):
        raise SealFault("zip.renamed", name=entry.name)
    begin += name + extra
    end = begin + entry.packed
    if end > len(data):
        raise SealFault("zip.cut", name=entry.name)
    content = _unpacked(data[begin:end], entry, faults)
    if zlib.crc32(content) != entry.crc:
        raise SealFault("zip.damaged", name=entry.name)
    return content, _after_descriptor(data, end, entry) if later else end


def _after_descriptor(data: bytes, at: int, entry: _Entry) -> int:
    if data[at : at + 4] == _SIGNS[3].to_bytes(4, "little"):
        at += 4
    told = data[at : at + _DESCRIPTOR.size]
    if told != _DESCRIPTOR.pack(entry.crc, entry.packed, entry.size):
        raise SealFault("zip.differs", name=entry.name)
    return at + _DESCRIPTOR.size


def _unpacked(packed: bytes, entry: _Entry, faults: list[Reason]) -> bytes:
    if entry.method == _STORED:
        if entry.packed != entry.size:
            raise SealFault("zip.differs", name=entry.name)
        return packed
    opened = zlib.decompressobj(-15)
    try:
        content = opened.decompress(packed[:-1], entry.size + 1)
        last = opened.copy()
        content += opened.decompress(packed[-1:], entry.size + 1 - len(content)) if not opened.eof else b""
        whole = opened.eof and not opened.unused_data and not opened.unconsumed_tail
    except (zlib.error, ValueError):
        raise SealFault("zip.damaged", name=entry.name) from None
    if not whole or len(content) != entry.size:
        raise SealFault("zip.damaged", name=entry.name)
    if _padded(last, packed[-1]):
        faults.append(Reason("zip.slack", {"at": entry.offset}))
    return content


def _padded(before: "zlib._Decompress", last: int) -> bool:
    """Whether bits of the last octet that the stream does not use are set: nobody would see them change."""
    wanted = before.copy().decompress(bytes((last,)))
    for bit in range(7, -1, -1):
        tried = before.copy()
        try:
            same = tried.decompress(bytes((last ^ 1 << bit,))) == wanted
        except zlib.error:
            return False
        if not tried.eof or not same:
            return False
        if last >> bit & 1:
            return True
    return False


def pack(files: Mapping[str, bytes]) -> bytes:
    """The one package of these files: OFD.xml first, the rest by name, nothing compressed, no times.

    A compressed stream may be changed without changing what comes out; a stored one can't, and each byte counts.
    """
    order = sorted(files, key=lambda name: (name != "OFD.xml", name))
    bodies, directory, at = [], [], 0
    for name in order:
        content, raw = files[name], name.encode()
        flags = 0 if raw.isascii() else _UTF8
        common = (20, flags, _STORED, 0, _DAY, zlib.crc32(content), len(content), len(content), len(raw), 0)
        bodies += [_LOCAL.pack(_SIGNS[0], *common), raw, content]
        directory += [_CENTRAL.pack(_SIGNS[1], 20, *common, 0, 0, 0, 0, at), raw]
        at += _LOCAL.size + len(raw) + len(content)
    listed = b"".join(directory)
    end = _END.pack(_SIGNS[2], 0, 0, len(order), len(order), len(listed), at, 0)
    return b"".join((*bodies, listed, end))
