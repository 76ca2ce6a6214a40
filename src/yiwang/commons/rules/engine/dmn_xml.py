"""DMN 1.1-1.5 XML of strangers to plain values: no entities, no DTD, limited in size and depth."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, XMLParser

from . import dmn_tree as model
from .diagnostics import DmnError, Place
from .feeltypes import Named
from .names import normal
from .tables import Aggregation, DecisionTable, HitPolicy, Input, Output, Rule

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 100
MAX_ELEMENTS = 300_000
NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)


@dataclass(slots=True)
class Xml:
    """An element of the DMN namespace; others are left out with all that they hold."""

    tag: str
    attributes: dict[str, str]
    line: int
    children: list["Xml"] = field(default_factory=list)
    text: str = ""

    def all(self, *tags: str) -> Iterator["Xml"]:
        return (child for child in self.children if child.tag in tags)

    def first(self, *tags: str) -> "Xml | None":
        return next(self.all(*tags), None)

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")


class _Builder:
    """Target of the parser: keeps lines, counts depth, drops foreign elements."""

    def __init__(self) -> None:
        self.parser: XMLParser | None = None
        self.root: Xml | None = None
        self.stack: list[Xml | None] = []
        self.count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise DmnError("rules.xml_too_deep", limit=MAX_DEPTH)
        self.count += 1
        if self.count > MAX_ELEMENTS:
            raise DmnError("rules.xml_too_many", limit=MAX_ELEMENTS)
        namespace, _, local = tag.rpartition("}")
        known = namespace.removeprefix("{") in NAMESPACES
        element = Xml(local, dict(attributes), self.parser.parser.CurrentLineNumber) if known and self.parser else None
        if not self.stack:
            if element is None or local != "definitions":
                raise DmnError("rules.xml", detail=tag[:100])
            self.root = element
        elif element is not None and self.stack[-1] is not None:
            self.stack[-1].children.append(element)
        else:
            element = None
        self.stack.append(element)

    def end(self, tag: str) -> None:
        self.stack.pop()

    def data(self, text: str) -> None:
        if self.stack and self.stack[-1] is not None:
            self.stack[-1].text += text

    def close(self) -> Xml:
        assert self.root is not None
        return self.root


def read_xml(data: bytes) -> Xml:
    if len(data) > MAX_BYTES:
        raise DmnError("rules.xml_too_large", limit=MAX_BYTES)
    builder = _Builder()
    parser = builder.parser = XMLParser(target=builder, forbid_dtd=True)
    try:
        parser.feed(data)
        root = parser.close()
        assert isinstance(root, Xml)
    except (ParseError, ExpatError) as error:
        line, column = getattr(error, "position", (1, 0))
        raise DmnError("rules.xml", Place(line, column + 1), detail=str(error)) from None
    except (DefusedXmlException, ValueError, LookupError) as error:
        raise DmnError("rules.xml", detail=type(error).__name__) from None
    return root


def read_definitions(data: bytes) -> model.Definitions:
    """The model of a file. Raises `DmnError` with the line of the file."""
    root = read_xml(data)
    elements = [read(e) for e in root.children if (read := _ELEMENTS.get(e.tag)) is not None]
    return model.Definitions(
        root.get("namespace"),
        normal(root.get("name")),
        tuple(model.Import(normal(e.get("name")), e.get("namespace")) for e in root.all("import")),
        tuple(_item(e) for e in root.all("itemDefinition")),
        tuple(elements),
        tuple(_source(e) for e in root.all("knowledgeSource")),
    )


def _source(e: Xml) -> model.KnowledgeSource:
    return model.KnowledgeSource(e.get("id"), normal(e.get("name")), e.get("locationURI"), _description(e))


def _description(e: Xml) -> str:
    inner = e.first("description")
    return inner.text.strip() if inner is not None else ""


def type_ref(element: "Xml | None") -> str:
    """A type's name, as attribute or (in itemDefinition) child; a QName of DMN 1.1 loses its prefix."""
    if element is None:
        return ""
    inner = element.first("typeRef")
    text = element.get("typeRef") or (inner.text.strip() if inner is not None else "")
    return normal(text.rpartition(":")[2])


