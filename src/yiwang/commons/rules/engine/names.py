"""Names of FEEL: which characters they hold, and the longest name in scope that begins at a place in a text.

A name is compared piece by piece (words and the symbols . / - ' + *), so spaces between pieces don't count
(DMN 1.5, 10.3.1.2, rules 25-32, and 10.3.1.4).
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from .feeltypes import FeelType

_START = (
    r"?A-Z_a-zÀ-ÖØ-öø-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF"
    r"\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFEFE\uFF00-\uFFFD\U00010000-\U000EFFFF"
)
_SPACES = r"\t\n\v\f\r \u0085\u00A0\u1680\u180E\u2000-\u200B\u2028\u2029\u202F\u205F\u3000\uFEFF"
WORD = re.compile(f"[{_START}](?:[{_START}0-9\u00b7\u0300-\u036f\u203f-\u2040])*")
PIECE = re.compile(f"[{_START}0-9\u00b7\u0300-\u036f\u203f-\u2040]+|[./\\-'+*]")
SPACE = re.compile(f"(?:[{_SPACES}]+|//[^\n\r]*|/\\*.*?\\*/)*", re.DOTALL)
BLANK = re.compile(f"[{_SPACES}]*")
BLANKS = re.compile(f"[{_SPACES}]+")

KEYWORDS = frozenset(
    [
        "and",
        "or",
        "between",
        "in",
        "instance",
        "if",
        "then",
        "else",
        "for",
        "return",
        "some",
        "every",
        "satisfies",
        "true",
        "false",
        "null",
        "function",
        "external",
    ]
)
Pieces = tuple[str, ...]


def pieces(text: str) -> Pieces:
    """The pieces of a name; empty where the text can't be a name."""
    found = tuple(PIECE.findall(text))
    return found if found and "".join(found) == BLANKS.sub("", text) else ()


def normal(text: str) -> str:
    """A name with one space where it had any."""
    return BLANKS.sub(" ", text).strip()


def pieces_at(text: str, start: int) -> Iterator[tuple[str, int]]:
    """Pieces that follow one another from `start`, each with the place where it ends."""
    place = start
    while match := PIECE.match(text, place):
        yield match[0], match.end()
        blank = BLANK.match(text, match.end())
        place = blank.end() if blank else match.end()


class Scope:
    """Names visible at a place, inner before outer, each with its type where it is known.

    `open` scopes (the inside of a filter over items of unknown type) know that more names may be visible.
    """

    __slots__ = ("_by_first", "parent", "types")

    def __init__(
        self, names: Mapping[str, FeelType | None] | Iterable[str] = (), parent: "Scope | None" = None
    ) -> None:
        self.parent = parent
        self.types: dict[str, FeelType | None] = {}
        self._by_first: dict[str, list[tuple[Pieces, str]]] = {}
        typed = names.items() if isinstance(names, Mapping) else ((name, None) for name in names)
        for name, declared in typed:
            self.add(name, declared)

    def add(self, name: str, declared: FeelType | None = None) -> None:
        found = pieces(name)
        if name not in self.types and found:
            self._by_first.setdefault(found[0], []).append((found, name))
        self.types[name] = declared

    def child(self, names: Mapping[str, FeelType | None] | Iterable[str] = ()) -> "Scope":
        return Scope(names, self)

    def names(self) -> Iterator[str]:
        """All visible names, the outer first."""
        if self.parent is not None:
            yield from self.parent.names()
        yield from self.types

    def has(self, name: str) -> bool:
        return name in self.types or (self.parent is not None and self.parent.has(name))

    def type_of(self, name: str) -> FeelType | None:
        if name in self.types:
            return self.types[name]
        return self.parent.type_of(name) if self.parent else None

    def longest(self, text: str, start: int) -> tuple[str, int] | None:
        """The longest visible name that begins at `start`, with the place where it ends."""
        first = PIECE.match(text, start)
        if first is None:
            return None
        candidates: list[tuple[Pieces, str]] = []
        scope: Scope | None = self
        while scope is not None:
            candidates += scope._by_first.get(first[0], ())  # noqa: SLF001 - the same class
            scope = scope.parent
        if not candidates:
            return None
        return _longest(candidates, text, start)


def _longest(candidates: list[tuple[Pieces, str]], text: str, start: int) -> tuple[str, int] | None:
    limit = max(len(c) for c, _ in candidates)
    seen: list[str] = []
    ends: list[int] = []
    for piece, end in pieces_at(text, start):
        seen.append(piece)
        ends.append(end)
        if len(seen) == limit:
            break
    best: tuple[str, int] | None = None
    length = 0
    for candidate, name in candidates:
        size = len(candidate)
        if length < size <= len(seen) and candidate == tuple(seen[:size]):
            best, length = (name, ends[size - 1]), size
    return best
