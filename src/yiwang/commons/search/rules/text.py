"""One form for the many ways of writing the same: width, case, punctuation."""

import unicodedata


def fold(text: str) -> str:
    """Lower case and half width, character for character, so that positions stay those of `text`."""
    return "".join(_fold_one(character) for character in text)


def compact(text: str) -> str:
    """Only letters, digits and ideographs, folded: equal for 「户口登记（出生）」 and 「户口登记 出生」."""
    return "".join(c for c in fold(text) if unicodedata.category(c)[0] in "LN")


def region_stem(code: str) -> str:
    """A division code without the zeros of the levels below it: 320400 is 3204, so that a part begins like its whole."""
    for size in (9, 6, 4, 2):
        if len(code) > size and not code[size:].strip("0"):
            code = code[:size]
    return code


def is_han(character: str) -> bool:
    """Whether it is an ideograph."""
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf" or character == "〇"


def is_latin(character: str) -> bool:
    """Whether it is an unaccented lower-case letter, as in folded pinyin or English."""
    return "a" <= character <= "z"


def spans(text: str, *, longest: int = 12) -> dict[str, tuple[int, int]]:
    """Every part of `compact(text)` up to `longest` ideographs or five words of letters, with its first place.

    No part begins or ends inside a word of letters or a number: 「etc」 is not found in 「fetch」.
    """
    inside = goes_on(text)
    whole = compact(text)
    found: dict[str, tuple[int, int]] = {}
    for start in range(len(whole)):
        if inside[start]:
            continue
        words = 0
        for end in range(start + 1, min(len(whole), start + 60) + 1):
            words += is_han(whole[end - 1]) or not inside[end]
            if words > longest:
                break
            if not inside[end]:
                found.setdefault(whole[start:end], (start, end))
    return found


def goes_on(text: str) -> list[bool]:
    """For each place between characters of the compact text, whether a word of letters or digits goes on there."""
    flags: list[bool] = []
    before = ""
    for character in fold(text):
        if unicodedata.category(character)[0] not in "LN":
            before = ""
            continue
        inside = (
            before != "" and not is_han(character) and not is_han(before) and before.isdigit() == character.isdigit()
        )
        flags.append(inside)
        before = character
    return [*flags, False]


def _fold_one(character: str) -> str:
    if character < "\x80":
        return character.lower()
    plain = unicodedata.normalize("NFKC", character).lower()
    return plain if len(plain) == 1 else character
