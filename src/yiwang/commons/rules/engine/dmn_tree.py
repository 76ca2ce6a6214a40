"""A DMN model as plain values, as read from XML and before anything is compiled; `line` is a line of the file."""

from dataclasses import dataclass, fields, is_dataclass

from .tables import DecisionTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxed:
    type: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Literal(Boxed):
    text: str


@dataclass(frozen=True, slots=True)
class Table(Boxed):
    table: DecisionTable


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a boxed context; the result has no name."""

    name: str
    value: "BoxedExpression | None"
    type: str = ""


@dataclass(frozen=True, slots=True)
class Context(Boxed):
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Items(Boxed):
    items: tuple["BoxedExpression", ...]


@dataclass(frozen=True, slots=True)
class Relation(Boxed):
    columns: tuple[str, ...]
    rows: tuple[tuple["BoxedExpression", ...], ...]


@dataclass(frozen=True, slots=True)
class Invocation(Boxed):
    function: "BoxedExpression"
    bindings: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class Function(Boxed):
    parameters: tuple[Parameter, ...]
    body: "BoxedExpression | None"
    feel: bool = True


@dataclass(frozen=True, slots=True)
class Conditional(Boxed):
    condition: "BoxedExpression"
    then: "BoxedExpression"
    otherwise: "BoxedExpression"


@dataclass(frozen=True, slots=True)
class Filter(Boxed):
    source: "BoxedExpression"
    match: "BoxedExpression"


@dataclass(frozen=True, slots=True)
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
    return sum(_length(getattr(part, f.name)) for f in fields(part)) if is_dataclass(part) else 0


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    name: str
    type: str = ""
    components: tuple["ItemDefinition", ...] = ()
    collection: bool = False
    allowed: str = ""
    constraint: str = ""
    parameters: tuple[str, ...] | None = None
    result: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Import:
    name: str
    namespace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """What stands in a requirements graph; `variable` is its name in expressions, `sources` refer to its authorities."""

    id: str
    name: str
    variable: str
    label: str = ""
    type: str = ""
    line: int = 0
    description: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InputData(Element):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Element):
    requires: tuple[str, ...] = ()
    logic: BoxedExpression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge(Element):
    """A business knowledge model: a function with a name."""

    requires: tuple[str, ...] = ()
    logic: Function | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Element):
    """A decision service; `parameters` are the input data and input decisions in the order of a call."""

    outputs: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnowledgeSource:
    """An authority, such as a law or a notice, on which elements rest."""

    id: str
    name: str
    uri: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Definitions:
    namespace: str
    name: str
    imports: tuple[Import, ...] = ()
    types: tuple[ItemDefinition, ...] = ()
    elements: tuple[Element, ...] = ()
    sources: tuple[KnowledgeSource, ...] = ()
