"""A DMN model ready for decisions: elements are evaluated when they are first needed, and once."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from . import dmn_tree as tree
from .budget import DEFAULT_BUDGET, Budget, Run
from .diagnostics import NOWHERE, Diagnostic, DmnError, Fault
from .dmn_graph import Graph, Key, Node
from .dmn_xml import read_definitions
from .expression import Absent, fact_reader, guarded, start
from .feeltypes import FeelType, coerce
from .functions import call
from .outcome import Outcome, outcome_of
from .tables_in_models import Shortcuts
from .unknown import LazyContext, PartialContext, missing_in
from .values import Function, Parameter, Value


class _Imported(LazyContext):
    """The elements of an imported model under its alias."""

    __slots__ = ("evaluation", "keys_of")

    def __init__(self, evaluation: "_Evaluation", keys: Mapping[str, Key]) -> None:
        super().__init__()
        self.evaluation = evaluation
        self.keys_of = keys

    def __missing__(self, name: str) -> Value:
        key = self.keys_of.get(name)
        return None if key is None else self.evaluation.value(key)


class _Evaluation:
    """Values of elements under one set of facts."""

    def __init__(self, graph: Graph, run: Run, facts: Mapping[str, object], absent: Absent) -> None:
        self.graph = graph
        self.run = run
        self.absent = absent
        self.fact = fact_reader(facts, absent)
        self.values: dict[Key, Value] = {}
        self.open: set[Key] = set()

    def value(self, key: Key) -> Value:
        if key not in self.values:
            node = self.graph.nodes[key]
            if key in self.open:
                return self.run.fail("rules.cycle", name=node.element.name)
            outer = self.run.where
            self.open.add(key)
            self.run.where = node.element.name
            self.run.enter()
            try:
                self.values[key] = self._evaluate(node)
            finally:
                self.run.leave()
                self.run.where = outer
                self.open.discard(key)
        return self.values[key]

    def _evaluate(self, node: Node) -> Value:
        match node.element:
            case tree.InputData(variable=name):
                return self.coerced(self.fact(name), node.type)
            case tree.Knowledge(name=name):
                function = self._logic(node)
                return replace(function, name=name, result=node.result) if isinstance(function, Function) else None
            case tree.Service(name=name):
                return self._service(node, name)
        return self.coerced(self._logic(node), node.type)

    def coerced(self, value: Value, declared: FeelType | None) -> Value:
        if declared is None:
            return value
        self.run.weigh(value)
        try:
            return coerce(value, declared)
        except Fault as fault:
            return self.run.fail(fault.code, NOWHERE, **fault.params)

    def _logic(self, node: Node) -> Value:
        assert node.code is not None

        def resolve(name: str) -> Value:
            if name in node.names:
                return self.value(node.names[name])
            return _Imported(self, node.aliases[name])

        return node.code(node.unit.frame(self.run, resolve))

    def _service(self, node: Node, name: str) -> Function:
        parameters = [self.graph.nodes[key] for key in node.parameters]

        def call(run: Run, arguments: list[Value]) -> Value:
            inner = _Evaluation(self.graph, run, {}, self.absent)
            inner.values.update(zip(node.parameters, arguments, strict=True))
            return inner.outputs(node)

        typed = tuple(Parameter(p.element.variable, p.type) for p in parameters)
        return Function(name, typed, call, node.result)

    def invoked(self, node: Node) -> Value:
        """What a knowledge model yields for the facts of its parameters' names."""
        function = self.value(node.key)
        if not isinstance(function, Function):
            return function
        return call(self.run, function, [self.fact(parameter.name) for parameter in function.parameters])

    def outputs(self, node: Node) -> Value:
        """What a decision service yields: one output's value, or all of them by name."""
        if len(node.outputs) == 1:
            return self.value(node.outputs[0])
        values = {self.graph.nodes[key].element.variable: self.value(key) for key in node.outputs}
        return PartialContext(values) if any(map(missing_in, values.values())) else values


