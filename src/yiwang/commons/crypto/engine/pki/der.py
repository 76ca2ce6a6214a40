"""DER (X.690) in both directions: a strict reader with limits, and what it takes to write X.509 structures.

The reader walks with a stack of its own, never by recursion, and copies nothing.
"""

import datetime as dt
from dataclasses import dataclass

from yiwang.commons.crypto.engine.der import encode

from .reasons import PkiError

value = encode

MAX_DEPTH = 32
MAX_NODES = 50_000

BOOLEAN, INTEGER, BITS, OCTETS, NULL, OID, ENUMERATED = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0A
UTF8, UTC_TIME, GENERAL_TIME, SEQUENCE, SET = 0x0C, 0x17, 0x18, 0x30, 0x31
_CONSTRUCTED = 0x20
_LONG_TAG = 0x1F


@dataclass(frozen=True, slots=True)
class Node:
    """One value: its tag octet and where header, content and end lie in `data`."""

    data: bytes
    tag: int
    start: int
    content: int
    end: int

    @property
    def body(self) -> bytes:
        return self.data[self.content : self.end]

    @property
    def whole(self) -> bytes:
        return self.data[self.start : self.end]

    def children(self) -> "list[Node]":
        """The values inside. PkiError where they don't fill it exactly, or are too many."""
        found = []
        at = self.content
        while at < self.end:
            child = _header(self.data, at, self.end)
            found.append(child)
            if len(found) > MAX_NODES:
                raise PkiError("too_many", what="DER", limit=MAX_NODES)
            at = child.end
        return found

    def expect(self, tag: int) -> "Node":
        if self.tag != tag:
            raise _wrong(self.start, f"tag {self.tag:#04x} ≠ {tag:#04x}")
        return self

    def integer(self) -> int:
        body = self.expect(INTEGER).body
        if not body or (len(body) > 1 and ((body[0] == 0 and body[1] < 0x80) or (body[0] == 0xFF and body[1] >= 0x80))):
            raise _wrong(self.start, "INTEGER")
        return int.from_bytes(body, "big", signed=True)

    def bits(self) -> bytes:
        """The octets of a BIT STRING without unused bits."""
        body = self.expect(BITS).body
        if not body or body[0]:
            raise _wrong(self.start, "BIT STRING")
        return body[1:]

    def oid(self) -> str:
        body = self.expect(OID).body
        if not body or body[-1] & 0x80 or len(body) > 64:
            raise _wrong(self.start, "OID")
        arcs, value = [], 0
        for octet in body:
            if value == 0 and octet == 0x80:
                raise _wrong(self.start, "OID")
            value = value << 7 | octet & 0x7F
            if not octet & 0x80:
                arcs.append(value)
                value = 0
        first = min(arcs[0] // 40, 2)
        return ".".join(map(str, [first, arcs[0] - 40 * first, *arcs[1:]]))


def read(data: bytes, *, limit: int, depth: int = MAX_DEPTH) -> Node:
    """The one value that `data` holds, after walking all of it: O(size) time, O(depth) memory.

    Refuses (PkiError) what is larger than `limit` octets, deeper than `depth`, of more than MAX_NODES values,
    truncated, followed by something, or not DER: indefinite or padded lengths, tags above 30.
    """
    if len(data) > limit:
        raise PkiError("too_large", size=len(data), limit=limit)
    top = _header(data, 0, len(data))
    if top.end != len(data):
        raise _wrong(top.end, "trailing data")
    ends, at, nodes = [top.end], top.content if top.tag & _CONSTRUCTED else top.end, 0
    while at < len(data):
        while at == ends[-1]:
            ends.pop()
        node = _header(data, at, ends[-1])
        nodes += 1
        if nodes > MAX_NODES:
            raise PkiError("too_many", what="DER", limit=MAX_NODES)
        if node.tag & _CONSTRUCTED:
            if len(ends) >= depth:
                raise PkiError("too_deep", offset=at, limit=depth)
            ends.append(node.end)
            at = node.content
        else:
            at = node.end
    return top


def _header(data: bytes, at: int, end: int) -> Node:
    if at + 2 > end:
        raise _wrong(at, "truncated")
    tag, length, content = data[at], data[at + 1], at + 2
    if tag & _LONG_TAG == _LONG_TAG:
        raise _wrong(at, "tag")
    if length >= 0x80:
        octets = length & 0x7F
        if not 1 <= octets <= 4:
            raise _wrong(at, "length")
        content += octets
        length = int.from_bytes(data[at + 2 : content], "big")
        if content > end or length < 0x80 or length >> 8 * (octets - 1) == 0:
            raise _wrong(at, "length")
    if content + length > end:
        raise _wrong(at, "truncated")
    return Node(data, tag, at, content, content + length)


def _wrong(offset: int, detail: str) -> PkiError:
    return PkiError("malformed", what="DER", detail=f"{detail} @{offset}")


def sequence(*parts: bytes) -> bytes:
    return value(SEQUENCE, *parts)


def integer(number: int, tag: int = INTEGER) -> bytes:
    # One bit more than the magnitude, so that the sign shows.
    return value(tag, number.to_bytes((number + (number < 0)).bit_length() // 8 + 1, "big", signed=True))


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    body = bytearray()
    for arc in (40 * first + second, *rest):
        octets = [arc & 0x7F]
        while arc := arc >> 7:
            octets.append(0x80 | arc & 0x7F)
        body += bytes(reversed(octets))
    return value(OID, bytes(body))


def bits(octets: bytes) -> bytes:
    return value(BITS, b"\0", octets)


def octets(body: bytes) -> bytes:
    return value(OCTETS, body)


def explicit(number: int, body: bytes) -> bytes:
    return value(0xA0 | number, body)


def time(moment: dt.datetime) -> bytes:
    """UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280 4.1.2.5)."""
    utc = moment.astimezone(dt.UTC)
    if 1950 <= utc.year < 2050:
        return value(UTC_TIME, utc.strftime("%y%m%d%H%M%SZ").encode())
    return general_time(moment)


def general_time(moment: dt.datetime) -> bytes:
    utc = moment.astimezone(dt.UTC)
    return value(GENERAL_TIME, f"{utc.year:04}{utc:%m%d%H%M%S}Z".encode())
