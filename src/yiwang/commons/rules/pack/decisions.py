"""Checks every DMN file and its examples, then publishes each decision that no other requires under its id."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from yiwang.commons.rules import commands, queries
from yiwang.commons.rules.engine import Diagnostic, Model, from_json, read_dmn, to_json
from yiwang.kernel.actor import Actor
from yiwang.kernel.packs import Document, PackReader, Tally, pack_part
from yiwang.kernel.packs.reader import load_schema

_FOLDERS: Final = ("decisions", "matters", "bundles")
_SCHEMA: Final = Path(__file__).parents[1] / "schemas" / "cases.json"


@dataclass(frozen=True, slots=True)
class _File:
    """A DMN file with those beside it, which it may import."""

    name: str
    text: str
    imports: tuple[str, ...]
    model: Model


@pack_part("decisions", order=50)
class DecisionsPart:
    """The part of a pack that rules loads."""

    def check(self, reader: PackReader) -> None:
        files = list(_files(reader, report=True))
        models: dict[str, Model] = {}
        for file in files:
            for key in file.model.roots:
                if key in models:
                    reader.report.add(file.name, 0, f"决策“{key}”在配置包中重复", "换一个编号")
                models[key] = file.model
        for folder in _FOLDERS:
            for name in reader.files(f"{folder}/*/cases.yaml"):
                _try_examples(reader, name, models)

    def load(self, reader: PackReader, *, by: Actor, at: datetime) -> Tally:
        tally = Tally()
        for file in _files(reader, report=False):
            for key, title in file.model.roots.items():
                before = queries.latest_version(key=key, viewer=by)
                ref = commands.publish_decision(key=key, title=title, xml=file.text, imports=file.imports, by=by, at=at)
                if before is None:
                    tally.created += 1
                elif ref.version == before:
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
                yield _File(name, text, imports, reading.model)


def _imported(text: str, others: tuple[str, ...]) -> tuple[str, ...]:
    """The files beside it, where the model imports any at all."""
    return others if "<import" in text or ":import " in text else ()


def _sentence(fault: Diagnostic) -> str:
    return f"{fault.where}：{fault.text}" if fault.where else fault.text


def _try_examples(reader: PackReader, name: str, models: Mapping[str, Model]) -> None:
    if name.startswith("decisions/"):
        document = reader.yaml(name, schema=load_schema(_SCHEMA))
    else:  # the schema of that file belongs to another context, which checks and reports it
        document = PackReader(reader.root).yaml(name)
    for index, case in _decision_cases(document):
        wrong = failure(models, str(case.get("of", "")), case.get("given") or {}, case.get("expect") or {})
        if wrong and document is not None:
            text = f"例子“{case.get('name', index)}”不成立：{wrong}"
            reader.report.add(name, document.line("cases", index), text, "改正例子，或改正决策")


def _decision_cases(document: Document | None) -> Iterator[tuple[int, Mapping[str, Any]]]:
    data = document.data if document is not None and isinstance(document.data, dict) else {}
    for index, case in enumerate(data.get("cases") or ()):
        if isinstance(case, dict) and case.get("check", "decision") == "decision":
            yield index, case


def failure(models: Mapping[str, Model], key: str, given: Mapping[str, Any], expect: Mapping[str, Any]) -> str:
    """Why an example fails; empty if it holds. `expect` names outputs, or the whole value as `value`."""
    model = models.get(key)
    if model is None:
        return f"没有决策“{key}”"
    unknown = [name for name in given if name not in model.inputs]
    if unknown:
        return f"决策没有输入“{'、'.join(unknown)}”"
    outcome = model.decide(key, {name: from_json(value, model.inputs[name]) for name, value in given.items()})
    if not outcome.known:
        return f"缺少事实“{'、'.join(outcome.missing_facts)}”"
    value = to_json(outcome.value)
    found = value if isinstance(value, dict) else {"value": value}
    wrong = [
        f"{name} 为 {found.get(name)!r}，应为 {wanted!r}"
        for name, wanted in expect.items()
        if found.get(name) != wanted
    ]
    wrong += [remark.text for remark in outcome.diagnostics if wrong]
    return "；".join(wrong)
