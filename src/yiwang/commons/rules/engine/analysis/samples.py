"""For each fact of a decision a few values that stand for all: between them no condition of the model can tell apart.

A fact is `exact` where everything that reads it compares it with constants, or where it has few values at all.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from yiwang.commons.rules.engine import dmn_tree as model
from yiwang.commons.rules.engine import tree
from yiwang.commons.rules.engine.diagnostics import FeelSyntaxError
from yiwang.commons.rules.engine.dmn_graph import Graph, Key, Node
from yiwang.commons.rules.engine.expression import BUILTIN_SCOPE
from yiwang.commons.rules.engine.feeltypes import ContextOf, FeelType, plain
from yiwang.commons.rules.engine.names import Scope
from yiwang.commons.rules.engine.parser import parse, parse_unary_tests
from yiwang.commons.rules.engine.tables import DecisionTable
from yiwang.commons.rules.engine.values import Value

from .constants import Inexact, compared, constants, of_tests, value_of
from .domains import NULL, OPEN, OTHER, admits, domain_of
from .grid import ANYTHING


@dataclass(slots=True)
class Samples:
    """`values` stand for all that the fact may be, null apart."""

    type: FeelType | None
    cuts: list[Value] = field(default_factory=list)
    exact: bool = True

    @property
    def values(self) -> list[Value]:
        domain = domain_of(self.type, self.cuts, lambda value: admits(self.type, value))
        shapes = {OPEN, OTHER}
        parts = [p for i, p in enumerate(domain.parts) if domain.allowed >> i & 1 and p.shape != NULL]
        return (
            []
            if not self.cuts and any(p.shape in shapes and p.sample is None for p in parts)
            else [part.sample for part in parts]
        )

    @property
    def finite(self) -> bool:
        """Whether the values are all there are."""
        domain = domain_of(self.type, self.cuts, lambda value: admits(self.type, value))
        parts = [p for i, p in enumerate(domain.parts) if domain.allowed >> i & 1]
        return bool(parts) and all(part.shape not in {OPEN, OTHER} for part in parts)


def samples_of(graph: Graph, key: Key) -> dict[str, Samples]:
    """Samples for the facts that a decision may need, entries of contexts as `fact.entry`."""
    nodes = [graph.nodes[needed] for needed in graph.needs(key)]
    found: dict[str, Samples] = {}
    for node in nodes:
        if isinstance(node.element, model.InputData):
            found[node.element.variable] = Samples(node.type)
            base = plain(node.type) if node.type is not None else None
            for name, declared in base.entries if isinstance(base, ContextOf) else ():
                found[f"{node.element.variable}.{name}"] = Samples(declared)
    for node in nodes:
        logic = getattr(node.element, "logic", None)
        if logic is not None:
            _Collector(graph, node, found).boxed(logic, BUILTIN_SCOPE.child(graph.visible(node)))
    for samples in found.values():
        samples.exact = bool(samples.values) and (samples.exact or samples.finite)
    return found


class _Collector:
    """Gathers from one element the constants with which its facts are compared."""

    def __init__(self, graph: Graph, node: Node, found: dict[str, Samples]) -> None:
        self.types = graph.types_of(node.key).known
        self.found = found
        self.facts = {name for name, k in node.names.items() if isinstance(graph.nodes[k].element, model.InputData)}
        self.aliased = {n for names in node.aliases.values() for n in names}
        for name in self.aliased & found.keys():
            found[name].exact = False

    def boxed(self, box: object, scope: Scope) -> None:
        """All texts inside; names that boxes define may hide facts, which only costs exactness."""
        if isinstance(box, model.Literal):
            self._expression(self._parsed(box.text, scope))
        elif isinstance(box, model.Table):
            self._table(box.table, scope)
        elif isinstance(box, model.Boxed | model.Entry):
            for name in type(box).fields:
                self.boxed(getattr(box, name), _wider(scope, box))
        elif isinstance(box, tuple):
            for part in box:
                self.boxed(part, scope)

    def _parsed(self, text: str, scope: Scope) -> tree.Expression | None:
        try:
            return parse(text, scope, self.types)
        except (FeelSyntaxError, RecursionError):
            return None

    def _fact(self, node: tree.Node | None) -> Samples | None:
        match node:
            case tree.Name(name) if name in self.facts:
                return self.found.get(name)
            case tree.Path(tree.Name(name), member) if name in self.facts:
                return self.found.get(f"{name}.{member}")
        return None

    def _table(self, table: DecisionTable, scope: Scope) -> None:
        for index, column in enumerate(table.inputs):
            expression = self._parsed(column.expression, scope)
            fact = self._fact(expression)
            if fact is None:
                self._expression(expression)
            texts = {rule.inputs[index] for rule in table.rules} | {column.values}
            for text in texts - ANYTHING:
                self._cell(text, scope, fact)
        for text in (text for rule in table.rules for text in rule.outputs):
            self._expression(self._parsed(text, scope) if text.strip() else None)
        for output in table.outputs:
            self._expression(self._parsed(output.default, scope) if output.default.strip() else None)

    def _cell(self, text: str, scope: Scope, fact: Samples | None) -> None:
        try:
            tests = parse_unary_tests(text, scope, self.types)
        except (FeelSyntaxError, RecursionError):
            return
        try:
            cuts = of_tests(tests)
        except Inexact:
            if fact is not None:
                fact.exact = False
            self._blur(tests)
            return
        if fact is not None:
            fact.cuts += cuts

    def _expression(self, node: tree.Node | None) -> None:
        """Comparisons of a fact with constants cut it; whatever else is done with it blurs it."""
        if node is None:
            return
        fact = self._fact(node)
        if fact is not None:
            fact.exact = False
            return
        subject, cuts = _comparison(node, lambda part: self._fact(part) is not None)
        if subject is not None:
            found = self._fact(subject)
            assert found is not None
            found.cuts += cuts
            return
        if isinstance(node, tree.Name) and node.name in self.facts:
            self._blur(node)
        for name in type(node).fields:
            for part in _parts(getattr(node, name)):
                self._expression(part)

    def _blur(self, node: tree.Node) -> None:
        for part in tree.walk(node):
            if isinstance(part, tree.Name) and part.name in self.facts:
                for name, samples in self.found.items():
                    if name.partition(".")[0] == part.name:
                        samples.exact = False


def _parts(value: object) -> Iterator[tree.Node]:
    if isinstance(value, tree.Node):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _parts(part)


def _wider(scope: Scope, box: object) -> Scope:
    """Names that a box defines, so that its texts are read as they are compiled."""
    match box:
        case model.Context(entries):
            return scope.child([entry.name for entry in entries if entry.name])
        case model.Function(parameters):
            return scope.child([parameter.name for parameter in parameters])
        case model.Loop(_, variable):
            return scope.child([variable, "partial"])
    return scope


def _comparison(
    node: tree.Node, subject: Callable[[tree.Expression], bool]
) -> tuple[tree.Expression | None, Sequence[Value]]:
    """The subject and the constants of a plain comparison."""
    try:
        match node:
            case tree.Comparison(_, left, right):
                for one, other in ((left, right), (right, left)):
                    if subject(one) and not subject(other):
                        return one, list(constants(value_of(other)))
            case tree.Between(value, low, high) if subject(value):
                return value, [*constants(value_of(low)), *constants(value_of(high))]
            case tree.In(value) if subject(value):
                return value, list(compared(node, subject))
    except Inexact:
        pass
    return None, ()
