"""A DMN model as plain values, as read from XML and before anything is compiled; `line` is a line of the file."""

from dataclasses import fields

from .records import Record
from .tables import DecisionTable, Input, Output, Rule


class Boxed(Record, kw_only=True):
    type: str = ""
    line: int = 0


class Literal(Boxed):
    text: str


class Table(Boxed):
    table: DecisionTable


class Entry(Record):
    """An entry of a boxed context; the result has no name."""

    name: str
    value: "BoxedExpression | None"
    type: str = ""


class Context(Boxed):
    entries: tuple[Entry, ...]


class Items(Boxed):
    items: tuple["BoxedExpression", ...]


class Relation(Boxed):
    columns: tuple[str, ...]
    rows: tuple[tuple["BoxedExpression", ...], ...]


class Invocation(Boxed):
    function: "BoxedExpression"
    bindings: tuple[Entry, ...]


class Parameter(Record):
    name: str
    type: str = ""


class Function(Boxed):
    parameters: tuple[Parameter, ...]
    body: "BoxedExpression | None"
    feel: bool = True


class Conditional(Boxed):
    condition: "BoxedExpression"
    then: "BoxedExpression"
    otherwise: "BoxedExpression"


class Filter(Boxed):
    source: "BoxedExpression"
    match: "BoxedExpression"


class Loop(Boxed):
    """A boxed `for`, `some` or `every` (`kind`)."""

    kind: str
    variable: str
    source: "BoxedExpression"
    body: "BoxedExpression"


BoxedExpression = Literal | Table | Context | Items | Relation | Invocation | Function | Conditional | Filter | Loop


def weight(part: object) -> int:
    """What it costs to run through a boxed expression once, in steps: by the length of its texts."""
    return 1 + _length(part) // 32


def _length(part: object) -> int:
    if isinstance(part, str):
        return len(part)
    if isinstance(part, tuple):
        return sum(map(_length, part))
    if isinstance(part, Record):
        return sum(_length(getattr(part, name)) for name in type(part).fields)
    if isinstance(part, DecisionTable | Input | Output | Rule):
        return sum(_length(getattr(part, field.name)) for field in fields(part))
    return 0


class ItemDefinition(Record):
    name: str
    type: str = ""
    components: tuple["ItemDefinition", ...] = ()
    collection: bool = False
    allowed: str = ""
    constraint: str = ""
    parameters: tuple[str, ...] | None = None
    result: str = ""
    line: int = 0


class Import(Record):
    name: str
    namespace: str


class Element(Record, kw_only=True):
    """What stands in a requirements graph; `variable` is its name in expressions, `sources` refer to its authorities."""

    id: str
    name: str
    variable: str
    label: str = ""
    type: str = ""
    line: int = 0
    description: str = ""
    sources: tuple[str, ...] = ()


class InputData(Element, kw_only=True):
    pass


class Decision(Element, kw_only=True):
    requires: tuple[str, ...] = ()
    logic: BoxedExpression | None = None


class Knowledge(Element, kw_only=True):
    """A business knowledge model: a function with a name."""

    requires: tuple[str, ...] = ()
    logic: Function | None = None


class Service(Element, kw_only=True):
    """A decision service; `parameters` are the input data and input decisions in the order of a call."""

    outputs: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


class KnowledgeSource(Record):
    """An authority, such as a law or a notice, on which elements rest."""

    id: str
    name: str
    uri: str = ""
    description: str = ""


class Definitions(Record):
    namespace: str
    name: str
    imports: tuple[Import, ...] = ()
    types: tuple[ItemDefinition, ...] = ()
    elements: tuple[Element, ...] = ()
    sources: tuple[KnowledgeSource, ...] = ()
