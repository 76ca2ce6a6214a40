"""Citizen identification numbers, GB 11643-1999 (18 characters) and GB 11643-1989 (15 digits, issued until 1999)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from yiwang.kernel import clock
from yiwang.kernel.codes.checksum import DIGITS, id_check_character
from yiwang.kernel.codes.division import Division, division, is_division_code
from yiwang.kernel.codes.errors import InvalidCode, first_outside

_LENGTH: Final = 18
_OLD_LENGTH: Final = 15
# In 15-digit numbers these sequences were kept for people who were a hundred or older.
_CENTENARIANS: Final = ("996", "997", "998", "999")
# Residence permits of people from Hong Kong, Macao and Taiwan carry such an area code (国办发〔2018〕81号).
_RESIDENCE_PERMITS: Final = ("810000", "820000", "830000")


class Sex(StrEnum):
    """Values of GB/T 2261.1."""

    MALE = "1"
    FEMALE = "2"


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A valid number taken apart; `division` bears the name of the area in the year of birth, if it had one then."""

    value: str
    division: Division
    birth_date: date
    sex: Sex
    sequence: str

    def age_on(self, day: date) -> int:
        """Completed years (周岁), full on the birthday."""
        return day.year - self.birth_date.year - ((day.month, day.day) < (self.birth_date.month, self.birth_date.day))


def validate_id_number(value: str, *, today: date | None = None) -> IdNumber:
    """Parse a number of 18 characters or 15 digits. `today` bounds the date of birth (default: the clock's).

    Raises InvalidCode, the most telling fault first: length, character, area, date, future, checksum.
    """
    if len(value) not in {_LENGTH, _OLD_LENGTH}:
        raise InvalidCode("id_number.length")
    old = len(value) == _OLD_LENGTH
    wrong = first_outside(value if old else value[:-1], DIGITS)
    if wrong is None and not old and value[-1] not in DIGITS + "X":
        wrong = _LENGTH
    if wrong is not None:
        raise InvalidCode("id_number.character", position=wrong)
    body = _long_body(value) if old else value[:-1]
    birth = _birth_date(body)
    area = _area(body[:6], birth)
    if birth > (today or clock.today()):
        raise InvalidCode("id_number.future", position=7)
    if not old and id_check_character(body) != value[-1]:
        raise InvalidCode("id_number.checksum", position=_LENGTH)
    sex = Sex.MALE if int(body[16]) % 2 else Sex.FEMALE
    return IdNumber(value=value, division=area, birth_date=birth, sex=sex, sequence=body[14:17])


def upgrade_id_number(value: str, *, today: date | None = None) -> str:
    """The 18-character form of a valid number."""
    validate_id_number(value, today=today)
    if len(value) == _LENGTH:
        return value
    body = _long_body(value)
    return body + id_check_character(body)


def _long_body(value: str) -> str:
    century = "18" if value[12:] in _CENTENARIANS else "19"
    return value[:6] + century + value[6:]


def _area(code: str, birth: date) -> Division:
    county = code[4:] != "00" and is_division_code(code)
    found = division(code, on=birth) if county or code in _RESIDENCE_PERMITS else None
    if found is None:
        raise InvalidCode("id_number.area", position=1)
    return found


def _birth_date(body: str) -> date:
    try:
        return date(int(body[6:10]), int(body[10:12]), int(body[12:14]))
    except ValueError:
        raise InvalidCode("id_number.date", position=7) from None
