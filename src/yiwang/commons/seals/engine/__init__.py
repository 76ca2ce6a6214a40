"""Seals, sealed documents and their verdicts, free of any framework: usable offline, without a database.

Doors: pages and `write_ofd` make documents. Names are imported when first asked for, so that a verifier does not load fonts.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .faults import GlyphMissing, PaperFault
    from .findings import Findings
    from .judging import Sealed, judge_signed_value, sealed_bytes, verify_seal
    from .ofd.contents import advances_of
    from .ofd.package import Package, open_package
    from .ofd.pages import Colour, OfdImage, OfdObject, OfdPage, OfdPath, OfdText, Step, image_format, rectangle
    from .ofd.painting import paint_ofd
    from .ofd.signing import Stamp, sign_ofd
    from .ofd.verifying import verify_ofd
    from .ofd.writing import write_ofd
    from .pdf.judging import is_sealed_pdf, verify_pdf
    from .pdf.signing import seal_pdf
    from .pictures import DIAMETERS, SealPicture, draw_seal
    from .ses import ParsedSeal, ParsedSignedValue, SealInfo, make_seal, parse_seal, parse_signed_value, sign_value
    from .sorting import is_sealed, verify_sealed
    from .statements import (
        Signatory,
        StatementFault,
        StatementSignature,
        claim_bytes,
        is_statement,
        pack_statement,
        statement_bytes,
        verify_statement,
    )
    from .trust import Trust
    from .typefaces import FACES, Typeface, face_for, font_folder, typeface
    from .wording import Reason, SealFault

__all__ = [
    "DIAMETERS",
    "FACES",
    "Colour",
    "Findings",
    "GlyphMissing",
    "OfdImage",
    "OfdObject",
    "OfdPage",
    "OfdPath",
    "OfdText",
    "Package",
    "PaperFault",
    "ParsedSeal",
    "ParsedSignedValue",
    "Reason",
    "SealFault",
    "SealInfo",
    "SealPicture",
    "Sealed",
    "Signatory",
    "Stamp",
    "StatementFault",
    "StatementSignature",
    "Step",
    "Trust",
    "Typeface",
    "advances_of",
    "claim_bytes",
    "draw_seal",
    "face_for",
    "font_folder",
    "image_format",
    "is_sealed",
    "is_sealed_pdf",
    "is_statement",
    "judge_signed_value",
    "make_seal",
    "open_package",
    "pack_statement",
    "paint_ofd",
    "parse_seal",
    "parse_signed_value",
    "rectangle",
    "seal_pdf",
    "sealed_bytes",
    "sign_ofd",
    "sign_value",
    "statement_bytes",
    "typeface",
    "verify_ofd",
    "verify_pdf",
    "verify_seal",
    "verify_sealed",
    "verify_statement",
    "write_ofd",
]

_PLACES = {
    "Package": "ofd.package",
    "open_package": "ofd.package",
    "paint_ofd": "ofd.painting",
    "is_sealed_pdf": "pdf.judging",
    "seal_pdf": "pdf.signing",
    "verify_pdf": "pdf.judging",
    "Signatory": "statements",
    "StatementFault": "statements",
    "StatementSignature": "statements",
    "claim_bytes": "statements",
    "is_statement": "statements",
    "pack_statement": "statements",
    "statement_bytes": "statements",
    "verify_statement": "statements",
    "Colour": "ofd.pages",
    "DIAMETERS": "pictures",
    "FACES": "typefaces",
    "Findings": "findings",
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
    "SealPicture": "pictures",
    "Sealed": "judging",
    "Stamp": "ofd.signing",
    "Step": "ofd.pages",
    "Trust": "trust",
    "Typeface": "typefaces",
    "advances_of": "ofd.contents",
    "draw_seal": "pictures",
    "face_for": "typefaces",
    "font_folder": "typefaces",
    "image_format": "ofd.pages",
    "is_sealed": "sorting",
    "judge_signed_value": "judging",
    "make_seal": "ses",
    "parse_seal": "ses",
    "parse_signed_value": "ses",
    "rectangle": "ofd.pages",
    "sealed_bytes": "judging",
    "sign_ofd": "ofd.signing",
    "sign_value": "ses",
    "typeface": "typefaces",
    "verify_ofd": "ofd.verifying",
    "verify_seal": "judging",
    "verify_sealed": "sorting",
    "write_ofd": "ofd.writing",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_PLACES[name]}", __name__), name)
