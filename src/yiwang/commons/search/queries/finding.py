"""Searching: read the query, score the documents, rank them; when nothing answers, read it as pinyin or as mistyped."""

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from yiwang.commons.search.contracts import Hit, Narrow, Suggestion
from yiwang.commons.search.models import SearchDocument
from yiwang.commons.search.queries import reading
from yiwang.commons.search.queries.scoring import candidates
from yiwang.commons.search.queries.suggesting import important
from yiwang.commons.search.queries.visible import NO_LIMIT, visible
from yiwang.commons.search.rules import NEAR, Plan, Ranked, mark, rank, snippet
from yiwang.kernel.actor import Actor
from yiwang.kernel.paging import BadCursor, Page

_SURE: Final = 0.75
_SUGGESTED: Final = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What a search yields. `read_as`: the words that were sought instead of those typed (pinyin, a typing error),
    empty where they were taken as they are. `meant`: documents that may have been meant, only where nothing was found.
    """

    page: Page[Hit]
    read_as: str = ""
    meant: tuple[Suggestion, ...] = ()


def find(
    *,
    text: str,
    viewer: Actor,
    kinds: Collection[str] = (),
    narrow: Narrow = NO_LIMIT,
    cursor: str | None = None,
    size: int = 20,
    language: str = "zh",
    as_typed: bool = False,
    told_in: str = "",
) -> Found:
    """Hits for plain words, best first; `kinds` empty: all. Raises BadCursor.

    A document is a hit when it answers for enough of what was asked, in the words that documents use, in those of the
    synonyms, or as pinyin, initials or a homophone of them; a word that no document knows counts against it. Otherwise
    nothing is found, and `meant` holds what comes near. `as_typed` takes the words as they are, whatever else they may
    have been meant to be; `told_in` gives titles and payloads in another language, where a document speaks it. Three
    statements, up to eight where words are unknown.
    """
    place = _place(cursor)
    text = reading.cleaned(text=text)
    wanted = reading.read(text=text)
    if wanted.is_empty:
        return Found(Page(()))
    rows = visible(viewer=viewer, kinds=kinds, language=language, narrow=narrow)
    held, reach = candidates(wanted=wanted, rows=rows)
    ranked = rank(wanted, held, reach)
    read_as = ""
    if not as_typed and (not ranked or ranked[0].covered < _SURE or len(reach) < len(wanted.concepts)):
        read_as, wanted, ranked = _otherwise(text, rows, wanted, ranked)
    if not ranked:
        near = rank(wanted, held, reach, least=NEAR)
        return Found(Page(()), meant=tuple(map(_meant, _page(near, wanted, 0, _SUGGESTED, told_in).items)))
    return Found(_page(ranked, wanted, place, size, told_in), read_as)


def search(
    *,
    text: str,
    viewer: Actor,
    kinds: Collection[str] = (),
    cursor: str | None = None,
    size: int = 20,
    language: str = "zh",
    narrow: Narrow = NO_LIMIT,
) -> Page[Hit]:
    """The page of `find` alone."""
    return find(text=text, viewer=viewer, kinds=kinds, narrow=narrow, cursor=cursor, size=size, language=language).page


def suggest(
    *, text: str, viewer: Actor, kinds: Collection[str] = (), language: str = "zh", size: int = _SUGGESTED
) -> tuple[Suggestion, ...]:
    """What may have been meant, the likeliest first, nothing that is far; for an empty text the most important
    documents, by one statement.
    """
    if not reading.cleaned(text=text).strip():
        return important(viewer=viewer, kinds=kinds, language=language, size=size)
    found = find(text=text, viewer=viewer, kinds=kinds, language=language, size=size)
    return found.meant or tuple(map(_meant, found.page.items))


def _meant(hit: Hit) -> Suggestion:
    return Suggestion(hit.kind, hit.key, hit.title, hit.payload)


def _otherwise(
    text: str, rows: QuerySet[SearchDocument], wanted: Plan, ranked: tuple[Ranked, ...]
) -> tuple[str, Plan, tuple[Ranked, ...]]:
    """The reading that answers for more of the query: as typed, as pinyin, as mistyped."""
    best = ("", wanted, ranked)
    for other in (reading.spelt(text=text), reading.corrected(text=text)):
        if not other:
            continue
        plan = reading.read(text=other)
        found = rank(plan, *candidates(wanted=plan, rows=rows))
        if found and (not best[2] or _better(found[0], best[2][0])):
            best = (other, plan, found)
    return best


def _better(one: Ranked, other: Ranked) -> bool:
    """Whether a guess answers so much better that it is taken instead of the words as typed."""
    return one.covered >= other.covered + 0.1 or (one.covered >= other.covered and one.score > 1.25 * other.score)


def _page(ranked: tuple[Ranked, ...], wanted: Plan, place: int, size: int, told_in: str = "") -> Page[Hit]:
    shown = ranked[place : place + size]
    rows = {str(row.pk): row for row in SearchDocument.objects.filter(pk__in=[each.id for each in shown])}
    twins = _twins(rows.values(), told_in) if told_in else {}
    items = tuple(
        _hit(twins.get((rows[each.id].kind, rows[each.id].key), rows[each.id]), each, wanted)
        for each in shown
        if each.id in rows
    )
    return Page(
        items,
        next_cursor=_cursor(place + size) if place + size < len(ranked) else None,
        previous_cursor=_cursor(max(0, place - size)) if place else None,
        total=len(ranked),
    )


def _twins(rows: Collection[SearchDocument], language: str) -> dict[tuple[str, str], SearchDocument]:
    """The same documents in another language, seen by the same people as they are published together. One statement."""
    keys = {(row.kind, row.key) for row in rows if row.language != language}
    found = SearchDocument.objects.filter(key__in=[key for _kind, key in keys], language=language)
    return {(row.kind, row.key): row for row in found if (row.kind, row.key) in keys}


def _hit(row: SearchDocument, ranked: Ranked, wanted: Plan) -> Hit:
    part = snippet(row.text, wanted.marks)
    return Hit(
        kind=row.kind,
        key=row.key,
        title=row.title,
        title_ranges=mark(row.title, wanted.marks),
        snippet=part,
        snippet_ranges=mark(part, wanted.marks),
        payload=row.payload,
        score=round(1000 * ranked.score),
    )


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"at:{place}".encode()).rstrip(b"=").decode()


def _place(cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        word, _, place = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode().partition(":")
        if word == "at" and place.isdecimal() and len(place) < 5:
            return int(place)
    except (ValueError, binascii.Error):
        pass
    raise BadCursor
