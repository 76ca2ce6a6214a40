"""A layout with its values becomes pages; the pages become OFD or PDF of equal geometry."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from yiwang.commons.licences.engine import ornaments
from yiwang.commons.licences.engine.layout import Code, Element, Frame, Layout, Picture, Rule, Words
from yiwang.commons.licences.engine.setting import set_words
from yiwang.commons.licences.engine.typesetting import write_pdf
from yiwang.commons.seals.engine import OfdImage, OfdObject, OfdPage, OfdPath, write_ofd

if TYPE_CHECKING:
    from yiwang.commons.seals.engine import Stamp


def draw(layout: Layout, values: Mapping[str, str], *, qr_text: str = "", watermark: str = "") -> tuple[OfdPage, ...]:
    """The pages of a licence. Raises ValueTooLong, GlyphMissing."""
    pages: list[OfdPage] = []
    for sheet in layout.sheets:
        objects: list[OfdObject] = []
        below = ornaments.watermark(sheet, watermark) if watermark else None
        if below is not None:
            objects.append(below)
        for element in sheet.elements:
            objects += _drawn(element, values, qr_text)
        pages.append(OfdPage(sheet.width, sheet.height, tuple(objects)))
    return tuple(pages)


def render_ofd(
    layout: Layout,
    values: Mapping[str, str],
    *,
    created: date,
    author: str,
    qr_text: str = "",
    watermark: str = "",
    custom: Mapping[str, str] | None = None,
    attachments: Mapping[str, bytes] | None = None,
) -> bytes:
    """The licence as OFD with its fonts, unsealed. Equal input gives equal bytes. Raises ValueTooLong, GlyphMissing."""
    return write_ofd(
        draw(layout, values, qr_text=qr_text, watermark=watermark),
        title=layout.title,
        author=author,
        created=created,
        custom=custom,
        attachments=attachments,
    )


def render_pdf(
    layout: Layout,
    values: Mapping[str, str],
    *,
    created: date,
    author: str,
    qr_text: str = "",
    watermark: str = "",
) -> bytes:
    """The same licence as PDF/A-2u, unsealed. Raises ValueTooLong, GlyphMissing."""
    pages = draw(layout, values, qr_text=qr_text, watermark=watermark)
    return write_pdf(pages, title=layout.title, author=author, created=created)


def stamps(layout: Layout, width_mm: float, height_mm: float) -> "tuple[Stamp, ...]":
    """Where a seal of this size comes on each of the layout's places."""
    from yiwang.commons.seals.engine import Stamp

    return tuple(
        Stamp(place.page, place.x - width_mm / 2, place.y - height_mm / 2, width_mm, height_mm)
        for place in layout.seals
    )


def _drawn(element: Element, values: Mapping[str, str], qr_text: str) -> list[OfdObject]:
    if isinstance(element, Words):
        return list(set_words(_told(element, values), element.box, element.style, element.field))
    if isinstance(element, Rule):
        steps = (("M", element.start), ("L", element.end))
        return [OfdPath(steps, stroke=element.colour, width=element.width, dash=element.dash)]
    if isinstance(element, Frame):
        return list(ornaments.frame(element))
    if isinstance(element, Picture):
        box = element.box
        return [OfdImage(box.x, box.y, box.width, box.height, element.data)]
    assert isinstance(element, Code)
    return [ornaments.qr(element, qr_text)] if qr_text else []


def _told(element: Words, values: Mapping[str, str]) -> str:
    if not element.field:
        return element.text
    value = values.get(element.field, "").strip()
    return f"{element.before}{value}{element.after}" if value else element.empty
