"""Turns what somebody typed, and what its synonyms mean, into weighted terms and phrases."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from yiwang.commons.search.rules.text import compact
from yiwang.commons.search.rules.words import Segmenter

# Words that half of all documents hold, or that only belong to asking: they never make a hit alone.
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
    ]
)
_WEAK_WEIGHT: Final = 0.1
_SYNONYM_WEIGHT: Final = 0.9
_MOST_TERMS: Final = 60


@dataclass(frozen=True, slots=True)
class Plan:
    """What to look for. `strong` terms and `phrases` can make a hit, `terms` with their weights only rank."""

    whole: str
    terms: Mapping[str, float]
    phrases: Mapping[str, float]
    strong: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be looked for."""
        return not self.whole

    @property
    def marks(self) -> tuple[str, ...]:
        """What to mark in a hit, the longest first."""
        wanted = {self.whole, *self.phrases, *self.strong} - {""}
        return tuple(sorted(wanted, key=lambda term: (-len(term), term)))


def plan(text: str, *, segmenter: Segmenter, meanings: Iterable[tuple[str, float]] = ()) -> Plan:
    """`meanings`: phrases that synonyms found in `text` stand for, with how sure the match was (0 to 1)."""
    whole = compact(text)
    terms: dict[str, float] = {}
    phrases: dict[str, float] = {}
    _weigh(terms, segmenter.words(text), 1.0)
    for phrase, sureness in meanings:
        key = compact(phrase)
        if key and key != whole:
            phrases[key] = max(phrases.get(key, 0.0), _SYNONYM_WEIGHT * sureness)
            _weigh(terms, segmenter.words(phrase), 0.5 * sureness)
    heaviest = dict(sorted(terms.items(), key=lambda item: -item[1])[:_MOST_TERMS])
    strong = tuple(term for term in heaviest if term not in _WEAK and (len(term) > 1 or len(whole) == 1))
    return Plan(whole, heaviest, phrases, strong)


def _weigh(terms: dict[str, float], words: Iterable[str], share: float) -> None:
    for word in words:
        weight = _WEAK_WEIGHT if word in _WEAK else min(len(word), 4) / 2 if len(word) > 1 else 0.3
        terms[word] = max(terms.get(word, 0.0), weight * share)
