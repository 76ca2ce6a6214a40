"""What FEEL expressions begin with: literals, brackets of all kinds, `if`, `for`, `some`, `function`, and tests."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal

from . import tree
from .diagnostics import EXPRESSION, NAME, Place
from .feeltypes import NUMBER, FeelType, item_of
from .lexer import Lexer
from .names import WORD, Scope
from .parser_types import TypeParser

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
CLOSERS = (")", "]", "[")
_WORDS: Mapping[str, Callable[[str, Place], tree.Expression]] = {
    "string": lambda text, at: tree.StringLiteral(text, at=at),
    "at": lambda text, at: tree.AtLiteral(text, at=at),
    "name": lambda text, at: tree.Name(text, at=at),
}
_CONSTANTS = {"true": True, "false": False}


class Parts(TypeParser):
    """`Parser` adds the operators between the parts."""

    def __init__(self, lexer: Lexer, hints: Scope, types: Iterable[str]) -> None:
        super().__init__(lexer, hints, types)
        self.endpoint_depth = 0

    @abstractmethod
    def expression(self, minimum: int = 0) -> tree.Expression: ...

    @abstractmethod
    def operand(self, left: tree.Expression | None = None) -> tree.Expression:
        """An expression without comparisons, `and`, `or`; may begin with a part already read."""

    @abstractmethod
    def within(self, names: Mapping[str, FeelType | None]) -> AbstractContextManager[None]: ...

    @abstractmethod
    def shape(self, node: tree.Expression) -> FeelType | None: ...

    @contextmanager
    def inside_brackets(self) -> Iterator[None]:
        """Inside brackets a `[` is a filter again, even in the end of a range."""
        outer, self.endpoint_depth = self.endpoint_depth, 0
        yield
        self.endpoint_depth = outer

    def filter_follows(self) -> bool:
        """In the end of a range `5[` closes it unless something that can begin an expression follows."""
        start = self.lexer.peek().end
        outer = self.lexer.peek_start()
        self.lexer.move(start)
        token = self.lexer.peek()
        begins = token.kind in {"number", "string", "at", "name"} or (
            token.kind == "op" and token.value in ("(", "[", "{")
        )
        begins = begins or (token.kind == "keyword" and token.value in ("true", "false", "null", "some", "every", "if"))
        self.lexer.move(outer)
        return begins

    def expect_word(self, word: str) -> None:
        start = self.lexer.peek_start()
        match = WORD.match(self.lexer.text, start)
        if match is None or match[0] != word:
            raise self.lexer.unexpected(word)
        self.lexer.move(match.end())

    def prefix(self) -> tree.Expression:
        token = self.lexer.peek()
        at = self.lexer.place_of(token.start)
        if token.kind == "number":
            assert isinstance(token.value, Decimal)
            self.lexer.next()
            return tree.NumberLiteral(token.value, at=at)
        if token.kind in {"string", "at", "name"}:
            self.lexer.next()
            return _WORDS[token.kind](str(token.value), at)
        if token.kind == "keyword":
            return self._keyword(str(token.value), at)
        if token.kind == "op":
            return self._bracket(str(token.value), at)
        raise self.lexer.unexpected(EXPRESSION)

    def _keyword(self, word: str, at: Place) -> tree.Expression:
        if word in _CONSTANTS:
            self.lexer.next()
            return tree.BooleanLiteral(_CONSTANTS[word], at=at)
        if word == "null":
            self.lexer.next()
            return tree.NullLiteral(at=at)
        if word not in {"if", "for", "some", "every", "function"}:
            raise self.lexer.unexpected(EXPRESSION)
        self.lexer.next()
        with self.inside_brackets():
            if word == "if":
                return self._if(at)
            if word == "for":
                return self._for(at)
            return self._function_definition(at) if word == "function" else self._quantified(word == "every", at)

    def _bracket(self, operator: str, at: Place) -> tree.Expression:
        if operator == "-":
            self.lexer.next()
            return tree.Negation(self.negated(), at=at)
        if operator == "{":
            with self.inside_brackets():
                return self._context_literal(at)
        if operator == "(":
            tests = self._parenthesised(at, several=False)
            assert not isinstance(tests, tuple)
            return tests
        if operator in ("[", "]"):
            with self.inside_brackets():
                return self._list_or_range(operator, at)
        raise self.lexer.unexpected(EXPRESSION)

    @abstractmethod
    def negated(self) -> tree.Expression:
        """What a minus sign negates."""

    def _if(self, at: Place) -> tree.Expression:
        condition = self.expression()
        self.lexer.expect_keyword("then")
        then = self.expression()
        self.lexer.expect_keyword("else")
        return tree.If(condition, then, self.expression(), at=at)

    def _iterators(self, close: str) -> tuple[tuple[tree.Iterator, ...], dict[str, FeelType | None]]:
        """Leaves the lexer's scope extended by the names; the caller restores it."""
        found: list[tree.Iterator] = []
        names: dict[str, FeelType | None] = {}
        while True:
            name = self.lexer.name_before("in")
            if name is None:
                raise self.lexer.unexpected(NAME)
            self.lexer.move(name.end)
            self.lexer.expect_keyword("in")
            source = self.expression()
            end = self.expression() if self.lexer.take_op("..") else None
            found.append(tree.Iterator(str(name.value), source, end, at=self.lexer.place_of(name.start)))
            names[str(name.value)] = NUMBER if end is not None else item_of(self.shape(source))
            self.lexer.scope = self.lexer.scope.child({str(name.value): names[str(name.value)]})
            if not self.lexer.take_op(","):
                self.lexer.expect_keyword(close)
                return tuple(found), names

    def _for(self, at: Place) -> tree.Expression:
        with self.within({}):
            iterators, _ = self._iterators("return")
            with self.within({"partial": None}):
                return tree.For(iterators, self.expression(), at=at)

    def _quantified(self, every: bool, at: Place) -> tree.Expression:
        with self.within({}):
            iterators, _ = self._iterators("satisfies")
            return tree.Quantified(every, iterators, self.expression(), at=at)

    def _function_definition(self, at: Place) -> tree.Expression:
        self.lexer.expect_op("(")
        parameters: list[tree.FormalParameter] = []
        while not self.lexer.take_op(")"):
            if parameters:
                self.lexer.expect_op(",")
            name = self.lexer.name_before(":", ",", ")")
            if name is None:
                raise self.lexer.unexpected(NAME)
            self.lexer.move(name.end)
            declared = self.type() if self.lexer.take_op(":") else None
            place = self.lexer.place_of(name.start)
            parameters.append(tree.FormalParameter(str(name.value), declared, at=place))
        external = self.lexer.at_keyword("external")
        if external:
            self.lexer.next()
        with self.within({p.name: p.type for p in parameters}):
            return tree.FunctionDefinition(tuple(parameters), self.expression(), external, at=at)

    def _context_literal(self, at: Place) -> tree.Expression:
        self.lexer.next()
        entries: list[tuple[str, tree.Expression]] = []
        with self.within({}):
            while not self.lexer.take_op("}"):
                if entries:
                    self.lexer.expect_op(",")
                key = self._key()
                self.lexer.expect_op(":")
                value = self.expression()
                entries.append((key, value))
                self.hints.add(key)
                self.lexer.scope.add(key, self.shape(value))
                self.lexer.scope = self.lexer.scope  # a token that was cut already may be longer now
        return tree.ContextLiteral(tuple(entries), at=at)

    def _key(self) -> str:
        name = self.lexer.name_before(":")
        if name is not None:
            self.lexer.move(name.end)
            return str(name.value)
        if self.lexer.peek().kind != "string":
            raise self.lexer.unexpected(NAME)
        return str(self.lexer.next().value)

    def _list_or_range(self, opener: str, at: Place) -> tree.Expression:
        self.lexer.next()
        if opener == "[" and self.lexer.take_op("]"):
            return tree.ListLiteral((), at=at)
        first = self.expression()
        if opener == "]" or self.lexer.at_op(".."):
            return self._range(first, start_included=opener == "[", at=at)
        items = [first]
        while self.lexer.take_op(","):
            items.append(self.expression())
        self.lexer.expect_op("]")
        return tree.ListLiteral(tuple(items), at=at)

    def _range(self, start: tree.Expression, *, start_included: bool, at: Place) -> tree.Expression:
        self.lexer.expect_op("..")
        self.endpoint_depth = 1
        end = self.operand()
        self.endpoint_depth = 0
        if not self.lexer.at_op(*CLOSERS):
            raise self.lexer.unexpected("]")
        closer = self.lexer.next().value
        return tree.RangeLiteral(start, end, start_included, closer == "]", at=at)

    def _parenthesised(self, at: Place, *, several: bool) -> tree.Expression | tuple[tree.Test, ...]:
        """What stands in round brackets; several tests only where tests may stand."""
        with self.inside_brackets():
            self.lexer.next()
            if not several and self.lexer.at_op(*COMPARISONS):
                half = self.half_range(at)
                self.lexer.expect_op(")")
                return half
            first = self._test()
            if isinstance(first, tree.ExpressionTest) and self.lexer.at_op(".."):
                return self._range(first.expression, start_included=False, at=at)
            tests = [first]
            while several and self.lexer.take_op(","):
                tests.append(self._test())
            self.lexer.expect_op(")")
        if len(tests) == 1 and isinstance(first, tree.ExpressionTest):
            return first.expression
        return tuple(tests)

    def half_range(self, at: Place | None = None) -> tree.Expression:
        """A comparison that stands as a value, as in `[<5]` (rule 7 by way of rule 2)."""
        at = at or self.lexer.place_of(self.lexer.peek_start())
        operator = str(self.lexer.next().value)
        return tree.HalfRange(operator, self.operand(), at=at)

    def _test(self) -> tree.Test:
        at = self.lexer.place_of(self.lexer.peek_start())
        if self.lexer.at_op(*COMPARISONS):
            operator = str(self.lexer.next().value)
            return tree.ComparisonTest(operator, self.operand(), at=at)
        return tree.ExpressionTest(self.expression(), at=at)

    def in_tests(self, value: tree.Expression) -> tuple[tree.Test, ...]:
        """What stands behind `in`; `?` is the value there."""
        with self.within({"?": self.shape(value)}):
            return self._in_tests()

    def _in_tests(self) -> tuple[tree.Test, ...]:
        at = self.lexer.place_of(self.lexer.peek_start())
        if self.lexer.at_op(*COMPARISONS):
            return (self._test(),)
        if not self.lexer.at_op("("):
            return (tree.ExpressionTest(self.operand(), at=at),)
        found = self._parenthesised(at, several=True)
        if isinstance(found, tuple):
            return found
        return (tree.ExpressionTest(self.operand(found), at=at),)

    def unary_tests(self) -> tree.UnaryTests:
        """The content of a decision table cell."""
        start = self.lexer.peek_start()
        at = self.lexer.place_of(start)
        if self.lexer.take_op("-"):
            if self.lexer.peek().kind == "end":
                return tree.UnaryTests((), at=at)
            self.lexer.move(start)
        token = self.lexer.peek()
        if token.kind == "name" and token.value == "not":
            self.lexer.next()
            if self.lexer.take_op("("):
                tests = self._tests()
                if self.lexer.take_op(")") and self.lexer.peek().kind == "end":
                    return tree.UnaryTests(tests, negated=True, at=at)
            self.lexer.move(start)
        return tree.UnaryTests(self._tests(), at=at)

    def _tests(self) -> tuple[tree.Test, ...]:
        tests = [self._test()]
        while self.lexer.take_op(","):
            tests.append(self._test())
        return tuple(tests)
