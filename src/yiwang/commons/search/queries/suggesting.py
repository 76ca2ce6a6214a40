"""Suggestions while somebody types: names that begin with it, hold it, or sound like it."""

from collections.abc import Collection

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from yiwang.commons.search.contracts import Narrow, Suggestion
from yiwang.commons.search.models import SearchDocument
from yiwang.commons.search.queries.reading import cleaned
from yiwang.commons.search.queries.visible import NO_LIMIT, visible
from yiwang.commons.search.rules import alike, compact, is_latin
from yiwang.kernel.actor import Actor


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
    whole = compact(cleaned(text=text))
    if not whole:
        return ()
    begins = Q(names_folded__contains=f" {whole}")
    if all(map(is_latin, whole)):
        begins |= Q(sounds__contains=f" {alike(whole)}") | Q(initials__contains=f" {whole}")
    holds = Q(names_folded__contains=whole) if len(whole) > 2 else begins  # trigrams do not index shorter parts
    rank = Case(
        When(title_folded__startswith=whole, then=Value(0)),
        When(begins, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = visible(viewer=viewer, kinds=kinds, language=language, narrow=narrow).filter(begins | holds)
    return _told(rows.annotate(rank=rank).order_by("rank", F("boost").desc(), Length("title_folded"), "id")[:size])


def important(
    *, viewer: Actor, kinds: Collection[str] = (), language: str = "zh", size: int = 5
) -> tuple[Suggestion, ...]:
    """The documents of the highest boost. One statement."""
    return _told(
        visible(viewer=viewer, kinds=kinds, language=language, narrow=NO_LIMIT).order_by(F("boost").desc(), "id")[:size]
    )


def _told(rows: QuerySet[SearchDocument]) -> tuple[Suggestion, ...]:
    return tuple(Suggestion(*each) for each in rows.values_list("kind", "key", "title", "payload"))
