"""Seals, sealed documents and their verdicts, free of any framework: usable offline, without a database.

Doors: pages and `write_ofd` make documents. Names are imported when first asked for, so that a verifier does not load fonts.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .faults import GlyphMissing, PaperFault
    from .ofd.contents import advances_of
    from .ofd.pages import Colour, OfdImage, OfdObject, OfdPage, OfdPath, OfdText, Step, image_format, rectangle
    from .ofd.signing import Stamp, sign_ofd
    from .ofd.writing import write_ofd
    from .pictures import DIAMETERS, SealPicture, draw_seal
    from .ses import ParsedSeal, ParsedSignedValue, SealInfo, make_seal, parse_seal, parse_signed_value, sign_value
    from .typefaces import FACES, Typeface, face_for, font_folder, typeface
    from .wording import Reason, SealFault

__all__ = [
    "DIAMETERS",
    "FACES",
    "Colour",
    "GlyphMissing",
    "OfdImage",
    "OfdObject",
    "OfdPage",
    "OfdPath",
    "OfdText",
    "PaperFault",
    "ParsedSeal",
    "ParsedSignedValue",
    "Reason",
    "SealFault",
    "SealInfo",
    "SealPicture",
    "Stamp",
    "Step",
    "Typeface",
    "advances_of",
    "draw_seal",
    "face_for",
    "font_folder",
    "image_format",
    "make_seal",
    "parse_seal",
    "parse_signed_value",
    "rectangle",
    "sign_ofd",
    "sign_value",
    "typeface",
    "write_ofd",
]

_PLACES = {
    "DIAMETERS": "pictures",
    "SealPicture": "pictures",
    "draw_seal": "pictures",
    "Colour": "ofd.pages",
    "FACES": "typefaces",
    "GlyphMissing": "faults",
    "OfdImage": "ofd.pages",
    "OfdObject": "ofd.pages",
    "OfdPage": "ofd.pages",
    "OfdPath": "ofd.pages",
    "OfdText": "ofd.pages",
    "PaperFault": "faults",
    "ParsedSeal": "ses",
    "ParsedSignedValue": "ses",
    "Reason": "wording",
    "SealFault": "wording",
    "SealInfo": "ses",
    "Stamp": "ofd.signing",
    "Step": "ofd.pages",
    "Typeface": "typefaces",
    "advances_of": "ofd.contents",
    "face_for": "typefaces",
    "font_folder": "typefaces",
    "image_format": "ofd.pages",
    "make_seal": "ses",
    "parse_seal": "ses",
    "parse_signed_value": "ses",
    "rectangle": "ofd.pages",
    "sign_ofd": "ofd.signing",
    "sign_value": "ses",
    "typeface": "typefaces",
    "write_ofd": "ofd.writing",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_PLACES[name]}", __name__), name)
