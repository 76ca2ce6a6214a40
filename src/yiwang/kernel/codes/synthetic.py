"""Valid codes and plausible people that belong to nobody, for demonstration packs and tests.

Every sequence of ID numbers begins 00, every organisation body 0000, every mobile 1990000: easy to recognise.
Names are composed of frequent characters; a match with a living person is chance. All output is a sample.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from yiwang.kernel.codes.checksum import (
    credit_check_character,
    id_check_character,
    organisation_check_character,
)
from yiwang.kernel.codes.id_number import Sex

_SURNAMES: Final = (
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏吕丁沈任姚卢"
)
_FEMALE: Final = "芳娜敏静丽艳娟霞玲雪婷倩颖洁琳慧莉岚蕾妍欣悦怡佳梦雅菲琪瑶蓉"
_MALE: Final = "伟强磊军洋勇杰涛斌辉鹏浩宇轩博凯晨阳睿哲航毅诚翔峰恒泽安然宁"
_EITHER: Final = "文子一思嘉明晓雨清书亦若知景云"
_DAYS_A_YEAR: Final = 365


def synthetic_id_number(*, division_code: str, birth_date: date, sex: Sex, serial: int = 0) -> str:
    """Valid number with sequence 001 to 009 (odd for men, even for women). `serial` 0 to 3 tells siblings apart."""
    sequence = 2 * serial + (1 if sex is Sex.MALE else 2)
    if not 1 <= sequence <= 9:
        raise ValueError(f"serial {serial} leaves the sequences kept for samples")
    body = f"{division_code}{birth_date:%Y%m%d}00{sequence}"
    return body + id_check_character(body)


def synthetic_credit_code(*, division_code: str, serial: int, authority: str = "9", category: str = "1") -> str:
    """Valid credit code whose organisation body is `0000` and the four digits of `serial`."""
    organisation = f"0000{serial:04d}"
    body = authority + category + division_code + organisation + organisation_check_character(organisation)
    return body + credit_check_character(body)


def synthetic_mobile(serial: int) -> str:
    """Well-formed number 1990000nnnn."""
    return f"1990000{serial:04d}"


@dataclass(frozen=True, slots=True)
class SyntheticPerson:
    name: str
    sex: Sex
    birth_date: date
    id_number: str
    mobile: str
    sample: bool = True


@dataclass(frozen=True, slots=True)
class SyntheticFamily:
    """Two parents and the name and facts of a child that has no ID number yet."""

    mother: SyntheticPerson
    father: SyntheticPerson
    child_name: str
    child_sex: Sex
    child_birth_date: date


def synthetic_name(random: Random, *, sex: Sex, surname: str | None = None) -> str:
    """Surname and one or two given-name characters."""
    own = _FEMALE if sex is Sex.FEMALE else _MALE
    given = random.choice(own) if random.random() < 0.3 else random.choice(_EITHER) + random.choice(own)
    return (surname or random.choice(_SURNAMES)) + given


def synthetic_person(
    random: Random, *, sex: Sex, division_code: str, ages: tuple[int, int], today: date, serial: int = 0
) -> SyntheticPerson:
    """A person whose age lies in `ages` (completed years, both ends included) on `today`."""
    youngest, oldest = ages
    days = random.randint(youngest * _DAYS_A_YEAR + youngest // 4 + 1, (oldest + 1) * _DAYS_A_YEAR)
    birth_date = today - timedelta(days=days)
    number = synthetic_id_number(division_code=division_code, birth_date=birth_date, sex=sex, serial=serial)
    name = synthetic_name(random, sex=sex)
    return SyntheticPerson(name, sex, birth_date, number, synthetic_mobile(random.randrange(10_000)))


def synthetic_family(random: Random, *, today: date, mother_division: str, father_division: str) -> SyntheticFamily:
    """Parents of 24 to 38 and a child born in the last 28 days, named after father or mother."""
    mother = synthetic_person(random, sex=Sex.FEMALE, division_code=mother_division, ages=(24, 38), today=today)
    father = synthetic_person(random, sex=Sex.MALE, division_code=father_division, ages=(24, 38), today=today)
    child_sex = random.choice((Sex.FEMALE, Sex.MALE))
    surname = random.choice((mother.name[0], father.name[0]))
    born = today - timedelta(days=random.randint(1, 28))
    return SyntheticFamily(mother, father, synthetic_name(random, sex=child_sex, surname=surname), child_sex, born)
