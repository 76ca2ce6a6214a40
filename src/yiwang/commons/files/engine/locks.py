"""Whether a PDF opens for everybody. Many are encrypted with an empty password, to forbid printing: those open."""

from io import BytesIO
from typing import BinaryIO, Final

_MARK: Final = b"/Encrypt"
_PIECE: Final = 1024 * 1024


def needs_password(document: bytes | BinaryIO) -> bool:
    """Whether this PDF opens with a password or a certificate only (ISO 32000-1 § 7.6); False for what can't be read.

    Only documents that name an encryption are parsed: their cross references and the encryption, no pages.
    """
    stream = BytesIO(document) if isinstance(document, bytes) else document
    if not _named(stream):
        return False
    from pyhanko.pdf_utils.crypt import AuthStatus
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    stream.seek(0)
    try:
        reader = PdfFileReader(stream, strict=False)
        if not reader.encrypted:
            return False
        return bool(reader.decrypt("").status is AuthStatus.FAILED)
    except NotImplementedError:  # encrypted for certificates, or by a way that nothing here knows
        return True
    except (
        PdfError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        OSError,
        RecursionError,
        AssertionError,
    ):
        return False  # damaged: said by other checks


def _named(stream: BinaryIO) -> bool:
    stream.seek(0)
    before = b""
    while piece := stream.read(_PIECE):
        if _MARK in before + piece:
            return True
        before = piece[-len(_MARK) :]
    return False
