"""Suggestions: names that begin with what is being typed, and names that look like what was."""

from collections.abc import Collection
from typing import Final

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Greatest, Length

from yiwang.commons.search.contracts import Narrow, Suggestion
from yiwang.commons.search.models import SearchDocument
from yiwang.commons.search.queries.reading import cleaned
from yiwang.commons.search.queries.visible import NO_LIMIT, visible
from yiwang.commons.search.rules import alike, compact, is_latin
from yiwang.kernel.actor import Actor

_SUGGESTED: Final = 5
_ALIKE: Final = 0.2


def complete(
    *,
    text: str,
    viewer: Actor,
    kinds: Collection[str] = (),
    language: str = "zh",
    size: int = 8,
    narrow: Narrow = NO_LIMIT,
) -> tuple[Suggestion, ...]:
    """What the beginning of a query may become: names that begin with it, then names that hold it, also as pinyin or
    initials. Nothing for an empty text. One statement, answered by an index.
    """
    whole = compact(cleaned(text))
    if not whole:
        return ()
    begins, holds = Q(names_folded__contains=f" {whole}"), Q(names_folded__contains=whole)
    if all(map(is_latin, whole)):
        begins |= Q(sounds__contains=f" {alike(whole)}") | Q(initials__contains=f" {whole}")
    rank = Case(
        When(title_folded__startswith=whole, then=Value(0)),
        When(begins, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = visible(viewer, kinds, language, narrow).filter(begins | holds)
    return _told(rows.annotate(rank=rank).order_by("rank", F("boost").desc(), Length("title_folded"), "id")[:size])


def suggest(
    *, text: str, viewer: Actor, kinds: Collection[str] = (), language: str = "zh", size: int = _SUGGESTED
) -> tuple[Suggestion, ...]:
    """What may have been meant, most alike first, nothing that is not alike; for an empty text the most important
    documents. One statement.
    """
    whole = compact(cleaned(text))
    rows = visible(viewer, kinds, language, NO_LIMIT)
    if whole:
        return alike_names(rows, whole, size=size)
    return _told(rows.order_by(F("boost").desc(), "id")[:size])


def alike_names(rows: QuerySet[SearchDocument], whole: str, *, size: int = _SUGGESTED) -> tuple[Suggestion, ...]:
    """Those of `rows` whose names look like `whole`."""
    likeness = Greatest(
        TrigramSimilarity("title_folded", whole), TrigramWordSimilarity(whole, "names_folded"), Value(0.0)
    )
    found = rows.annotate(likeness=likeness).filter(likeness__gte=_ALIKE)
    return _told(found.order_by(F("likeness").desc(), F("boost").desc(), "id")[:size])


def _told(rows: QuerySet[SearchDocument]) -> tuple[Suggestion, ...]:
    return tuple(Suggestion(*each) for each in rows.values_list("kind", "key", "title", "payload"))
