"""Regular expressions of FEEL (XPath/XQuery functions 7.6) translated for the `regex` package.

`regex` alone knows set difference, Unicode blocks and a time limit: the standard demands back-references, so an automaton
(RE2) can't serve, and the standard library's `re` can't be stopped. Length and repetition are limited as well.
"""

import re
from functools import lru_cache
from typing import Any

from .diagnostics import Fault

MAX_PATTERN = 2000
MAX_WEIGHT = 5_000
MAX_NESTING = 50
_SPACE = "\t\n\r "
_SPECIAL = r".\?*+{}()|[]^$"
_SINGLE = {"n": r"\n", "r": r"\r", "t": r"\t"}
_ESCAPABLE = r"\|.?*+(){}-[]^$"
_NAME_START = r":A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
_NAME_START += r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
_NAME = _NAME_START + r"\-.0-9\u00B7\u0300-\u036F\u203F-\u2040"
_CLASSES = {
    "s": r"[ \t\n\r]",
    "S": r"[^ \t\n\r]",
    "d": r"\p{Nd}",
    "D": r"\P{Nd}",
    "w": r"[^\p{P}\p{Z}\p{C}]",
    "W": r"[\p{P}\p{Z}\p{C}]",
    "i": f"[{_NAME_START}]",
    "I": f"[^{_NAME_START}]",
    "c": f"[{_NAME}]",
    "C": f"[^{_NAME}]",
}
_CATEGORY = re.compile(r"L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?")
_OLD_BLOCKS = {"Greek": "GreekandCoptic", "CombiningMarksforSymbols": "CombiningDiacriticalMarksforSymbols"}
_QUANTITY = re.compile(r"\{([0-9]+)(,([0-9]*))?\}")


class _Translator:
    def __init__(self, source: str, flags: str) -> None:
        self.source = source
        self.flags = flags
        self.place = 0
        self.groups = 0
        self.closed: set[int] = set()
        self.nesting = 0

    def fail(self) -> Fault:
        return Fault("rules.pattern", detail=self.source[:60])

    def peek(self) -> str:
        if "x" in self.flags:
            while self.place < len(self.source) and self.source[self.place] in _SPACE:
                self.place += 1
        return self.source[self.place : self.place + 1]

    def take(self) -> str:
        char = self.peek()
        if not char:
            raise self.fail()
        self.place += 1
        return char

    def whole(self) -> str:
        text, _ = self.alternatives()
        if self.peek():
            raise self.fail()
        return text

    def alternatives(self) -> tuple[str, int]:
        """The translated text, and how long it is with all repetitions written out."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise self.fail()
        parts: list[str] = []
        weight = 1
        while (char := self.peek()) and char != ")":
            if char == "|":
                self.take()
                parts.append("|")
                continue
            text, inner = self.piece()
            parts.append(text)
            weight += inner
            if weight > MAX_WEIGHT:
                raise self.fail()
        self.nesting -= 1
        return "".join(parts), weight

    def piece(self) -> tuple[str, int]:
        atom, weight = self.atom()
        char = self.peek()
        if char in {"?", "*", "+"}:
            quantifier = self.take()
        elif char == "{":
            match = _QUANTITY.match(self.source, self.place)
            if match is None:
                raise self.fail()
            low, high = int(match[1]), int(match[3] or match[1])
            weight *= max(low, high, 1)
            if weight > MAX_WEIGHT or (match[3] and high < low):
                raise self.fail()
            self.place = match.end()
            quantifier = match[0]
        else:
            return atom, weight
        if self.peek() == "?":
            quantifier += self.take()
        return f"(?:{atom}){quantifier}", weight

    def atom(self) -> tuple[str, int]:  # noqa: PLR0911 - one return for each kind
        char = self.take()
        if char == "(":
            return self.group()
        if char == "[":
            return self.char_class(), 1
        if char == "\\":
            return self.escape(), 1
        if char == ".":
            return (r"[\s\S]" if "s" in self.flags else r"[^\n\r]"), 1
        if char == "^":
            return (r"(?:\A|(?<=\n)(?!\Z))" if "m" in self.flags else r"\A"), 1
        if char == "$":
            return (r"(?:\Z|(?=\n))" if "m" in self.flags else r"\Z"), 1
        if char in _SPECIAL:
            raise self.fail()
        return _literal(char), 1

    def group(self) -> tuple[str, int]:
        number = 0
        if self.peek() == "?":
            self.take()
            if self.take() != ":":
                raise self.fail()
        else:
            self.groups += 1
            number = self.groups
        inner, weight = self.alternatives()
        if self.take() != ")":
            raise self.fail()
        if number:
            self.closed.add(number)
        return (f"({inner})" if number else f"(?:{inner})"), weight

    def escape(self) -> str:
        char = self.take()
        if char in "123456789":
            number = int(char)
            while (more := self.peek()).isdigit() and number * 10 + int(more) <= self.groups:
                number = number * 10 + int(self.take())
            if number not in self.closed:
                raise self.fail()
            return f"(?({number})\\{number})"
        return self.class_escape(char)

    def class_escape(self, char: str) -> str:
        if char in _SINGLE:
            return _SINGLE[char]
        if char in _CLASSES:
            return _CLASSES[char]
        if char in "pP":
            return self.category(negated=char == "P")
        if char in _ESCAPABLE:
            return _literal(char)
        raise self.fail()

    def category(self, *, negated: bool) -> str:
        if self.take() != "{":
            raise self.fail()
        name = ""
        while (char := self.take()) != "}":
            name += char
        letter = "P" if negated else "p"
        if _CATEGORY.fullmatch(name):
            return rf"\{letter}{{{name}}}"
        if name.startswith("Is") and name[2:].replace("-", "").isalnum():
            block = _OLD_BLOCKS.get(name[2:], name[2:])
            return rf"\{letter}{{Block={block}}}"
        raise self.fail()

    def char_class(self) -> str:
        """A class in square brackets; spaces count here even under flag x."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise self.fail()
        negated = self.source.startswith("^", self.place)
        self.place += negated
        start = self.place
        parts: list[str] = []
        subtracted = ""
        while True:
            char = self.source[self.place : self.place + 1]
            if not char:
                raise self.fail()
            if char == "]" and self.place > start:
                self.place += 1
                break
            if char == "-" and self.source.startswith("-[", self.place) and parts:
                self.place += 2
                subtracted = self.char_class()
                if not self.source.startswith("]", self.place):
                    raise self.fail()
                self.place += 1
                break
            parts.append(self.class_part(first=self.place == start))
        self.nesting -= 1
        body = f"[{'^' if negated else ''}{''.join(parts)}]"
        return f"[{body}--{subtracted}]" if subtracted else body

    def class_part(self, *, first: bool) -> str:
        low, single = self.class_char(first=first)
        if (
            not single
            or not self.source.startswith("-", self.place)
            or self.source[self.place + 1 : self.place + 2] in ("]", "[")
        ):
            return low
        if self.source.startswith("-", self.place) and self.source[self.place + 1 : self.place + 2] == "":
            raise self.fail()
        self.place += 1
        high, single = self.class_char(first=False)
        if not single:
            raise self.fail()
        return f"{low}-{high}"

    def class_char(self, *, first: bool) -> tuple[str, bool]:
        """One member, and whether it is a single character (may begin a range)."""
        char = self.source[self.place : self.place + 1]
        self.place += 1
        if char == "\\":
            escaped = self.source[self.place : self.place + 1]
            self.place += 1
            if not escaped:
                raise self.fail()
            return self.class_escape(escaped), escaped not in _CLASSES and escaped not in "pP"
        if char in "[]" or (char == "-" and not first and not self.source.startswith("]", self.place)):
            raise self.fail()
        return _literal(char), char != "-"


