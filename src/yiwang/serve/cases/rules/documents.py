"""A document as text: its number, the wording of its template with the data of the case, its digest. No Django.

A template is data: paragraphs with `{places}` and FEEL conditions; a list fills one paragraph for each of its items.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from yiwang.commons.rules.engine import Expression, compile_expression
from yiwang.kernel.clock import CHINA

_PLACE = re.compile(r"\{([a-z_]+)\}")
_CITY_END = re.compile(r"(市|地区|自治州|盟|区|县|旗|街道|镇|乡|经济开发区|高新区)$")
_OFFICE_END = re.compile(r"(管理)?(委员会|办公室|医院|保健院|中心|分局|分中心|派出所|大队|支队|公司|局|处|所|站|院)$")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: shown where `when` (FEEL) holds, once for each item of the list `each` as `{item}` and `{n}`."""

    text: str
    when: str = ""
    each: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """The wording of one kind of document. `word` is its character in the number (受, 准), `version` names the text."""

    kind: str
    version: str
    title: str
    word: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    title: str
    paragraphs: tuple[str, ...]


def render(template: Template, data: Mapping[str, Any]) -> Rendered:
    """The text of a document. Raises KeyError for a place that the data does not fill: a template can't invent."""
    told: list[str] = []
    for paragraph in template.paragraphs:
        if not holds(paragraph.when, data):
            continue
        if paragraph.each:
            items: Sequence[Any] = data[paragraph.each]
            told += [filled_in(paragraph.text, {**data, "item": item, "n": n}) for n, item in enumerate(items, start=1)]
        else:
            told.append(filled_in(paragraph.text, data))
    return Rendered(filled_in(template.title, data), tuple(text for text in told if text.strip()))


def filled_in(text: str, data: Mapping[str, Any]) -> str:
    """The text with its places filled."""
    return _PLACE.sub(lambda match: str(data[match.group(1)]), text)


def places(template: Template) -> set[str]:
    """The places that the template's texts have, without those of list items."""
    texts = [template.title, *(each.text for each in template.paragraphs)]
    return {name for text in texts for name in _PLACE.findall(text)} - {"item", "n"}


def holds(condition: str, data: Mapping[str, Any]) -> bool:
    """Whether a FEEL condition is true of the data; an empty one is. What is not known does not hold."""
    if not condition:
        return True
    said = _compiled(condition).evaluate(data)
    return said.known and said.value is True


@lru_cache(maxsize=512)
def _compiled(condition: str) -> Expression:
    return compile_expression(condition)


def issuer_word(*, regions: Sequence[str], line: str, name: str, single: bool) -> str:
    """The word of an organisation in its numbers (机关代字): 常 (city) + 公 (line) + 天 (district) → 常公天.

    `regions` from the city down. An organisation that is one of several in its line and region (`single` false: a
    hospital, a school) is named by the first characters of its own name: 常妇幼.
    """
    first = [_CITY_END.sub("", region)[:1] for region in regions if region]
    if single and line:
        return "".join([*first[:1], line, *first[1:]])
    own = name
    for region in regions:
        own = own.removeprefix(region)
    return "".join(first[:1]) + _OFFICE_END.sub("", own)[:4]


def document_number(*, issuer: str, kind: str, year: int, serial: int) -> str:
    """`常公天受〔2026〕00012号` (党政机关公文格式: 机关代字, six-cornered brackets around the year, serial)."""
    return f"{issuer}{kind}〔{year}〕{serial:05d}号"


def document_digest(*, number: str, kind: str, content: Mapping[str, Any]) -> bytes:
    """SM3 over the canonical form of a document."""
    whole = {"number": number, "kind": kind, "content": content}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.new("sm3", text.encode()).digest()


_UNITS = {"working_day": "个工作日", "calendar_day": "日"}


def lines(text: str) -> list[str]:
    """What was entered line by line, as the items of a list; numbers that somebody typed before them fall away."""
    found = [
        line.strip().lstrip("0123456789").lstrip("．.、)） ").strip() or line.strip() for line in text.splitlines()
    ]
    return [line for line in found if line]


def listed(names: Sequence[str]) -> str:
    """“甲”、“乙”."""
    return "、".join(f"“{name}”" for name in names)


def legal_day(day: date | datetime) -> str:
    """2026年11月16日, as official documents write it (GB/T 9704)."""
    day = day.astimezone(CHINA).date() if isinstance(day, datetime) else day
    return f"{day.year}年{day.month}月{day.day}日"


def days_words(count: int, unit: str) -> str:
    """5个工作日."""
    return f"{count}{_UNITS.get(unit, _UNITS['working_day'])}"