class Model:
    """A compiled model. `faults` are what makes it unfit to be published, `remarks` what its author should look at."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._quick = Shortcuts(graph, self._node)
        self.name = graph.main.name
        self.namespace = graph.main.namespace
        self.faults: tuple[Diagnostic, ...] = tuple(graph.faults)
        self.remarks: tuple[Diagnostic, ...] = tuple(graph.remarks)
        own = [node for key, node in graph.nodes.items() if key[0] == self.namespace]
        self._by_name = {node.element.id: node for node in own} | {node.element.name: node for node in reversed(own)}
        self.decisions = tuple(n.element.name for n in own if isinstance(n.element, tree.Decision))
        self.services = tuple(n.element.name for n in own if isinstance(n.element, tree.Service))

    @property
    def graph(self) -> Graph:
        """The elements with what they require, for analysis and explanation."""
        return self._graph

    @property
    def inputs(self) -> dict[str, FeelType | None]:
        """Names and types of all input data, imported ones included."""
        nodes = self._graph.nodes.values()
        return {n.element.variable: n.type for n in nodes if isinstance(n.element, tree.InputData)}

    @property
    def roots(self) -> dict[str, str]:
        """Ids and titles of the decisions that no other decision of the model requires."""
        decisions = [n for n in self._by_name.values() if isinstance(n.element, tree.Decision)]
        required = {key for node in decisions for key in node.names.values()}
        return {n.element.id: n.element.label or n.element.name for n in decisions if n.key not in required}

    def facts_for(self, name: str) -> tuple[str, ...]:
        """The input data on which a decision or service may depend, in the order of the file."""
        needed = self._graph.needs(self._node(name).key)
        nodes = (node for key, node in self._graph.nodes.items() if key in needed)
        return tuple(n.element.variable for n in nodes if isinstance(n.element, tree.InputData))

    def has(self, name: str) -> bool:
        """Whether there is a decision, service or other element of that name or id."""
        return name in self._by_name

    def name_of(self, name: str) -> str:
        """The name of the element with that name or id."""
        return self._node(name).element.name

    def type_of(self, name: str) -> FeelType | None:
        return self._node(name).result

    def _node(self, name: str) -> Node:
        node = self._by_name.get(name)
        if node is None:
            raise DmnError("rules.unknown_decision", name=name)
        return node

    def decide(
        self,
        name: str,
        facts: Mapping[str, object],
        *,
        absent: Absent = Absent.UNKNOWN,
        budget: Budget = DEFAULT_BUDGET,
        now: datetime | None = None,
    ) -> Outcome:
        """Evaluate a decision, decision service or business knowledge model by its name or id.

        `facts` by the names of input data (for a service, of its input decisions too; for a knowledge model, of its
        parameters). Raises `DmnError` only where
        the model has no such name; every error of FEEL is null and a diagnostic.
        """
        quick = self._quick[name]
        if quick is not None and type(facts) is dict and budget.steps >= quick.steps:
            outcome = quick.decide(facts, budget)
            if outcome is not None:
                return outcome
        node = self._node(name)
        run = start(budget, now)
        evaluation = _Evaluation(self._graph, run, facts, absent)

        def evaluate(_: object) -> Value:
            if isinstance(node.element, tree.Knowledge):
                return evaluation.invoked(node)
            if not isinstance(node.element, tree.Service):
                return evaluation.value(node.key)
            for key in node.parameters:
                given = self._graph.nodes[key]
                value = evaluation.fact(given.element.variable)
                evaluation.values[key] = evaluation.coerced(value, given.type)
            return evaluation.coerced(evaluation.outputs(node), node.result)

        return outcome_of(run, guarded(run, evaluate, []), node.element.name)


def load_dmn(data: bytes, imports: Iterable[bytes] = ()) -> Model:
    """Read and compile a DMN 1.1-1.5 file; `imports` are the files of imported models.

    Raises `DmnError` where the file is no DMN; faulty expressions are in `Model.faults` with lines of the file.
    """
    try:
        main = read_definitions(data)
        others = {other.namespace: other for other in map(read_definitions, imports)}
        return Model(Graph(main, others))
    except RecursionError:
        raise DmnError("rules.too_deep") from None
