"""XML parts of an OFD file of strangers: no DTD, no entity, limits on size, depth and number of elements.

Elements know where they begin and end in the bytes, so that signing can add to a part without rewriting it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from yiwang.commons.seals.engine.ofd.marking import NAMESPACE
from yiwang.commons.seals.engine.wording import SealFault

MAX_XML: Final = 4 * 1024 * 1024
MAX_DEPTH: Final = 64
MAX_ELEMENTS: Final = 60_000
_NAMESPACES: Final = frozenset({NAMESPACE, "http://www.ofdspec.org", ""})


@dataclass(slots=True)
class Element:
    """One element of OFD's namespace: local name, attributes, text, children; `end`: the offset of its end tag."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    children: "list[Element]" = field(default_factory=list)
    end: int = -1

    def get(self, name: str) -> str:
        return self.attributes.get(name, "").strip()

    def all(self, name: str) -> "Iterator[Element]":
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> "Element | None":
        return next(self.all(name), None)

    def said(self, *path: str) -> str:
        """The text of the first element down a path, empty where there is none."""
        found: Element | None = self
        for name in path:
            found = found.first(name) if found is not None else None
        return found.text.strip() if found is not None else ""

    def walk(self) -> "Iterator[Element]":
        """Itself and all below."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += element.children


class _Builder:
    def __init__(self, part: str) -> None:
        self.part = part
        self.parser: Any = None  # set once the parser is made
        self.root: Element | None = None
        self.stack: list[Element] = []
        self.texts: list[list[str]] = []
        self.count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self.stack) >= MAX_DEPTH or self.count > MAX_ELEMENTS:
            raise SealFault("xml.limits", part=self.part)
        namespace, _, name = tag.removeprefix("{").rpartition("}")
        known = name if namespace in _NAMESPACES else tag
        element = Element(known, {key.rpartition("}")[2]: value for key, value in attributes.items()})
        if self.stack:
            self.stack[-1].children.append(element)
        else:
            self.root = element
        self.stack.append(element)
        self.texts.append([])

    def end(self, tag: str) -> None:
        del tag
        element = self.stack.pop()
        element.text = "".join(self.texts.pop())
        element.end = self.parser.parser.CurrentByteIndex

    def data(self, text: str) -> None:
        if self.texts:
            self.texts[-1].append(text)

    def close(self) -> Element | None:
        return self.root


def read_xml(data: bytes, part: str, root: str) -> Element:
    """The root element, which must have this name. SealFault, where `part` is the name of the file."""
    if len(data) > MAX_XML:
        raise SealFault("xml.limits", part=part)
    builder = _Builder(part)
    parser = DefusedXMLParser(target=builder, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    builder.parser = parser
    try:
        parser.feed(data)
        found = parser.close()
    except DefusedXmlException:
        raise SealFault("xml.entities", part=part) from None
    except (ParseError, ValueError, LookupError) as error:
        if isinstance(error, SealFault):
            raise
        raise SealFault("xml.malformed", part=part) from None
    if not isinstance(found, Element) or found.name != root:
        raise SealFault("xml.root", part=part, wanted=root)
    return found
