"""Words of Chinese text by dictionary and statistics (the jieba algorithm in Rust), plus words of the trade."""

from collections.abc import Iterable
from typing import Final

import rjieba

from yiwang.commons.search.rules.text import compact, fold

_FREQUENCY: Final = 200_000  # above any common word, so that a term of the trade stays whole
_LONGEST: Final = 40


class Segmenter:
    """Cuts text into the words that are indexed and sought. Costs 0.1 s and some megabytes to make: keep one."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._jieba = rjieba.Jieba()
        for word in words:
            if 2 <= len(compact(word)) <= _LONGEST:
                self._jieba.add_word(compact(word), _FREQUENCY, "n")

    def words(self, text: str) -> tuple[str, ...]:
        """The words of `text`, short words inside long ones too, each once, in order of appearance."""
        seen: dict[str, None] = {}
        for raw in self._jieba.cut_for_search(fold(text)):
            word = compact(raw)
            if word and len(word) <= _LONGEST:
                seen.setdefault(word)
        return tuple(seen)
