"""Lines of an import file as values: CSV with a header or JSON lines, each with its line number; faults, never exceptions."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from yiwang.commons.licences.contracts import HolderKind, Reject, TypeSpec
from yiwang.commons.licences.rules.fields import faults as field_faults
from yiwang.commons.licences.rules.fields import known
from yiwang.kernel.codes import InvalidCode, clean_code, upgrade_id_number, validate_credit_code

NUMBER: Final = "number"
HOLDER_NAME: Final = "holder_name"
HOLDER_CODE: Final = "holder_code"
VALID_FROM: Final = "valid_from"
VALID_UNTIL: Final = "valid_until"
COMMON: Final = (NUMBER, HOLDER_NAME, HOLDER_CODE, VALID_FROM, VALID_UNTIL)
NEEDED: Final = (NUMBER, HOLDER_NAME, HOLDER_CODE)
LONGEST_LINE: Final = 20_000
_LONGEST_NUMBER: Final = 80
_LONGEST_NAME: Final = 120
_ROUNDED: Final = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
"""A long number that a spreadsheet rounded: 3.20411E+17. Its last digits are lost."""
_BOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How spreadsheets begin: .xlsx, .xls."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A line that can be taken in."""

    line: int
    number: str
    holder_kind: HolderKind
    holder_code: str
    holder_name: str
    values: Mapping[str, str]
    valid_from: date | None
    valid_until: date | None


class FileFault(ValueError):
    """The file as a whole is not what an import needs; the text says what to do."""


def text_of(content: bytes) -> str:
    """The text of a file: UTF-8 (with or without a mark), else GBK as spreadsheets write CSV here. Raises FileFault."""
    if content.startswith(_BOOKS):
        raise FileFault("这是电子表格文件，请在表格软件里另存为 CSV")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileFault("文件既不是 UTF-8 也不是 GBK 编码，请另存为“CSV UTF-8”")


def _keepable(said: Mapping[str, str]) -> bool:
    text = "".join(said.values())
    try:
        text.encode()  # a lone surrogate can't be kept
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


@dataclass(slots=True)
class Lines:
    """The raw lines of a file: (line number, values by column, a fault instead of values)."""

    text: str
    spec: TypeSpec
    is_json: bool = field(init=False)

    def __post_init__(self) -> None:
        self.is_json = self.text.lstrip()[:1] == "{"

    def columns(self) -> Sequence[str]:
        """All columns that may stand in the file."""
        return (*COMMON, *(each.fact for each in self.spec.fields))

    def check(self) -> None:
        """Raises FileFault where the header is wrong."""
        if not self.text.strip():
            raise FileFault("文件是空的")
        if self.is_json:
            return
        try:
            header = next(csv.reader(io.StringIO(self.text)), [])
        except csv.Error as fault:
            raise FileFault(f"第 1 行读不了：{fault}") from None
        names = [name.strip() for name in header]
        missing = [name for name in NEEDED if name not in names]
        if missing:
            raise FileFault(f"第 1 行缺少列 {'、'.join(missing)}，表头应为 {','.join(self.columns())}")
        unknown = [name for name in names if name not in self.columns()]
        if unknown:
            raise FileFault(f"第 1 行有不认识的列 {'、'.join(unknown[:5])}，可以用的列：{','.join(self.columns())}")
        if len(set(names)) != len(names):
            raise FileFault("第 1 行有重复的列")

    def __iter__(self) -> "Iterator[tuple[int, dict[str, str] | None, str]]":
        return self._json() if self.is_json else self._csv()

    def _csv(self) -> "Iterator[tuple[int, dict[str, str] | None, str]]":
        csv.field_size_limit(LONGEST_LINE)
        reader = csv.reader(io.StringIO(self.text))
        names = [name.strip() for name in next(reader, [])]
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as fault:
                yield reader.line_num, None, f"这一行读不了：{fault}"
                continue
            if not any(row):
                continue
            if len(row) != len(names):
                yield reader.line_num, None, f"有 {len(row)} 列，应为 {len(names)} 列"
                continue
            yield reader.line_num, dict(zip(names, row, strict=True)), ""

    def _json(self) -> "Iterator[tuple[int, dict[str, str] | None, str]]":
        allowed = frozenset(self.columns())
        for number, line in enumerate(io.StringIO(self.text), 1):
            if not line.strip():
                continue
            yield number, *_object(line, allowed)


