"""The parts of a pack that matters loads: themes, procedure, matters, bundles. Faults carry file and line."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from yiwang.commons.flow import queries as flow
from yiwang.commons.forms import commands as forms
from yiwang.commons.forms import queries as form_queries
from yiwang.commons.forms.contracts import FormNotFound
from yiwang.commons.rules.engine import RulesError
from yiwang.kernel.actor import Actor
from yiwang.kernel.packs import Document, PackReader, Tally, pack_part
from yiwang.kernel.packs.reader import load_schema
from yiwang.serve.matters import commands, rules
from yiwang.serve.matters.contracts import BundleSpec, Halt, MatterSpec, MatterState, Published, ThemeView
from yiwang.serve.matters.pack import examples, licences, procedure, reading
from yiwang.serve.matters.pack.vocabulary import Vocabulary
from yiwang.serve.matters.pack.words import Words

_SCHEMAS = Path(__file__).parents[1] / "schemas"
_FOLDERS = {"matter": "matters", "bundle": "bundles"}


def _documents(reader: PackReader, kind: str) -> Iterator[tuple[str, Document]]:
    """Each folder with its checked file; a folder without one is a fault."""
    schema = load_schema(_SCHEMAS / f"{kind}.json")
    folders = sorted({file.split("/")[1] for file in reader.files(f"{_FOLDERS[kind]}/*/*")})
    for folder in folders:
        document = reader.yaml(f"{_FOLDERS[kind]}/{folder}/{kind}.yaml", schema=schema)
        if document is not None:
            yield folder, document


def _files_beside(reader: PackReader, folder: str, document: Document, places: Sequence[tuple[str | int, ...]]) -> None:
    """The files that a definition names must be there."""
    base = document.file.rsplit("/", 1)[0]
    for place in places:
        value = document.data
        for step in place:
            value = value[step] if isinstance(value, list) or step in value else None  # type: ignore[index]
            if value is None:
                break
        if isinstance(value, str) and not reader.exists(f"{base}/{value}"):
            reader.report.add(
                document.file, document.line(*place), f"缺少文件 {base}/{value}", "补上该文件，或改正引用它的名称"
            )
    del folder


def _process_there(reader: PackReader, document: Document) -> None:
    """A shared process is a file of the pack."""
    named = str(document.data.get("process") or "")
    if not named or named == reading.OWN_PROCESS or reader.exists(f"processes/{named}.bpmn"):
        return
    known = "、".join(file.split("/")[-1].removesuffix(".bpmn") for file in reader.files("processes/*.bpmn"))
    mend = f"可用的流程：{known}" if known else "写 process.bpmn，或在 processes 文件夹中补上该流程"
    reader.report.add(document.file, document.line("process"), f"没有共用流程 processes/{named}.bpmn", mend)


def _special_known(reader: PackReader, document: Document, known: procedure.Procedure) -> None:
    """A special procedure that is named by its key stands in `procedure.yaml`."""
    for index, each in enumerate(document.data.get("special_procedures") or ()):
        if isinstance(each, str) and each not in known.special:
            mend = f"可用的特别程序：{'、'.join(sorted(known.special)) or '没有'}；也可以在这里写全"
            line = document.line("special_procedures", index)
            reader.report.add(document.file, line, f"{procedure.FILE} 里没有特别程序 {each}", mend)


def _ruling(reader: PackReader, folder: str, document: Document) -> rules.Ruling:
    """The bundle's decision on who may use it; a faulty one is reported by its own part."""
    named = document.data.get("eligibility") or {}
    file = f"bundles/{folder}/{named.get('file')}"
    content = reader.raw(file) if named and reader.exists(file) else None
    if content is None:
        return rules.never_refuses
    try:
        return rules.decision(content, str(named.get("decision") or ""))
    except RulesError:
        return rules.never_refuses


def _report(reader: PackReader, document: Document, defects: Sequence[rules.Defect]) -> None:
    for defect in defects:
        place = tuple(_IN_FILE.get(step, step) if isinstance(step, str) else step for step in defect.place)
        reader.report.add(document.file, document.line(*place), defect.message, defect.mend)


_IN_FILE = {
    "requirements": "materials",
    "condition": "when",
    "questions": "situation",
    "depends_on": "after",
    "key": "matter",
}


