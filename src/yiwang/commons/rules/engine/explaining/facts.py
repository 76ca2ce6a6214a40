"""The values that the names of an element have under some facts, and words for them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from yiwang.commons.rules.engine import dmn_tree as model
from yiwang.commons.rules.engine import tree
from yiwang.commons.rules.engine.budget import DEFAULT_BUDGET
from yiwang.commons.rules.engine.compiler import Environment, Unit, compile_node
from yiwang.commons.rules.engine.diagnostics import Fault
from yiwang.commons.rules.engine.dmn_graph import Node
from yiwang.commons.rules.engine.dmn_model import Model
from yiwang.commons.rules.engine.expression import BUILTIN_SCOPE, Absent, fact_reader, guarded, start
from yiwang.commons.rules.engine.feeltypes import FeelType, coerce
from yiwang.commons.rules.engine.names import Scope
from yiwang.commons.rules.engine.unknown import Unknown
from yiwang.commons.rules.engine.values import Value

from .words import Words, labelled


def _labels(nodes: Iterable[Node]) -> Iterator[tuple[str, str]]:
    """What columns call the facts that they read, and tables their outputs (as `decision.output`)."""
    for node in nodes:
        logic = getattr(node.element, "logic", None)
        if isinstance(logic, model.Table):
            yield from ((i.expression.strip(), i.label) for i in logic.table.inputs if i.label)
            yield from ((f"{node.element.name}.{o.name}", o.label) for o in logic.table.outputs if o.label)


class Known:
    """One model under one set of facts; `vocabulary` speaks of facts (entries as `fact.entry`) and decisions by name."""

    def __init__(
        self, read: Model, facts: Mapping[str, object], vocabulary: Mapping[str, Words], now: datetime | None
    ) -> None:
        self.model = read
        self.graph = read.graph
        self.facts = facts
        self.vocabulary = vocabulary
        self.now = now
        self._fact = fact_reader(facts, Absent.UNKNOWN)
        self._values: dict[str, Value] = {}
        self.by_name: dict[str, Node] = {node.element.name: node for node in self.graph.nodes.values()}
        self._visible: dict[str, dict[str, FeelType | None]] = {}
        self._labels = dict(_labels(self.by_name.values()))

    def visible(self, node: Node) -> dict[str, FeelType | None]:
        found = self._visible.get(node.element.name)
        if found is None:
            found = self._visible[node.element.name] = self.graph.visible(node)
        return found

    def scopes(self) -> dict[str, Scope]:
        """What the tables of each element may name, parameters of knowledge models included."""
        scopes: dict[str, Scope] = {}
        for name, node in self.by_name.items():
            if isinstance(node.element, model.Decision | model.Knowledge):
                logic = node.element.logic
                parameters = [p.name for p in logic.parameters] if isinstance(logic, model.Function) else []
                scopes[name] = BUILTIN_SCOPE.child(self.visible(node)).child(parameters)
        return scopes

    def value(self, node: Node, name: str) -> Value:
        """The value of a name that the element reads."""
        key = node.names.get(name)
        if key is None:
            return Unknown((name,), fact=True)
        element = self.graph.nodes[key].element
        if element.name not in self._values:
            self._values[element.name] = self._valued(self.graph.nodes[key])
        return self._values[element.name]

    def _valued(self, node: Node) -> Value:
        element = node.element
        if isinstance(element, model.InputData):
            value = self._fact(element.variable)
            try:
                return value if node.type is None else coerce(value, node.type)
            except Fault:
                return None
        if element.id and not self.model.has(element.id):
            return Unknown((element.name,))
        outcome = self.model.decide(element.id or element.name, self.facts, now=self.now)
        return outcome.value if outcome.known else Unknown(outcome.missing_facts)

    def evaluate(self, node: Node, expression: tree.Expression) -> Value:
        """A part of the element's logic on its own."""
        unit = Unit(self.visible(node), self.graph.types_of(node.key).known)
        code = compile_node(expression, Environment(unit))
        run = start(DEFAULT_BUDGET, self.now)
        return guarded(run, code, unit.frame(run, lambda name: self.value(node, name)))

    def words(self, name: str, label: str = "") -> Words:
        """Words for a fact or decision; the label of a column stands in where the vocabulary has none."""
        known = self.vocabulary.get(name)
        if known is not None:
            return known
        node = self.by_name.get(name)
        own = node.element.label or node.element.name if node is not None else ""
        column = self._labels.get(name, "")
        return labelled(label if label and label != name else (own if own != name else "") or column or own or name)

    def output_words(self, decision: str, output: str) -> Words:
        """Words for one output of a table, in the vocabulary as `decision.output`."""
        name = f"{decision}.{output}"
        return self.vocabulary.get(name) or labelled(self._labels.get(name, output))

    def required_decision(self, node: Node, name: str) -> Node | None:
        """The decision that a name of the element means."""
        key = node.names.get(name)
        found = self.graph.nodes.get(key) if key is not None else None
        return found if found is not None and isinstance(found.element, model.Decision) else None
