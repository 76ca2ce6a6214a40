"""The part of a pack that licences load: `licences/<type>/type.yaml` with its `layout.yaml`; `_plain/layout.yaml` for those without."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from yiwang.commons.licences import commands, queries, rules
from yiwang.commons.licences.contracts import TypeNotFound
from yiwang.commons.licences.queries import layout_fault
from yiwang.kernel.actor import Actor
from yiwang.kernel.packs import Document, PackReader, Tally, pack_part
from yiwang.kernel.packs.reader import load_schema

_SCHEMA: Final = Path(__file__).with_name("schemas") / "licence_type.json"
_PLAIN: Final = "licences/_plain/layout.yaml"


@pack_part("licences", order=45)
class LicencesPart:
    """Each folder is a type; its name is the key."""

    def check(self, reader: PackReader) -> None:
        for key, document in _types(reader):
            _check(reader, key, document)
            text = _layout(reader, key)
            fault = layout_fault(text=text) if text else ""
            if fault:
                reader.report.add(_layout_file(reader, key), 0, f"版式有误：{fault}", "按版式说明改正")

    def load(self, reader: PackReader, *, by: Actor, at: datetime) -> Tally:
        tally = Tally()
        for key, document in _types(reader):
            before = _version(key, by)
            after = commands.define_type(key=key, spec=document.data, layout=_layout(reader, key), by=by, at=at)
            if after == before:
                tally.unchanged += 1
            elif before:
                tally.changed += 1
            else:
                tally.created += 1
        return tally


def _version(key: str, viewer: Actor) -> int:
    try:
        return queries.type_spec(type_key=key, viewer=viewer).version
    except TypeNotFound:
        return 0


def _types(reader: PackReader) -> Iterator[tuple[str, Document]]:
    for file in reader.files("licences/*/type.yaml"):
        document = reader.yaml(file, schema=load_schema(_SCHEMA))
        if document is not None:
            yield file.split("/")[1], document


def _layout_file(reader: PackReader, key: str) -> str:
    own = f"licences/{key}/layout.yaml"
    return own if reader.exists(own) else _PLAIN


def _layout(reader: PackReader, key: str) -> str:
    file = _layout_file(reader, key)
    return (reader.text(file) or "") if reader.exists(file) else ""


def _check(reader: PackReader, key: str, document: Document) -> None:
    said: Mapping[str, Any] = document.data
    facts = [each["fact"] for each in said["fields"]]
    for place, fact in enumerate(facts):
        if fact in facts[:place]:
            reader.report.add(*document.at("fields", place), f"{fact} 写了两次", "只保留一处")
    for place, purpose in enumerate(said.get("purposes", ())):
        for fact in purpose["fields"]:
            if fact not in facts:
                reader.report.add(
                    *document.at("purposes", place), f"{fact} 不是这种证照的内容", "改为 fields 里有的名称"
                )
    try:
        rules.numbered(said.get("number", "{year}{serial:08}"), year=2026, region="320400", serial=1)
    except (ValueError, KeyError, IndexError) as fault:
        reader.report.add(*document.at("number"), f"编号规则有误：{fault}", "用 {year}、{region}、{serial:07}")
    try:
        rules.identifier(type_code=said["code"], issuer="0", serial="0", version=1)
    except rules.InvalidIdentifier as fault:
        reader.report.add(*document.at("code"), str(fault), "用 0-9、A-Z")
    try:
        for each in said["fields"]:
            rules.compiled(each.get("pattern", ""))
    except ValueError as fault:
        reader.report.add(*document.at("fields"), f"正则表达式有误：{fault}", "改正 pattern")
