"""Reads the files of a pack: YAML with the line of every node, CSV with the line of every row, and raw files.

A file that is missing, too large, badly encoded or not what its schema asks becomes a fault, never an exception.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from yiwang.kernel.packs.report import Report

LARGEST = 5 * 1024 * 1024
Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed YAML file: plain `data`, and the line of every key and item."""

    file: str
    data: Any
    _lines: Mapping[Place, int]

    def line(self, *place: str | int) -> int:
        """Line of the node at `place` (`"members", 0, "matter"`), or of its nearest ancestor; counts from 1."""
        while place not in self._lines and place:
            place = place[:-1]
        return self._lines.get(place, 1)

    def at(self, *place: str | int) -> tuple[str, int]:
        """File and line of the node at `place`."""
        return self.file, self.line(*place)


@dataclass(frozen=True, slots=True)
class Merged:
    """Several YAML files read as one: the entries of each section (`data[section][name]`) stand in exactly one of them."""

    parts: tuple[Document, ...]
    data: Mapping[str, Any]

    def at(self, *place: str | int) -> tuple[str, int]:
        """File and line of the node at `place`; of the first file where no file has it."""
        holder = next((part for part in self.parts if _holds(part.data, place[:2])), self.parts[0])
        return holder.at(*place)


@dataclass(frozen=True, slots=True)
class Row:
    """One CSV row with its line."""

    line: int
    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values[name]


class PackReader:
    """Access to one pack's folder. `report` collects the faults; methods return None where there was one."""

    def __init__(self, root: Path, report: Report | None = None) -> None:
        self.root = root.resolve()
        self.report = report or Report()
        self._documents: dict[str, Document | None] = {}
        self._merged: dict[str, Merged | None] = {}

    def files(self, pattern: str) -> Sequence[str]:
        """Files that match a glob pattern, as sorted relative paths."""
        return sorted(path.relative_to(self.root).as_posix() for path in self.root.glob(pattern) if path.is_file())

    def exists(self, file: str) -> bool:
        """Whether the file is there."""
        return self._path(file) is not None and (self.root / file).is_file()

    def raw(self, file: str, *, needed_by: str = "", line: int = 0) -> bytes | None:
        """The bytes of a file. A missing one is a fault at the place that names it (`needed_by`, `line`)."""
        path = self._path(file)
        if path is None or not path.is_file():
            self.report.add(needed_by or file, line, f"缺少文件 {file}", "补上该文件，或改正引用它的名称")
            return None
        if path.stat().st_size > LARGEST:
            self.report.add(file, 0, f"文件超过 {LARGEST // 1024 // 1024} MB", "拆分或精简该文件")
            return None
        return path.read_bytes()

    def text(self, file: str, *, needed_by: str = "", line: int = 0) -> str | None:
        """The text of a UTF-8 file."""
        data = self.raw(file, needed_by=needed_by, line=line)
        if data is None:
            return None
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            at = data.count(b"\n", 0, error.start) + 1
            self.report.add(file, at, "不是 UTF-8 编码", "另存为 UTF-8")
            return None

    def yaml(
        self, file: str, *, schema: Mapping[str, Any] | None = None, needed_by: str = "", line: int = 0
    ) -> Document | None:
        """A YAML file, checked against a JSON Schema 2020-12. Each file is read once."""
        if file not in self._documents:
            document = self._parse(file, needed_by, line)
            if document is not None and schema is not None and not self._valid(document, schema):
                document = None
            self._documents[file] = document
        return self._documents[file]

    def merged(self, file: str, others: str, *, schema: Mapping[str, Any] | None = None) -> Merged | None:
        """A YAML file of sections together with those that match the pattern `others`. A name given twice is a fault."""
        if file not in self._merged:
            read = [self.yaml(each, schema=schema) for each in (file, *self.files(others))]
            parts = tuple(each for each in read if each is not None and isinstance(each.data, dict))
            self._merged[file] = self._whole(parts) if parts and len(parts) == len(read) else None
        return self._merged[file]

    def _whole(self, parts: tuple[Document, ...]) -> Merged | None:
        whole: dict[str, dict[str, Any]] = {}
        once = True
        for part in parts:
            for section, entries in part.data.items():
                held = whole.setdefault(section, {})
                for name in sorted(held.keys() & dict(entries).keys()):
                    self.report.add(*part.at(section, name), f"{name} 已在别的文件中定义", "只保留一处，或改用别的名称")
                    once = False
                held.update(entries)
        return Merged(parts, whole) if once else None

    def csv(self, file: str, *, columns: Sequence[str], needed_by: str = "", line: int = 0) -> Sequence[Row]:
        """The rows of a CSV file that must have at least `columns`."""
        text = self.text(file, needed_by=needed_by, line=line)
        if text is None:
            return ()
        reader = csv.DictReader(io.StringIO(text))
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            self.report.add(file, 1, f"缺少列：{'、'.join(missing)}", f"表头应为 {','.join(columns)}")
            return ()
        rows = []
        for values in reader:
            if None in values or None in values.values():
                self.report.add(file, reader.line_num, "列数与表头不一致", "检查逗号和引号")
                continue
            rows.append(Row(reader.line_num, {key: value.strip() for key, value in values.items()}))
        return rows

    def _path(self, file: str) -> Path | None:
        path = (self.root / file).resolve()
        return path if path.is_relative_to(self.root) else None

    def _parse(self, file: str, needed_by: str, line: int) -> Document | None:
        text = self.text(file, needed_by=needed_by, line=line)
        if text is None:
            return None
        parsed = _parsed(text)
        if isinstance(parsed, _Unreadable):
            self.report.add(file, parsed.line, f"YAML 格式有误：{parsed.problem}", parsed.mend)
            return None
        return Document(file, *parsed)

    def _valid(self, document: Document, schema: Mapping[str, Any]) -> bool:
        faults = list(_leaves(Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(document.data)))
        for fault in faults:
            place = tuple(fault.absolute_path)
            self.report.add(document.file, document.line(*place), *_explain(fault, place))
        return not faults


