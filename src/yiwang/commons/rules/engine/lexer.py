"""Cuts FEEL text into tokens on demand: where a name ends depends on the names in scope, so nothing is cut ahead."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from .diagnostics import NAME, FeelSyntaxError, Place
from .names import BLANK, KEYWORDS, PIECE, SPACE, WORD, Scope, normal, pieces_at
from .values import NumberError, number

NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
OPERATOR = re.compile(r"\*\*|\.\.|<=|>=|!=|[-+*/=<>()\[\]{},:.]")
QUOTED = re.compile(r"`([^`\n\r]+)`")
"""A name between backticks, whatever stands in it: no character of the standard's grammar, so nothing else can begin so."""
STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
MAX_TEXT = 100_000
MAX_NAME_PIECES = 40


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is number, string, at, name, keyword, op or end; `end` is the offset behind it."""

    kind: str
    value: str | Decimal
    start: int
    end: int


def unescape(body: str) -> str:
    """The text of a string literal; a backslash before any other character stands for itself."""

    def plain(match: re.Match[str]) -> str:
        if code := match[1] or match[2]:
            point = int(code, 16)
            return chr(point) if point <= 0x10FFFF else match[0]
        return _SIMPLE.get(match[3], match[0])

    text = ESCAPE.sub(plain, body)
    if any("\ud800" <= c <= "\udfff" for c in text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


class Lexer:
    """A place in the text and the token that begins there, under the current scope."""

    def __init__(self, text: str, scope: Scope) -> None:
        if len(text) > MAX_TEXT:
            raise FeelSyntaxError("rules.too_long", limit=MAX_TEXT)
        self.text = text
        self._scope = scope
        self._place = 0
        self._token: Token | None = None
        self._lines = [0, *(m.end() for m in re.finditer(r"\r\n|\n|\r", text))]

    @property
    def scope(self) -> Scope:
        return self._scope

    @scope.setter
    def scope(self, scope: Scope) -> None:
        self._scope = scope
        self._token = None

    def place_of(self, offset: int) -> Place:
        line = bisect_right(self._lines, offset)
        return Place(line, offset - self._lines[line - 1] + 1)

    def error(self, code: str, offset: int, **params: object) -> FeelSyntaxError:
        return FeelSyntaxError(code, self.place_of(offset), "", **params)

    def peek_start(self) -> int:
        match = SPACE.match(self.text, self._place)
        return match.end() if match else self._place

    def peek(self) -> Token:
        if self._token is None:
            self._token = self._read(self.peek_start())
        return self._token

    def next(self) -> Token:
        token = self.peek()
        self._place, self._token = token.end, None
        return token

    def move(self, offset: int) -> None:
        self._place, self._token = offset, None

    def at_op(self, *operators: str) -> bool:
        token = self.peek()
        return token.kind == "op" and token.value in operators

    def at_keyword(self, *words: str) -> bool:
        token = self.peek()
        return token.kind == "keyword" and token.value in words

    def take_op(self, operator: str) -> bool:
        if self.at_op(operator):
            self.next()
            return True
        return False

    def expect_op(self, operator: str) -> Token:
        if not self.at_op(operator):
            raise self.unexpected(operator)
        return self.next()

    def expect_keyword(self, word: str) -> Token:
        if not self.at_keyword(word):
            raise self.unexpected(word)
        return self.next()

    def unexpected(self, wanted: str = "") -> FeelSyntaxError:
        """The error that the text can't go on like this; `wanted` is a mark or one of the msgids of `diagnostics`."""
        start = self.peek_start()
        found = self.text[start : start + 1]
        with suppress(FeelSyntaxError):
            found = self.text[start : self.peek().end][:40]
        params: dict[str, object] = {"wanted": wanted} if wanted else {}
        if not found:
            return self.error("rules.expected_at_end" if wanted else "rules.unexpected_end", start, **params)
        return self.error("rules.expected" if wanted else "rules.unexpected", start, found=found, **params)

    def _read(self, start: int) -> Token:
        text = self.text
        if start >= len(text):
            return Token("end", "", start, start)
        if text[start] == "`" or WORD.match(text, start):
            return self._read_name(start)
        if match := NUMBER.match(text, start):
            try:
                return Token("number", number(match[0]), start, match.end())
            except NumberError:
                raise FeelSyntaxError("rules.out_of_range", self.place_of(start)) from None
        if text[start] == '"':
            return self._read_string(start)
        if text[start] == "@":
            space = SPACE.match(text, start + 1)
            inner = self._read_string(space.end() if space else start + 1)
            return Token("at", inner.value, start, inner.end)
        if match := OPERATOR.match(text, start):
            return Token("op", match[0], start, match.end())
        raise self.error("rules.unexpected", start, found=text[start])

    def _read_string(self, start: int) -> Token:
        match = STRING.match(self.text, start)
        if match is None:
            raise self.error("rules.open_string", start)
        return Token("string", unescape(match[0][1:-1]), start, match.end())

    def _quoted_name(self, start: int) -> Token:
        match = QUOTED.match(self.text, start)
        if match is None or not normal(match[1]):
            raise self.error("rules.unexpected", start, found="`")
        return Token("name", normal(match[1]), start, match.end())

    def _read_name(self, start: int) -> Token:
        if self.text[start] == "`":
            return self._quoted_name(start)
        word = WORD.match(self.text, start)
        end = word.end() if word else start
        known = self._scope.longest(self.text, start)
        if self.text[start:end] in KEYWORDS and (known is None or known[1] <= end):
            return Token("keyword", self.text[start:end], start, end)
        if known is not None and not self._word_follows(known[1]):
            return Token("name", known[0], start, known[1])
        end = self._run_of_words(known[1] if known is not None else end)
        return Token("name", normal(self.text[start:end]), start, end)

    def _word_after(self, offset: int) -> re.Match[str] | None:
        blank = BLANK.match(self.text, offset)
        match = PIECE.match(self.text, blank.end() if blank else offset)
        if match is None or match[0] in "./-'+*" or match[0] in KEYWORDS:
            return None
        return match

    def _word_follows(self, offset: int) -> bool:
        return self._word_after(offset) is not None

    def _run_of_words(self, end: int) -> int:
        while match := self._word_after(end):
            end = match.end()
        return end

    def take_member(self, known: Iterable[str] | None, hints: Scope) -> Token:
        """The name behind a dot: the longest of the known members, else of the hints, else the words that follow."""
        start = self.peek_start()
        word = WORD.match(self.text, start)
        if word is None and self.text[start : start + 1] == "`":
            token = self._quoted_name(start)
            self.move(token.end)
            return token
        if word is None:
            self.move(start)
            raise self.unexpected(NAME)
        found = (Scope(known) if known is not None else hints).longest(self.text, start)
        if found is None or (known is None and self._word_follows(found[1])):
            end = self._run_of_words(word.end())
            found = (normal(self.text[start:end]), end)
        self.move(found[1])
        return Token("name", found[0], start, found[1])

    def name_before(self, *stops: str) -> Token | None:
        """A new name that runs up to one of the stops (an operator, or the word `in`); None where there is none."""
        start = self.peek_start()
        if quoted := QUOTED.match(self.text, start):
            return self._quoted_before(quoted, stops)
        if not WORD.match(self.text, start):
            return None
        end = start
        for count, (piece, piece_end) in enumerate(pieces_at(self.text, start)):
            if (piece in stops and piece.isalpha() and end > start) or count > MAX_NAME_PIECES:
                break
            end = piece_end
            follow = SPACE.match(self.text, end)
            place = follow.end() if follow else end
            if self.text[place : place + 1] in stops and self.text[place : place + 2] != "..":
                return Token("name", normal(self.text[start:end]), start, end)
        else:
            return None
        return Token("name", normal(self.text[start:end]), start, end) if "in" in stops else None

    def _quoted_before(self, quoted: re.Match[str], stops: tuple[str, ...]) -> Token | None:
        follow = SPACE.match(self.text, quoted.end())
        place = follow.end() if follow else quoted.end()
        piece = PIECE.match(self.text, place)
        stands = self.text[place : place + 1] in stops or (piece is not None and piece[0] in stops)
        name = normal(quoted[1])
        return Token("name", name, quoted.start(), quoted.end()) if stands and name else None
