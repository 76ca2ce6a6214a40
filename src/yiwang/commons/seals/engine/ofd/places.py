"""Where things are in an OFD package: the document, its pages, its list of signatures (GB/T 33190-2016, 7 and 18)."""

import posixpath
from dataclasses import dataclass
from typing import Final

from yiwang.commons.seals.engine.ofd.package import Package
from yiwang.commons.seals.engine.ofd.xml import Element, read_xml
from yiwang.commons.seals.engine.wording import SealFault

ROOT: Final = "OFD.xml"
MAX_DOCUMENTS: Final = 16
MAX_SIGNATURES: Final = 64


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of Signatures.xml."""

    id: str
    type: str
    path: str  # of Signature.xml, as in the package


@dataclass(frozen=True, slots=True)
class SignatureList:
    """A Signatures.xml: its path, the highest ID it tells, its lines."""

    path: str
    max_id: str
    lines: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """What OFD.xml names: its documents' roots, and their lists of signatures (those that have one)."""

    root: Element
    documents: tuple[str, ...]
    lists: tuple[SignatureList, ...]

    @property
    def listed(self) -> tuple[Listed, ...]:
        return tuple(line for each in self.lists for line in each.lines)


def resolve(package: Package, base: str, location: str) -> str | None:
    """The name of a file that a part in the folder `base` names; None where there is none.

    A location beginning with `/` counts from the root, else from the folder (ST_Loc); several makers write it from the
    root without the stroke, so that is tried where the folder has no such file. SealFault where both exist, or where it
    leads out of the package.
    """
    told = location.strip().replace("\\", "/")
    if not told:
        return None
    from_root = _within(told.lstrip("/"))
    if told.startswith("/"):
        return package.find(from_root)
    near, far = package.find(_within(posixpath.join(base, told))), package.find(from_root)
    if near and far and near != far:
        raise SealFault("ofd.ambiguous", location=location)
    return near or far


def _within(path: str) -> str:
    normal = posixpath.normpath(path)
    if normal == ".." or normal.startswith(("../", "/")):
        raise SealFault("ofd.outside", location=path)
    return normal


def folder(path: str) -> str:
    return posixpath.dirname(path)


def find_places(package: Package) -> Places:
    """Read OFD.xml and the lists of signatures. Raises SealFault."""
    if ROOT not in package.files:
        raise SealFault("ofd.none")
    root = read_xml(package.files[ROOT], ROOT, "OFD")
    documents: list[str] = []
    lists: list[SignatureList] = []
    bodies = list(root.all("DocBody"))
    if len(bodies) > MAX_DOCUMENTS:
        raise SealFault("ofd.bodies", count=len(bodies))
    for body in bodies:
        documents.append(_named(package, body.said("DocRoot"), "DocRoot"))
        told = [element for element in body.all("Signatures") if element.text.strip()]
        if len(told) > 1:
            raise SealFault("ofd.lists")
        lists += [_list(package, _named(package, element.text, "Signatures")) for element in told]
    if not documents:
        raise SealFault("ofd.none")
    if len({each.path for each in lists}) != len(lists):
        raise SealFault("ofd.lists")
    paths = [line.path for each in lists for line in each.lines]
    if len(paths) > MAX_SIGNATURES:
        raise SealFault("ofd.many", limit=MAX_SIGNATURES)
    if len(set(paths)) != len(paths):
        raise SealFault("ofd.listed_twice")
    return Places(root, tuple(documents), tuple(lists))


def _named(package: Package, location: str, what: str) -> str:
    path = resolve(package, "", location)
    if path is None:
        raise SealFault("ofd.missing", name=location.strip() or what)
    return path


def _list(package: Package, path: str) -> SignatureList:
    root = read_xml(package.files[path], path, "Signatures")
    found = []
    for line in root.all("Signature"):
        place = resolve(package, folder(path), line.get("BaseLoc"))
        if place is None:
            raise SealFault("ofd.missing", name=line.get("BaseLoc") or "Signature")
        found.append(Listed(line.get("ID"), line.get("Type") or "Seal", place))
    return SignatureList(path, root.said("MaxSignId"), tuple(found))


def page_ids(package: Package, document: str) -> list[str]:
    """The IDs of the pages in their order. Raises SealFault."""
    root = read_xml(package.files[document], document, "Document")
    pages = root.first("Pages")
    return [page.get("ID") for page in pages.all("Page")] if pages is not None else []


def core(package: Package, places: Places) -> set[str]:
    """What decides which pages a reader shows: OFD.xml, the documents, and the pages and templates that they name."""
    found = {ROOT, *places.documents}
    for document in places.documents:
        try:
            root = read_xml(package.files[document], document, "Document")
            named = [each.get("BaseLoc") for each in root.walk() if each.name in {"Page", "TemplatePage"}]
            found |= {path for told in named if (path := resolve(package, folder(document), told))}
        except SealFault:
            continue
    return found
