"""The part of a pack that search loads: `synonyms.yaml`, what people say and the official words for it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from yiwang.commons.search import commands, queries
from yiwang.commons.search.contracts import Synonym
from yiwang.commons.search.rules import compact
from yiwang.kernel.actor import Actor
from yiwang.kernel.packs import Document, PackReader, Tally, pack_part
from yiwang.kernel.packs.reader import load_schema

_FILE: Final = "synonyms.yaml"
_SCHEMA: Final = Path(__file__).with_name("schemas") / "synonyms.json"


@pack_part("synonyms", order=75)
class SynonymsPart:
    """One lexicon for each language; all of them are read in each query, as people mix languages."""

    def check(self, reader: PackReader) -> None:
        document = _document(reader)
        if document is None:
            return
        for language, lexicon in document.data.items():
            ignored = {compact(word): place for place, word in enumerate(lexicon.get("ignored") or ())}
            for place, entry in enumerate(lexicon["said"]):
                for word in entry["words"]:
                    if compact(word) in ignored:
                        line = document.line(language, "ignored", ignored[compact(word)])
                        said = document.line(language, "said", place)
                        reader.report.add(_FILE, line, f"“{word}”既要忽略又有含义（第 {said} 行）", "只保留一处")

    def load(self, reader: PackReader, *, by: Actor, at: datetime) -> Tally:
        document = _document(reader)
        if document is None:
            return Tally()
        source = f"pack:{reader.root.name}"
        synonyms = list(_synonyms(document))
        before = queries.synonyms(source=source, viewer=by)
        wanted = commands.merged(synonyms)
        if before == wanted:
            return Tally(unchanged=len(wanted))
        commands.add_synonyms(synonyms=synonyms, source=source, by=by, at=at)
        new = len(wanted.keys() - before.keys())
        same = sum(before.get(term) == means for term, means in wanted.items())
        return Tally(created=new, changed=len(wanted) - new - same, unchanged=same)


def _document(reader: PackReader) -> Document | None:
    return reader.yaml(_FILE, schema=load_schema(_SCHEMA)) if reader.exists(_FILE) else None


def _synonyms(document: Document) -> Iterator[Synonym]:
    for lexicon in document.data.values():
        for entry in lexicon["said"]:
            for word in entry["words"]:
                yield Synonym(word, tuple(entry["means"]), weight=entry.get("weight", 1.0))
        for word in lexicon.get("ignored") or ():
            yield Synonym(word, ())