def _text(element: Xml | None) -> str:
    inner = element.first("text") if element is not None else None
    return inner.text if inner is not None else ""


def _item(e: Xml) -> model.ItemDefinition:
    function = e.first("functionItem")
    parameters = None if function is None else tuple(type_ref(p) or "Any" for p in function.all("parameters"))
    return model.ItemDefinition(
        normal(e.get("name")),
        type_ref(e),
        tuple(_item(c) for c in e.all("itemComponent")),
        e.get("isCollection") in {"true", "1"},
        _text(e.first("allowedValues")),
        _text(e.first("typeConstraint")),
        parameters,
        normal(function.get("outputTypeRef")) if function is not None else "",
        e.line,
    )


def _variable(e: Xml) -> tuple[str, str]:
    """Name and type of the element's variable."""
    variable = e.first("variable")
    name = normal(variable.get("name")) if variable is not None else ""
    return name or normal(e.get("name")), type_ref(variable)


def _base(e: Xml) -> dict[str, Any]:
    variable, declared = _variable(e)
    label = normal(e.get("label"))
    name = normal(e.get("name"))
    required = (r for part in e.all("authorityRequirement") for r in part.all("requiredAuthority"))
    return {
        "id": e.get("id"),
        "name": name,
        "variable": variable,
        "label": label,
        "type": declared,
        "line": e.line,
        "description": _description(e),
        "sources": tuple(r.get("href").rpartition("#")[2] for r in required),
    }


def _input_data(e: Xml) -> model.InputData:
    return model.InputData(**_base(e))


def _requires(e: Xml) -> tuple[str, ...]:
    inner = ("requiredInput", "requiredDecision", "requiredKnowledge")
    found = (r for part in e.all("informationRequirement", "knowledgeRequirement") for r in part.all(*inner))
    return tuple(r.get("href") for r in found)


def _decision(e: Xml) -> model.Decision:
    return model.Decision(**_base(e), requires=_requires(e), logic=boxed_in(e))


def _knowledge(e: Xml) -> model.Knowledge:
    logic = e.first("encapsulatedLogic")
    return model.Knowledge(**_base(e), requires=_requires(e), logic=None if logic is None else _function(logic))


def _service(e: Xml) -> model.Service:
    parameters = tuple(r.get("href") for tag in ("inputData", "inputDecision") for r in e.all(tag))
    return model.Service(
        **_base(e), outputs=tuple(r.get("href") for r in e.all("outputDecision")), parameters=parameters
    )


_ELEMENTS: Mapping[str, Callable[[Xml], model.Element]] = {
    "inputData": _input_data,
    "decision": _decision,
    "businessKnowledgeModel": _knowledge,
    "decisionService": _service,
}


def boxed_in(e: Xml | None) -> model.BoxedExpression | None:
    """The expression that an element holds."""
    if e is None:
        return None
    return next((read(c) for c in e.children if (read := _BOXED.get(c.tag)) is not None), None)


def _required(e: Xml | None, parent: Xml) -> model.BoxedExpression:
    found = boxed_in(e)
    return model.Literal("null", line=parent.line) if found is None else found


def _literal(e: Xml) -> model.Literal:
    inner = e.first("text")
    return model.Literal(_text(e), type=type_ref(e), line=e.line if inner is None else inner.line)


def _entry(e: Xml) -> model.Entry:
    variable = e.first("variable", "parameter")
    name = normal(variable.get("name")) if variable is not None else ""
    return model.Entry(name, boxed_in(e), type_ref(variable))


def _context(e: Xml) -> model.Context:
    return model.Context(tuple(_entry(c) for c in e.all("contextEntry")), type=type_ref(e), line=e.line)


