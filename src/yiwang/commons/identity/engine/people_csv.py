"""A file of accounts and appointments: columns, limits, and what can be judged of a line by itself. No database."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final

from yiwang.kernel.codes import (
    IdNumber,
    InvalidCode,
    clean_code,
    upgrade_id_number,
    validate_id_number,
    validate_mobile,
)
from yiwang.kernel.text import gettext_noop as _

REQUIRED: Final = ("username", "name", "organisation", "role")
OPTIONAL: Final = ("id_number", "mobile", "valid_from", "valid_to", "state")
LONGEST_FIELD: Final = 200
LONGEST_NAME: Final = 80
MOST_COLUMNS: Final = 40
MOST_LINES: Final = 300_000
LONGEST_LINE: Final = 16_000
MOST_PARTS: Final = 400
"""Lines of the file that one row may take, with line breaks inside quotation marks: more is an open quotation mark."""
_LONG: Final = 18
_FIRST: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_OTHERS: Final = _FIRST | frozenset("._-")


_MARKS: Final = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16", b"PK\x03\x04": "Excel"}
_WORDS: Final = re.compile(
    r"[\x00-\x7f\u00b7\u2018-\u201d\u2022\u3000-\u301f\u3400-\u9fff\uff01-\uff5e\U00020000-\U0003ffff]*"
)
"""What stands in a file of people: ASCII, Han characters, Chinese punctuation, the dots in names of minorities."""
_FORMULA: Final = tuple("=+-@＝＋－＠")


class FileFault(ValueError):
    """The file as a whole can't be read; the text says why, for a person."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is right by itself. `number` counts lines of the file, the header is 1."""

    number: int
    username: str
    name: str
    id_number: str
    sex: str
    birth_date: date | None
    mobile: str
    organisation: str
    role: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that is wrong: in which column, why, and what to do."""

    number: int
    field: str
    reason: str
    mend: str


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8 with or without a mark, or GB 18030, in which Chinese spreadsheets save. Raises FileFault."""
    for mark, kind in _MARKS.items():
        if content.startswith(mark):
            raise FileFault(f"这是 {kind} 文件，请另存为 CSV（UTF-8）")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        text = "\x80"
    if _WORDS.fullmatch(text) is None:
        raise FileFault(f"第 {line} 行的编码既不是 UTF-8 也不是 GB 18030，请另存为 CSV（UTF-8）")
    return text


def header(text: str) -> list[str]:
    """The columns of a file. Raises FileFault: no header, a column twice, one missing, another mark than a comma."""
    columns = [each.strip().lower() for each in next(_rows(text), (1, []))[1]]
    missing = [each for each in REQUIRED if each not in columns]
    first = columns[0] if len(columns) == 1 else ""
    for mark, name in (("\t", "制表符"), (";", "分号"), ("，", "中文逗号"), ("|", "竖线")):
        if mark in first:
            raise FileFault(f"各列之间用了{name}，请用英文逗号")
    if missing:
        raise FileFault(f"第一行应是列名，缺少 {'、'.join(missing)}")
    if len(columns) > MOST_COLUMNS or len(set(columns)) < len(columns):
        raise FileFault("列名有重复，或列太多")
    return columns


def count(text: str) -> int:
    """Rows below the header, however many lines they take. Raises FileFault."""
    found = sum(1 for _row in _rows(text)) - 1
    if found > MOST_LINES:
        raise FileFault(f"超过 {MOST_LINES} 行，请分成几个文件")
    if found < 1:
        raise FileFault("没有数据行")
    return found


def lines(text: str, columns: list[str], *, after: int = 0) -> Iterator[Line | Fault | None]:
    """Each line below the header but the first `after`, judged; None for one left empty. Raises FileFault."""
    for row in islice(_rows(text), after + 1, None):
        yield _line(row[0], columns, row[1])


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of the file's line that it ends on."""
    csv.field_size_limit(LONGEST_FIELD * 20)
    source = _Source(text)
    reader = csv.reader(source, strict=True)
    try:
        for row in reader:
            source.parts = 0
            yield reader.line_num, row
    except csv.Error as error:
        raise FileFault(f"第 {source.number} 行不是有效的 CSV，请检查引号：{error}") from None


