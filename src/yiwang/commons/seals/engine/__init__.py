"""Seals, sealed documents and their verdicts, free of any framework: usable offline, without a database.

Doors: pages and `write_ofd` make documents. Names are imported when first asked for, so that a verifier does not load fonts.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .faults import GlyphMissing, PaperFault
    from .ofd.contents import advances_of
    from .ofd.pages import Colour, OfdImage, OfdObject, OfdPage, OfdPath, OfdText, Step, image_format, rectangle
    from .ofd.writing import write_ofd
    from .typefaces import FACES, Typeface, face_for, font_folder, typeface

__all__ = [
    "FACES",
    "Colour",
    "GlyphMissing",
    "OfdImage",
    "OfdObject",
    "OfdPage",
    "OfdPath",
    "OfdText",
    "PaperFault",
    "Step",
    "Typeface",
    "advances_of",
    "face_for",
    "font_folder",
    "image_format",
    "rectangle",
    "typeface",
    "write_ofd",
]

_PLACES = {
    "FACES": "typefaces",
    "Colour": "ofd.pages",
    "GlyphMissing": "faults",
    "OfdImage": "ofd.pages",
    "OfdObject": "ofd.pages",
    "OfdPage": "ofd.pages",
    "OfdPath": "ofd.pages",
    "OfdText": "ofd.pages",
    "PaperFault": "faults",
    "Step": "ofd.pages",
    "Typeface": "typefaces",
    "advances_of": "ofd.contents",
    "face_for": "typefaces",
    "font_folder": "typefaces",
    "image_format": "ofd.pages",
    "rectangle": "ofd.pages",
    "typeface": "typefaces",
    "write_ofd": "ofd.writing",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_PLACES[name]}", __name__), name)
