"""What an uploaded file may be called: a label for people, never a path and never a statement about its type."""

import unicodedata
from typing import Final

from yiwang.commons.files.contracts import MediaType

_LONGEST: Final = 100
_FORBIDDEN: Final = frozenset('\\/:*?"<>|')
_FALLBACK: Final = "文件"


def clean_name(name: str, media_type: MediaType) -> str:
    """The last part of `name` without control, direction and path characters, ending as `media_type` demands."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in _FORBIDDEN)
    stem = kept.strip(" .")
    ending = stem.rpartition(".")[2].lower()
    if "." in stem and len(ending) <= 5 and ending.isascii():
        stem = stem[: -len(ending) - 1].strip(" .")
    stem = stem.removesuffix(f".{media_type.extension}")
    return f"{stem[:_LONGEST] or _FALLBACK}.{media_type.extension}"