def _facts_known(reader: PackReader, document: Document, vocabulary: Vocabulary) -> None:
    """Every condition names facts of the vocabulary, every question asks for one."""
    for section in ("materials", "handling", "conditions", "members", "situation"):
        for index, each in enumerate(document.data.get(section) or ()):
            for name in vocabulary.unknown(str(each.get("when") or "")):
                line = document.line(section, index, "when")
                reader.report.add(
                    document.file, line, f"条件里的 {name} 不在事实表中", "在 facts.yaml 中定义，或改正名称"
                )
            fact = each.get("fact")
            if fact and vocabulary.facts and fact not in vocabulary:
                line = document.line(section, index, "fact")
                reader.report.add(document.file, line, f"{fact} 不在事实表中", "在 facts.yaml 中定义，或改正名称")
    choice = document.data.get("delivery_choice") or {}
    for name in (choice.get("fact"), *choice.get("address", ())):
        if name and vocabulary.facts and name not in vocabulary:
            line = document.line("delivery_choice")
            reader.report.add(document.file, line, f"{name} 不在事实表中", "在 facts.yaml 中定义，或改正名称")


def _themes(reader: PackReader) -> tuple[ThemeView, ...] | None:
    if not reader.exists("themes.yaml"):
        return None
    document = reader.yaml("themes.yaml", schema=load_schema(_SCHEMAS / "themes.json"))
    if document is None:
        return ()
    words = Words()
    return tuple(
        ThemeView(key, words(text), words.english.get(words(text), "")) for key, text in document.data["themes"].items()
    )


def _check_themes(reader: PackReader, document: Document) -> None:
    known = {theme.key for theme in _themes(reader) or ()}
    for index, theme in enumerate(document.data.get("themes") or ()):
        if known and theme not in known:
            line = document.line("themes", index)
            reader.report.add(document.file, line, f"没有主题 {theme}", f"可用的主题：{'、'.join(sorted(known))}")


def _version(key: str) -> int | None:
    versions = flow.process_versions(key=key, viewer=Actor.system("pack"))
    return versions[0][0] if versions else None


def _form(key: str, by: Actor) -> int | None:
    try:
        return form_queries.latest_version(key=key, viewer=by)
    except FormNotFound:
        return None


def _publish_form(document: Document, matters: Mapping[str, MatterSpec], *, by: Actor, at: datetime) -> None:
    """The merged form of a bundle: each fact asked once, the situation first."""
    data = document.data
    codes = [member["matter"] for member in data["members"]]
    conditions = {each.condition for code in codes if code in matters for each in matters[code].requirements}
    forms.publish_bundle(
        key=data["key"],
        title=data["name"],
        members=[{"form": m["matter"], **({"when": m["when"]} if m.get("when") else {})} for m in data["members"]],
        situation=data.get("situation") or (),
        steps=(data.get("form") or {}).get("steps") or (),
        conditions=sorted(conditions - {""}),
        by=by,
        at=at,
    )


def _count(tally: Tally, name: str, published: Published) -> None:
    if published.kept is not None:
        tally.notes.append(_kept(name, published.kept))
    if not published.changed:
        tally.unchanged += 1
    elif published.version == 1:
        tally.created += 1
    else:
        tally.changed += 1


def _kept(name: str, kept: Halt) -> str:
    """What was left as a steward ordered it."""
    why = f"（{kept.reason}）" if kept.reason else ""
    if kept.state is MatterState.SUSPENDED:
        until = f"到 {kept.until.isoformat()}" if kept.until else "，没有定恢复日期"
        return f"{name}：已由管理人员暂停办理{until}{why}，保持暂停"
    if kept.until is not None:
        return f"{name}：已由管理人员定于 {kept.until.isoformat()} 之后取消{why}，保持不变"
    return f"{name}：已由管理人员取消{why}，没有重新发布；要恢复请在事项目录中重新发布"


@pack_part("themes", order=79)
class ThemesPart:
    """`themes.yaml`."""

    def check(self, reader: PackReader) -> None:
        _themes(reader)

    def load(self, reader: PackReader, *, by: Actor, at: datetime) -> Tally:
        themes = _themes(reader)
        if themes is None:
            return Tally()
        changed = commands.set_themes(themes=themes, by=by, at=at)
        return Tally(changed=int(changed), unchanged=int(not changed))