def _list(e: Xml) -> model.Items:
    items = (read(c) for c in e.children if (read := _BOXED.get(c.tag)) is not None)
    return model.Items(tuple(items), type=type_ref(e), line=e.line)


def _relation(e: Xml) -> model.Relation:
    columns = tuple(normal(c.get("name")) for c in e.all("column"))
    return model.Relation(columns, tuple(_list(row).items for row in e.all("row")), type=type_ref(e), line=e.line)


def _invocation(e: Xml) -> model.Invocation:
    bindings = tuple(_entry(b) for b in e.all("binding"))
    return model.Invocation(_required(e, e), bindings, type=type_ref(e), line=e.line)


def _function(e: Xml) -> model.Function:
    parameters = tuple(model.Parameter(normal(p.get("name")), type_ref(p)) for p in e.all("formalParameter"))
    feel = e.get("kind") in {"", "FEEL"}
    return model.Function(parameters, boxed_in(e), feel, type=type_ref(e), line=e.line)


def _conditional(e: Xml) -> model.Conditional:
    parts = (_required(e.first(tag), e) for tag in ("if", "then", "else"))
    return model.Conditional(*parts, type=type_ref(e), line=e.line)


def _filter(e: Xml) -> model.Filter:
    return model.Filter(_required(e.first("in"), e), _required(e.first("match"), e), type=type_ref(e), line=e.line)


def _loop(e: Xml) -> model.Loop:
    source, body = _required(e.first("in"), e), _required(e.first("return", "satisfies"), e)
    return model.Loop(e.tag, normal(e.get("iteratorVariable")), source, body, type=type_ref(e), line=e.line)


def _table(e: Xml) -> model.Table:
    inputs = tuple(_table_input(c) for c in e.all("input"))
    outputs = tuple(_table_output(c) for c in e.all("output"))
    rules = tuple(_rule(c, len(inputs), len(outputs)) for c in e.all("rule"))
    try:
        policy = HitPolicy(e.get("hitPolicy") or "UNIQUE")
        aggregation = Aggregation(e.get("aggregation") or "LIST")
    except ValueError:
        raise DmnError("rules.xml", Place(e.line, 1), detail=e.get("hitPolicy")) from None
    notes = tuple(normal(c.get("name")) for c in e.all("annotation"))
    table = DecisionTable(inputs, outputs, rules, policy, aggregation, notes=notes)
    return model.Table(table, type=type_ref(e), line=e.line)


def _named(name: str) -> Named | None:
    return Named(name) if name else None


def _table_input(e: Xml) -> Input:
    expression = e.first("inputExpression")
    return Input(
        _text(expression),
        normal(e.get("label")),
        _text(e.first("inputValues")),
        _named(type_ref(expression)),
        e.line,
    )


def _table_output(e: Xml) -> Output:
    default = _text(e.first("defaultOutputEntry"))
    values = _text(e.first("outputValues"))
    return Output(normal(e.get("name")), values, default, _named(type_ref(e)), e.line, normal(e.get("label")))


def _rule(e: Xml, inputs: int, outputs: int) -> Rule:
    tests = tuple(_text(c) for c in e.all("inputEntry"))
    results = tuple(_text(c) for c in e.all("outputEntry"))
    if len(tests) != inputs or len(results) != outputs:
        raise DmnError("rules.xml", Place(e.line, 1), detail="rule")
    notes = tuple(_text(c).strip() for c in e.all("annotationEntry"))
    note = next((n for n in notes if n), _description(e))
    return Rule(tests, results, e.get("id"), note, e.line, notes)


_BOXED: Mapping[str, Callable[[Xml], model.BoxedExpression]] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "invocation": _invocation,
    "functionDefinition": _function,
    "conditional": _conditional,
    "filter": _filter,
    "for": _loop,
    "some": _loop,
    "every": _loop,
}
