"""Pure parts of search: one form for text, words, the plan of a query, what to mark. No database."""

from yiwang.commons.search.rules.marking import mark, snippet
from yiwang.commons.search.rules.plan import Plan, plan
from yiwang.commons.search.rules.text import compact, fold
from yiwang.commons.search.rules.words import Segmenter

__all__ = ["Plan", "Segmenter", "compact", "fold", "mark", "plan", "snippet"]
