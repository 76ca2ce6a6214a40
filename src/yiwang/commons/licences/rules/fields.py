"""Whether the fields of a licence are what its type asks for."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from string import Formatter
from typing import Final

from yiwang.commons.licences.contracts import FieldDef, TypeSpec

LONGEST: Final = 2000


def faults(spec: TypeSpec, values: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the values, by fact: a sentence each. Facts that the type does not know are left alone."""
    found = {}
    for each in spec.fields:
        problem = _fault(each, values.get(each.fact, "").strip())
        if problem:
            found[each.fact] = problem
    return found


def known(spec: TypeSpec, values: Mapping[str, str]) -> dict[str, str]:
    """Those of the values that the type knows, cleaned, in its order; empty ones left out."""
    given = {each.fact: values.get(each.fact, "").strip() for each in spec.fields}
    return {fact: value for fact, value in given.items() if value}


def _fault(field: FieldDef, value: str) -> str:
    if not value:
        return f"缺少{field.label}" if field.required else ""
    if len(value) > min(field.max_length, LONGEST):
        return f"{field.label}最多 {min(field.max_length, LONGEST)} 个字"
    if field.type == "date" and not _is_date(value):
        return f"{field.label}应为日期，例如 2026-01-31"
    if field.choices and value not in field.choices:
        return f"{field.label}应为{'、'.join(field.choices)}之一"
    if field.pattern and not compiled(field.pattern).fullmatch(value):
        return f"{field.label}的格式不对"
    return ""


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=256)
def compiled(text: str) -> re.Pattern[str]:
    """A field's pattern. Raises ValueError where it is none."""
    try:
        return re.compile(text)
    except re.error as fault:
        raise ValueError(str(fault)) from fault


def valid_until(spec: TypeSpec, valid_from: date | None) -> date | None:
    """The last day of validity of the type from its first: the day before the anniversary (29 February: 28 February)."""
    if spec.validity_years is None or valid_from is None:
        return None
    year = valid_from.year + spec.validity_years
    try:
        anniversary = valid_from.replace(year=year)
    except ValueError:
        anniversary = date(year, 3, 1)
    return date.fromordinal(anniversary.toordinal() - 1)


def numbered(pattern: str, *, year: int, region: str, serial: int) -> str:
    """A number by the pattern of its type. Raises ValueError for names it does not know."""
    unknown = {name for _text, name, _format, _conversion in Formatter().parse(pattern) if name} - {
        "year", "region", "serial"
    }  # fmt: skip
    if unknown:
        raise ValueError(f"编号规则里不能用 {'、'.join(sorted(unknown))}")
    return pattern.format(year=year, region=region, serial=serial)


def watermark(purpose: str, until: str) -> str:
    """The words that the rule demands on every copy (国办函〔2016〕108号)."""
    return f"仅供{purpose}使用，{until}前有效"
