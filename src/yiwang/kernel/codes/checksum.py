"""The three check characters of Chinese national codes, each with its standard."""

from typing import Final

DIGITS: Final = "0123456789"
CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANISATION_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CREDIT_VALUE = {character: value for value, character in enumerate(CREDIT_ALPHABET)}
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_VALUE = {character: value for value, character in enumerate(ORGANISATION_ALPHABET)}


def id_check_character(body: str) -> str:
    """For the first 17 digits of an ID number; ISO 7064 MOD 11-2 as in GB 11643-1999, annex A."""
    return _ID_CHECK[sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True)) % 11]


def credit_check_character(body: str) -> str:
    """For the first 17 characters of a credit code; GB 32100-2015, annex A (modulus 31)."""
    total = sum(_CREDIT_VALUE[character] * weight for character, weight in zip(body, _CREDIT_WEIGHTS, strict=True))
    return CREDIT_ALPHABET[-total % 31]


def organisation_check_character(body: str) -> str:
    """For the first 8 characters of an organisation code; GB 11714-1997 (modulus 11, 10 is written X, 11 is 0)."""
    pairs = zip(body, _ORGANISATION_WEIGHTS, strict=True)
    total = sum(_ORGANISATION_VALUE[character] * weight for character, weight in pairs)
    return "0123456789X"[-total % 11]
