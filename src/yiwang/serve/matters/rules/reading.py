"""Bytes of a CSV file as rows with their lines: any usual encoding, any separator, broken quotes put aside one by one."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LARGEST = 50 * 1024 * 1024
_LONGEST_RECORD = 40
_FIELD = 131_072
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class Unreadable(ValueError):
    """The file as a whole is no list: `reason` is a key of the caller's words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Record:
    """A row: its fields, or none with the reason (`quotes`, `nul`) and the text."""

    line: int
    fields: tuple[str, ...] | None
    text: str = ""
    fault: str = ""


def decode(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding. Raises Unreadable: empty, too large, in no known encoding."""
    if len(data) > LARGEST:
        raise Unreadable("large")
    if not data.strip(b"\x00 \r\n\t"):
        raise Unreadable("empty")
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "")
    for encoding in [marked] if marked else ["utf-8", "gb18030"]:
        try:
            return data.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    raise Unreadable("encoding")


def records(text: str) -> Iterator[Record]:
    """Rows in order; the first is the header. A quote that is never closed costs its own line only."""
    lines = text.splitlines(keepends=True)
    separator = _separator(lines[0] if lines else "")
    at = 0
    while at < len(lines):
        length = _length(lines, at)
        whole = "".join(lines[at : at + length])
        if whole.strip():
            yield _record(whole, at + 1, separator)
        at += length


def _length(lines: Sequence[str], at: int) -> int:
    """How many lines the record takes: until its quotes are closed; one where they never are."""
    quotes = 0
    for length, line in enumerate(lines[at : at + _LONGEST_RECORD], start=1):
        quotes += line.count('"')
        if quotes % 2 == 0:
            return length
    return 1


def _record(whole: str, line: int, separator: str) -> Record:
    if "\x00" in whole:
        return Record(line, None, whole.replace("\x00", "\ufffd")[:2000], "nul")
    try:
        found = next(csv.reader([whole], delimiter=separator, strict=True), [])
    except csv.Error:
        return Record(line, None, whole[:2000], "quotes")
    if any(len(field) > _FIELD for field in found):
        return Record(line, None, whole[:2000], "long")
    return Record(line, tuple(found), whole[:2000])


def _separator(header: str) -> str:
    return max(",\t;", key=header.count)
