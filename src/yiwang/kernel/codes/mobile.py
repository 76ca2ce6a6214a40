"""Mobile numbers of mainland China: form only; whether a number is in service only the operator knows."""

from typing import Final

from yiwang.kernel.codes.checksum import DIGITS
from yiwang.kernel.codes.errors import InvalidCode, first_outside

_LENGTH: Final = 11


def validate_mobile(value: str) -> str:
    """Check eleven digits beginning 13 to 19. Raises InvalidCode."""
    if len(value) != _LENGTH:
        raise InvalidCode("mobile.length")
    wrong = first_outside(value, DIGITS)
    if wrong is not None:
        raise InvalidCode("mobile.character", position=wrong)
    if value[0] != "1" or value[1] < "3":
        raise InvalidCode("mobile.prefix", position=1)
    return value
