"""Paints the pages of an OFD file as SVG, so that a person sees a document in the browser without a reader.

For documents as `writing` makes them, and as much of others as is plain: text, paths, images, page templates, seals. The
letters are drawn from the typefaces of this machine, never from fonts of the file, which may be anybody's. All bounded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from yiwang.commons.seals.engine import ses
from yiwang.commons.seals.engine.ofd.marking import number
from yiwang.commons.seals.engine.ofd.package import Package, open_package
from yiwang.commons.seals.engine.ofd.places import Places, find_places, folder, resolve
from yiwang.commons.seals.engine.ofd.strokes import MOST_BYTES, Canvas, numbers
from yiwang.commons.seals.engine.ofd.xml import Element, read_xml
from yiwang.commons.seals.engine.wording import SealFault

MOST_PAGES: Final = 50
LARGEST_PAGE: Final = 2000.0
_MOST_STAMPS: Final = 50
_MOST_PARTS: Final = 100
"""Parts (pages, templates, resources) that are read, each once."""
_MOST_RESOURCES: Final = 8
_MOST_READ: Final = 48 * 1024 * 1024


@dataclass(slots=True)
class _Document:
    """What the pages of a document draw on."""

    package: Package
    home: str
    root: Element
    fonts: dict[str, str] = field(default_factory=dict)
    images: dict[str, bytes] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    read: dict[str, Element] = field(default_factory=dict)
    taken: int = 0

    def part(self, base: str, location: str, name: str) -> tuple[str, Element] | None:
        """A part and its path; None where there is none."""
        path = resolve(self.package, base, location)
        if path is None:
            return None
        if path not in self.read:
            self.taken += len(self.package.files[path])
            if len(self.read) >= _MOST_PARTS or self.taken > _MOST_READ:
                raise SealFault("xml.limits", part=path)
            self.read[path] = read_xml(self.package.files[path], path, name)
        found = self.read[path]
        return (path, found) if found.name == name else None


def paint_ofd(data: bytes, *, pages: int = MOST_PAGES) -> tuple[str, ...]:
    """The first pages of the first document as SVG, a millimetre a unit, with its seals. Raises SealFault.

    What can't be drawn is left out. The SVG has no script, no style sheet and no address of anything. Seals are painted as
    they stand in the file: whether they hold is for `verify_ofd` to say, and must be said beside the picture.
    """
    package = open_package(data)
    places = find_places(package)
    path = places.documents[0]
    document = _Document(package, folder(path), read_xml(package.files[path], path, "Document"))
    _read_resources(document)
    stamps = _stamps(document, places)
    listed = document.root.first("Pages")
    painted: list[str] = []
    room = MOST_BYTES
    for page in list(listed.all("Page") if listed is not None else ())[: min(pages, MOST_PAGES)]:
        found = document.part(document.home, page.get("BaseLoc"), "Page")
        if found is not None:
            drawn = _page(document, found[1], stamps.get(page.get("ID"), []), room)
            painted.append(drawn)
            room -= len(drawn)
    return tuple(painted)


def _read_resources(document: _Document) -> None:
    common = document.root.first("CommonData")
    if common is None:
        return
    for kind in ("PublicRes", "DocumentRes"):
        for named in list(common.all(kind))[:_MOST_RESOURCES]:
            found = document.part(document.home, named.text, "Res")
            if found is not None:
                _read_resource(document, folder(found[0]), found[1])
    for template in common.all("TemplatePage"):
        document.templates[template.get("ID")] = template.get("BaseLoc")


def _read_resource(document: _Document, base: str, resource: Element) -> None:
    inside = f"{base}/{resource.get('BaseLoc')}".strip("/") if resource.get("BaseLoc") else base
    for fonts in resource.all("Fonts"):
        for font in fonts.all("Font"):
            name = font.get("FontName") + font.get("FamilyName")
            plain = any(word in name for word in ("黑", "Hei", "Sans", "等线", "雅黑")) or font.get("Serif") == "false"
            document.fonts[font.get("ID")] = "hei" if plain else "song"
    for media in resource.all("MultiMedias"):
        for each in media.all("MultiMedia"):
            path = resolve(document.package, inside, each.said("MediaFile"))
            if path is not None:
                document.images[each.get("ID")] = document.package.files[path]


def _page(document: _Document, page: Element, stamps: list[tuple[list[float], bytes]], room: int) -> str:
    width, height = _size(document, page)
    canvas = Canvas(document.fonts, document.images, max(0, room))
    templates = [each for each in page.all("Template") if each.get("TemplateID") in document.templates]
    for template in templates[:10]:
        found = document.part(document.home, document.templates[template.get("TemplateID")], "Page")
        if found is not None:
            _draw(canvas, found[1])
    _draw(canvas, page)
    for box, picture in stamps:
        canvas.stamp(box, picture)
    drawn = canvas.svg()
    size = f'viewBox="0 0 {number(width)} {number(height)}" width="{number(width)}mm" height="{number(height)}mm"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f'<rect width="{number(width)}" height="{number(height)}" fill="#ffffff"/>{drawn}</svg>'
    )


def _size(document: _Document, page: Element) -> tuple[float, float]:
    for holder in (page.first("Area"), _default_area(document)):
        box = numbers(holder.said("PhysicalBox"), 4) if holder is not None else None
        if box is not None and 0 < box[2] <= LARGEST_PAGE and 0 < box[3] <= LARGEST_PAGE:
            return box[2], box[3]
    return 210.0, 297.0


def _default_area(document: _Document) -> Element | None:
    common = document.root.first("CommonData")
    return common.first("PageArea") if common is not None else None


def _draw(canvas: Canvas, page: Element) -> None:
    for content in page.all("Content"):
        for layer in content.all("Layer"):
            for item in _objects(layer):
                canvas.draw(item)


def _objects(holder: Element) -> Iterator[Element]:
    for child in holder.children:
        if child.name == "PageBlock":
            yield from _objects(child)
        else:
            yield child


def _stamps(document: _Document, places: Places) -> dict[str, list[tuple[list[float], bytes]]]:
    """Boxes and pictures of the seals of each page."""
    found: dict[str, list[tuple[list[float], bytes]]] = {}
    if len(places.documents) != 1:
        return found  # whose seals they are can't be told apart by the IDs of pages
    count = 0
    for line in places.listed[:_MOST_STAMPS]:
        try:
            signature = read_xml(document.package.files[line.path], line.path, "Signature")
            value = resolve(document.package, folder(line.path), signature.said("SignedValue"))
            seal = ses.parse_signed_value(document.package.files[value or ""]).seal
        except (SealFault, KeyError):
            continue
        info = signature.first("SignedInfo")
        for annotation in info.all("StampAnnot") if info is not None else ():
            box = numbers(annotation.get("Boundary"), 4)
            count += 1
            if box is not None and count <= _MOST_STAMPS:
                found.setdefault(annotation.get("PageRef"), []).append((box, seal.info.picture))
    return found
