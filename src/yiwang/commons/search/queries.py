"""Reads of search: hits of a query page by page, and what may have been meant when there are none."""

from collections.abc import Collection
from typing import Any, Final

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db import connection
from django.db.models import F, IntegerField, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Greatest

from yiwang.commons.search import policies, registry
from yiwang.commons.search.contracts import Hit, Suggestion
from yiwang.commons.search.models import SearchDocument
from yiwang.commons.search.rules import Plan, compact, mark, plan, snippet
from yiwang.kernel.actor import Actor
from yiwang.kernel.paging import Page, paginate

_LONGEST_QUERY: Final = 100
_ALIKE_TERM: Final = 0.33  # one wrong character among five
_ALIKE_TITLE: Final = 0.36
_ALIKE_PART: Final = 0.5
_ALIKE_AT_ALL: Final = 0.08
_SUGGESTED: Final = 5

_SCORE: Final = """
round(1000 * boost * (
    CASE WHEN title_folded = %s THEN 12 ELSE 0 END
  + CASE WHEN strpos(title_folded, %s) > 0 THEN 5 WHEN strpos(names_folded, %s) > 0 THEN 4 ELSE 0 END
  + (SELECT coalesce(sum(CASE WHEN title_folded = p.t THEN 6 * p.w WHEN strpos(title_folded, p.t) > 0 THEN 4 * p.w
                              WHEN strpos(names_folded, p.t) > 0 THEN 3 * p.w ELSE 0 END), 0)
       FROM unnest(%s::text[], %s::float8[]) AS p(t, w))
  + (SELECT coalesce(sum(CASE WHEN q.t = ANY(title_words) THEN 4 * q.w WHEN q.t = ANY(names_words) THEN 3 * q.w
                              WHEN q.t = ANY(all_words) THEN q.w ELSE 0 END), 0)
       FROM unnest(%s::text[], %s::float8[]) AS q(t, w)) / %s
  + 3 * greatest(word_similarity(%s, title_folded), similarity(title_folded, %s))
  - 0.004 * char_length(title_folded)
))::int
"""


def search(
    *,
    text: str,
    viewer: Actor,
    kinds: Collection[str] = (),
    cursor: str | None = None,
    size: int = 20,
    language: str = "zh",
) -> Page[Hit]:
    """Hits for plain words, best first. `kinds` empty: all. Total is not counted. Raises BadCursor.

    Order: equal title, names and synonyms, words, likeness by trigrams. Two queries; where no word is known a third
    looks for titles that are alike, which forgives a wrong character.
    """
    wanted = _plan(text)
    if wanted.is_empty:
        return Page(())
    rows = _visible(viewer, kinds, language)
    page = _page(rows.filter(_exact(wanted)), wanted, cursor, size)
    if not page.items:
        page = _page(_alike(rows, wanted), wanted, cursor, size)
    return page


def suggest(
    *, text: str, viewer: Actor, kinds: Collection[str] = (), language: str = "zh", size: int = _SUGGESTED
) -> tuple[Suggestion, ...]:
    """What may have been meant, most alike first, nothing that is not alike; for an empty text the most important
    documents. One query.
    """
    whole = compact(text[:_LONGEST_QUERY].replace("\x00", ""))
    rows = _visible(viewer, kinds, language)
    if whole:
        likeness = Greatest(
            TrigramSimilarity("title_folded", whole), TrigramWordSimilarity(whole, "names_folded"), Value(0.0)
        )
        rows = (
            rows.annotate(likeness=likeness)
            .filter(likeness__gte=_ALIKE_AT_ALL)
            .order_by(F("likeness").desc(), F("boost").desc(), "id")
        )
    else:
        rows = rows.order_by(F("boost").desc(), "id")
    return tuple(
        Suggestion(kind, key, title, payload)
        for kind, key, title, payload in rows.values_list("kind", "key", "title", "payload")[:size]
    )


def _visible(viewer: Actor, kinds: Collection[str], language: str) -> QuerySet[SearchDocument]:
    rows: QuerySet[SearchDocument] = SearchDocument.objects.filter(policies.visible(viewer), language=language)
    return rows.filter(kind__in=list(kinds)) if kinds else rows


def _plan(text: str) -> Plan:
    cleaned = text[:_LONGEST_QUERY].replace("\x00", "")
    whole = compact(cleaned)
    meanings = _meanings(whole) if whole else []
    return plan(cleaned, segmenter=registry.segmenter(), meanings=meanings)


def _meanings(whole: str) -> list[tuple[str, float]]:
    """What synonyms in the query stand for: contained as typed (sure), or alike as a whole (less sure)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT means, CASE WHEN strpos(%s, term) > 0 THEN 1.0 ELSE similarity(term, %s) END
            FROM commons_search_synonymrow WHERE strpos(%s, term) > 0 OR similarity(term, %s) >= %s
            """,
            [whole, whole, whole, whole, _ALIKE_TERM],
        )
        return [(phrase, float(sureness)) for means, sureness in cursor.fetchall() for phrase in means]


def _page(rows: QuerySet[SearchDocument], wanted: Plan, cursor: str | None, size: int) -> Page[Hit]:
    page = paginate(rows.annotate(score=_score(wanted)), order=("-score", "id"), cursor=cursor, size=size)
    return page.map(lambda row: _hit(row, wanted))


def _exact(wanted: Plan) -> Q:
    """Conditions that the GIN indexes answer; anything else here would read the whole table."""
    condition = Q()
    for phrase in (wanted.whole, *wanted.phrases):
        condition |= Q(title_folded__contains=phrase) | Q(names_folded__contains=phrase)
    if wanted.strong:
        condition |= Q(all_words__overlap=list(wanted.strong))
    return condition


def _alike(rows: QuerySet[SearchDocument], wanted: Plan) -> QuerySet[SearchDocument]:
    condition = Q(alike__gte=_ALIKE_TITLE)
    if len(wanted.whole) > 2:
        condition |= Q(part__gte=_ALIKE_PART)
    return rows.alias(
        alike=TrigramSimilarity("title_folded", wanted.whole), part=TrigramWordSimilarity(wanted.whole, "title_folded")
    ).filter(condition)


def _score(wanted: Plan) -> Any:
    whole, terms, phrases = wanted.whole, wanted.terms, wanted.phrases
    total = max(sum(terms.values()), 1.0)
    parameters = [
        whole, whole, whole,
        list(phrases), list(phrases.values()),
        list(terms), list(terms.values()), total,
        whole, whole,
    ]  # fmt: skip
    return RawSQL(_SCORE, parameters, output_field=IntegerField())  # noqa: S611  constant text, bound parameters


def _hit(row: Any, wanted: Plan) -> Hit:
    part = snippet(row.text, wanted.marks)
    return Hit(
        kind=row.kind,
        key=row.key,
        title=row.title,
        title_ranges=mark(row.title, wanted.marks),
        snippet=part,
        snippet_ranges=mark(part, wanted.marks),
        payload=row.payload,
        score=row.score,
    )
