"""`matters/<code>/form.yaml`, and the examples of kind `form` in the `cases.yaml` beside it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from yiwang.commons.forms import commands
from yiwang.commons.forms.contracts import Answer, DefinitionFaulty, Problem
from yiwang.commons.forms.engine import (
    APPLICATION_DATE,
    Definition,
    Vocabulary,
    check,
    define,
    evaluate,
    wrong_types,
)  # fmt: skip
from yiwang.commons.forms.pack.facts import SCHEMAS, report, tally, version_of, vocabulary_of
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.packs import Document, PackReader, Tally, pack_part
from yiwang.kernel.packs.reader import load_schema

_FORMS: Final = "matters/*/form.yaml"


@pack_part("forms", order=60)
class FormsPart:
    """Checks each form over the vocabulary and its examples, then publishes it under the matter's code."""

    def check(self, reader: PackReader) -> None:
        words = vocabulary_of(reader)
        for file, document in _documents(reader):
            if words is None:
                continue
            key = _key(file)
            form = _defined(reader, document, key, words)
            if form is not None:
                _try_examples(reader, form, words, file.replace("form.yaml", "cases.yaml"))

    def load(self, reader: PackReader, *, by: Actor, at: datetime) -> Tally:
        whole = Tally()
        for file, document in _documents(reader):
            key = _key(file)
            before = version_of(key, by)
            one = tally(before, commands.publish_form(key=key, form=document.data, by=by, at=at))
            whole.created += one.created
            whole.changed += one.changed
            whole.unchanged += one.unchanged
        return whole


def _documents(reader: PackReader) -> list[tuple[str, Document]]:
    schema = load_schema(SCHEMAS / "form.json")
    read = ((file, reader.yaml(file, schema=schema)) for file in reader.files(_FORMS))
    return [(file, document) for file, document in read if document is not None]


def _key(file: str) -> str:
    return file.split("/")[-2]


def _defined(reader: PackReader, document: Document, key: str, words: Vocabulary) -> Definition | None:
    content = {"title": document.data["title"], "forms": {key: document.data}, "members": [{"form": key}]}
    try:
        return define(content, key=key, version=0, vocabulary=words)
    except DefinitionFaulty as faulty:
        # places begin with forms, key: what follows is a place in the file
        report(reader, document, [Problem(p.place[2:], p.message, p.mend) for p in faulty.problems])
        return None


def _try_examples(reader: PackReader, form: Definition, words: Vocabulary, file: str) -> None:
    if not reader.exists(file):
        return
    # A reader of its own: the schema of this file belongs to matters, which checks and reports it.
    document = PackReader(reader.root).yaml(file)
    if document is None or not isinstance(document.data, dict):
        return
    for index, case in enumerate(document.data.get("cases") or ()):
        if isinstance(case, dict) and case.get("check") == "form":
            for message in failures(form, words, case.get("given") or {}, case.get("expect") or {}):
                text = f"例子“{case.get('name', index)}”不成立：{message}"
                reader.report.add(file, document.line("cases", index), text, "改正例子，或改正表单")


def failures(
    form: Definition, words: Vocabulary, given: Mapping[str, Any], expect: Mapping[str, Sequence[str]]
) -> list[str]:
    """Why an example of kind `form` fails; empty if it holds. `expect`: shown, hidden, errors, valid."""
    unknown = [name for name in given if name not in words.facts]
    if unknown:
        return [f"没有定义的事实 {'、'.join(unknown)}"]
    answers = {name: Answer(value) for name, value in given.items() if name in form.questions}
    others = {name: value for name, value in given.items() if name not in form.questions}
    told = given.get(APPLICATION_DATE)
    today = date.fromisoformat(told) if isinstance(told, str) else clock.today()
    state = evaluate(form, answers, today=today, given=others)
    typed = {name: value for name, value in given.items() if name in form.questions}
    wrong = {fault.fact for fault in (*check(form, state, answers), *wrong_types(form, typed))}
    found = [f"{name} 没有显示" for name in expect.get("shown", ()) if name not in state.visible]
    found += [f"{name} 不应显示" for name in expect.get("hidden", ()) if name in state.visible]
    found += [f"{name} 没有被拒绝" for name in expect.get("errors", ()) if name not in wrong]
    found += [f"{name} 被拒绝了" for name in expect.get("valid", ()) if name in wrong]
    return found
