"""XML of OFD parts as text: names, escapes, numbers. Written by hand because the same document must give the same bytes."""

import re
from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from yiwang.commons.seals.engine.faults import PaperFault

NAMESPACE: Final = "http://www.ofdspec.org/2016"
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def words(text: str) -> str:
    """Text of an element. Raises PaperFault for a character that XML cannot hold."""
    if found := _ILLEGAL.search(text):
        raise PaperFault(f"XML cannot hold U+{ord(found.group()):04X}")
    return escape(text)


def attribute(name: str, value: str) -> str:
    """An attribute with the space before it. Raises PaperFault."""
    words(value)
    return f" {name}={quoteattr(value)}"


def element(name: str, body: str = "", attributes: Mapping[str, str] | None = None, *, root: bool = False) -> str:
    """An element of the namespace of OFD around a body that is XML already."""
    told = f' xmlns:ofd="{NAMESPACE}"' if root else ""
    told += "".join(attribute(key, value) for key, value in (attributes or {}).items())
    return f"<ofd:{name}{told}>{body}</ofd:{name}>" if body else f"<ofd:{name}{told}/>"


def number(value: float, places: int = 3) -> str:
    """Millimetres to a micrometre, or to fewer `places`, without needless zeros."""
    told = f"{value:.{places}f}"
    if places:
        told = told.rstrip("0").rstrip(".")
    return "0" if told in {"-0", ""} else told


def deltas(values: list[float]) -> str:
    """A DeltaX: runs of three and more equal steps are told as `g count step`."""
    told = [number(value) for value in values]
    parts: list[str] = []
    at = 0
    while at < len(told):
        count = 1
        while at + count < len(told) and told[at + count] == told[at]:
            count += 1
        parts += ["g", str(count), told[at]] if count > 2 else told[at : at + count]
        at += count
    return " ".join(parts)