class _Source:
    """The lines of a file, so that neither a line without an end nor an open quotation mark fills the memory."""

    def __init__(self, text: str) -> None:
        self.lines, self.number, self.parts = io.StringIO(text, newline=""), 0, 0

    def __iter__(self) -> "_Source":
        return self

    def __next__(self) -> str:
        begin = self.lines.tell()
        line = self.lines.readline(LONGEST_LINE + 1)
        if not line:
            raise StopIteration
        self.number, self.parts = self.number + 1, self.parts + 1
        if len(line) > LONGEST_LINE:
            raise FileFault(f"第 {self.number} 行（从第 {begin + 1} 个字符起）超过 {LONGEST_LINE} 个字，请检查换行")
        if self.parts > MOST_PARTS:
            raise FileFault(f"第 {self.number - MOST_PARTS} 行起有引号没有闭合，请检查引号")
        return line


def _line(number: int, columns: list[str], row: list[str]) -> Line | Fault | None:
    if not any(row):
        return None
    if len(row) != len(columns):
        return Fault(number, "", _("列数和第一行不一样"), _("检查引号和逗号"))
    if any(len(each) > LONGEST_FIELD for each in row):
        return Fault(number, "", _("有一格太长，最多 200 个字"), _("缩短后重新导入"))
    said = {column: each.strip() for column, each in zip(columns, row, strict=True)}
    for each in REQUIRED:
        if not said[each]:
            return Fault(number, each, _("没有填写"), _("补上后重新导入"))
    try:
        return _judged(number, said)
    except _Wrong as wrong:
        return Fault(number, wrong.field, wrong.reason, wrong.mend)


class _Wrong(Exception):
    def __init__(self, field: str, reason: str, mend: str) -> None:
        super().__init__(reason)
        self.field, self.reason, self.mend = field, reason, mend


def _judged(number: int, said: Mapping[str, str]) -> Line:
    username = said["username"].lower()
    if not (2 <= len(username) <= 64 and username[0] in _FIRST and _OTHERS.issuperset(username)):
        raise _Wrong("username", _("用户名不规范"), _("2 至 64 位小写字母、数字、点、横线"))
    name = said["name"]
    if len(name) > LONGEST_NAME or name.startswith(_FORMULA) or not name.isprintable():
        raise _Wrong("name", _("姓名太长或有不能用的字符"), _("核对姓名"))
    first, last = _day(said, "valid_from"), _day(said, "valid_to")
    if first and last and last < first:
        raise _Wrong("valid_to", _("截止日期早于起始日期"), _("改正日期"))
    if said.get("state", "") == "closed":
        raise _Wrong("state", _("停用的账号不导入"), _("离职请在账号页办理，或由人事系统办理"))
    held = _number(said.get("id_number", ""))
    whole = "" if held is None else held.value if len(held.value) == _LONG else upgrade_id_number(held.value)
    sex, birth = (held.sex.value, held.birth_date) if held else ("0", None)
    return Line(
        number, username, said["name"], whole, sex, birth, _mobile(said.get("mobile", "")), said["organisation"],
        said["role"], first, last,
    )  # fmt: skip


def _day(said: Mapping[str, str], column: str) -> date | None:
    text = said.get(column, "")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _Wrong(column, _("日期不规范"), _("写成 2026-03-01")) from None


def _number(text: str) -> IdNumber | None:
    if not text:
        return None
    try:
        return validate_id_number(clean_code(text))
    except InvalidCode:
        raise _Wrong("id_number", _("身份证件号码不正确"), _("核对号码和校验位")) from None


def _mobile(text: str) -> str:
    if not text:
        return ""
    try:
        return validate_mobile(clean_code(text))
    except InvalidCode:
        raise _Wrong("mobile", _("手机号码不正确"), _("核对号码")) from None
