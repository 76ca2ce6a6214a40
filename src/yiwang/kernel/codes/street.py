"""The form of GB/T 10114 codes of streets, towns and townships: county code and three digits.

Whether a street exists is pack data: statistical codes of the same length disagree with these for the same street.
"""

from typing import Final

from yiwang.kernel.codes.checksum import DIGITS
from yiwang.kernel.codes.division import is_division_code
from yiwang.kernel.codes.errors import InvalidCode, first_outside

_LENGTH: Final = 9
# GB/T 10114-2003: 001–099 streets, 100–199 towns, 200–399 townships and what is like them.
_LAST: Final = 399


def validate_street_code(value: str) -> str:
    """Check the form. Raises InvalidCode."""
    if len(value) != _LENGTH:
        raise InvalidCode("street_code.length")
    wrong = first_outside(value, DIGITS)
    if wrong is not None:
        raise InvalidCode("street_code.character", position=wrong)
    if value[4:6] == "00" or not is_division_code(value[:6]):
        raise InvalidCode("street_code.area", position=1)
    if not 1 <= int(value[6:]) <= _LAST:
        raise InvalidCode("street_code.level", position=7)
    return value
