"""Checks every DMN file and its examples, then publishes each decision that no other requires under its id."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from yiwang.commons.rules import commands, queries, rules
from yiwang.commons.rules.contracts import ALWAYS, Example
from yiwang.commons.rules.engine import Diagnostic, Model, read_dmn
from yiwang.kernel.actor import Actor
from yiwang.kernel.packs import Document, PackReader, Tally, kept_words, pack_part
from yiwang.kernel.packs.reader import load_schema

_FOLDERS: Final = ("decisions", "matters", "bundles")
_SCHEMA: Final = Path(__file__).parents[1] / "schemas" / "cases.json"


_DATED: Final = re.compile(r"@(\d{4}-\d\d-\d\d)\.dmn$")


@dataclass(frozen=True, slots=True)
class _File:
    """A DMN file with those beside it, which it may import; `since` is the day in its name (`policy@2026-01-01.dmn`)."""

    name: str
    text: str
    imports: tuple[str, ...]
    model: Model
    since: date | None


@dataclass(frozen=True, slots=True)
class _Case:
    """An example in its file; `on` is the day whose version it is about, None for the latest."""

    index: int
    key: str
    example: Example
    on: date | None


@pack_part("decisions", order=50)
class DecisionsPart:
    """The part of a pack that rules loads."""

    def check(self, reader: PackReader) -> None:
        models: dict[str, dict[date, Model]] = {}
        for file in _files(reader, report=True):
            for key in file.model.roots:
                versions = models.setdefault(key, {})
                if (file.since or date.min) in versions:
                    reader.report.add(
                        file.name, 0, f"决策“{key}”在配置包中重复", "换一个编号，或在文件名中写明施行日期"
                    )
                versions[file.since or date.min] = file.model
        for name in _case_files(reader):
            document = _document(reader, name)
            for case in _cases(document):
                wrong = _wrong(models.get(case.key, {}), case)
                if wrong and document is not None:
                    text = f"例子“{case.example.name}”不成立：{wrong}"
                    reader.report.add(name, document.line("cases", case.index), text, "改正例子，或改正决策")

    def load(self, reader: PackReader, *, by: Actor, at: datetime) -> Tally:
        tally = Tally()
        cases = [case for name in _case_files(reader) for case in _cases(PackReader(reader.root).yaml(name))]
        files = sorted(_files(reader, report=False), key=lambda file: file.since or date.min)
        days: dict[str, list[date]] = {}
        for file in files:
            for key in file.model.roots:
                days.setdefault(key, []).append(file.since or date.min)
        for file in files:
            for key, title in file.model.roots.items():
                since = file.since or date.min
                before = queries.latest_version(key=key, viewer=by)
                ref = commands.publish_decision(
                    key=key,
                    title=title,
                    xml=file.text,
                    imports=file.imports,
                    examples=[c.example.data for c in cases if c.key == key and _day_of(days[key], c.on) == since],
                    effective_from=file.since or (ALWAYS if len(days[key]) > 1 else None),
                    from_pack=True,
                    by=by,
                    at=at,
                )
                if ref.kept is not None:
                    tally.notes.append(kept_words(f"{file.name} {key}", ref.version, ref.kept))
                if before is None:
                    tally.created += 1
                elif ref.version <= before:
                    tally.unchanged += 1
                else:
                    tally.changed += 1
        return tally


def _files(reader: PackReader, *, report: bool) -> Iterator[_File]:
    for folder in _FOLDERS:
        for name in reader.files(f"{folder}/*/*.dmn"):
            text = reader.text(name)
            if text is None:
                continue
            beside = (other for other in reader.files(f"{name.rpartition('/')[0]}/*.dmn") if other != name)
            others = tuple(found for other in beside if (found := reader.text(other)) is not None)
            imports = _imported(text, others)
            reading = read_dmn(text.encode(), [other.encode() for other in imports])
            for fault in reading.faults if report else ():
                reader.report.add(name, fault.at.line, _sentence(fault), "按提示修改表达式或引用")
            if reading.model is not None:
                yield _File(name, text, imports, reading.model, _since(reader, name, report=report))


def _since(reader: PackReader, name: str, *, report: bool) -> date | None:
    found = _DATED.search(name)
    try:
        return date.fromisoformat(found.group(1)) if found else None
    except ValueError:
        if report:
            reader.report.add(name, 0, "文件名中的施行日期不是日期", "写成 名称@2026-01-01.dmn")
        return None


def _imported(text: str, others: tuple[str, ...]) -> tuple[str, ...]:
    """The files beside it, where the model imports any at all."""
    return others if "<import" in text or ":import " in text else ()


def _sentence(fault: Diagnostic) -> str:
    return f"{fault.where}：{fault.text}" if fault.where else fault.text


def _case_files(reader: PackReader) -> Iterator[str]:
    for folder in _FOLDERS:
        yield from reader.files(f"{folder}/*/cases.yaml")


def _document(reader: PackReader, name: str) -> Document | None:
    if name.startswith("decisions/"):
        return reader.yaml(name, schema=load_schema(_SCHEMA))
    return PackReader(reader.root).yaml(name)  # the schema of that file belongs to another context, which reports it


def _cases(document: Document | None) -> Iterator[_Case]:
    data = document.data if document is not None and isinstance(document.data, dict) else {}
    for index, case in enumerate(data.get("cases") or ()):
        if isinstance(case, dict) and case.get("check", "decision") == "decision":
            texts = (str(case.get(name, "")) for name in ("name", "note"))
            name, note = texts
            example = Example(name or str(index), case.get("given") or {}, case.get("expect") or {}, note)
            on = case.get("on")
            yield _Case(index, str(case.get("of", "")), example, date.fromisoformat(str(on)) if on else None)


def _day_of(days: list[date], on: date | None) -> date | None:
    """The first day of the version that holds on a day, of the latest one where none is named."""
    held = [day for day in days if on is None or day <= on]
    return max(held, default=None)


def _wrong(versions: Mapping[date, Model], case: _Case) -> str:
    """Why an example fails; empty if it holds."""
    day = _day_of(list(versions), case.on)
    if day is None:
        return f"没有决策“{case.key}”"
    return rules.try_example(versions[day], case.key, case.example).why
