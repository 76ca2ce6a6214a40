"""From what a browser posts to JSON values, and back to what a control shows. Never raises for what people type."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from yiwang.commons.forms.contracts import Answer, Answers, Fault, Source
from yiwang.commons.forms.engine.definition import Definition
from yiwang.commons.forms.engine.vocabulary import Fact, FactType
from yiwang.kernel.codes import clean_code
from yiwang.kernel.text import gettext_noop as _

_LONGEST_RAW: Final = 20_000
_YES_NO: Final = {"yes": True, "no": False, "true": True, "false": False}
_DATE_MARKS: Final = str.maketrans("/.年月", "----", "日")

_MESSAGES: Final = {
    "too_long": _("内容太长"),
    "integer": _("请填写整数，例如 2"),
    "decimal": _("请填写数字，例如 1250.50"),
    "date": _("日期不存在，请按“年-月-日”填写，例如 2026-11-09"),
    "time": _("时间不对，请按“时:分”填写，例如 06:42"),
    "choice": _("请从列出的选项中选择"),
}


@dataclass(frozen=True, slots=True)
class Posted:
    """`values` of the posted questions (None: left empty), `faults` of those that can't be read, `raw` to show them again."""

    values: Mapping[str, Any]
    faults: tuple[Fault, ...]
    raw: Mapping[str, tuple[str, ...]]


def read_posted(definition: Definition, step: str, posted: Mapping[str, Sequence[str]]) -> Posted:
    """Read the posted strings of one step; names of other steps are not looked at. A fact that was not posted stays out."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    raw: dict[str, tuple[str, ...]] = {}
    for name in definition.step(step).names:
        if name not in posted:
            continue
        strings = tuple(_clean(text) for text in posted[name])
        raw[name] = strings
        value, code = read(definition.questions[name].fact, strings)
        if code:
            faults.append(Fault(name, f"forms.{code}", _MESSAGES[code]))
        else:
            values[name] = value
    return Posted(values, tuple(faults), raw)


def read(fact: Fact, strings: Sequence[str]) -> tuple[Any, str]:
    """(value, "") or (None, code of what is wrong). Empty is None."""
    if any(len(text) > _LONGEST_RAW for text in strings):
        return None, "too_long"
    filled = [text.strip() for text in strings if text.strip()]
    if fact.type is FactType.CHOICES:
        return (filled or None), ""
    if not filled:
        return None, ""
    reader = _READERS.get(fact.type)
    return reader(filled[-1]) if reader else (filled[-1], "")


def shown(fact: Fact, value: Any) -> str | tuple[str, ...]:
    """What the control shows for a JSON value."""
    if value is None:
        return () if fact.type is FactType.CHOICES else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return tuple(str(item) for item in value)
    return str(value)


def answered(before: Answers, values: Mapping[str, Any], *, revision: int = 0) -> dict[str, Answer]:
    """`before` with what was typed. An answer that stays the same keeps its source; a locked one can't be typed over."""
    after = dict(before)
    for name, value in values.items():
        kept = after.get(name)
        if kept is not None and (kept.locked or kept.value == value):
            continue
        if value is None:
            after.pop(name, None)
        else:
            after[name] = Answer(value, Source.TYPED, revision=revision)
    return after


def _clean(text: str) -> str:
    """NFC; without NUL, other control characters (but line breaks) and marks of direction, which hide what is typed."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return "".join(c for c in composed if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"})


def _half(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace(" ", "")


def _integer(text: str) -> tuple[Any, str]:
    digits = _half(text)
    if not digits.lstrip("-").isdecimal() or len(digits) > 15 or digits.count("-") > 1:
        return None, "integer"
    return int(digits), ""


def _decimal(text: str) -> tuple[Any, str]:
    plain = _half(text).replace(",", "")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None, "decimal"
    if not value.is_finite() or len(plain) > 30 or abs(value.adjusted()) > 20:
        return None, "decimal"
    return format(value.normalize(), "f"), ""


def _date(text: str) -> tuple[Any, str]:
    plain = _half(text).translate(_DATE_MARKS)
    if plain.count("-") == 2:
        year, month, day = plain.split("-")
        plain = f"{year}-{month.zfill(2)}-{day.zfill(2)}"
    try:
        return date.fromisoformat(plain).isoformat(), ""
    except ValueError:
        return None, "date"


def _time(text: str) -> tuple[Any, str]:
    try:
        return time.fromisoformat(_half(text).replace("：", ":").zfill(5)).strftime("%H:%M"), ""
    except ValueError:
        return None, "time"


def _yes_no(text: str) -> tuple[Any, str]:
    return (_YES_NO[text], "") if text in _YES_NO else (None, "choice")


def _code(text: str) -> tuple[Any, str]:
    return clean_code(text), ""


_READERS: Final[Mapping[FactType, Callable[[str], tuple[Any, str]]]] = {
    FactType.BOOLEAN: _yes_no,
    FactType.INTEGER: _integer,
    FactType.NUMBER: _decimal,
    FactType.DATE: _date,
    FactType.TIME: _time,
    FactType.ID_NUMBER: _code,
    FactType.MOBILE: _code,
    FactType.CREDIT_CODE: _code,
}
