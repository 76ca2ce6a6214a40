"""The few forms of ASN.1 that keys need (X.690, distinguished encoding only), read strictly.

One reader for bytes of strangers: a length that is not minimal, does not fit, or nests where nothing nests is refused
at once; nothing recurses, so that depth costs nothing.
"""

from yiwang.commons.crypto.engine.errors import KeyRefused

INTEGER, BIT_STRING, OCTET_STRING, NULL, OID, SEQUENCE = 0x02, 0x03, 0x04, 0x05, 0x06, 0x30


def encode(tag: int, *parts: bytes) -> bytes:
    """One value of `tag` whose content is the parts in a row."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def integer(value: int) -> bytes:
    """A non-negative INTEGER."""
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


class Reader:
    """Walks over the values of one level, from the front. Raises KeyRefused."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def peek(self) -> int:
        """The tag of the next value, -1 at the end."""
        return self._data[self._at] if self else -1

    def take(self, tag: int) -> bytes:
        """The content of the next value, which must have this tag."""
        data, at = self._data, self._at
        if at + 2 > len(data) or data[at] != tag:
            raise KeyRefused(f"ASN.1: tag {tag:#04x} expected at byte {at}")
        size, start = data[at + 1], at + 2
        if size >= 0x80:
            count = size & 0x7F
            if not 1 <= count <= 3 or start + count > len(data):
                raise KeyRefused(f"ASN.1: unusable length at byte {at + 1}")
            size = int.from_bytes(data[start : start + count], "big")
            start += count
            if size < 0x80 or size >> (8 * (count - 1)) == 0:
                raise KeyRefused(f"ASN.1: length is not minimal at byte {at + 1}")
        if start + size > len(data):
            raise KeyRefused(f"ASN.1: value is cut off at byte {at}")
        self._at = start + size
        return data[start : self._at]

    def natural(self) -> int:
        """The next value, a non-negative INTEGER."""
        at, content = self._at, self.take(INTEGER)
        if not content or content[0] > 0x7F or (len(content) > 1 and content[0] == 0 and content[1] < 0x80):
            raise KeyRefused(f"ASN.1: not a non-negative integer in its shortest form at byte {at}")
        return int.from_bytes(content, "big")

    def end(self) -> None:
        """Refuses whatever follows."""
        if self:
            raise KeyRefused(f"ASN.1: {len(self._data) - self._at} bytes too many at byte {self._at}")
