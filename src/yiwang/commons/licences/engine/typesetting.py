"""Pages as PDF/A-2u by typst: every part at the place it has already, so that the PDF equals the OFD.

Pages are bounded (they come from a layout, values are limited), so this runs in the process; one paper at a time.
"""

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import typst

from yiwang.commons.seals.engine import (
    Colour,
    OfdImage,
    OfdObject,
    OfdPage,
    OfdPath,
    OfdText,
    advances_of,
    font_folder,
    image_format,
    typeface,
)

_SOURCE: Final = Path(__file__).with_name("pages.typ")
_EXACT: Final = 0.002
"""mm by which a step may differ from the font's own before the text is taken apart."""
_lock = Lock()


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_folder())])


def write_pdf(pages: Sequence[OfdPage], *, title: str, author: str, created: date) -> bytes:
    """The pages as PDF/A-2u (archived as it is, its text can be searched). Equal input gives equal bytes."""
    files: dict[str, bytes] = {"main": _SOURCE.read_bytes()}
    told = {
        "title": title,
        "author": author,
        "day": [created.year, created.month, created.day],
        "pages": [
            {"width": page.width, "height": page.height, "items": [_item(item, files) for item in page.objects]}
            for page in pages
        ],
    }
    compiled: Any = typst.compile  # takes files by name, though its hint says not
    with _lock:
        made = compiled(
            files,
            format="pdf",
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"pages": json.dumps(told, ensure_ascii=False)},
            pdf_standards=["a-2u"],
        )
    assert isinstance(made, bytes)
    return made


def _item(item: OfdObject, files: dict[str, bytes]) -> dict[str, Any]:
    if isinstance(item, OfdText):
        return {
            "kind": "text",
            "x": item.x,
            "y": item.y,
            "parts": _parts(item),
            "face": item.face,
            "size": item.size,
            "bold": item.bold,
            "colour": _hex(item.colour),
        }
    if isinstance(item, OfdPath):
        return {
            "kind": "path",
            "steps": item.steps,
            "fill": _hex(item.fill),
            "stroke": _hex(item.stroke),
            "width": item.width,
            "dash": item.dash,
        }
    assert isinstance(item, OfdImage)
    name = f"image-{len(files)}.{image_format(item.data).lower()}"
    files[name] = item.data
    return {"kind": "image", "x": item.x, "y": item.y, "width": item.width, "height": item.height, "file": name}


def _parts(item: OfdText) -> list[tuple[float, str]]:
    """Where each stretch of characters begins that stand as far from each other as the font says."""
    font = typeface(item.face)
    parts: list[tuple[float, str]] = []
    begun, at, stretch = 0.0, 0.0, ""
    for character, step in zip(item.text, [*advances_of(item), 0.0], strict=True):
        stretch += character
        at += step
        if abs(font.advance(character) * item.size - step) > _EXACT:
            parts.append((begun, stretch))
            begun, stretch = at, ""
    return parts


def _hex(colour: Colour | None) -> str | None:
    return None if colour is None else "#" + bytes(colour).hex()
