"""Which characters of a text matched, and which part of a long text to show. Positions, never markup."""

from collections.abc import Sequence
from typing import Final

from yiwang.commons.search.contracts import Range
from yiwang.commons.search.rules.text import fold

_BEFORE: Final = 20


def mark(text: str, terms: Sequence[str]) -> tuple[Range, ...]:
    """Non-overlapping ranges of `text` that hold one of the folded `terms`, ascending; neighbours are joined."""
    folded = fold(text)
    covered = [False] * len(folded)
    for term in terms:
        start = folded.find(term)
        while term and start >= 0:
            covered[start : start + len(term)] = [True] * len(term)
            start = folded.find(term, start + 1)
    ranges: list[Range] = []
    start_of_run: int | None = None
    for place, hit in enumerate([*covered, False]):
        if hit and start_of_run is None:
            start_of_run = place
        elif not hit and start_of_run is not None:
            ranges.append(Range(start_of_run, place))
            start_of_run = None
    return tuple(ranges)


def snippet(text: str, terms: Sequence[str], *, width: int = 90) -> str:
    """The part of `text` around its first match, at most `width` characters and an ellipsis on a cut side."""
    ranges = mark(text, terms)
    start = max(0, ranges[0].start - _BEFORE) if ranges else 0
    end = min(len(text), start + width)
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
