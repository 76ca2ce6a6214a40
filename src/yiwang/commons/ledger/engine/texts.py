"""Reads the line formats of C2SP strictly: one spelling for each value, bounded size, faults with their line."""

import base64
import binascii
import re

from .merkle import HASH_SIZE, MAX_SIZE
from .wording import TextWrong

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


def decoded(data: bytes, limit: int) -> str:
    """UTF-8 text of at most `limit` bytes without control characters that ends in a newline."""
    if len(data) > limit:
        raise TextWrong("text.too_long", limit=limit)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise TextWrong("text.encoding", line=data.count(b"\n", 0, error.start) + 1) from error
    if found := _CONTROL.search(text):
        raise TextWrong("text.control", line=text.count("\n", 0, found.start()) + 1)
    if not text.endswith("\n"):
        raise TextWrong("text.end", line=text.count("\n") + 1)
    return text


def number(text: str, line: int = 0) -> int:
    """A decimal number without leading zeroes, below 2^63."""
    if not _NUMBER.fullmatch(text) or (value := int(text)) > MAX_SIZE:
        raise TextWrong("text.number", line=line)
    return value


def from_base64(text: str, line: int = 0) -> bytes:
    """Standard base64 with padding (RFC 4648 §4) in its one canonical spelling."""
    try:
        value = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise TextWrong("text.base64", line=line) from error
    if to_base64(value) != text:
        raise TextWrong("text.base64", line=line)
    return value


def to_base64(value: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(value).decode("ascii")


def hash_line(text: str, line: int = 0) -> bytes:
    """A hash of 32 bytes in base64."""
    value = from_base64(text, line)
    if len(value) != HASH_SIZE:
        raise TextWrong("text.hash", line=line)
    return value


def key_name(name: str, line: int = 0) -> str:
    """A key's name: not empty, without spaces, plus signs or control characters (C2SP signed-note)."""
    if not name or "+" in name or any(c.isspace() or c < " " for c in name):
        raise TextWrong("key.name", line=line)
    return name
