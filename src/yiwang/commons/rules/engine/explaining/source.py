"""A model as it was published: its text, and the hash that names its content whatever its layout."""

import hashlib
import io
from dataclasses import dataclass
from functools import cached_property
from xml.etree.ElementTree import C14NWriterTarget  # noqa: TID251 - only writes; defusedxml parses

from defusedxml.ElementTree import XMLParser

from yiwang.commons.rules.engine.dmn_model import Model, load_dmn
from yiwang.commons.rules.engine.dmn_xml import read_xml

ALGORITHMS = ("sm3", "sha256")
_DRAWINGS = tuple(
    f"{{{namespace}}}DMNDI"
    for namespace in (
        "http://www.omg.org/spec/DMN/20180521/DMNDI/",
        "https://www.omg.org/spec/DMN/20191111/DMNDI/",
        "https://www.omg.org/spec/DMN/20230324/DMNDI/",
    )
)


@dataclass(frozen=True)
class Source:
    """A DMN file with those it imports. Raises `DmnError` on use where it is no DMN."""

    xml: bytes
    imports: tuple[bytes, ...] = ()

    @cached_property
    def model(self) -> Model:
        return load_dmn(self.xml, self.imports)

    @cached_property
    def version(self) -> dict[str, str]:
        """Hashes of the canonical form by algorithm: Canonical XML 2.0 without drawings, spaces around texts, prefixes.

        The imports follow in the order of their hashes, so that the order in which they are told does not count.
        """
        main = canonical_form(self.xml)
        others = sorted(map(canonical_form, self.imports), key=lambda data: hashlib.sha256(data).digest())
        parts = [main, *others]
        return {name: _digest(name, parts) for name in ALGORITHMS}


def canonical_form(xml: bytes) -> bytes:
    """The bytes that are hashed. Raises `DmnError` where the text is no DMN."""
    read_xml(xml)
    out = io.StringIO()
    target = C14NWriterTarget(out.write, strip_text=True, rewrite_prefixes=True, exclude_tags=list(_DRAWINGS))
    parser = XMLParser(target=target, forbid_dtd=True)
    parser.feed(xml)
    parser.close()
    return out.getvalue().encode()


def _digest(algorithm: str, parts: list[bytes]) -> str:
    digest = hashlib.new(algorithm)
    for part in parts:
        digest.update(f"{len(part)}:".encode() + part)
    return digest.hexdigest()
