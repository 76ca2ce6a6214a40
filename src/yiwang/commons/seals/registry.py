"""Ports of seals: the purposes of uploads that this context registers, and the words for kinds of documents."""

from typing import Final

from yiwang.commons.files.contracts import MediaType, Purpose
from yiwang.commons.files.registry import register_purpose
from yiwang.commons.seals.contracts import MOST_BYTES

UPLOAD: Final = "seals.document"
RECORD: Final = "seals.record"
"""Purposes of uploads: a document to be sealed, the record of a destruction."""

_kinds: dict[str, str] = {}


def register_document_kind(kind: str, words: str) -> None:
    """Say what a kind of document is called (a msgid), so that an organisation may let its seals be used for it. At start-up."""
    _kinds[kind] = words


def document_kinds() -> dict[str, str]:
    """Kinds of documents by key."""
    return dict(_kinds)


def register_purposes() -> None:
    """Called once at start-up."""
    register_purpose(Purpose(UPLOAD, frozenset({MediaType.OFD, MediaType.PDF}), MOST_BYTES))
    pictures = frozenset({MediaType.PDF, MediaType.OFD, MediaType.JPEG, MediaType.PNG})
    register_purpose(Purpose(RECORD, pictures, MOST_BYTES))
