"""What a decision's page shows of its model: facts with labels and kinds, tables, other logic, in the order of use."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from yiwang.commons.rules.contracts import FactWords
from yiwang.commons.rules.engine import RulesError
from yiwang.commons.rules.engine.dmn_xml import Xml, read_xml, type_ref
from yiwang.commons.rules.rules.reading import constants

_CODES = re.compile(r"(\w+)[ \t]*[:：=][ \t]*([^\n；;]+)")


class FactKind(StrEnum):
    """How a fact is entered."""

    NUMBER = "number"
    YES_NO = "yes_no"
    TEXT = "text"
    DATE = "date"
    CHOICE = "choice"
    JSON = "json"


_KINDS: Mapping[str, FactKind] = {
    "number": FactKind.NUMBER,
    "boolean": FactKind.YES_NO,
    "string": FactKind.TEXT,
    "date": FactKind.DATE,
    "dateTime": FactKind.TEXT,
    "date and time": FactKind.TEXT,
    "time": FactKind.TEXT,
    "dayTimeDuration": FactKind.TEXT,
    "yearMonthDuration": FactKind.TEXT,
    "days and time duration": FactKind.TEXT,
    "years and months duration": FactKind.TEXT,
}


@dataclass(frozen=True, slots=True)
class FactField:
    """An input of the model; `options` are the texts that its tests name, which it may take or not (`closed`)."""

    name: str
    label: str
    kind: FactKind
    options: tuple[str, ...] = ()
    closed: bool = False
    hint: str = ""
    named: Mapping[str, str] = field(default_factory=dict)

    def value_label(self, value: str) -> str:
        """The words for one of its values."""
        return self.named.get(value, value)


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: `label` for people, `expression` (of an input) or name (of an output) as the model has it.

    `named` says what an output's codes mean: `code：words` in the lines of the column's description, else the vocabulary.
    """

    label: str
    expression: str
    values: str = ""
    type: str = ""
    named: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A rule as FEEL texts; `note` is its annotation, often the clause."""

    number: int
    id: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class TableLayout:
    """A decision made by a table."""

    id: str
    name: str
    label: str
    description: str
    policy: str
    aggregation: str
    inputs: tuple[TableColumn, ...]
    outputs: tuple[TableColumn, ...]
    rows: tuple[TableRow, ...]
    needs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LogicLayout:
    """A decision or function made otherwise: its text where it is one expression."""

    id: str
    name: str
    label: str
    description: str
    text: str
    needs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """A model for its page; `parts` begin with the decision itself."""

    key: str
    title: str
    facts: tuple[FactField, ...]
    parts: tuple[TableLayout | LogicLayout, ...]
    sources: tuple[str, ...] = ()

    @property
    def main(self) -> TableLayout | LogicLayout | None:
        return self.parts[0] if self.parts else None

    @property
    def tables(self) -> tuple[TableLayout, ...]:
        return tuple(part for part in self.parts if isinstance(part, TableLayout))

    def label_of(self, name: str) -> str:
        """The words for a fact."""
        return next((fact.label for fact in self.facts if fact.name == name), name)


def layout_of(xml: str, key: str) -> Layout | None:
    """The layout of decision `key`; None where the file is no DMN or has no such decision."""
    try:
        root = read_xml(xml.encode())
    except RulesError:
        return None
    elements = {e.get("id") or e.get("name"): e for e in root.children if e.get("id") or e.get("name")}
    start = next((e for e in elements.values() if e.tag == "decision" and key in {e.get("id"), e.get("name")}), None)
    if start is None:
        return None
    used = tuple(_reached(start, elements))
    parts = tuple(_part(e, elements) for e in used if e.tag in {"decision", "businessKnowledgeModel"})
    tables = [part for part in parts if isinstance(part, TableLayout)]
    types = {item.get("name"): item for item in root.all("itemDefinition")}
    facts = tuple(_fact(e, tables, types) for e in used if e.tag == "inputData")
    sources = tuple(dict.fromkeys(source for part in parts for source in part.sources))
    return Layout(key, start.get("label") or start.get("name"), facts, parts, sources)


def with_words(layout: Layout, vocabulary: Mapping[str, FactWords], language: str) -> Layout:
    """The same with the vocabulary's words: labels where the model has none, values of choices and outputs with theirs."""
    facts = tuple(_worded(fact, vocabulary.get(fact.name), language) for fact in layout.facts)
    parts = tuple(
        replace(part, outputs=tuple(_named(column, part.id, vocabulary, language) for column in part.outputs))
        if isinstance(part, TableLayout)
        else part
        for part in layout.parts
    )
    return replace(layout, facts=facts, parts=parts)


def _named(column: TableColumn, decision: str, vocabulary: Mapping[str, FactWords], language: str) -> TableColumn:
    words = vocabulary.get(column.expression or decision)
    if words is None or not words.values:
        return column
    said = {value: _spoken(text, language) for value, text in words.values.items()}
    return replace(column, named={**said, **(column.named if language == "zh" else {})})


def _worded(fact: FactField, words: FactWords | None, language: str) -> FactField:
    if words is None:
        return fact
    label = _spoken(words.label, language)
    fact = replace(fact, label=label if label and (fact.label == fact.name or language != "zh") else fact.label)
    if not words.values or fact.kind not in {FactKind.TEXT, FactKind.CHOICE}:
        return fact
    named = {value: _spoken(text, language) for value, text in words.values.items()}
    options = tuple(dict.fromkeys((*words.values, *fact.options)))
    return replace(fact, kind=FactKind.CHOICE, options=options, closed=True, named=named)


