"""The parts of a pack that licences load: `licences/<type>/type.yaml` with its `layout.yaml`, `_plain/layout.yaml` for those without;
`licences/samples.yaml` in a demonstration.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import PERSON
from yiwang.commons.licences import commands, queries, rules
from yiwang.commons.licences.contracts import Holder, TypeNotFound
from yiwang.commons.licences.queries import layout_fault
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.packs import Document, PackReader, Tally, pack_part
from yiwang.kernel.packs.reader import load_schema
from yiwang.kernel.settings import settings

_SCHEMA: Final = Path(__file__).with_name("schemas") / "licence_type.json"
_SAMPLES_SCHEMA: Final = Path(__file__).with_name("schemas") / "licence_samples.json"
_PLAIN: Final = "licences/_plain/layout.yaml"
_SAMPLES: Final = "licences/samples.yaml"


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


@pack_part("sample_licences", order=46)
class SampleLicencesPart:
    """What residents of a demonstration hold before anything happens; checked everywhere, issued in a demonstration."""

    def check(self, reader: PackReader) -> None:
        document = _samples(reader)
        if document is None:
            return
        types = {key: type_.data for key, type_ in _types(reader)}
        bodies = reader.yaml("organisations.yaml")
        known = {each["code"] for each in bodies.data["organisations"]} if bodies else set()
        people = reader.yaml("people.yaml")
        names = {each["username"] for each in people.data.get("residents", ())} if people else set()
        numbers: set[tuple[str, str, str]] = set()
        for place, each in enumerate(document.data["licences"]):
            number = (each["type"], each["organisation"], each["number"])
            for fault, mend in _sample_faults(each, types, known, names, taken=number in numbers):
                reader.report.add(*document.at("licences", place), fault, mend)
            numbers.add(number)

    def load(self, reader: PackReader, *, by: Actor, at: datetime) -> Tally:
        tally = Tally()
        document = _samples(reader) if settings().demo else None
        for each in document.data["licences"] if document else ():
            account = identity.account_by_username(username=each["holder"], viewer=by)
            if account is None or account.person_id is None:
                continue
            made = commands.give_sample(
                type_key=each["type"],
                holder=Holder.of(SubjectRef(PERSON, account.person_id)),
                number=each["number"],
                values=each["values"],
                organisation_id=identity.organisation_by_code(code=each["organisation"], viewer=by).id,
                valid_from=date.fromisoformat(each["valid_from"]),
                by=by,
                at=at,
            )
            if made is None:
                tally.unchanged += 1
            else:
                tally.created += 1
        return tally


def _samples(reader: PackReader) -> Document | None:
    return reader.yaml(_SAMPLES, schema=load_schema(_SAMPLES_SCHEMA)) if reader.exists(_SAMPLES) else None


def _sample_faults(
    said: Mapping[str, Any],
    types: Mapping[str, Mapping[str, Any]],
    organisations: Collection[str],
    residents: Collection[str],
    *,
    taken: bool,
) -> Iterator[tuple[str, str]]:
    """Sentence and mending of each fault of one sample licence."""
    kind = types.get(said["type"])
    if kind is None or not kind.get("sample"):
        yield f"没有样例证照类型 {said['type']}", "改为本配置包中标明 sample: true 的类型"
    else:
        unknown = sorted(set(said["values"]) - {field["fact"] for field in kind["fields"]})
        if unknown:
            yield f"{'、'.join(unknown)} 不是这种证照的内容", "改为类型的 fields 里有的名称"
    if said["organisation"] not in organisations:
        yield f"没有机构 {said['organisation']}", "改为 organisations.yaml 中的代码"
    if said["holder"] not in residents:
        yield f"没有用户 {said['holder']}", "改为 people.yaml 中居民的 username"
    if taken:
        yield f"编号 {said['number']} 重复", "同一机构的同一种证照，编号各不相同"


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