def _literal(char: str) -> str:
    return char if char.isalnum() else f"\\U{ord(char):08x}"


@lru_cache(maxsize=128)
def compiled(pattern: str, flags: str) -> Any:
    """The compiled pattern; raises `Fault` for what XPath does not allow."""
    if set(flags) - set("smixq"):
        raise Fault("rules.pattern", detail=flags[:20])
    if len(pattern) > MAX_PATTERN:
        raise Fault("rules.pattern", detail=pattern[:60])
    import regex

    text = "".join(map(_literal, pattern)) if "q" in flags else _Translator(pattern, flags).whole()
    try:
        return regex.compile(text, regex.V1 | (regex.IGNORECASE if "i" in flags else 0), cache_pattern=False)
    except (regex.error, RecursionError):
        raise Fault("rules.pattern", detail=pattern[:60]) from None


def matches(pattern: str, flags: str, text: str, seconds: float) -> bool:
    try:
        return compiled(pattern, flags).search(text, timeout=seconds) is not None
    except TimeoutError:
        raise Fault("rules.pattern_time") from None


def replace(pattern: str, flags: str, text: str, replacement: str, seconds: float, limit: int) -> str:
    """`fn:replace`; a pattern that matches the empty text is refused, as in XPath."""
    found = compiled(pattern, flags)
    parts = [replacement] if "q" in flags else _replacement(replacement, found.groups)
    size = 0

    def fill(match: Any) -> str:
        nonlocal size
        new = "".join(part if isinstance(part, str) else match[part] or "" for part in parts)
        size += len(new)
        if size > limit:
            raise Fault("rules.text_too_long", limit=limit)
        return new

    try:
        if found.search("", timeout=seconds) is not None:
            raise Fault("rules.pattern", detail=pattern[:60])
        return str(found.sub(fill, text, timeout=seconds))
    except TimeoutError:
        raise Fault("rules.pattern_time") from None


def _replacement(text: str, groups: int) -> list[str | int]:
    r"""Text and group numbers; `$N` is a group, `\$` and `\\` stand for themselves."""
    parts: list[str | int] = []
    place = 0
    while place < len(text):
        char = text[place]
        if char == "\\":
            if text[place + 1 : place + 2] not in ("\\", "$"):
                raise Fault("rules.pattern", detail=text[:60])
            parts.append(text[place + 1])
            place += 2
        elif char == "$":
            match = re.compile("[0-9]+").match(text, place + 1)
            if match is None:
                raise Fault("rules.pattern", detail=text[:60])
            digits = match[0]
            while len(digits) > 1 and int(digits) > groups:
                digits = digits[:-1]
            parts.append(int(digits) if int(digits) <= groups else "")
            place += 1 + len(digits)
        else:
            parts.append(char)
            place += 1
    return parts


def split(pattern: str, text: str, seconds: float) -> list[str]:
    """`fn:tokenize`."""
    found = compiled(pattern, "")
    try:
        if found.search("", timeout=seconds) is not None:
            raise Fault("rules.pattern", detail=pattern[:60])
        parts, end = [], 0
        for match in found.finditer(text, timeout=seconds):
            parts.append(text[end : match.start()])
            end = match.end()
        return [*parts, text[end:]]
    except TimeoutError:
        raise Fault("rules.pattern_time") from None
