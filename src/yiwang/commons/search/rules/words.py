"""Words of Chinese text by dictionary and statistics (the jieba algorithm in Rust), plus words of the trade."""

from collections.abc import Iterable
from typing import Any, Final

from yiwang.commons.search.rules.text import compact, fold, is_han

_FREQUENCY: Final = 200_000  # above any common word, so that a term of the trade stays whole
_LONGEST: Final = 40


class Segmenter:
    """Cuts text into the words that are indexed and sought. Keep one.

    The dictionary costs 0.2 s and 30 MB: it is read at the first cut, so that a process that never searches does not pay.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._words = tuple(compact(word) for word in words)
        self._jieba: Any = None

    def words(self, text: str) -> tuple[str, ...]:
        """The words of `text`, short words inside long ones too, each once, in order of appearance."""
        return _distinct(self._ready().cut_for_search(fold(text)))

    def tokens(self, text: str) -> tuple[str, ...]:
        """The words of `text` one after another, none inside another."""
        return tuple(word for raw in self._ready().cut(fold(text)) if (word := compact(raw)) and len(word) <= _LONGEST)

    def parts(self, text: str) -> tuple[str, ...]:
        """The same without guessing: what the dictionary does not hold stays in single characters."""
        return tuple(word for raw in self._ready().cut(fold(text), hmm=False) if (word := compact(raw)))

    def knows(self, word: str) -> bool:
        """Whether the dictionary holds it as one word."""
        return len(self._ready().cut(word, hmm=False)) == 1

    def _ready(self) -> Any:
        if self._jieba is None:
            import rjieba

            jieba = rjieba.Jieba()
            for word in self._words:
                if 2 <= len(word) <= _LONGEST:
                    jieba.add_word(word, _FREQUENCY, "n")
            self._jieba = jieba
        return self._jieba


def grams(text: str) -> tuple[str, ...]:
    """Pairs of neighbouring ideographs, and single ones: what two ways of cutting the same text still share."""
    folded = compact(text)
    pairs = [folded[at : at + 2] for at in range(len(folded) - 1) if all(map(is_han, folded[at : at + 2]))]
    return tuple(dict.fromkeys([*pairs, *filter(is_han, folded)]))


def _distinct(raw: Iterable[str]) -> tuple[str, ...]:
    seen = dict.fromkeys(compact(word) for word in raw)
    return tuple(word for word in seen if word and len(word) <= _LONGEST)
