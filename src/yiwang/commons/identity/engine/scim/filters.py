"""Filters (RFC 7644, 3.4.2.2): parsed by recursive descent into a tree, bounded in length, terms and depth."""

import json
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from yiwang.commons.identity.engine.scim.faults import ScimFault

LONGEST: Final = 2000
MOST_TERMS: Final = 30
DEEPEST: Final = 10
_OPERATORS: Final = frozenset({"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"})
_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<mark>[()\[\]])|(?P<word>[A-Za-z0-9_$+.:/-]+))""", re.ASCII
)
_PATH: Final = re.compile(r"(?:urn:[A-Za-z0-9._:-]+:)?\$?[A-Za-z][A-Za-z0-9_-]*(?:\.\$?[A-Za-z][A-Za-z0-9_-]*)?")


@dataclass(frozen=True, slots=True)
class Compare:
    """`path` in small letters, as `name.formatted`, with its URN where one was given."""

    path: str
    operator: str
    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Present:
    path: str


@dataclass(frozen=True, slots=True)
class Not:
    inner: "Filter"


@dataclass(frozen=True, slots=True)
class All:
    parts: "tuple[Filter, ...]"


@dataclass(frozen=True, slots=True)
class Any_:  # noqa: N801  `Any` is taken
    parts: "tuple[Filter, ...]"


@dataclass(frozen=True, slots=True)
class Within:
    """`emails[type eq "work"]`: one value of a multi-valued attribute fits the inner filter."""

    path: str
    inner: "Filter"


Filter = Compare | Present | Not | All | Any_ | Within


def parse_filter(text: str) -> Filter:
    """The tree of a filter. Raises ScimFault 400 invalidFilter; time and memory are bounded by LONGEST."""
    if len(text) > LONGEST:
        raise _bad(f"longer than {LONGEST} characters")
    parser = _Parser(_tokens(text))
    found = parser.any_of(0)
    if parser.here is not None:
        raise _bad(f"unexpected {parser.here!r}")
    return found


def _bad(why: str) -> ScimFault:
    return ScimFault(400, "invalidFilter", f"filter: {why}")


def _tokens(text: str) -> list[str]:
    found, position = list[str](), 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _bad(f"unreadable at {position}")
        found.append(match.group().strip())
        position = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.position, self.terms = tokens, 0, 0

    @property
    def here(self) -> str | None:
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def take(self) -> str:
        token = self.here
        if token is None:
            raise _bad("ends too early")
        self.position += 1
        return token

    def expect(self, mark: str) -> None:
        if self.take() != mark:
            raise _bad(f"{mark} is missing")

    def says(self, word: str) -> bool:
        if self.here is None or self.here.lower() != word:
            return False
        self.position += 1
        return True

    def any_of(self, depth: int) -> Filter:
        if depth > DEEPEST:
            raise _bad(f"deeper than {DEEPEST}")
        parts = [self.all_of(depth)]
        while self.says("or"):
            parts.append(self.all_of(depth))
        return parts[0] if len(parts) == 1 else Any_(tuple(parts))

    def all_of(self, depth: int) -> Filter:
        parts = [self.one(depth)]
        while self.says("and"):
            parts.append(self.one(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def one(self, depth: int) -> Filter:
        if self.says("not"):
            self.expect("(")
            inner = self.any_of(depth + 1)
            self.expect(")")
            return Not(inner)
        if self.says("("):
            inner = self.any_of(depth + 1)
            self.expect(")")
            return inner
        return self.term(depth)

    def term(self, depth: int) -> Filter:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise _bad(f"more than {MOST_TERMS} terms")
        path = self.take()
        if _PATH.fullmatch(path) is None:
            raise _bad(f"{path!r} is no attribute")
        if self.says("["):
            inner = self.any_of(depth + 1)
            self.expect("]")
            return Within(path.lower(), inner)
        verb = self.take().lower()
        if verb == "pr":
            return Present(path.lower())
        if verb not in _OPERATORS:
            raise _bad(f"{verb!r} is no operator")
        return Compare(path.lower(), verb, self.value())

    def value(self) -> str | int | float | bool | None:
        token = self.take()
        try:
            found = json.loads(token)
        except ValueError:
            raise _bad(f"{token!r} is no value") from None
        if isinstance(found, str):
            return found.encode("utf-8", "replace").decode()  # half a character is equal to nothing that is kept
        if isinstance(found, int | float | bool) or found is None:
            return found
        raise _bad(f"{token!r} is no value")


def fits(wanted: Filter, value: Mapping[str, Any]) -> bool:
    """Whether one value (of a multi-valued attribute, or a resource) fits. Texts are compared without regard to case."""
    match wanted:
        case All(parts):
            found = all(fits(each, value) for each in parts)
        case Any_(parts):
            found = any(fits(each, value) for each in parts)
        case Not(inner):
            found = not fits(inner, value)
        case Within(path, inner):
            found = any(isinstance(each, Mapping) and fits(inner, each) for each in _values(value, path))
        case Present(path):
            found = any(each not in (None, "", [], {}) for each in _values(value, path))
        case Compare(path, verb, sought):
            same = any(_holds("eq" if verb == "ne" else verb, each, sought) for each in _values(value, path))
            found = not same if verb == "ne" else same
    return found


def _values(value: Mapping[str, Any], path: str) -> list[Any]:
    attribute, _dot, sub = path.rpartition(":")[2].partition(".")
    found = next((each for name, each in value.items() if name.lower() == attribute), None)
    several = found if isinstance(found, list) else [] if found is None else [found]
    if not sub:
        return [each["value"] if isinstance(each, Mapping) and "value" in each else each for each in several]
    return [item for each in several if isinstance(each, Mapping) for name, item in each.items() if name.lower() == sub]


_TESTS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "eq": operator.eq,
    "co": operator.contains,
    "sw": str.startswith,
    "ew": str.endswith,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


def _holds(verb: str, found: Any, sought: Any) -> bool:
    if isinstance(found, str) and isinstance(sought, str):
        found, sought = found.lower(), sought.lower()
    elif verb != "eq":
        return False
    return bool(_TESTS[verb](found, sought))
