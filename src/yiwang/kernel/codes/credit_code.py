"""Unified social credit codes, GB 32100-2015, and the organisation code inside them, GB 11714-1997."""

from dataclasses import dataclass
from typing import Final

from yiwang.kernel.codes.checksum import (
    CREDIT_ALPHABET,
    ORGANISATION_ALPHABET,
    credit_check_character,
    organisation_check_character,
)
from yiwang.kernel.codes.division import Division, division
from yiwang.kernel.codes.errors import InvalidCode, first_outside

_LENGTH: Final = 18
_ORGANISATION_LENGTH: Final = 9

AUTHORITIES: Final = {
    "1": "机构编制",
    "2": "外交",
    "3": "司法行政",
    "4": "文化",
    "5": "民政",
    "6": "旅游",
    "7": "宗教",
    "8": "工会",
    "9": "市场监管",
    "A": "中央军委改革和编制办公室",
    "N": "农业",
    "Y": "其他",
}


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A valid code taken apart. `division` is None for areas outside GB/T 2260 (development zones of registers)."""

    value: str
    authority: str
    category: str
    division_code: str
    division: Division | None
    organisation_code: str

    @property
    def authority_name(self) -> str:
        return AUTHORITIES[self.authority]

    @property
    def is_government_body(self) -> bool:
        return self.value.startswith("11")

    @property
    def is_individual_business(self) -> bool:
        return self.value.startswith("92")


def validate_credit_code(value: str) -> CreditCode:
    """Parse a code of 18 characters. Raises InvalidCode: length, character, authority, then the two check characters.

    A temporary code (`TE…` in old service catalogues) is no credit code and is refused.
    """
    if len(value) != _LENGTH:
        raise InvalidCode("credit_code.length")
    wrong = first_outside(value, CREDIT_ALPHABET)
    if wrong is None:
        wrong = first_outside(value[2:8], "0123456789")
        wrong = None if wrong is None else wrong + 2
    if wrong is not None:
        raise InvalidCode("credit_code.character", position=wrong)
    if value[0] not in AUTHORITIES:
        raise InvalidCode("credit_code.authority", position=1)
    if credit_check_character(value[:17]) != value[17]:
        raise InvalidCode("credit_code.checksum", position=_LENGTH)
    if organisation_check_character(value[8:16]) != value[16]:
        raise InvalidCode("credit_code.organisation_checksum", position=17)
    return CreditCode(
        value=value,
        authority=value[0],
        category=value[1],
        division_code=value[2:8],
        division=division(value[2:8]),
        organisation_code=value[8:17],
    )


def validate_organisation_code(value: str) -> str:
    """Check an organisation code of 9 characters, written without the hyphen. Raises InvalidCode."""
    if len(value) != _ORGANISATION_LENGTH:
        raise InvalidCode("organisation_code.length")
    wrong = first_outside(value[:-1], ORGANISATION_ALPHABET)
    if wrong is not None:
        raise InvalidCode("organisation_code.character", position=wrong)
    if organisation_check_character(value[:-1]) != value[-1]:
        raise InvalidCode("organisation_code.checksum", position=_ORGANISATION_LENGTH)
    return value
