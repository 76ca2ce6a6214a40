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

    `guesses` are names that may be visible too (the inside of a filter over items of unknown type): they count where
    nothing outside has that name.
    """

    __slots__ = ("_tables", "guesses", "parent", "types")

    def __init__(
        self,
        names: Mapping[str, FeelType | None] | Iterable[str] = (),
        parent: "Scope | None" = None,
        guesses: "Scope | None" = None,
    ) -> None:
        self.parent = parent
        self.guesses = guesses
        self.types: dict[str, FeelType | None] = {}
        self._tables: dict[str, dict[int, dict[Pieces, str]]] = {}
        typed = names.items() if isinstance(names, Mapping) else ((name, None) for name in names)
        for name, declared in typed:
            self.add(name, declared)

    def add(self, name: str, declared: FeelType | None = None) -> None:
        found = pieces(name)
        if name not in self.types and found:
            self._tables.setdefault(found[0], {}).setdefault(len(found), {}).setdefault(found, name)
        self.types[name] = declared

    def child(
        self, names: Mapping[str, FeelType | None] | Iterable[str] = (), guesses: "Scope | None" = None
    ) -> "Scope":
        return Scope(names, self, guesses)

    def has(self, name: str) -> bool:
        return any(name in scope.types for scope in self._outwards())

    def type_of(self, name: str) -> FeelType | None:
        return next((scope.types[name] for scope in self._outwards() if name in scope.types), None)

    def _outwards(self) -> Iterator["Scope"]:
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def longest(self, text: str, start: int) -> tuple[str, int] | None:
        """The longest visible name that begins at `start`, with the place where it ends."""
        first = PIECE.match(text, start)
        if first is None:
            return None
        read = _Read(text, start)
        best: tuple[str, int] | None = None
        length = 0
        for scope in self._outwards():
            size, name = scope._own(first[0], read, length)  # noqa: SLF001 - the same class
            if scope.guesses is not None:
                more, guess = scope.guesses._within(first[0], read, max(size, length))  # noqa: SLF001 - the same class
                if more and not (scope.parent is not None and scope.parent.has(guess)):
                    size, name = more, guess
            if size:
                best, length = (name, read.ends[size - 1]), size
        return best

    def _within(self, first: str, read: "_Read", length: int) -> tuple[int, str]:
        """The longest name here or further out that is longer than so many pieces; 0 where there is none."""
        found = 0, ""
        for scope in self._outwards():
            size, name = scope._own(first, read, max(found[0], length))  # noqa: SLF001 - the same class
            if size:
                found = size, name
        return found

    def _own(self, first: str, read: "_Read", length: int) -> tuple[int, str]:
        found = 0, ""
        for size, table in self._tables.get(first, _NONE).items():
            if size > length and (name := table.get(read.pieces(size))) is not None:
                found, length = (size, name), size
        return found


_NONE: Mapping[int, dict[Pieces, str]] = {}


class _Read:
    """The pieces at a place of a text, cut as far as somebody asks."""

    __slots__ = ("_more", "_seen", "ends")

    def __init__(self, text: str, start: int) -> None:
        self._more = pieces_at(text, start)
        self._seen: list[str] = []
        self.ends: list[int] = []

    def pieces(self, count: int) -> Pieces:
        """The first pieces, as many or fewer."""
        while len(self._seen) < count:
            following = next(self._more, None)
            if following is None:
                break
            self._seen.append(following[0])
            self.ends.append(following[1])
        return tuple(self._seen[:count])
