"""Where things are in an OFD package: the document, its pages, its list of signatures (GB/T 33190-2016, 7 and 18)."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from yiwang.commons.seals.engine.ofd.package import Package
from yiwang.commons.seals.engine.ofd.xml import Element, read_xml
from yiwang.commons.seals.engine.wording import SealFault

ROOT = "OFD.xml"


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of Signatures.xml."""

    id: str
    type: str
    path: str  # of Signature.xml, as in the package


@dataclass(frozen=True, slots=True)
class Places:
    """What OFD.xml names. `signatures`: the path of Signatures.xml, empty where the file has none."""

    root: Element
    document: str
    signatures: str
    max_id: str
    listed: tuple[Listed, ...]


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
    if normal.startswith(("..", "/")):
        raise SealFault("ofd.outside", location=path)
    return normal


def folder(path: str) -> str:
    return posixpath.dirname(path)


def find_places(package: Package) -> Places:
    """Read OFD.xml and the list of signatures. Raises SealFault."""
    if ROOT not in package.files:
        raise SealFault("ofd.none")
    root = read_xml(package.files[ROOT], ROOT, "OFD")
    bodies = list(root.all("DocBody"))
    if not bodies:
        raise SealFault("ofd.none")
    if len(bodies) > 1:
        raise SealFault("ofd.bodies", count=len(bodies))
    body = bodies[0]
    document = resolve(package, "", body.said("DocRoot"))
    if document is None:
        raise SealFault("ofd.missing", name=body.said("DocRoot") or "DocRoot")
    told = list(body.all("Signatures"))
    if len(told) > 1:
        raise SealFault("ofd.lists")
    if not told:
        return Places(root, document, "", "", ())
    path = resolve(package, "", told[0].text)
    if path is None:
        raise SealFault("ofd.missing", name=told[0].text.strip() or "Signatures")
    max_id, listed = _list(package, path)
    return Places(root, document, path, max_id, listed)


def _list(package: Package, path: str) -> tuple[str, tuple[Listed, ...]]:
    root = read_xml(package.files[path], path, "Signatures")
    found: list[Listed] = []
    for line in root.all("Signature"):
        place = resolve(package, folder(path), line.get("BaseLoc"))
        if place is None:
            raise SealFault("ofd.missing", name=line.get("BaseLoc") or "Signature")
        if any(place == other.path for other in found):
            raise SealFault("ofd.listed_twice", name=place)
        found.append(Listed(line.get("ID"), line.get("Type") or "Seal", place))
    if len(found) > MAX_SIGNATURES:
        raise SealFault("ofd.many", limit=MAX_SIGNATURES)
    return root.said("MaxSignId"), tuple(found)


MAX_SIGNATURES = 200


def page_ids(package: Package, document: str) -> list[str]:
    """The IDs of the pages in their order. Raises SealFault."""
    root = read_xml(package.files[document], document, "Document")
    pages = root.first("Pages")
    return [page.get("ID") for page in pages.all("Page")] if pages is not None else []


def named_locations(element: Element) -> Iterator[str]:
    """Every location that a part names: what readers follow from it."""
    for each in element.walk():
        for name, value in each.attributes.items():
            if name in {"BaseLoc", "FileLoc", "Loc"} and value.strip():
                yield value
        if each.text.strip() and not each.children and (each.name in _LOCATIONS or each.name.endswith("Loc")):
            yield each.text


_LOCATIONS = frozenset(
    {"DocRoot", "PublicRes", "DocumentRes", "Annotations", "Attachments", "CustomTags", "Extensions", "Signatures",
     "MediaFile", "FontFile", "PageRes", "Profile", "ExtendData", "Thumbnail", "Cover", "Data"}
)  # fmt: skip
