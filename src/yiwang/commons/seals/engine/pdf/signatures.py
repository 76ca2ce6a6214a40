"""Finds the signatures of a PDF in its bytes, without reading anything else of it: nothing can be hidden from a digest.

A signature dictionary stands in the file as it is (its /Contents must be skipped by /ByteRange), so its few entries are
read from the bytes around its /ByteRange. Bounded by the size of the file.
"""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, field
from typing import Final

from yiwang.commons.seals.engine.wording import SealFault

MAX_SIZE: Final = 64 * 1024 * 1024
MAX_SIGNATURES: Final = 50
MAX_HASHED: Final = 512 * 1024 * 1024
"""Bytes that all signatures of a file may cover together: each is hashed by itself."""
SES_FILTER: Final = "YIWA.SES"
"""/SubFilter of an SES value: GB/T 38540 names none for PDF."""
SEAL_KEY: Final = "YIWA_Seal"
_RANGE: Final = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_NAMED: Final = re.compile(rb"/ByteRange\b")
_HEX: Final = re.compile(rb"<([0-9A-F]*|[0-9a-f]*)>")
_FILTER: Final = re.compile(rb"/SubFilter\s*/([A-Za-z0-9._-]{1,64})")
_TIME: Final = re.compile(rb"/M\s*\(D(?::|\\072)(\d{14})(?:Z|([+-])(\d{2})'(\d{2})'?)?")
_SEAL: Final = re.compile(rb"/YIWA_Seal\s*<([0-9A-Fa-f]*)>")
_LONGEST: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PdfSignature:
    """A signature as it stands in the file: what it skips, what it holds, how far it reaches.

    `value` is without padding. `ours`: written by this platform, so that each of its bytes can be asked for.
    """

    gap: tuple[int, int]
    end: int
    value: bytes = field(repr=False)
    filter: str
    at: dt.datetime | None
    seal: bytes = field(repr=False)

    @property
    def ours(self) -> bool:
        return self.filter == SES_FILTER or bool(self.seal)

    def digest(self, data: bytes, name: str) -> bytes:
        """Of all that it covers."""
        hasher = hashlib.new(name)
        view = memoryview(data)
        hasher.update(view[: self.gap[0]])
        hasher.update(view[self.gap[1] : self.end])
        return hasher.digest()


def find_signatures(data: bytes) -> list[PdfSignature]:
    """All signatures in the order of how far they reach. Raises SealFault for a file or a signature that is damaged."""
    if len(data) > MAX_SIZE:
        raise SealFault("pdf.large", size=len(data), limit=MAX_SIZE)
    if not data.startswith(b"%PDF-"):
        raise SealFault("pdf.none")
    named = sum(1 for _ in _NAMED.finditer(data))
    if named > MAX_SIGNATURES or named * len(data) > MAX_HASHED:
        raise SealFault("pdf.many", limit=min(MAX_SIGNATURES, MAX_HASHED // len(data)))
    found = [_signature(data, match) for match in _RANGE.finditer(data)]
    if len(found) != named:
        raise SealFault("pdf.range")
    return sorted(found, key=lambda one: one.end)


def _signature(data: bytes, match: re.Match[bytes]) -> PdfSignature:
    start, first, after, rest = (int(group) for group in match.groups())
    end = after + rest
    if start != 0 or not first < after <= end <= len(data) or after - first > _LONGEST:
        raise SealFault("pdf.range")
    told = _HEX.fullmatch(data, first, after)
    begun = data.rfind(b" obj", max(0, min(first, match.start()) - 65536), min(first, match.start()))
    ended = data.find(b"endobj", max(after, match.end()), max(after, match.end()) + _LONGEST)
    if (
        told is None
        or begun < 0
        or not begun < first < ended
        or not data[max(0, first - 64) : first].rstrip().endswith(b"/Contents")
    ):
        raise SealFault("pdf.range")
    entries = data[begun:first] + data[after:ended]
    subfilter, seal = _FILTER.search(entries), _SEAL.search(entries)
    found = PdfSignature(
        gap=(first, after),
        end=end,
        value=_value(told.group(1)),
        filter=subfilter.group(1).decode() if subfilter else "",
        at=_time(entries),
        seal=bytes.fromhex(seal.group(1).decode()) if seal and len(seal.group(1)) % 2 == 0 else b"",
    )
    if found.ours and told.group(1) != told.group(1).upper():
        raise SealFault("pdf.contents")
    return found


def _value(told: bytes) -> bytes:
    """The DER value, whose padding must be noughts."""
    raw = bytes.fromhex(told.decode()) if len(told) % 2 == 0 else b""
    if len(raw) < 2 or raw[0] != 0x30:
        raise SealFault("pdf.contents")
    size = raw[1]
    if size == 0x80:  # of indefinite length: its end is told by its parts
        return raw.rstrip(b"\0") + b"\0\0"
    head = 2 if size < 0x80 else 2 + (size & 0x7F)
    length = head + (size if size < 0x80 else int.from_bytes(raw[2:head], "big"))
    if length > len(raw) or raw[length:].strip(b"\0"):
        raise SealFault("pdf.contents")
    return raw[:length]


def _time(entries: bytes) -> dt.datetime | None:
    found = _TIME.search(entries)
    if found is None:
        return None
    try:
        moment = dt.datetime.strptime(found.group(1).decode(), "%Y%m%d%H%M%S")  # noqa: DTZ007 the zone follows
        if not 1970 <= moment.year <= 2900:
            return None
        shift = dt.timedelta(hours=int(found.group(3) or 0), minutes=int(found.group(4) or 0))
        return moment.replace(tzinfo=dt.timezone(-shift if found.group(2) == b"-" else shift))
    except ValueError:
        return None
