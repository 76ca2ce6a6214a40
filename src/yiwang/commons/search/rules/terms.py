"""Which words of a document are indexed, and how much each weighs by where it stands."""

from collections.abc import Iterable
from typing import Final

from yiwang.commons.search.contracts import Document
from yiwang.commons.search.rules.text import compact
from yiwang.commons.search.rules.words import Segmenter, grams

_TITLE: Final = 1.0
_NAMES: Final = 0.9
_TEXT: Final = 0.4
_DETAILS: Final = 0.2
_PAIR: Final = 0.5
_SINGLE: Final = 0.2
_MOST_DETAILS: Final = 400


def terms(document: Document, segmenter: Segmenter) -> dict[str, float]:
    """Words with weights from 0 to 1: title over names over text over details (materials, questions)."""
    held: dict[str, float] = {}
    for text, weight in ((document.title, _TITLE), *((name, _NAMES) for name in document.keywords)):
        _add(held, [compact(text), *segmenter.words(text)], weight)
        for gram in grams(text):
            _add(held, [gram], weight * (_PAIR if len(gram) == 2 else _SINGLE))
    _add(held, segmenter.words(document.text), _TEXT)
    details = segmenter.words(" ".join(document.details))
    _add(held, details[:_MOST_DETAILS], _DETAILS)
    return held


def _add(held: dict[str, float], words: Iterable[str], weight: float) -> None:
    for word in words:
        if word and len(word) <= 40:
            held[word] = max(held.get(word, 0.0), weight)
