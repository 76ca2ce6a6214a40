"""Turns what somebody typed into concepts: what is asked for, each in all the words in which documents may say it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, NamedTuple

from yiwang.commons.search.rules.text import compact, goes_on, is_han, spans
from yiwang.commons.search.rules.words import Segmenter, grams

# Words that belong to asking, or that half of all documents hold: they never make a hit beside others.
_WEAK: Final = frozenset(
    [
        "办理",
        "办",
        "申请",
        "登记",
        "证明",
        "事项",
        "业务",
        "服务",
        "怎么",
        "怎么办",
        "怎样",
        "如何",
        "哪里",
        "在哪",
        "在哪里",
        "什么",
        "需要",
        "要",
        "想",
        "我",
        "我要",
        "我想",
        "请问",
        "可以",
        "能",
        "能不能",
        "的",
        "了",
        "吗",
        "呢",
        "给",
        "上",
        "在",
        "和",
        "与",
        "及",
        "或",
        "一下",
        "进行",
        "有",
        "是",
        "个",
        "到",
        "去",
        "把",
        "被",
        "让",
        "做",
        "拿",
        "领",
        "一件",
        "事",
        "流程",
        "材料",
        "手续",
        "条件",
        "网上",
        "常州",
        "市",
        "how",
        "to",
        "the",
        "a",
        "of",
        "for",
        "and",
        "in",
        "my",
        "i",
        "is",
        "an",
        "do",
        "get",
        "want",
        "need",
    ]
)
_SYNONYM: Final = 0.9
_PARTS: Final = 0.75  # the parts of a word, where documents do not hold the whole
_PIECES: Final = 0.3  # its pairs of characters
_NUMBER: Final = 0.3  # a year, an age, an amount: told by the way
_MOST_CONCEPTS: Final = 24
_MOST_MEANINGS: Final = 8


class Meant(NamedTuple):
    """What a part of a query stands for: official words, and how much it says; no words: it says nothing."""

    words: Collection[str]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way of saying a concept: its words with their shares of it (together at most 1)."""

    shares: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Concept:
    """A part of the query. `mass`: how much it says; `foreign`: letters or digits, which nobody types by the way."""

    text: str
    mass: float
    alternatives: tuple[Alternative, ...]
    meant: tuple[str, ...] = ()

    @property
    def foreign(self) -> bool:
        """Whether it holds no ideograph."""
        return not any(map(is_han, self.text))


@dataclass(frozen=True, slots=True)
class Plan:
    """What to look for. `core` is the query without words that only belong to asking."""

    whole: str
    core: str
    concepts: tuple[Concept, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be looked for."""
        return not self.whole

    @property
    def marks(self) -> tuple[str, ...]:
        """What to mark in a hit, the longest first."""
        wanted = {self.whole}
        for concept in self.concepts:
            wanted.update((concept.text, *concept.meant))
            wanted.update(word for way in concept.alternatives[:1] for word in way.shares if len(word) > 1)
        return tuple(sorted(wanted - {""}, key=lambda term: (-len(term), term)))


def plan(text: str, *, segmenter: Segmenter, meanings: Mapping[str, Meant] | None = None) -> Plan:
    """`meanings`: parts of the compact text that people say, with what they stand for."""
    whole = compact(text)
    known = dict(meanings or {})
    pieces = list(_pieces(text, whole, known, segmenter))
    telling = [piece for piece in pieces if not _is_weak(piece, known, segmenter)] or [
        piece for piece in pieces if piece not in known or known[piece].words
    ]
    distinct = list(dict.fromkeys(telling))[:_MOST_CONCEPTS]
    return Plan(whole, "".join(distinct), tuple(_concept(piece, known, segmenter) for piece in distinct))


def _pieces(text: str, whole: str, known: Mapping[str, Meant], segmenter: Segmenter) -> Iterable[str]:
    """The text cut into what people say (the longest first) and, between, into words."""
    taken: list[tuple[int, int]] = []
    places, inside = spans(text), goes_on(text)

    def gap(start: int, end: int) -> tuple[str, ...]:
        apart = ("" if inside[place] or is_han(whole[place]) else " " for place in range(start, end))
        return segmenter.tokens("".join(map("".join, zip(apart, whole[start:end], strict=True))))

    # A word that was guessed (「要拉电拉水」) hides none that people say.
    borders = _borders(part for token in gap(0, len(whole)) for part in segmenter.parts(token))
    for part in sorted((p for p in known if p in places), key=lambda p: (-len(p), places[p])):
        at = whole.find(part)
        while at >= 0:
            end = at + len(part)
            apart = all(end <= start or at >= stop for start, stop in taken)
            if apart and (len(part) > 2 or {at, end} <= borders):
                taken.append((at, end))
            at = whole.find(part, end)
    at = 0
    for start, end in sorted(taken):
        yield from gap(at, start)
        yield whole[start:end]
        at = end
    yield from gap(at, len(whole))


def _borders(tokens: Iterable[str]) -> set[int]:
    """Where words begin and end: a short saying counts only as a word, not inside another (「孩子」 in 「女孩子」)."""
    return set(accumulate(map(len, tokens), initial=0))


def _is_weak(piece: str, known: Mapping[str, Meant], segmenter: Segmenter) -> bool:
    """Whether it only belongs to asking, also a guessed word that is made of nothing else (「上要」)."""
    if piece in known:
        return not known[piece].words
    return piece in _WEAK or (is_han(piece[:1]) and all(part in _WEAK for part in segmenter.parts(piece)))


def _concept(piece: str, known: Mapping[str, Meant], segmenter: Segmenter) -> Concept:
    said = known.get(piece, Meant(()))
    meant = tuple(dict.fromkeys(key for each in tuple(said.words)[:_MOST_MEANINGS] if (key := compact(each))))
    ways = [_shares([piece], 1.0), _shares([w for w in segmenter.words(piece) if w != piece], _PARTS)]
    if not any(ways[1:]):
        ways += [_shares([gram for gram in grams(piece) if len(gram) == 2 and gram != piece], _PIECES)]
    for phrase in meant:
        ways += [_shares([phrase], _SYNONYM), _shares([w for w in segmenter.tokens(phrase) if w != phrase], _SYNONYM)]
    plain = (
        _NUMBER
        if piece.isdigit()
        else 1.0
        if not any(map(is_han, piece))
        else 0.4
        if len(piece) == 1
        else min(len(piece), 4) / 2
    )
    mass = 1.6 * said.weight if meant else plain
    return Concept(piece, mass, tuple(Alternative(way) for way in ways if way), meant)


def _shares(words: Iterable[str], together: float) -> dict[str, float]:
    """Longer words carry more of the meaning; words that only belong to asking carry little."""
    sizes = {word: min(len(word), 4) for word in words}
    total = sum(sizes.values())
    return {word: together * (0.2 if word in _WEAK else 1.0) * size / total for word, size in sizes.items()}