@dataclass(frozen=True, slots=True)
class _Unreadable:
    line: int
    problem: str
    mend: str


@lru_cache(maxsize=1024)
def _parsed(text: str) -> tuple[Any, Mapping[Place, int]] | _Unreadable:
    """Data and lines of a YAML text. Remembered: several parts read the same files, and nobody changes what was read."""
    yaml = YAML(typ="safe", pure=True)
    lines: dict[Place, int] = {}
    try:
        node = yaml.compose(text)
        if node is None:
            return None, lines
        _mark(node, (), lines)
        return _plain(yaml.constructor.construct_document(node)), lines
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return _Unreadable((mark.line + 1) if mark else 0, str(error.problem), "检查缩进、冒号和引号")
    except (YAMLError, ValueError, RecursionError) as error:
        return _Unreadable(0, type(error).__name__, "检查文件内容")


def _leaves(errors: Iterator[ValidationError]) -> Iterator[ValidationError]:
    for error in errors:
        if error.context and error.validator in {"anyOf", "oneOf"}:
            deepest = max(error.context, key=lambda each: len(each.absolute_path))
            yield deepest if len(deepest.absolute_path) > len(error.absolute_path) else error
        else:
            yield error


def _explain(fault: ValidationError, place: Place) -> tuple[str, str]:
    wanted: Any = fault.validator_value
    schema: Any = fault.schema
    instance: Any = fault.instance
    where = ".".join(map(str, place)) or "文件"
    if fault.validator == "required":
        missing = [name for name in wanted if name not in instance]
        return f"{where} 缺少 {'、'.join(missing)}", "补上这些字段"
    if fault.validator == "additionalProperties":
        known = "、".join(sorted(schema.get("properties", {})))
        extra = [name for name in instance if name not in schema.get("properties", {})]
        return f"{where} 有不认识的字段：{'、'.join(map(str, extra))}", f"可用的字段：{known}"
    if fault.validator == "enum":
        return (
            f"{where} 的值 {fault.instance!r} 不在允许范围",
            f"可用的值：{'、'.join(map(str, wanted))}",
        )
    if fault.validator == "type":
        return f"{where} 的类型不对：{fault.instance!r}", f"应为 {wanted}"
    if fault.validator == "pattern":
        return f"{where} 的值 {fault.instance!r} 格式不对", f"应符合 {wanted}"
    return f"{where}: {fault.message}", str(schema.get("description", ""))


def _holds(data: Any, place: Place) -> bool:
    for key in place:
        if not isinstance(data, Mapping) or key not in data:
            return False
        data = data[key]
    return True


def _mark(node: Node, place: Place, lines: dict[Place, int]) -> None:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, MappingNode):
        for key, value in node.value:
            lines[(*place, key.value)] = key.start_mark.line + 1
            _mark(value, (*place, key.value), lines)
    elif isinstance(node, SequenceNode):
        for index, value in enumerate(node.value):
            _mark(value, (*place, index), lines)


def _plain(value: Any) -> Any:
    """Dates become ISO text, as JSON Schema knows no dates."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


@cache
def load_schema(path: Path) -> Mapping[str, Any]:
    """A JSON Schema file of a context; checked once that it is itself a valid schema."""
    schema: dict[str, Any] = json.loads(path.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return schema
