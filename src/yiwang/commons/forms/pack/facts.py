"""`facts.yaml` and `facts/*.yaml`: one vocabulary, in as many files as keep it readable."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from yiwang.commons.forms import commands, queries
from yiwang.commons.forms.contracts import DefinitionFaulty, FormNotFound, Problem
from yiwang.commons.forms.engine import Vocabulary, schema_problem
from yiwang.commons.forms.models import VocabularyVersion
from yiwang.kernel.actor import Actor
from yiwang.kernel.packs import Document, Merged, PackReader, Tally, pack_part
from yiwang.kernel.packs.reader import load_schema

FILE: Final = "facts.yaml"
OTHERS: Final = "facts/*.yaml"
SCHEMAS: Final = Path(__file__).parents[1] / "schemas"


def facts_document(reader: PackReader) -> Merged | None:
    """The files as one, each checked against the schema."""
    return reader.merged(FILE, OTHERS, schema=load_schema(SCHEMAS / "facts.json"))


def vocabulary_of(reader: PackReader) -> Vocabulary | None:
    """The vocabulary of the pack; None where it has faults, which the facts part reports."""
    document = facts_document(reader)
    try:
        return Vocabulary.parse(document.data) if document else None
    except DefinitionFaulty:
        return None


def report(reader: PackReader, document: Document | Merged, problems: Iterable[Problem]) -> None:
    """Give problems of a definition as faults at their lines."""
    for problem in problems:
        reader.report.add(*document.at(*problem.place), problem.message, problem.mend)


@pack_part("facts", order=40)
class FactsPart:
    """Checks and publishes the vocabulary."""

    def check(self, reader: PackReader) -> None:
        document = facts_document(reader)
        if document is None:
            return
        try:
            words = Vocabulary.parse(document.data)
        except DefinitionFaulty as faulty:
            report(reader, document, faulty.problems)
            return
        for name, fact in words.facts.items():
            text = schema_problem(fact)
            if text:
                report(reader, document, [Problem(("facts", name, "schema"), f"schema 有误：{text}", "改正关键字")])

    def load(self, reader: PackReader, *, by: Actor, at: datetime) -> Tally:
        document = facts_document(reader)
        assert document is not None
        before = VocabularyVersion.objects.count()
        after = commands.publish_vocabulary(content=document.data, by=by, at=at)
        return tally(before, after)


def tally(before: int, after: int) -> Tally:
    """One definition: new, a new version, or as it was."""
    return Tally(created=int(before == 0), changed=int(0 < before < after), unchanged=int(before == after))


def version_of(key: str, by: Actor) -> int:
    """The version of a form before loading; 0 where there is none."""
    try:
        return queries.latest_version(key=key, viewer=by)
    except FormNotFound:
        return 0
