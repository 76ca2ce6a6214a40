"""Pure parts of search: one form for text, words, sounds, the plan of a query, ranking, what to mark. No database."""

from yiwang.commons.search.rules.marking import mark, snippet
from yiwang.commons.search.rules.plan import Concept, Meant, Plan, plan
from yiwang.commons.search.rules.ranking import NEAR, Candidate, Ranked, likeness, rank
from yiwang.commons.search.rules.sound import alike, initials, sound, syllables
from yiwang.commons.search.rules.terms import terms
from yiwang.commons.search.rules.text import compact, fold, is_han, is_latin, region_stem, spans
from yiwang.commons.search.rules.words import Segmenter, grams

__all__ = [
    "NEAR", "Candidate", "Concept", "Meant", "Plan", "Ranked", "Segmenter", "alike", "compact", "fold", "grams", "initials", "is_han",
    "is_latin", "likeness", "mark", "plan", "rank", "region_stem", "snippet", "sound", "spans", "syllables", "terms",
]  # fmt: skip
