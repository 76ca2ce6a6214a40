"""Which completions of the facts leave the same question: two that settle the same rules of all tables, in the same way.

A fact that only stands as the input of decision tables is told apart by the cells that it meets. So what remains of a table
once some facts are told is the verdicts on its rules: a rule that is still open has met every told cell. Facts that are read
in any other way are told apart by their values.
"""

from collections.abc import Hashable, Mapping

from yiwang.commons.rules.engine import dmn_tree as model
from yiwang.commons.rules.engine import tree
from yiwang.commons.rules.engine.diagnostics import FeelSyntaxError
from yiwang.commons.rules.engine.dmn_graph import Graph, Key, Node
from yiwang.commons.rules.engine.expression import BUILTIN_SCOPE
from yiwang.commons.rules.engine.outcome import MAX_TRACES, Outcome
from yiwang.commons.rules.engine.parser import parse, parse_unary_tests
from yiwang.commons.rules.engine.tables import DecisionTable
from yiwang.commons.rules.engine.values import Value

_ANYTHING = frozenset({"", "-"})


def read_otherwise(graph: Graph, key: Key) -> frozenset[str]:
    """Names of the facts (contexts as a whole) that are read by anything but the input of a decision's table."""
    found: set[str] = set()
    for needed in graph.needs(key):
        node = graph.nodes[needed]
        if isinstance(node.element, model.InputData):
            continue
        facts = {name for name, k in node.names.items() if isinstance(graph.nodes[k].element, model.InputData)}
        found.update(name for names in node.aliases.values() for name in names)
        found.update(graph.nodes[parameter].element.variable for parameter in node.parameters)
        logic = getattr(node.element, "logic", None)
        if isinstance(node.element, model.Decision) and isinstance(logic, model.Table):
            found |= _Reader(graph, node, facts).otherwise(logic.table)
        else:
            found |= facts
    return frozenset(found)


class _Reader:
    """What one table reads of its facts besides its plain inputs."""

    def __init__(self, graph: Graph, node: Node, facts: set[str]) -> None:
        self.facts = facts
        self.scope = BUILTIN_SCOPE.child(graph.visible(node))
        self.types = graph.types_of(node.key).known

    def otherwise(self, table: DecisionTable) -> set[str]:
        found: set[str] = set()
        for index, column in enumerate(table.inputs):
            found |= self._of_input(column.expression)
            for text in {rule.inputs[index].strip() for rule in table.rules} - _ANYTHING:
                found |= self._of_cell(text)
        texts = {text for rule in table.rules for text in rule.outputs} | {output.default for output in table.outputs}
        for text in texts:
            found |= self._of_expression(text) if text.strip() else set()
        return found

    def _of_input(self, text: str) -> set[str]:
        try:
            node = parse(text, self.scope, self.types)
        except (FeelSyntaxError, RecursionError):
            return self.facts
        match node:
            case tree.Name() | tree.Path(tree.Name()):
                return set()
        return self._named(node)

    def _of_cell(self, text: str) -> set[str]:
        try:
            return self._named(parse_unary_tests(text, self.scope, self.types))
        except (FeelSyntaxError, RecursionError):
            return self.facts

    def _of_expression(self, text: str) -> set[str]:
        try:
            return self._named(parse(text, self.scope, self.types))
        except (FeelSyntaxError, RecursionError):
            return self.facts

    def _named(self, node: tree.Node) -> set[str]:
        return {part.name for part in tree.walk(node) if isinstance(part, tree.Name)} & self.facts


def region_of(outcome: Outcome, told: Mapping[str, Value], otherwise: frozenset[str]) -> Hashable | None:
    """Equal for completions after which the same question remains; None where that can't be told."""
    records = outcome.records
    if not records or len(records) >= MAX_TRACES:
        return None
    verdicts = tuple((record.where, tuple(matched for matched, _ in record.verdicts)) for record in records)
    read = tuple((name, _plain(value)) for name, value in told.items() if name.partition(".")[0] in otherwise)
    return frozenset(told), verdicts, read


def _plain(value: Value) -> tuple[str, str]:
    return type(value).__name__, repr(value)
