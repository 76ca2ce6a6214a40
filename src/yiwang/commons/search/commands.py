"""Writes of search: publishers push and remove documents, packs and administrators give synonyms."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from yiwang.commons.search import registry
from yiwang.commons.search.contracts import BadDocument, Document, Synonym
from yiwang.commons.search.models import SearchDocument, SynonymRow
from yiwang.commons.search.rules import compact
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note

_INDEX: Final = SubjectRef("search_index", UUID(int=0))
_LONGEST_TEXT: Final = 20_000
_LONGEST_TITLE: Final = 200
_LONGEST_TERM: Final = 60
_KEPT: Final = ("id", "kind", "key", "language")
_BATCH: Final = 500


@command("search.index_documents")
def index_documents(*, kind: str, docs: Sequence[Document], replace: bool = True, by: Actor, at: datetime) -> int:
    """Index `docs`; with `replace`, other documents of this kind are forgotten. Returns how many were indexed.

    Raises BadDocument naming the key; then nothing changes. A repeated (key, language) in `docs`: the last one holds.
    """
    _lock(kind)
    rows = {(doc.key, doc.language): _row(kind, doc, at) for doc in docs}
    if replace:
        kept = {f"{key}\x1f{language}" for key, language in rows}
        gone = [
            pk
            for pk, key, language in SearchDocument.objects.filter(kind=kind).values_list("pk", "key", "language")
            if f"{key}\x1f{language}" not in kept
        ]
        SearchDocument.objects.filter(pk__in=gone).delete()
    changing = [f.name for f in SearchDocument._meta.local_fields if f.name not in _KEPT]
    SearchDocument.objects.bulk_create(
        rows.values(),
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["kind", "key", "language"],
        update_fields=changing,
    )
    note(_INDEX, kind=kind, documents=len(rows), replace=replace)
    return len(rows)


@command("search.remove_documents")
def remove_documents(*, kind: str, keys: Collection[str], by: Actor, at: datetime) -> None:
    """Forget documents in all languages; unknown keys are no fault."""
    del by, at
    SearchDocument.objects.filter(kind=kind, key__in=list(keys)).delete()
    note(_INDEX, kind=kind, removed=len(keys))


@command("search.add_synonyms")
def add_synonyms(*, synonyms: Iterable[Synonym], source: str, replace: bool = True, by: Actor, at: datetime) -> int:
    """Keep `synonyms` as given by `source` (`pack:changzhou`); with `replace`, the source's earlier ones go.

    Returns how many terms are kept. Raises BadDocument for a term that is empty or longer than 60 characters.
    """
    del at
    wanted: dict[str, dict[str, None]] = {}
    for synonym in synonyms:
        group = (synonym.term, *synonym.means) if synonym.two_way else (synonym.term,)
        for term in group:
            key = compact(term)
            if not key or len(key) > _LONGEST_TERM or any(not compact(meaning) for meaning in synonym.means):
                raise BadDocument(key=term[:40])
            others = [word for word in (synonym.term, *synonym.means) if compact(word) != key]
            means = others if synonym.two_way else synonym.means
            wanted.setdefault(key, {}).update(dict.fromkeys(means))
    if replace:
        SynonymRow.objects.filter(source=source).exclude(term__in=list(wanted)).delete()
    SynonymRow.objects.bulk_create(
        [SynonymRow(term=term, means=list(means), source=source) for term, means in wanted.items()],
        update_conflicts=True,
        unique_fields=["term", "source"],
        update_fields=["means"],
    )
    note(_INDEX, source=source, synonyms=len(wanted))
    return len(wanted)


def _row(kind: str, doc: Document, at: datetime) -> SearchDocument:
    texts = (doc.key, doc.title, doc.text, *doc.keywords)
    faulty = not doc.key or not compact(doc.title) or any("\x00" in text for text in texts)
    if faulty or len(doc.title) > _LONGEST_TITLE or len(doc.key) > 120 or len(doc.text) > _LONGEST_TEXT:
        raise BadDocument(key=doc.key[:40] or doc.title[:40])
    cut = registry.segmenter().words
    title_words, names_words = cut(doc.title), cut(" ".join(doc.keywords))
    return SearchDocument(
        kind=kind,
        key=doc.key,
        language=doc.language,
        title=doc.title,
        text=doc.text,
        payload=dict(doc.payload),
        title_folded=compact(doc.title),
        names_folded=" ".join(compact(name) for name in doc.keywords),
        text_folded=compact(doc.text),
        title_words=list(title_words),
        names_words=list(names_words),
        all_words=list(dict.fromkeys([*title_words, *names_words, *cut(doc.text)])),
        boost=doc.boost,
        visibility=doc.visibility.value,
        owner_id=doc.owner_id,
        organisation_id=doc.organisation_id,
        scope_key=doc.scope_key,
        grade=doc.grade,
        updated_at=at,
    )


def _lock(kind: str) -> None:
    """Two publishers of one kind wait for each other; otherwise `replace` of one removes rows of the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"search:{kind}"])
