"""Writes of search: publishers push and remove documents, packs and administrators give synonyms."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from yiwang.commons.search import registry
from yiwang.commons.search.contracts import BadDocument, Document, Synonym, Visibility
from yiwang.commons.search.models import SearchDocument, SearchPosting, SearchWord, SynonymRow
from yiwang.commons.search.rules import compact, initials, region_stem, sound, terms
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note

_INDEX: Final = SubjectRef("search_index", UUID(int=0))
_LONGEST_TEXT: Final = 20_000
_LONGEST_TITLE: Final = 200
_LONGEST_TERM: Final = 60
_KEPT: Final = ("id", "kind", "key", "language")
_BATCH: Final = 500
_POST: Final = """
INSERT INTO commons_search_searchposting (document_id, term, weight)
SELECT d.id, p.term, p.weight
FROM unnest(%s::text[], %s::text[], %s::text[], %s::float8[]) AS p(key, language, term, weight)
JOIN commons_search_searchdocument d ON d.kind = %s AND d.key = p.key AND d.language = p.language
"""


@command("search.index_documents")
def index_documents(*, kind: str, docs: Sequence[Document], replace: bool = True, by: Actor, at: datetime) -> int:
    """Index `docs`; with `replace`, other documents of this kind are forgotten. Returns how many were indexed.

    Raises BadDocument naming the key; then nothing changes. A repeated (key, language) in `docs`: the last one holds.
    """
    _lock(kind)
    wanted = {(doc.key, doc.language): doc for doc in docs}
    rows = [_row(kind, doc, at) for doc in wanted.values()]
    if replace:
        kept = {f"{key}\x1f{language}" for key, language in wanted}
        gone = [
            pk
            for pk, key, language in SearchDocument.objects.filter(kind=kind).values_list("pk", "key", "language")
            if f"{key}\x1f{language}" not in kept
        ]
        SearchDocument.objects.filter(pk__in=gone).delete()
    changing = [f.name for f in SearchDocument._meta.local_fields if f.name not in _KEPT]
    SearchDocument.objects.bulk_create(
        rows,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["kind", "key", "language"],
        update_fields=changing,
    )
    documents = list(wanted.values())
    for start in range(0, len(documents), _BATCH):
        _post(kind, documents[start : start + _BATCH])
    note(_INDEX, kind=kind, documents=len(rows), replace=replace)
    return len(rows)


@command("search.remove_documents")
def remove_documents(*, kind: str, keys: Collection[str], by: Actor, at: datetime) -> None:
    """Forget documents in all languages; unknown keys are no fault."""
    del by, at
    SearchDocument.objects.filter(kind=kind, key__in=list(keys)).delete()
    note(_INDEX, kind=kind, removed=len(keys))


@command("search.rebuild")
def rebuild(*, by: Actor, at: datetime) -> dict[str, int]:
    """Index anew what all registered publishers have, and the words of typing errors with it. Returns counts by kind.

    For a new version of search, or after data was restored; running searches see the old index until it is done.
    """
    SearchWord.objects.all().delete()
    counts = {
        kind: index_documents(kind=kind, docs=tuple(documents()), by=by, at=at)
        for kind, documents in registry.publishers().items()
    }
    said = SynonymRow.objects.values_list("term", "means")
    _learn(word for term, means in said for word in (term, *means) if means)
    note(_INDEX, rebuilt=sum(counts.values()))
    return counts


@command("search.add_synonyms")
def add_synonyms(*, synonyms: Iterable[Synonym], source: str, replace: bool = True, by: Actor, at: datetime) -> int:
    """Keep `synonyms` as given by `source` (`pack:changzhou`); with `replace`, the source's earlier ones go.

    Returns how many terms are kept. Raises BadDocument for a term that is empty or longer than 60 characters.
    """
    del at
    wanted = merged(synonyms)
    if replace:
        SynonymRow.objects.filter(source=source).exclude(term__in=list(wanted)).delete()
    SynonymRow.objects.bulk_create(
        [
            SynonymRow(term=term, means=list(means), weight=weight, source=source)
            for term, (means, weight) in wanted.items()
        ],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["term", "source"],
        update_fields=["means", "weight"],
    )
    _learn(word for term, (means, _) in wanted.items() for word in (term, *means) if means)
    note(_INDEX, source=source, synonyms=len(wanted))
    return len(wanted)


def merged(synonyms: Iterable[Synonym]) -> dict[str, tuple[tuple[str, ...], float]]:
    """Terms in their compact form with all that they stand for and the highest weight given. Raises BadDocument."""
    wanted: dict[str, dict[str, None]] = {}
    weights: dict[str, float] = {}
    for synonym in synonyms:
        group = (synonym.term, *synonym.means) if synonym.two_way else (synonym.term,)
        for term in group:
            key = compact(term)
            unfit = not key or len(key) > _LONGEST_TERM or not 0 < synonym.weight <= 1
            if unfit or any(not compact(meaning) for meaning in synonym.means):
                raise BadDocument(key=term[:40])
            others = [word for word in (synonym.term, *synonym.means) if compact(word) != key]
            means = others if synonym.two_way else synonym.means
            wanted.setdefault(key, {}).update(dict.fromkeys(means))
            weights[key] = max(weights.get(key, 0.0), synonym.weight)
    return {term: (tuple(means), weights[term]) for term, means in wanted.items()}


def _row(kind: str, doc: Document, at: datetime) -> SearchDocument:
    texts = (doc.key, doc.title, doc.text, *doc.keywords, *doc.details)
    faulty = not doc.key or not compact(doc.title) or any("\x00" in text for text in texts)
    if faulty or len(doc.title) > _LONGEST_TITLE or len(doc.key) > 120 or sum(map(len, texts)) > _LONGEST_TEXT:
        raise BadDocument(key=doc.key[:40] or doc.title[:40])
    names = tuple(dict.fromkeys(name for raw in (doc.title, *doc.keywords) if (name := compact(raw))))
    return SearchDocument(
        kind=kind,
        key=doc.key,
        language=doc.language,
        title=doc.title,
        text=doc.text,
        payload=dict(doc.payload),
        title_folded=compact(doc.title),
        names_folded=_joined(names),
        sounds=_joined(map(sound, names)),
        initials=_joined(map(initials, names)),
        themes=list(doc.themes),
        audiences=list(doc.audiences),
        regions=[region_stem(code) for code in doc.regions],
        boost=doc.boost,
        visibility=doc.visibility.value,
        owner_id=doc.owner_id,
        organisation_id=doc.organisation_id,
        scope_key=doc.scope_key,
        grade=doc.grade,
        updated_at=at,
    )


def _joined(parts: Iterable[str]) -> str:
    return "".join(f" {part}" for part in parts)


def _post(kind: str, docs: Sequence[Document]) -> None:
    """The words of `docs` instead of those they held before."""
    segmenter = registry.segmenter()
    held = [(doc, terms(doc, segmenter)) for doc in docs]
    rows = [(doc.key, doc.language, term, weight) for doc, words in held for term, weight in words.items()]
    of_these = SearchDocument.objects.filter(kind=kind, key__in=[doc.key for doc in docs])
    languages = {doc.language for doc in docs}
    SearchPosting.objects.filter(document__in=of_these.filter(language__in=languages)).delete()
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_POST, [*map(list, zip(*rows, strict=True)), kind])
    _learn(
        word
        for doc in docs
        if doc.visibility is Visibility.PUBLIC
        for text in (doc.title, *doc.keywords)
        for word in (text, *segmenter.words(text))
    )


def _learn(words: Iterable[str]) -> None:
    """Remember how words sound; known ones stay."""
    new = {term for word in words if 2 <= len(term := compact(word)) <= _LONGEST_TERM}
    new -= set(SearchWord.objects.filter(term__in=list(new)).values_list("term", flat=True))
    SearchWord.objects.bulk_create(
        [SearchWord(term=term, sound=sound(term)[:240], initials=initials(term)) for term in sorted(new)],
        batch_size=_BATCH,
        ignore_conflicts=True,
    )


def _lock(kind: str) -> None:
    """Two publishers of one kind wait for each other; otherwise `replace` of one removes rows of the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"search:{kind}"])
