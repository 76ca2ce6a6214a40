"""Structures of strangers in BER, and our own in DER (X.690).

Seals must be DER, PKCS#7 may be BER, and vendors take their liberties: the reader accepts definite and indefinite lengths
within fixed limits and remembers in `Node.distinguished` whether everything was DER, so that whoever judges can say so.
Nothing recurses deeper than MAX_DEPTH; nothing is copied before it is asked for.
"""

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Final

from yiwang.commons.seals.engine.wording import SealFault

MAX_SIZE: Final = 8 * 1024 * 1024
MAX_DEPTH: Final = 24
MAX_CHILDREN: Final = 4096
MAX_INDEFINITE: Final = 64 * 1024
MAX_WALK: Final = 20_000

BOOLEAN, INTEGER, BITS, OCTETS, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
UTF8, PRINTABLE, IA5, UTC_TIME, GENERAL_TIME, SEQUENCE, SET = 0x0C, 0x13, 0x16, 0x17, 0x18, 0x30, 0x31
_CONSTRUCTED: Final = 0x20
_NEVER_IN_PARTS: Final = frozenset({BITS, OCTETS, UTF8, PRINTABLE, IA5, UTC_TIME, GENERAL_TIME})
_TEXTS: Final = {0x0C: "utf-8", 0x13: "ascii", 0x16: "ascii", 0x14: "latin-1", 0x1E: "utf-16-be", 0x1A: "ascii"}
_TIME: Final = re.compile(r"(\d{10}|\d{12}|\d{14})(?:[.,](\d{1,9}))?(Z|[+-]\d{4})?", re.ASCII)
_CHINA: Final = dt.timezone(dt.timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Node:
    """One value: its tag octet, where it and its content lie in `data`, and whether its own length is DER."""

    data: bytes
    tag: int
    start: int
    content: int
    stop: int  # of the content
    end: int
    distinguished: bool
    depth: int
    ends: dict[int, int] = field(repr=False, compare=False)  # of values without length, each looked for once

    @property
    def body(self) -> bytes:
        return self.data[self.content : self.stop]

    @property
    def whole(self) -> bytes:
        return self.data[self.start : self.end]

    def children(self) -> "list[Node]":
        """The values inside. SealFault where they don't fill it exactly, are too many or too deep."""
        if self.depth >= MAX_DEPTH:
            raise SealFault("asn1.deep", at=self.start, limit=MAX_DEPTH)
        found = []
        at = self.content
        while at < self.stop:
            child = _read(self.data, at, self.stop, self.depth + 1, self.ends)
            found.append(child)
            if len(found) > MAX_CHILDREN:
                raise SealFault("asn1.many", limit=MAX_CHILDREN)
            at = child.end
        return found

    def expect(self, tag: int) -> "Node":
        """Itself, where it has this tag. SealFault."""
        if self.tag != tag:
            raise SealFault("asn1.tag", at=self.start, found=f"{self.tag:02X}", wanted=f"{tag:02X}")
        return self

    def members(self, least: int, most: int = MAX_CHILDREN) -> "list[Node]":
        """The children of a SEQUENCE, as many as said. SealFault."""
        found = self.expect(SEQUENCE).children()
        if not least <= len(found) <= most:
            raise SealFault("asn1.count", at=self.start, found=len(found))
        return found

    def integer(self) -> int:
        body = self.expect(INTEGER).body
        if not 1 <= len(body) <= 64:
            raise SealFault("asn1.value", at=self.start, what="INTEGER")
        return int.from_bytes(body, "big", signed=True)

    def bits(self) -> bytes:
        """The octets of a BIT STRING without unused bits. SealFault."""
        body = self.expect(BITS).body
        if not body or body[0]:
            raise SealFault("asn1.value", at=self.start, what="BIT STRING")
        return body[1:]

    def octets(self) -> bytes:
        """An OCTET STRING, in one piece or (BER) in several. SealFault."""
        if self.tag == OCTETS | _CONSTRUCTED:
            return b"".join(child.octets() for child in self.children())
        return self.expect(OCTETS).body

    def oid(self) -> str:
        """Dotted. SealFault."""
        body = self.expect(OID).body
        if not body or body[-1] & 0x80 or len(body) > 64:
            raise SealFault("asn1.value", at=self.start, what="OBJECT IDENTIFIER")
        arcs, value = [], 0
        for octet in body:
            value = value << 7 | octet & 0x7F
            if not octet & 0x80:
                arcs.append(value)
                value = 0
        first = min(arcs[0] // 40, 2)
        return ".".join(map(str, [first, arcs[0] - 40 * first, *arcs[1:]]))

    def text(self) -> str:
        """A string of any of the usual kinds, for people: control and direction characters replaced. SealFault."""
        if self.tag not in _TEXTS or self.stop - self.content > 4096:
            raise SealFault("asn1.value", at=self.start, what="string")
        told = self.body.decode(_TEXTS[self.tag], errors="replace")
        return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in told)

    def time(self) -> dt.datetime:
        """UTCTime or GeneralizedTime, aware; without a zone China's is taken, as vendors do. SealFault."""
        if self.tag not in {UTC_TIME, GENERAL_TIME}:
            raise SealFault("asn1.tag", at=self.start, found=f"{self.tag:02X}", wanted="18")
        return moment_of(self.body.decode("ascii", errors="replace"), short=self.tag == UTC_TIME)

    def all_distinguished(self) -> bool:
        """Whether it and all inside have DER lengths and no string in parts. SealFault above MAX_WALK values."""
        waiting, walked = [self], 0
        while waiting:
            node = waiting.pop()
            walked += 1
            if not node.distinguished or (node.tag & ~_CONSTRUCTED in _NEVER_IN_PARTS and node.tag & _CONSTRUCTED):
                return False
            if walked > MAX_WALK:
                raise SealFault("asn1.many", limit=MAX_WALK)
            if node.tag & _CONSTRUCTED:
                waiting += node.children()
        return True


def moment_of(text: str, *, short: bool = False) -> dt.datetime:
    """A time as ASN.1 writes it: `yymmddhhmm[ss][Z]` (10 digits, or 12 where `short`), `yyyymmddhhmm[ss][.f][Z]`.

    SealFault. Whichever tag it stands under, 14 digits are never read as a short year.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise SealFault("asn1.time", text=text[:40])
    digits, fraction, zone = found.groups()
    if len(digits) == 10 or (short and len(digits) == 12):
        digits = ("20" if digits < "5" else "19") + digits
    year, *rest = (int(digits[a:b]) for a, b in ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14)) if digits[a:b])
    month, day, hour, minute, second = (*rest, 0)[:5]
    try:
        micro = int((fraction or "0").ljust(6, "0")[:6])
        moment = dt.datetime(year, month, day, hour, minute, second, micro, _zone(zone))
        return moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise SealFault("asn1.time", text=text[:40]) from None


def loose_moment(text: str) -> dt.datetime | None:
    """A time with or without strokes, colons, `T` or spaces between its parts; None where it is none."""
    try:
        return moment_of("".join(c for c in text if c not in "-: T"))
    except SealFault:
        return None


def _zone(text: str | None) -> dt.tzinfo:
    if text == "Z":
        return dt.UTC
    if text is None:
        return _CHINA
    ahead = dt.timedelta(hours=int(text[1:3]), minutes=int(text[3:5]))
    return dt.timezone(ahead if text[0] == "+" else -ahead)


def read(data: bytes, *, limit: int = MAX_SIZE, trailing: bool = False) -> Node:
    """The one value that `data` holds. SealFault: too large, cut off, followed by something (unless `trailing`)."""
    if len(data) > limit:
        raise SealFault("asn1.large", size=len(data), limit=limit)
    top = _read(data, 0, len(data), 0, {})
    if top.end != len(data) and not trailing:
        raise SealFault("asn1.trailing", at=top.end)
    return top


def _read(data: bytes, at: int, stop: int, depth: int, ends: dict[int, int]) -> Node:
    if at + 2 > stop:
        raise SealFault("asn1.cut", at=at)
    tag, size, content = data[at], data[at + 1], at + 2
    if tag & 0x1F == 0x1F:
        raise SealFault("asn1.tag", at=at, found=f"{tag:02X}", wanted="< 1F")
    distinguished = True
    if size == 0x80:
        return _indefinite(data, at, stop, depth, ends)
    if size > 0x80:
        count = size & 0x7F
        if count > 4 or content + count > stop:
            raise SealFault("asn1.cut", at=at)
        size = int.from_bytes(data[content : content + count], "big")
        content += count
        distinguished = size >= 0x80 and size >> (8 * (count - 1)) != 0
    if content + size > stop:
        raise SealFault("asn1.cut", at=at)
    return Node(data, tag, at, content, content + size, content + size, distinguished, depth, ends)


def _indefinite(data: bytes, start: int, stop: int, depth: int, ends: dict[int, int]) -> Node:
    """A value that ends with two zero octets; at most MAX_DEPTH of them within each other."""
    if depth >= MAX_DEPTH:
        raise SealFault("asn1.deep", at=start, limit=MAX_DEPTH)
    if not data[start] & _CONSTRUCTED or len(data) > MAX_INDEFINITE:
        raise SealFault("asn1.cut", at=start)
    at, count = ends.get(start, start + 2), 0
    while data[at : at + 2] != b"\0\0":
        at = _read(data, at, stop, depth + 1, ends).end
        count += 1
        if count > MAX_CHILDREN:
            raise SealFault("asn1.many", limit=MAX_CHILDREN)
    ends[start] = at
    return Node(data, data[start], start, start + 2, at, at + 2, False, depth, ends)


def encode(tag: int, *parts: bytes) -> bytes:
    """One value of `tag`, DER, whose content is the parts in a row."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def sequence(*parts: bytes) -> bytes:
    return encode(SEQUENCE, *parts)


def integer(value: int) -> bytes:
    """A non-negative INTEGER."""
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def bits(body: bytes) -> bytes:
    return encode(BITS, b"\0", body)


def octets(body: bytes) -> bytes:
    return encode(OCTETS, body)


def ia5(text: str) -> bytes:
    """Raises SealFault for what is not ASCII."""
    try:
        return encode(IA5, text.encode("ascii"))
    except UnicodeEncodeError:
        raise SealFault("make.ascii", text=text[:80]) from None


def utf8(text: str) -> bytes:
    return encode(UTF8, text.encode())


def general_time(moment: dt.datetime) -> bytes:
    """GeneralizedTime in UTC, whole seconds."""
    utc = moment.astimezone(dt.UTC)
    return encode(GENERAL_TIME, f"{utc.year:04}{utc:%m%d%H%M%S}Z".encode())


def oid(dotted: str) -> bytes:
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    body = b""
    for arc in (40 * first + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | 0x80)
        body += bytes(reversed(groups))
    return encode(OID, body)