@pack_part("procedure", order=78)
class ProcedurePart:
    """`procedure.yaml`."""

    def check(self, reader: PackReader) -> None:
        procedure.document(reader)

    def load(self, reader: PackReader, *, by: Actor, at: datetime) -> Tally:
        if procedure.document(reader) is None:
            return Tally()
        changed = commands.set_procedure(entries=procedure.entries(procedure.read(reader)), by=by, at=at)
        return Tally(changed=int(changed), unchanged=int(not changed))


@pack_part("matters", order=80)
class MattersPart:
    """`matters/<code>/matter.yaml` with the examples beside it."""

    def check(self, reader: PackReader) -> None:
        vocabulary, common = Vocabulary(reader), procedure.read(reader)
        for folder, document in _documents(reader, "matter"):
            if document.data["code"] != folder:
                reader.report.add(document.file, document.line("code"), "code 与文件夹名不一致", f"改为 {folder}")
            named: list[tuple[str | int, ...]] = [("form",)]
            named += [("process",)] if document.data.get("process") == reading.OWN_PROCESS else []
            named += [("decisions", index, "file") for index in range(len(document.data.get("decisions") or ()))]
            _files_beside(reader, folder, document, named)
            _check_themes(reader, document)
            _process_there(reader, document)
            _special_known(reader, document, common)
            licences.check(reader, document, vocabulary)
            _facts_known(reader, document, vocabulary)
            spec = reading.matter_spec(document.data, vocabulary, process=folder, procedure=common)
            defects = rules.matter_defects(spec)
            _report(reader, document, defects)
            if not defects:
                examples.check_matter(reader, folder, spec)

    def load(self, reader: PackReader, *, by: Actor, at: datetime) -> Tally:
        tally = Tally()
        for spec in matter_specs(reader).values():
            published = commands.publish_matter(
                spec=spec,
                form_version=_form(spec.form, by),
                process_version=_version(spec.process),
                revive=False,
                by=by,
                at=at,
            )
            _count(tally, spec.name, published)
        return tally


@pack_part("bundles", order=90)
class BundlesPart:
    """`bundles/<key>/bundle.yaml` with the examples beside it."""

    def check(self, reader: PackReader) -> None:
        vocabulary = Vocabulary(reader)
        matters = matter_specs(reader)
        for folder, document in _documents(reader, "bundle"):
            if document.data["key"] != folder:
                reader.report.add(document.file, document.line("key"), "key 与文件夹名不一致", f"改为 {folder}")
            places: list[tuple[str | int, ...]] = [("eligibility", "file")]
            places += [("process",)] if document.data.get("process") == reading.OWN_PROCESS else []
            _files_beside(reader, folder, document, places)
            _check_themes(reader, document)
            _process_there(reader, document)
            _facts_known(reader, document, vocabulary)
            spec = reading.bundle_spec(document.data, vocabulary, process=folder)
            refused = _ruling(reader, folder, document)
            defects = rules.bundle_defects(spec, matters, rules.Verdicts(), refused)
            _report(reader, document, defects)
            if not defects:
                examples.check_bundle(reader, folder, spec, matters, refused)

    def load(self, reader: PackReader, *, by: Actor, at: datetime) -> Tally:
        tally = Tally()
        matters = matter_specs(reader)
        for _folder, document in _documents(reader, "bundle"):
            _publish_form(document, matters, by=by, at=at)
        for spec in bundle_specs(reader):
            published = commands.publish_bundle(
                spec=spec,
                form_version=_form(spec.form, by),
                process_version=_version(spec.process),
                revive=False,
                by=by,
                at=at,
            )
            _count(tally, spec.name, published)
        return tally


def matter_specs(reader: PackReader) -> Mapping[str, MatterSpec]:
    """The specs of all matters of the pack by code; faulty files are left out."""
    vocabulary, common = Vocabulary(reader), procedure.read(reader)
    specs = [
        reading.matter_spec(document.data, vocabulary, process=folder, procedure=common)
        for folder, document in _documents(reader, "matter")
    ]
    return {spec.code: spec for spec in specs}


def bundle_specs(reader: PackReader) -> Sequence[BundleSpec]:
    """The specs of all bundles of the pack."""
    vocabulary = Vocabulary(reader)
    found = _documents(reader, "bundle")
    return [reading.bundle_spec(document.data, vocabulary, process=folder) for folder, document in found]
