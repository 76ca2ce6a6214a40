"""How a query is read: what its parts stand for, and what was meant by pinyin, initials or a typing error."""

from collections.abc import Iterable
from itertools import accumulate
from typing import Final

from django.db import connection

from yiwang.commons.search import registry
from yiwang.commons.search.models import SynonymRow
from yiwang.commons.search.rules import Meant, Plan, alike, compact, is_han, is_latin, plan, sound, spans
from yiwang.kernel.actor import Actor

LONGEST: Final = 100
_SHORTEST_SOUND: Final = 4
_MEANINGS: Final = "SELECT term, means, weight FROM commons_search_synonymrow WHERE term = ANY(%s)"
# Of words that sound alike the one that more documents hold, then the longer one.
_WORDS: Final = """
SELECT w.sound, w.initials, w.term FROM commons_search_searchword w
WHERE w.{column} = ANY(%s)
ORDER BY (SELECT count(*) FROM commons_search_searchposting p WHERE p.term = w.term)
       + (SELECT 2 * count(*) FROM commons_search_synonymrow s WHERE s.term = w.term AND s.means <> '{{}}'),
         char_length(w.term), w.term
"""


def cleaned(*, text: str) -> str:
    """What of the text is read."""
    return text[:LONGEST].replace("\x00", "")


def read(*, text: str) -> Plan:
    """The plan of `text` with all that its parts stand for. One statement."""
    parts = spans(text)
    meanings: dict[str, Meant] = {}
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(_MEANINGS, [list(parts)])
            for term, means, weight in cursor.fetchall():
                before = meanings.get(term, Meant((), 0.0))
                meanings[term] = Meant((*before.words, *means), max(before.weight, weight))
    return plan(text, segmenter=registry.segmenter(), meanings=meanings)


def synonyms(*, source: str, viewer: Actor) -> dict[str, tuple[tuple[str, ...], float]]:
    """The synonyms that `source` gave with their weights, for who loads them anew. One statement."""
    del viewer
    return {row.term: (tuple(row.means), row.weight) for row in SynonymRow.objects.filter(source=source)}


def spelt(*, text: str) -> str:
    """The text with pinyin and initials turned into words that documents hold; empty where there are none.

    One statement, two for initials; none where the text holds no letters.
    """
    whole = compact(text)
    changed, at = "", 0
    for start, end in _letters(whole):
        run = whole[start:end]
        changed += whole[at:start] + (_from_pinyin(run) or _from_initials(run) or run)
        at = end
    changed += whole[at:]
    return changed if changed != whole else ""


def corrected(*, text: str) -> str:
    """The text with parts turned into words of the same sound that documents know; empty where there are none.

    A part that cuts words, and a pair of characters that the dictionary knows, are no typing errors.
    """
    whole = compact(text)
    parts = {part: place for part, place in spans(text, longest=6).items() if len(part) > 1 and all(map(is_han, part))}
    if not parts:
        return ""
    by_sound = _words("sound", {sound(part) for part in parts})
    segmenter = registry.segmenter()
    borders = set(accumulate(map(len, segmenter.tokens(whole)), initial=0))
    choices = [
        (start, end, by_sound[heard])
        for part, (start, end) in parts.items()
        if (heard := sound(part)) in by_sound
        and len(by_sound[heard]) == len(part)
        and {start, end} <= borders
        and (len(part) > 2 or not segmenter.knows(part))
    ]
    changed, at = "", 0
    for start, end, term in _longest_first(choices):
        changed += whole[at:start] + term
        at = end
    changed += whole[at:]
    return changed if changed != whole else ""


def _letters(whole: str) -> Iterable[tuple[int, int]]:
    start = None
    for place, character in enumerate([*whole, "。"]):
        if is_latin(character):
            start = place if start is None else start
        elif start is not None:
            if place - start > 1:
                yield start, place
            start = None


def _from_pinyin(run: str) -> str:
    """Words that sound like parts of `run`, where they make up most of it."""
    heard = alike(run)
    parts = {
        heard[start:end]
        for start in range(len(heard))
        for end in range(start + _SHORTEST_SOUND, min(len(heard), start + 40) + 1)
    }
    by_sound = _words("sound", parts)
    choices = [
        (place, place + len(part), term)
        for part, term in by_sound.items()
        if all(map(is_han, term))
        for place in [heard.find(part)]
    ]
    chosen = _longest_first(choices)
    if sum(end - start for start, end, _ in chosen) < 0.6 * len(heard):
        return ""
    return "".join(term for _, _, term in chosen)


def _from_initials(run: str) -> str:
    return _words("initials", {run}).get(run, "") if 2 <= len(run) <= 12 else ""


def _words(column: str, wanted: set[str]) -> dict[str, str]:
    """Sound or initials to the likeliest word."""
    with connection.cursor() as cursor:
        cursor.execute(_WORDS.format(column=column), [sorted(wanted)])
        return {heard if column == "sound" else first: term for heard, first, term in cursor.fetchall()}


def _longest_first(choices: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Those that do not overlap, preferring long ones, in their order."""
    chosen: list[tuple[int, int, str]] = []
    for start, end, term in sorted(choices, key=lambda each: (each[0] - each[1], each[0])):
        if all(end <= one or start >= other for one, other, _ in chosen):
            chosen.append((start, end, term))
    return sorted(chosen)
