"""The syntax tree of FEEL: frozen values, each with the place where it begins; equality ignores places."""

from collections.abc import Iterator as Iterable
from decimal import Decimal

from .diagnostics import NOWHERE, Place
from .feeltypes import FeelType
from .records import Record


class Node(Record, kw_only=True, apart="at"):
    at: Place = NOWHERE


class NumberLiteral(Node):
    value: Decimal


class StringLiteral(Node):
    value: str


class BooleanLiteral(Node):
    value: bool


class NullLiteral(Node):
    pass


class AtLiteral(Node):
    text: str


class Name(Node):
    name: str


class Path(Node):
    base: "Expression"
    member: str


class Filter(Node):
    base: "Expression"
    predicate: "Expression"


class Call(Node):
    function: "Expression"
    arguments: tuple["Expression", ...]


class NamedCall(Node):
    function: "Expression"
    arguments: tuple[tuple[str, "Expression"], ...]


class Negation(Node):
    value: "Expression"


class Arithmetic(Node):
    operator: str
    left: "Expression"
    right: "Expression"


class Comparison(Node):
    operator: str
    left: "Expression"
    right: "Expression"


class Conjunction(Node):
    parts: tuple["Expression", ...]


class Disjunction(Node):
    parts: tuple["Expression", ...]


class Between(Node):
    value: "Expression"
    low: "Expression"
    high: "Expression"


class In(Node):
    value: "Expression"
    tests: tuple["Test", ...]


class InstanceOf(Node):
    value: "Expression"
    type: FeelType


class If(Node):
    condition: "Expression"
    then: "Expression"
    otherwise: "Expression"


class Iterator(Node):
    """`name in source`, or `name in source..end` where `end` is given."""

    name: str
    source: "Expression"
    end: "Expression | None" = None


class For(Node):
    iterators: tuple[Iterator, ...]
    body: "Expression"


class Quantified(Node):
    every: bool
    iterators: tuple[Iterator, ...]
    condition: "Expression"


class FormalParameter(Node):
    name: str
    type: FeelType | None = None


class FunctionDefinition(Node):
    parameters: tuple[FormalParameter, ...]
    body: "Expression"
    external: bool = False


class ContextLiteral(Node):
    entries: tuple[tuple[str, "Expression"], ...]


class ListLiteral(Node):
    items: tuple["Expression", ...]


class RangeLiteral(Node):
    start: "Expression"
    end: "Expression"
    start_included: bool
    end_included: bool


class HalfRange(Node):
    """A comparison as a range value, `(< 5)`."""

    operator: str
    end: "Expression"


class ComparisonTest(Node):
    """`< 5` where a test stands: compares the input."""

    operator: str
    end: "Expression"


class ExpressionTest(Node):
    """A value, list, range or (with `?`) condition that the input must meet."""

    expression: "Expression"


Test = ComparisonTest | ExpressionTest


class UnaryTests(Node):
    """The content of a decision table cell: no tests mean any value (`-`)."""

    tests: tuple[Test, ...]
    negated: bool = False


Expression = (
    NumberLiteral
    | StringLiteral
    | BooleanLiteral
    | NullLiteral
    | AtLiteral
    | Name
    | Path
    | Filter
    | Call
    | NamedCall
    | Negation
    | Arithmetic
    | Comparison
    | Conjunction
    | Disjunction
    | Between
    | In
    | InstanceOf
    | If
    | For
    | Quantified
    | FunctionDefinition
    | ContextLiteral
    | ListLiteral
    | RangeLiteral
    | HalfRange
)


def walk(node: object) -> Iterable[Node]:
    """Every node of a tree, the outer before the inner."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Node):
            yield part
            waiting += [getattr(part, field) for field in reversed(type(part).fields)]
        elif isinstance(part, tuple):
            waiting += reversed(part)


def weight(node: object) -> int:
    """What it costs to run through the tree once, in steps."""
    return 1 + sum(1 for _ in walk(node)) // 8


def mentions(node: object, name: str) -> bool:
    """Whether the name is read anywhere in the tree."""
    return any(isinstance(part, Name) and part.name == name for part in walk(node))
