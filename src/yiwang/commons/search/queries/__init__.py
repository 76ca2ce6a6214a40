"""Reads of search: hits of a query page by page, what may have been meant, suggestions while somebody types."""

from yiwang.commons.search.queries.finding import Found, find, search, suggest
from yiwang.commons.search.queries.reading import synonyms
from yiwang.commons.search.queries.suggesting import complete

__all__ = ["Found", "complete", "find", "search", "suggest", "synonyms"]