def _object(line: str, allowed: frozenset[str]) -> tuple[dict[str, str] | None, str]:
    if len(line) > LONGEST_LINE:
        return None, "这一行太长"
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None, "不是 JSON"
    if not isinstance(said, dict):
        return None, "应为一个 JSON 对象"
    unknown = sorted(said.keys() - allowed)
    if unknown:
        return None, f"有不认识的名称 {unknown[0][:40]}"
    wrong = [name for name, value in said.items() if not isinstance(value, str | int | float | None) or value is True]
    if wrong:
        return None, f"{wrong[0]} 应为文字"
    return {name: "" if value is None else str(value) for name, value in said.items()}, ""


def read_line(spec: TypeSpec, line: int, said: Mapping[str, str]) -> Taken | Reject:
    """A line as a licence to take in, or why it can't be: its first fault."""
    number, name = said.get(NUMBER, "").strip(), said.get(HOLDER_NAME, "").strip()
    fault = _number_fault(number, said)
    if fault is not None:
        return Reject(line, NUMBER, *fault)
    if not name or len(name) > _LONGEST_NAME:
        return Reject(line, HOLDER_NAME, "持有人名称为空或太长", "填写持有人姓名或单位名称")
    holder = _holder(spec, said.get(HOLDER_CODE, ""))
    if isinstance(holder, str):
        return Reject(line, HOLDER_CODE, holder, "核对证件上的号码后改正")
    days = _days(said)
    if isinstance(days, Reject):
        return Reject(line, days.field, days.reason, days.mend)
    values = {fact: value for fact, value in said.items() if fact not in COMMON}
    wrong = field_faults(spec, values)
    if wrong:
        fact, reason = next(iter(wrong.items()))
        return Reject(line, fact, reason, "按证照改正这一项")
    return Taken(line, number, holder[0], holder[1], name, known(spec, values), *days)


def _number_fault(number: str, said: Mapping[str, str]) -> tuple[str, str] | None:
    if not number or len(number) > _LONGEST_NUMBER or not _keepable(said):
        return "证照编号为空、太长或含有不能用的字符", "填写证照上的编号，最多 80 个字"
    if _ROUNDED.fullmatch(number):
        return "证照编号被表格软件改成了科学计数，后几位已经丢失", "把这一列设为文本格式，重新填写编号"
    return None


def _holder(spec: TypeSpec, code: str) -> tuple[HolderKind, str] | str:
    """Kind and code; what is wrong where it is neither."""
    cleaned = clean_code(code)
    if not cleaned:
        return "持有人代码为空"
    if spec.holder is not HolderKind.ENTITY:
        try:
            return HolderKind.PERSON, upgrade_id_number(cleaned)
        except InvalidCode as fault:
            if spec.holder is HolderKind.PERSON:
                return f"不是有效的公民身份号码（{fault}）"
    try:
        validate_credit_code(cleaned)
    except InvalidCode as fault:
        return f"不是有效的统一社会信用代码（{fault}）"
    return HolderKind.ENTITY, cleaned


def _days(said: Mapping[str, str]) -> "tuple[date | None, date | None] | Reject":
    found: list[date | None] = []
    for name, label in ((VALID_FROM, "有效期起始日期"), (VALID_UNTIL, "有效期截止日期")):
        text = said.get(name, "").strip()
        try:
            found.append(date.fromisoformat(text) if text and text != "长期" else None)
        except ValueError:
            return Reject(0, name, f"{label}不是日期", "写成 2026-01-31；长期有效的留空")
    first, last = found
    if first and last and last < first:
        return Reject(0, VALID_UNTIL, "截止日期早于起始日期", "核对两个日期")
    return first, last
