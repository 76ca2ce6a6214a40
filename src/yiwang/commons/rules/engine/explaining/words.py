"""Facts, values and conditions in words, Chinese and English. No grammar of FEEL shows in them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from yiwang.commons.rules.engine import tree
from yiwang.commons.rules.engine.analysis.constants import Inexact, value_of
from yiwang.commons.rules.engine.functions_conversion import as_text, plain_number
from yiwang.commons.rules.engine.printer import unparse
from yiwang.commons.rules.engine.temporal import DAY, NANOS, Date, DateTime, DaysDuration, MonthsDuration, Time
from yiwang.commons.rules.engine.temporal_text import format_temporal
from yiwang.commons.rules.engine.unknown import OPEN
from yiwang.commons.rules.engine.values import Range, Value

LANGUAGES: Final = ("zh", "en")
Text = Mapping[str, str]
"""A text by language; where English is missing the Chinese one stands."""


@dataclass(frozen=True, slots=True)
class Words:
    """How a fact is spoken of: its label, the unit of its number, what its coded values mean (by their JSON text)."""

    label: Text
    unit: Text = field(default_factory=dict)
    values: Mapping[str, Text] = field(default_factory=dict)


def spoken(text: Text, language: str) -> str:
    return text.get(language) or text.get("zh") or ""


_UNITS: Mapping[str, tuple[str, str]] = {
    "月": ("个月", "months"),
    "年": ("年", "years"),
    "天": ("天", "days"),
    "日": ("天", "days"),
    "人": ("人", "people"),
    "元": ("元", "yuan"),
    "万元": ("万元", "× 10,000 yuan"),
    "分": ("分", "points"),
    "%": ("%", "%"),
}
"""Units as labels write them, as they are said after a number."""


def labelled(label: str) -> Words:
    """Words from a label that ends with its unit in brackets, as in “缴费月数（月）”."""
    stem, bracket, rest = label.replace("(", "（").replace(")", "）").rpartition("（")
    if bracket and rest.endswith("）") and stem.strip():
        unit = rest[:-1].strip()
        chinese, english = _UNITS.get(unit, (unit, unit))
        return Words({"zh": stem.strip()}, {"zh": chinese, "en": english})
    return Words({"zh": label})


def in_words(value: Value, words: Words, language: str) -> str:  # noqa: C901, PLR0911 - each kind
    """A value as a person says it."""
    known = words.values.get(value if isinstance(value, str) else as_text(value)) if _plain(value) else None
    if known is not None:
        return spoken(known, language)
    english = language == "en"
    match value:
        case None:
            return "none" if english else "空"
        case bool():
            return ("yes" if value else "no") if english else ("是" if value else "否")
        case Decimal():
            unit = spoken(words.unit, language)
            unit = {"people": "person"}.get(unit, unit.removesuffix("s")) if english and abs(value) == 1 else unit
            number = f"{value:,f}" if value == value.to_integral_value() else plain_number(value)
            return f"{number}{'' if unit in {'', '%'} else ' '}{unit}"
        case str():
            return f"“{value}”" if english else value
        case Date():
            return _day(value, english=english)
        case DateTime(day):
            clock = format_temporal(Time(value.nanos, value.zone))
            return f"{_day(day, english=english)} {clock}"
        case MonthsDuration(count):
            return _months(count, english=english)
        case DaysDuration(nanos):
            return _days(nanos, english=english)
        case list():
            return ("; " if english else "；").join(in_words(item, words, language) for item in value)
        case dict():
            return ("; " if english else "；").join(
                f"{k}: {in_words(v, Words({}), language)}" for k, v in value.items()
            )
    if type(value) in OPEN:
        return "not known" if english else "未知"
    return as_text(value)


def spaced(told: str) -> str:
    """Set off from the Chinese before it where it begins with a number; a date is not."""
    return f" {told}" if told[:1].isdigit() and not told.endswith("日") else told


def _plain(value: Value) -> bool:
    return isinstance(value, str | bool | Decimal)


_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def _day(day: Date, *, english: bool) -> str:
    if english:
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def _counted(parts: list[tuple[int, str, str]], sign: str, *, english: bool) -> str:
    told = [(n, zh, en) for n, zh, en in parts if n] or parts[-1:]
    if english:
        return sign + " ".join(f"{n} {en}{'' if n == 1 else 's'}" for n, _, en in told)
    return sign + "".join(f"{n}{zh}" for n, zh, _ in told)


def _months(count: int, *, english: bool) -> str:
    years, months = divmod(abs(count), 12)
    return _counted([(years, "年", "year"), (months, "个月", "month")], "-" if count < 0 else "", english=english)


def _days(nanos: int, *, english: bool) -> str:
    days, rest = divmod(abs(nanos), DAY)
    hours, rest = divmod(rest, 3600 * NANOS)
    minutes, rest = divmod(rest, 60 * NANOS)
    parts = [(hours, "小时", "hour"), (minutes, "分钟", "minute"), (rest // NANOS, "秒", "second"), (days, "天", "day")]
    return _counted([parts[3], *(p for p in parts[:3] if p[0])], "-" if nanos < 0 else "", english=english)


_NUMBERS: Mapping[str, tuple[str, str]] = {
    "<": ("少于 {}", "less than {}"),
    "<=": ("不超过 {}", "at most {}"),
    ">": ("超过 {}", "more than {}"),
    ">=": ("不少于 {}", "at least {}"),
    "=": ("为 {}", "{}"),
    "!=": ("不为 {}", "other than {}"),
}
_MOMENTS: Mapping[str, tuple[str, str]] = {
    "<": ("早于{}", "before {}"),
    "<=": ("不晚于{}", "no later than {}"),
    ">": ("晚于{}", "after {}"),
    ">=": ("不早于{}", "no earlier than {}"),
    "=": ("为{}", "{}"),
    "!=": ("不为{}", "other than {}"),
}
_OPPOSITE: Mapping[str, str] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
_TEXTS: Mapping[str, tuple[str, str]] = {**_NUMBERS, "=": ("为{}", "{}"), "!=": ("不为{}", "other than {}")}


def compared(operator: str, value: Value, words: Words, language: str) -> str:
    """`>= 12` as “不少于 12 个月”."""
    match value:
        case Date() | DateTime() | Time():
            templates = _MOMENTS
        case Decimal() | DaysDuration() | MonthsDuration():
            templates = _NUMBERS
        case _:
            templates = _TEXTS
    return templates[operator][language == "en"].format(in_words(value, words, language))


def requirement(tests: tree.UnaryTests, words: Words, language: str) -> str:
    """What a cell asks of its fact: “不少于 12 个月”, “为中型、小型或者微型”."""
    values = [value for test in tests.tests if (value := _equal_to(test)) is not _NONE]
    if len(values) == len(tests.tests):
        return _one_of(values, words, language, negated=tests.negated)
    if tests.negated and len(tests.tests) == 1 and isinstance(tests.tests[0], tree.ComparisonTest):
        only = tests.tests[0]
        return _test(tree.ComparisonTest(_OPPOSITE[only.operator], only.end), words, language)
    joined = _or(language).join(_test(test, words, language) for test in tests.tests)
    if not tests.negated:
        return joined
    return f"not {joined}" if language == "en" else f"不是{joined}"


def _or(language: str) -> str:
    return " or " if language == "en" else "，或者"


_NONE: Final = object()


def _equal_to(test: tree.Test) -> object:
    """The value to which a test wants its fact equal."""
    if isinstance(test, tree.ComparisonTest) or tree.mentions(test.expression, "?"):
        return _NONE
    try:
        value = value_of(test.expression)
    except Inexact:
        return _NONE
    return _NONE if isinstance(value, Range | list | dict) else value


def _one_of(values: list[object], words: Words, language: str, *, negated: bool) -> str:
    told = [in_words(value, words, language) for value in values]
    if language == "en":
        every = told[0] if len(told) == 1 else f"{', '.join(told[:-1])} or {told[-1]}"
        return f"other than {every}" if negated else every
    gap = " " if told[0][:1].isdigit() else ""
    if negated:
        return f"不为{gap}{'、'.join(told)}"
    every = told[0] if len(told) == 1 else f"{'、'.join(told[:-1])}或者{told[-1]}"
    return f"为{gap}{every}"


def _test(test: tree.Test, words: Words, language: str) -> str:
    if isinstance(test, tree.ComparisonTest):
        return _with_constant(test.end, lambda value: compared(test.operator, value, words, language), language)
    if tree.mentions(test.expression, "?"):
        return condition(test.expression, language)

    def worded(value: Value) -> str:
        if isinstance(value, Range):
            return within(value, words, language)
        if isinstance(value, list):
            parts = (worded(part) for part in value)
            return _or(language).join(parts)
        return compared("=", value, words, language)

    return _with_constant(test.expression, worded, language)


def _with_constant(node: tree.Expression, worded: Callable[[Value], str], language: str) -> str:
    try:
        return worded(value_of(node))
    except Inexact:
        return condition(node, language)


def condition(node: tree.Expression, language: str) -> str:
    """A condition for which there are no words, quoted."""
    text = unparse(node).replace("?", "it" if language == "en" else "该值")
    return f"“{text}”" if language == "en" else f"满足“{text}”"


def within(span: Range, words: Words, language: str) -> str:
    """A range as words."""
    low, high = (in_words(end, words, language) for end in (span.start, span.end))
    english = language == "en"
    if not span.has_start or not span.has_end:
        operator = (">=" if span.start_included else ">") if span.has_start else ("<=" if span.end_included else "<")
        return compared(operator, span.start if span.has_start else span.end, words, language)
    if span.start_included and span.end_included:
        unit = spoken(words.unit, language)
        low = low.removesuffix(unit).rstrip() if isinstance(span.start, Decimal) else low
        gap = " " if high[-1:].isdigit() else ""
        return f"from {low} to {high}" if english else f"在 {low} 至 {high}{gap}之间"
    first = compared(">=" if span.start_included else ">", span.start, words, language)
    last = compared("<=" if span.end_included else "<", span.end, words, language)
    return f"{first} and {last}" if english else f"{first}、{last}"
