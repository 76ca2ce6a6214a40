"""FEEL text to tree: precedence climbing over tokens that are cut under the current scope (DMN 1.5, 10.3.1.2)."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from . import tree
from .diagnostics import NAME, FeelSyntaxError, Place
from .feeltypes import ALL_TEMPORAL_MEMBERS, FeelType, item_of, members
from .lexer import Lexer, Token
from .names import Scope
from .parser_parts import Parts
from .shapes import shape

MAX_DEPTH = 60
OR, AND, COMPARE, ADD, MULTIPLY, POWER, NEGATE, INSTANCE, POSTFIX = range(1, 10)
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
BINARY: Mapping[str, int] = {"+": ADD, "-": ADD, "*": MULTIPLY, "/": MULTIPLY, "**": POWER}


PROPERTIES = Scope(ALL_TEMPORAL_MEMBERS)
"""Names that may follow a dot whatever stands before it; a parser adds the keys that it meets."""


class Parser(Parts):
    """One text under one scope. `types` are the declared type names of the model."""

    def __init__(self, text: str, scope: Scope, types: Iterable[str] = ()) -> None:
        super().__init__(Lexer(text, scope), Scope((), PROPERTIES), types)
        self.depth = 0

    @contextmanager
    def deeper(self) -> Iterator[None]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FeelSyntaxError("rules.too_deep", self.here())
        yield
        self.depth -= 1

    @contextmanager
    def within(self, names: Mapping[str, FeelType | None], guesses: Scope | None = None) -> Iterator[None]:
        """Parse under a scope in which these names are visible too, and perhaps those that are guessed."""
        outer = self.lexer.scope
        self.lexer.scope = outer.child(names, guesses)
        yield
        self.lexer.scope = outer

    def here(self) -> Place:
        return self.lexer.place_of(self.lexer.peek_start())

    def finish(self) -> None:
        if self.lexer.peek().kind != "end":
            raise self.lexer.unexpected()

    def expression(self, minimum: int = 0) -> tree.Expression:
        with self.deeper():
            if not minimum and self.lexer.at_op(*COMPARISONS):
                return self.half_range()
            return self._climb(self.prefix(), minimum)

    def operand(self, left: tree.Expression | None = None) -> tree.Expression:
        return self.expression(ADD) if left is None else self._climb(left, ADD)

    def negated(self) -> tree.Expression:
        return self.expression(NEGATE)

    def _climb(self, left: tree.Expression, minimum: int) -> tree.Expression:
        while (level := self._level()) and level >= minimum:
            left = self._infix(left, level)
        return left

    def shape(self, node: tree.Expression) -> FeelType | None:
        return shape(node, self.lexer.scope)

    def _level(self) -> int:
        token = self.lexer.peek()
        if token.kind == "keyword":
            return {"or": OR, "and": AND, "between": COMPARE, "in": COMPARE, "instance": INSTANCE}.get(
                str(token.value), 0
            )
        if token.kind != "op":
            return 0
        if token.value in COMPARISONS:
            return COMPARE
        if token.value == "[" and self.endpoint_depth and not self.filter_follows():
            return 0
        return POSTFIX if token.value in (".", "[", "(") else BINARY.get(str(token.value), 0)

    def _infix(self, left: tree.Expression, level: int) -> tree.Expression:
        at = left.at
        if level == POSTFIX:
            return self._postfix(left)
        token = self.lexer.next()
        if level in (OR, AND):
            right = self.expression(level + 1)
            kind = tree.Disjunction if level == OR else tree.Conjunction
            parts = left.parts if isinstance(left, kind) else (left,)
            return kind((*parts, right), at=at)
        if token.value == "between":
            low = self.expression(ADD)
            self.lexer.expect_keyword("and")
            return tree.Between(left, low, self.expression(ADD), at=at)
        if token.value == "in":
            return tree.In(left, self.in_tests(left), at=at)
        if token.value == "instance":
            self.expect_word("of")
            return tree.InstanceOf(left, self.type(), at=at)
        right = self.expression(level + 1)
        kind_ = tree.Comparison if level == COMPARE else tree.Arithmetic
        return kind_(str(token.value), left, right, at=at)

    def _postfix(self, left: tree.Expression) -> tree.Expression:
        token = self.lexer.next()
        if token.value == ".":
            known = members(self.shape(left))
            member = self.lexer.take_member(known, self.hints)
            return tree.Path(left, str(member.value), at=left.at)
        if token.value == "[":
            return self._filter(left)
        return self._call(left)

    def _filter(self, base: tree.Expression) -> tree.Expression:
        item = item_of(self.shape(base))
        known = members(item)
        with (
            self.inside_brackets(),
            self.within({**(known or {}), "item": item}, self.hints if known is None else None),
        ):
            predicate = self.expression()
            self.lexer.expect_op("]")
        return tree.Filter(base, predicate, at=base.at)

    def _call(self, function: tree.Expression) -> tree.Expression:
        with self.inside_brackets():
            if self.lexer.take_op(")"):
                return tree.Call(function, (), at=function.at)
            if (name := self.lexer.name_before(":")) is not None:
                return self._named_call(function, name)
            arguments = [self.expression()]
            while self.lexer.take_op(","):
                arguments.append(self.expression())
            self.lexer.expect_op(")")
        return tree.Call(function, tuple(arguments), at=function.at)

    def _named_call(self, function: tree.Expression, first: Token) -> tree.Expression:
        arguments: list[tuple[str, tree.Expression]] = []
        name: Token | None = first
        while True:
            if name is None:
                raise self.lexer.unexpected(NAME)
            self.lexer.move(name.end)
            self.lexer.expect_op(":")
            arguments.append((str(name.value), self.expression()))
            if not self.lexer.take_op(","):
                break
            name = self.lexer.name_before(":")
        self.lexer.expect_op(")")
        return tree.NamedCall(function, tuple(arguments), at=function.at)


def parse(
    text: str, names: Scope | Mapping[str, FeelType | None] | Iterable[str] = (), types: Iterable[str] = ()
) -> tree.Expression:
    """The tree of an expression. Raises `FeelSyntaxError` with line and column."""
    parser = Parser(text, names if isinstance(names, Scope) else Scope(names), types)
    try:
        node = parser.expression()
        parser.finish()
    except RecursionError:
        raise FeelSyntaxError("rules.too_deep") from None
    return node


def parse_unary_tests(
    text: str,
    names: Scope | Mapping[str, FeelType | None] | Iterable[str] = (),
    types: Iterable[str] = (),
    input_type: FeelType | None = None,
) -> tree.UnaryTests:
    """The tree of a decision table cell, in which `?` is the input. Raises `FeelSyntaxError`."""
    scope = (names if isinstance(names, Scope) else Scope(names)).child({"?": input_type})
    parser = Parser(text, scope, types)
    try:
        node = parser.unary_tests()
        parser.finish()
    except RecursionError:
        raise FeelSyntaxError("rules.too_deep") from None
    return node
