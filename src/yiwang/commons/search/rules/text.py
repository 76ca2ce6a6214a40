"""One form for the many ways of writing the same: width, case, punctuation."""

import unicodedata


def fold(text: str) -> str:
    """Lower case and half width, character for character, so that positions stay those of `text`."""
    return "".join(_fold_one(character) for character in text)


def compact(text: str) -> str:
    """Only letters, digits and ideographs, folded: equal for 「户口登记（出生）」 and 「户口登记 出生」."""
    return "".join(c for c in fold(text) if unicodedata.category(c)[0] in "LN")


def _fold_one(character: str) -> str:
    if character < "\x80":
        return character.lower()
    plain = unicodedata.normalize("NFKC", character).lower()
    return plain if len(plain) == 1 else character
