"""Forgives how people type a code: full-width characters, spaces, hyphens, small letters."""

import unicodedata

_DROPPED = " \t\r\n\u200b\ufeff-‐‑–—·"


def clean_code(text: str) -> str:
    """What the person meant, for a parser: `３２０４０２ 1990…x` becomes `3204021990…X`."""
    half_width = unicodedata.normalize("NFKC", text)
    return "".join(character for character in half_width if character not in _DROPPED).upper()
