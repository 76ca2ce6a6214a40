"""Writes pages as an OFD file (GB/T 33190-2016): package, resources, contents, attachments, custom tags.

Fonts are embedded as subsets. Nothing is taken from the clock or from chance: equal input gives equal bytes.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from yiwang.commons.seals.engine.faults import PaperFault
from yiwang.commons.seals.engine.ofd.contents import Ids, page_xml
from yiwang.commons.seals.engine.ofd.marking import attribute, element, number, words
from yiwang.commons.seals.engine.ofd.pages import OfdImage, OfdPage, OfdText, image_format
from yiwang.commons.seals.engine.typefaces import typeface

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_STAMP: Final = (2000, 1, 1, 0, 0, 0)
_CREATOR: Final = "Yiwang"
MOST_PAGES: Final = 2000


@dataclass(slots=True)
class _Package:
    """Entries in the order they are written, and the numbers given out."""

    entries: dict[str, bytes] = field(default_factory=dict)
    ids: Ids = field(default_factory=Ids)

    def xml(self, path: str, name: str, body: str, attributes: Mapping[str, str] | None = None) -> None:
        self.entries[path] = (_HEAD + element(name, body, attributes, root=True)).encode()

    def zip(self) -> bytes:
        kept = io.BytesIO()
        with zipfile.ZipFile(kept, "w") as package:
            for path, data in self.entries.items():
                about = zipfile.ZipInfo(path, _STAMP)
                about.external_attr = 0o644 << 16
                about.create_system = 3
                packed = path.endswith((".xml", ".otf"))
                about.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
                package.writestr(about, data, compresslevel=9 if packed else None)
        return kept.getvalue()


def write_ofd(
    pages: Sequence[OfdPage],
    *,
    title: str,
    author: str,
    created: date,
    custom: Mapping[str, str] | None = None,
    attachments: Mapping[str, bytes] | None = None,
    subject: str = "",
) -> bytes:
    """The pages as one OFD document with embedded fonts.

    `custom`: names and values in the document's own data (CustomDatas). `attachments`: file name to content. Texts with a
    tag are listed in custom tags, so that a machine finds what stands where. Raises GlyphMissing for a character without
    a glyph, PaperFault for what XML or the package cannot hold.
    """
    if not 0 < len(pages) <= MOST_PAGES:
        raise PaperFault(f"a document has 1 to {MOST_PAGES} pages, not {len(pages)}")
    package = _Package()
    package.entries["OFD.xml"] = b""
    package.entries["Doc_0/Document.xml"] = b""
    fonts = _write_fonts(package, pages)
    images = _write_images(package, pages)
    numbers = []
    tags: list[tuple[str, int, int]] = []
    for index, page in enumerate(pages):
        page_id = package.ids.next()
        numbers.append(page_id)
        body, tagged = page_xml(page, fonts, images, package.ids)
        tags += [(tag, page_id, object_id) for tag, object_id in tagged]
        package.xml(f"Doc_0/Pages/Page_{index}/Content.xml", "Page", body)
    _write_tags(package, tags)
    _write_attachments(package, attachments or {}, created)
    _write_document(package, pages, numbers, images=bool(images), tags=bool(tags), attachments=bool(attachments))
    _write_root(package, title, author, created, subject, custom or {})
    return package.zip()


def _write_fonts(package: _Package, pages: Sequence[OfdPage]) -> dict[str, int]:
    used: dict[str, set[str]] = {}
    for page in pages:
        for item in page.objects:
            if isinstance(item, OfdText):
                used.setdefault(item.face, set()).update(item.text)
    ids: dict[str, int] = {}
    listed = ""
    for face, characters in sorted(used.items()):
        ids[face] = package.ids.next()
        font = typeface(face)
        file = f"font_{ids[face]}.otf"
        package.entries[f"Doc_0/Res/{file}"] = font.subset(characters)
        listed += element(
            "Font",
            element("FontFile", words(file)),
            {
                "ID": str(ids[face]),
                "FontName": font.family,
                "FamilyName": font.family,
                "Charset": "unicode",
                "Serif": "true" if font.serif else "false",
            },
        )
    package.xml("Doc_0/PublicRes.xml", "Res", element("Fonts", listed) if listed else "", {"BaseLoc": "Res"})
    return ids


def _write_images(package: _Package, pages: Sequence[OfdPage]) -> dict[bytes, int]:
    ids: dict[bytes, int] = {}
    listed = ""
    for page in pages:
        for item in page.objects:
            if isinstance(item, OfdImage) and item.data not in ids:
                kind = image_format(item.data)
                ids[item.data] = package.ids.next()
                file = f"image_{ids[item.data]}.{kind.lower()}"
                package.entries[f"Doc_0/Res/{file}"] = item.data
                about = {"ID": str(ids[item.data]), "Type": "Image", "Format": kind}
                listed += element("MultiMedia", element("MediaFile", words(file)), about)
    if listed:
        package.xml("Doc_0/DocumentRes.xml", "Res", element("MultiMedias", listed), {"BaseLoc": "Res"})
    return ids


def _write_tags(package: _Package, tags: Sequence[tuple[str, int, int]]) -> None:
    if not tags:
        return
    fields: dict[str, str] = {}
    for tag, page_id, object_id in tags:
        fields[tag] = fields.get(tag, "") + element("ObjectRef", str(object_id), {"PageRef": str(page_id)})
    listed = "".join(f"<Field{attribute('Name', tag)}>{references}</Field>" for tag, references in fields.items())
    package.entries["Doc_0/Tags/CustomTag.xml"] = (
        f'{_HEAD}<Fields xmlns="urn:yiwang:fields" xmlns:ofd="http://www.ofdspec.org/2016">{listed}</Fields>'
    ).encode()
    body = element("CustomTag", element("FileLoc", "Tags/CustomTag.xml"), {"NameSpace": "urn:yiwang:fields"})
    package.xml("Doc_0/CustomTags.xml", "CustomTags", body)


def _write_attachments(package: _Package, attachments: Mapping[str, bytes], created: date) -> None:
    if not attachments:
        return
    listed = ""
    for index, (name, data) in enumerate(attachments.items()):
        suffix = name.rpartition(".")[2].lower() if "." in name else "bin"
        if not (suffix.isascii() and suffix.isalnum() and len(suffix) <= 8):
            suffix = "bin"
        path = f"Doc_0/Attachs/attachment_{index}.{suffix}"
        package.entries[path] = data
        about = {
            "ID": f"attachment_{index}",
            "Name": name,
            "Format": suffix,
            "CreationDate": created.isoformat(),
            "Size": number(len(data) / 1024),
            "Visible": "true",
        }
        listed += element("Attachment", element("FileLoc", f"/{path}"), about)
    package.xml("Doc_0/Attachments.xml", "Attachments", listed)


def _write_document(
    package: _Package, pages: Sequence[OfdPage], numbers: Sequence[int], *, images: bool, tags: bool, attachments: bool
) -> None:
    first = _area(pages[0])
    listed = "".join(
        element(
            "Page",
            element("Area", _area(page)) if _area(page) != first else "",
            {"ID": str(page_id), "BaseLoc": f"Pages/Page_{index}/Content.xml"},
        )
        for index, (page, page_id) in enumerate(zip(pages, numbers, strict=True))
    )
    common = element("MaxUnitID", str(package.ids.last)) + element("PageArea", first)
    common += element("PublicRes", "PublicRes.xml")
    if images:
        common += element("DocumentRes", "DocumentRes.xml")
    body = element("CommonData", common) + element("Pages", listed)
    if attachments:
        body += element("Attachments", "Attachments.xml")
    if tags:
        body += element("CustomTags", "CustomTags.xml")
    package.xml("Doc_0/Document.xml", "Document", body)


def _area(page: OfdPage) -> str:
    return element("PhysicalBox", f"0 0 {number(page.width)} {number(page.height)}")


def _write_root(
    package: _Package, title: str, author: str, created: date, subject: str, custom: Mapping[str, str]
) -> None:
    digest = hashlib.sha256()
    told = (title, author, created.isoformat(), subject, *(part for pair in custom.items() for part in pair))
    for part in (*map(str.encode, told), *package.entries.values()):
        digest.update(len(part).to_bytes(8, "big") + part)
    info = element("DocID", digest.hexdigest()[:32]) + element("Title", words(title)) + element("Author", words(author))
    if subject:
        info += element("Subject", words(subject))
    info += element("CreationDate", created.isoformat()) + element("ModDate", created.isoformat())
    info += element("Creator", _CREATOR) + element("CreatorVersion", "1")
    if custom:
        data = "".join(element("CustomData", words(value), {"Name": name}) for name, value in custom.items())
        info += element("CustomDatas", data)
    body = element("DocBody", element("DocInfo", info) + element("DocRoot", "Doc_0/Document.xml"))
    package.xml("OFD.xml", "OFD", body, {"Version": "1.1", "DocType": "OFD"})