def _spoken(text: Mapping[str, str], language: str) -> str:
    return text.get(language) or text.get("zh") or ""


def spoken_words(layout: Layout, vocabulary: Mapping[str, FactWords]) -> dict[str, FactWords]:
    """The vocabulary for an explanation of this model: its own labels first, in Chinese, and what its outputs' codes mean."""
    found = {}
    for fact in layout.facts:
        known = vocabulary.get(fact.name)
        own = {"zh": fact.label} if fact.label != fact.name else {}
        if known is not None:
            found[fact.name] = replace(known, label={**known.label, **own})
    for part in layout.tables:
        for column in part.outputs:
            if column.named:
                name = f"{part.name}.{column.expression}" if len(part.outputs) > 1 else part.name
                label = column.label if len(part.outputs) > 1 else part.label
                found[name] = FactWords({"zh": label}, {}, {code: {"zh": said} for code, said in column.named.items()})
    return found


def _reached(start: Xml, elements: Mapping[str, Xml]) -> Iterator[Xml]:
    seen: dict[int, None] = {}
    waiting = [start]
    while waiting:
        element = waiting.pop(0)
        if id(element) in seen:
            continue
        seen[id(element)] = None
        yield element
        waiting += [elements[name] for name in _needs(element) if name in elements]


def _needs(element: Xml) -> tuple[str, ...]:
    wanted = ("requiredInput", "requiredDecision", "requiredKnowledge")
    parts = element.all("informationRequirement", "knowledgeRequirement")
    return tuple(each.get("href").rpartition("#")[2] for part in parts for each in part.all(*wanted))


def _sources(element: Xml, elements: Mapping[str, Xml]) -> tuple[str, ...]:
    hrefs = (a.get("href").rpartition("#")[2] for p in element.all("authorityRequirement") for a in p.children)
    return tuple(elements[name].get("name") for name in hrefs if name in elements)


def _text(element: Xml | None, tag: str = "text") -> str:
    inner = element.first(tag) if element is not None else None
    return inner.text.strip() if inner is not None else ""


def _part(element: Xml, elements: Mapping[str, Xml]) -> TableLayout | LogicLayout:
    id_, name = element.get("id") or element.get("name"), element.get("name")
    label = element.get("label") or name
    description, needs, sources = _text(element, "description"), _needs(element), _sources(element, elements)
    table = element.first("decisionTable")
    if table is None:
        literal = element.first("literalExpression")
        return LogicLayout(id_, name, label, description, _text(literal), needs, sources)
    return TableLayout(
        id_,
        name,
        label,
        description,
        table.get("hitPolicy") or "UNIQUE",
        table.get("aggregation"),
        tuple(_input(e) for e in table.all("input")),
        tuple(_output(e, label) for e in table.all("output")),
        tuple(_row(number, e) for number, e in enumerate(table.all("rule"), 1)),
        needs,
        sources,
    )


def _input(e: Xml) -> TableColumn:
    expression = e.first("inputExpression")
    text = _text(expression)
    return TableColumn(e.get("label") or text, text, _text(e.first("inputValues")), type_ref(expression))


def _output(e: Xml, decision: str) -> TableColumn:
    name = e.get("name")
    named = {code: words.strip() for code, words in _CODES.findall(_text(e, "description"))}
    return TableColumn(e.get("label") or name or decision, name, _text(e.first("outputValues")), type_ref(e), named)


def _row(number: int, e: Xml) -> TableRow:
    notes = [_text(each) for each in e.all("annotationEntry")]
    note = "；".join(text for text in (*notes, _text(e, "description")) if text)
    inputs, outputs = (tuple(_text(each) for each in e.all(tag)) for tag in ("inputEntry", "outputEntry"))
    return TableRow(number, e.get("id"), inputs, outputs, note)


def _fact(e: Xml, tables: list[TableLayout], types: Mapping[str, Xml]) -> FactField:
    variable = e.first("variable")
    name = (variable.get("name") if variable is not None else "") or e.get("name")
    columns = [(t, i, c) for t in tables for i, c in enumerate(t.inputs) if c.expression == name]
    label = e.get("label") or next((c.label for _t, _i, c in columns if c.label != name), "") or name
    declared = type_ref(variable) or next((c.type for _t, _i, c in columns if c.type), "")
    item = types.get(declared)
    allowed = _text(item.first("allowedValues")) if item is not None else ""
    base = type_ref(item) if item is not None else declared
    closed = constants(allowed) or next((found for _t, _i, c in columns if (found := constants(c.values))), ())
    named = closed or tuple(
        dict.fromkeys(word for t, i, _c in columns for row in t.rows for word in constants(row.inputs[i]))
    )
    kind = _KINDS.get(re.sub(r"^feel:", "", base), FactKind.JSON if base and base != "Any" else FactKind.TEXT)
    if kind is FactKind.TEXT and closed:
        kind = FactKind.CHOICE
    return FactField(
        name,
        label,
        kind,
        named if kind in {FactKind.TEXT, FactKind.CHOICE} else (),
        bool(closed),
        _text(e, "description"),
    )
