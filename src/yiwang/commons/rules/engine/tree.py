"""The syntax tree of FEEL: frozen values, each with the place where it begins; equality ignores places."""

from collections.abc import Iterator as Iterable
from dataclasses import dataclass, field, fields
from decimal import Decimal

from .diagnostics import NOWHERE, Place
from .feeltypes import FeelType


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    at: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NumberLiteral(Node):
    value: Decimal


@dataclass(frozen=True, slots=True)
class StringLiteral(Node):
    value: str


@dataclass(frozen=True, slots=True)
class BooleanLiteral(Node):
    value: bool


@dataclass(frozen=True, slots=True)
class NullLiteral(Node):
    pass


@dataclass(frozen=True, slots=True)
class AtLiteral(Node):
    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    base: "Expression"
    member: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    base: "Expression"
    predicate: "Expression"


@dataclass(frozen=True, slots=True)
class Call(Node):
    function: "Expression"
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class NamedCall(Node):
    function: "Expression"
    arguments: tuple[tuple[str, "Expression"], ...]


@dataclass(frozen=True, slots=True)
class Negation(Node):
    value: "Expression"


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Conjunction(Node):
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Disjunction(Node):
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    value: "Expression"
    low: "Expression"
    high: "Expression"


@dataclass(frozen=True, slots=True)
class In(Node):
    value: "Expression"
    tests: tuple["Test", ...]


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    value: "Expression"
    type: FeelType


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: "Expression"
    then: "Expression"
    otherwise: "Expression"


@dataclass(frozen=True, slots=True)
class Iterator(Node):
    """`name in source`, or `name in source..end` where `end` is given."""

    name: str
    source: "Expression"
    end: "Expression | None" = None


@dataclass(frozen=True, slots=True)
class For(Node):
    iterators: tuple[Iterator, ...]
    body: "Expression"


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    every: bool
    iterators: tuple[Iterator, ...]
    condition: "Expression"


@dataclass(frozen=True, slots=True)
class FormalParameter(Node):
    name: str
    type: FeelType | None = None


@dataclass(frozen=True, slots=True)
class FunctionDefinition(Node):
    parameters: tuple[FormalParameter, ...]
    body: "Expression"
    external: bool = False


@dataclass(frozen=True, slots=True)
class ContextLiteral(Node):
    entries: tuple[tuple[str, "Expression"], ...]


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    items: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class RangeLiteral(Node):
    start: "Expression"
    end: "Expression"
    start_included: bool
    end_included: bool


@dataclass(frozen=True, slots=True)
class HalfRange(Node):
    """A comparison as a range value, `(< 5)`."""

    operator: str
    end: "Expression"


@dataclass(frozen=True, slots=True)
class ComparisonTest(Node):
    """`< 5` where a test stands: compares the input."""

    operator: str
    end: "Expression"


@dataclass(frozen=True, slots=True)
class ExpressionTest(Node):
    """A value, list, range or (with `?`) condition that the input must meet."""

    expression: "Expression"


Test = ComparisonTest | ExpressionTest


@dataclass(frozen=True, slots=True)
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
    if isinstance(node, Node):
        yield node
        for part in fields(node):
            yield from walk(getattr(node, part.name))
    elif isinstance(node, tuple):
        for part in node:
            yield from walk(part)


def weight(node: object) -> int:
    """What it costs to run through the tree once, in steps."""
    return 1 + sum(1 for _ in walk(node)) // 8


def mentions(node: object, name: str) -> bool:
    """Whether the name is read anywhere in the tree."""
    return any(isinstance(part, Name) and part.name == name for part in walk(node))
