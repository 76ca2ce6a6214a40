"""Types in FEEL text, as after `instance of` and in parameter lists (DMN 1.5, 10.3.1.2, rule 52-54)."""

from collections.abc import Iterable, Mapping

from .diagnostics import NAME, TYPE, FeelSyntaxError
from .feeltypes import ANY, BUILT_IN, ContextOf, FeelType, FunctionOf, ListOf, Named, RangeOf
from .lexer import Lexer
from .names import PIECE, WORD, Scope, normal

MAX_TYPE_DEPTH = 20
_BUILT_IN = Scope(BUILT_IN)
_GENERIC = frozenset({"list", "range", "context", "function"})


class TypeParser:
    """Reads a type at the lexer's place."""

    def __init__(self, lexer: Lexer, hints: Scope, types: Iterable[str]) -> None:
        self.lexer = lexer
        self.hints = hints
        self._declared = types if isinstance(types, Mapping | frozenset) else frozenset(types)
        self._scope: Scope | None = None
        self._type_depth = 0

    def type(self) -> FeelType:
        self._type_depth += 1
        if self._type_depth > MAX_TYPE_DEPTH:
            raise FeelSyntaxError("rules.too_deep", self.lexer.place_of(self.lexer.peek_start()))
        name = self._type_name()
        found = self._generic(name) if self._raw("<") else None
        self._type_depth -= 1
        if found is not None:
            return found
        if name in self._declared or name in _GENERIC:
            return Named(name)
        return BUILT_IN.get(name) or Named(name)

    def _type_name(self) -> str:
        start = self.lexer.peek_start()
        if WORD.match(self.lexer.text, start) is None:
            self.lexer.move(start)
            raise self.lexer.unexpected(TYPE)
        if self._scope is None:
            self._scope = Scope(self._declared, _BUILT_IN)
        known = self._scope.longest(self.lexer.text, start)
        if known is not None:
            self.lexer.move(known[1])
            return known[0]
        end = start
        while (match := PIECE.match(self.lexer.text, end)) and (match[0][0] not in "/-'+*"):
            end = match.end()
        self.lexer.move(end)
        return normal(self.lexer.text[start:end])

    def _raw(self, mark: str) -> bool:
        """Whether the mark stands here, without cutting a longer operator."""
        return self.lexer.text.startswith(mark, self.lexer.peek_start())

    def _take(self, mark: str) -> bool:
        if not self._raw(mark):
            return False
        self.lexer.move(self.lexer.peek_start() + len(mark))
        return True

    def _expect(self, mark: str) -> None:
        if not self._take(mark):
            raise self.lexer.unexpected(mark)

    def _generic(self, name: str) -> FeelType | None:
        if name not in _GENERIC:
            return None
        self._expect("<")
        if name == "context":
            return self._context()
        if name == "function":
            return self._function()
        inner = self.type()
        self._expect(">")
        return ListOf(inner) if name == "list" else RangeOf(inner)

    def _context(self) -> FeelType:
        entries: list[tuple[str, FeelType]] = []
        while not self._take(">"):
            if entries:
                self._expect(",")
            name = self.lexer.name_before(":")
            if name is None:
                raise self.lexer.unexpected(NAME)
            self.lexer.move(name.end)
            self._expect(":")
            entries.append((str(name.value), self.type()))
        return ContextOf(tuple(entries))

    def _function(self) -> FeelType:
        parameters: list[FeelType] = []
        while not self._take(">"):
            if parameters:
                self._expect(",")
            parameters.append(self.type())
        return FunctionOf(tuple(parameters), self.type() if self._take("->") else ANY)
