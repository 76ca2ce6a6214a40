"""One element of a model at a time: its texts typed, its tables analysed, its requirements compared with what it reads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from yiwang.commons.rules.engine import dmn_tree as model
from yiwang.commons.rules.engine import tree
from yiwang.commons.rules.engine.diagnostics import Diagnostic, FeelSyntaxError, Place
from yiwang.commons.rules.engine.dmn_graph import Graph, Key, Node
from yiwang.commons.rules.engine.dmn_model import Model
from yiwang.commons.rules.engine.expression import BUILTIN_SCOPE
from yiwang.commons.rules.engine.feeltypes import ANY, ContextOf, FeelType, ListOf, Restricted
from yiwang.commons.rules.engine.functions_conversion import as_text
from yiwang.commons.rules.engine.operators import equal
from yiwang.commons.rules.engine.parser import parse_unary_tests
from yiwang.commons.rules.engine.tables import Aggregation, DecisionTable, HitPolicy
from yiwang.commons.rules.engine.values import Value

from .boxes import Deadline
from .findings import Finding, Severity
from .grid import ANYTHING, Subject, grid_of
from .inference import Inference, fits, known
from .places import Places, Spot, TablePlaces
from .recursion import Function
from .tables import TableCheck, constant_list, constant_outputs
from .texts import Texts, Visible
from .witnesses import Witnesses

_LISTS = frozenset({HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER})


@dataclass(slots=True)
class _Here:
    """Where the text stands that is looked at now."""

    line: int = 1
    element: str = ""
    rules: tuple[int, ...] = ()
    inputs: tuple[str, ...] = ()


@dataclass(slots=True)
class ElementCheck:
    """`trees` are its texts read, each with its line; `broken` tells that some text is no FEEL."""

    read: Model
    node: Node
    places: Places
    deadline: Deadline
    seconds: float
    found: list[Finding] = field(default_factory=list)
    trees: list[tuple[int, tree.Node]] = field(default_factory=list)
    here: _Here = field(default_factory=_Here)

    def run(self) -> None:
        element = self.node.element
        types = self.graph.types_of(self.node.key)
        texts = Texts(types, self._report, self._table, self._at_line, self._read)
        self.texts = texts
        names = self.graph.visible(self.node)
        visible = Visible(BUILTIN_SCOPE.child(names), Inference(names, types.known, self._report))
        self.here = _Here(element.line, element.id)
        if isinstance(element, model.Knowledge) and element.logic is not None:
            texts.function(element.logic, visible)
        elif isinstance(element, model.Decision) and element.logic is not None:
            inferred = texts.boxed(element.logic, visible)
            if self.node.type is not None:
                self.here.element = element.id
                texts.expected(inferred, self.node.type, element.line, element.name)
        self._unused_requirements()

    texts: Texts = field(init=False)

    @property
    def graph(self) -> Graph:
        return self.read.graph

    def _read(self, node: tree.Node) -> None:
        self.trees.append((self.here.line, node))

    def _at_line(self, line: int) -> None:
        self.here.line = line

    def _report(self, code: str, at: Place, params: Mapping[str, object]) -> None:
        here = self.here
        if code == "analysis.compared" and here.rules and here.inputs:
            code = "analysis.cell_type"
            params = {"input": here.inputs[0], "type": params["left"], "found": params["right"]}
        finding = Finding(
            code,
            Severity.ERROR,
            params,
            here.line + at.line - 1,
            at.column,
            self.node.element.name,
            here.element,
            here.rules,
            here.inputs,
        )
        if finding not in self.found:
            self.found.append(finding)

    def _unused_requirements(self) -> None:
        if not self.trees:
            return
        element = self.node.element
        read = {part.name for _, node in self.trees for part in tree.walk(node) if isinstance(part, tree.Name)}
        for name in [*self.node.names, *self.node.aliases]:
            if name not in read:
                self.found.append(
                    Finding(
                        "analysis.unused_requirement",
                        Severity.WARNING,
                        {"name": name},
                        element.line,
                        1,
                        element.name,
                        element.id,
                    )
                )

    def _table(self, box: model.Table, visible: Visible) -> FeelType:
        table = box.table
        places = self.places.table(box.line, table) or _nowhere(table, box.line)
        subjects = [self._subject(index, table, places, visible) for index in range(len(table.inputs))]
        self._cells(table, places, subjects, visible)
        outputs = [self._output(index, table, places, visible) for index in range(len(table.outputs))]
        self.here = _Here(box.line, places.spot.element)
        types = self.graph.types_of(self.node.key).known
        grid = grid_of(table, visible.scope, types, subjects)
        independent = _independent([self._bases(column.expression) for column in grid.columns])
        own = box is getattr(self.node.element, "logic", None)
        check = TableCheck(
            grid,
            places,
            self.node.element.name,
            visible.scope,
            tuple(types),
            independent,
            self.deadline,
            self.seconds,
            Witnesses(self.read, self.node, self.deadline) if own else None,
        )
        self.found += check.findings()
        return _table_type(table, outputs)

    def _subject(self, index: int, table: DecisionTable, places: TablePlaces, visible: Visible) -> Subject:
        column = table.inputs[index]
        spot = places.inputs[index]
        self.here = _Here(spot.line, spot.element, (), (column.label or column.expression.strip(),))
        node = self.texts.parsed(column.expression, spot.line, visible)
        inferred = ANY if node is None else visible.inference.infer(node)
        declared = visible.inference.resolved(column.type)
        subject = inferred if isinstance(inferred, Restricted) or not known(declared) else declared
        if not fits(inferred, declared):
            self.texts.report(
                "analysis.result_type",
                Place(1, 1),
                {"name": self.here.inputs[0], "type": known(declared), "found": known(inferred)},
            )
        return Subject(subject, self._values(node))

    def _values(self, node: tree.Expression | None) -> Sequence[Value] | None:
        """The only values of an expression that names a decision whose table yields constants."""
        match node:
            case tree.Name(name) if name in self.node.names:
                return finite_values(self.graph, self.graph.nodes[self.node.names[name]], "")
            case tree.Path(tree.Name(name), member) if name in self.node.names:
                return finite_values(self.graph, self.graph.nodes[self.node.names[name]], member)
        return None

    def _cells(self, table: DecisionTable, places: TablePlaces, subjects: Sequence[Subject], visible: Visible) -> None:
        types = self.graph.types_of(self.node.key).known
        seen: set[tuple[int, str]] = set()
        for number, rule in enumerate(table.rules, 1):
            for index, text in enumerate(rule.inputs):
                if text.strip() in ANYTHING or (index, text) in seen:
                    continue
                seen.add((index, text))
                spot = places.entries[number - 1][index]
                label = table.inputs[index].label or table.inputs[index].expression.strip()
                self.here = _Here(spot.line, spot.element, (number,), (label,))
                subject = subjects[index].type
                try:
                    tests = parse_unary_tests(text, visible.scope, types, subject)
                except (FeelSyntaxError, RecursionError):
                    continue
                self._read(tests)
                for test in tests.tests:
                    visible.inference.test(test, subject or ANY)

    def _output(self, index: int, table: DecisionTable, places: TablePlaces, visible: Visible) -> FeelType:
        column = table.outputs[index]
        declared = visible.inference.resolved(column.type)
        types = tuple(self.graph.types_of(self.node.key).known)
        listed = constant_list(column.values, visible.scope, types)
        name = column.name or self.node.element.name
        entries = [(number, rule.outputs[index]) for number, rule in enumerate(table.rules, 1)]
        sound: set[str] = {""}
        for number, text in entries:
            if text.strip() in sound:
                continue
            before = len(self.found)
            spot = places.entries[number - 1][len(table.inputs) + index]
            self.here = _Here(spot.line, spot.element, (number,))
            inferred = self.texts.inferred(text, spot.line, visible)
            if not fits(inferred, declared):
                self._report(
                    "analysis.output_type",
                    Place(1, 1),
                    {"output": name, "type": known(declared), "found": known(inferred)},
                )
            constant = constant_outputs([text], visible.scope, types)
            value = constant[0] if constant else None
            if listed is not None and value is not None and not any(equal(value, v) is True for v in listed):
                self._report("analysis.output_value", Place(1, 1), {"output": name, "value": as_text(value)})
            if len(self.found) == before:
                sound.add(text.strip())
        return declared

    def _bases(self, node: tree.Expression | None) -> frozenset[str] | None:
        """The facts on which a column rests, None where it computes with them."""
        match node:
            case tree.Name(name):
                return self._facts(name, name)
            case tree.Path(tree.Name(name), member):
                return self._facts(name, f"{name}.{member}")
        return None

    def _facts(self, name: str, as_fact: str) -> frozenset[str]:
        key = self.node.names.get(name)
        if key is None or isinstance(self.graph.nodes[key].element, model.InputData):
            return frozenset({as_fact})
        nodes = (self.graph.nodes[needed] for needed in self.graph.needs(key))
        return frozenset(n.element.variable for n in nodes if isinstance(n.element, model.InputData))

    def function(self) -> Function | None:
        """A business knowledge model as a function, for the call graph."""
        element = self.node.element
        if not isinstance(element, model.Knowledge) or element.logic is None:
            return None
        return Function(element.variable, self.parameters, tuple(self.trees))

    @property
    def parameters(self) -> tuple[str, ...]:
        """Those of a business knowledge model."""
        logic = self.node.element.logic if isinstance(self.node.element, model.Knowledge) else None
        return tuple(p.name for p in logic.parameters) if logic is not None else ()

    def placed(self, remark: Diagnostic) -> Diagnostic:
        """A remark of the compiler, which knows the place in the text, with the line of the file."""
        for line, root in self.trees:
            for part in tree.walk(root):
                if part.at == remark.at and (not isinstance(part, tree.Name) or part.name == remark.params.get("name")):
                    at = Place(line + remark.at.line - 1, remark.at.column)
                    return Diagnostic(remark.code, remark.params, at, remark.where)
        return remark


def _independent(bases: Sequence[frozenset[str] | None]) -> bool:
    """Whether the columns can take any combination of values: each names facts, none names those of another."""
    seen: set[str] = set()
    for base in bases:
        if base is None:
            return False
        stems = {fact.partition(".")[0] for fact in base}
        if (
            base & seen
            or stems & seen
            or any(fact in stems for fact in (s.partition(".")[0] for s in seen) if fact in seen)
        ):
            return False
        if any("." not in fact and any(s.startswith(f"{fact}.") for s in seen) for fact in base):
            return False
        seen |= base
    return True


def finite_values(graph: Graph, node: Node, output: str) -> Sequence[Value] | None:
    """All values that a decision (or one output of its table) can have besides null, where they are constants."""
    element = node.element
    if not isinstance(element, model.Decision) or not isinstance(element.logic, model.Table):
        return None
    table = element.logic.table
    if table.hit_policy in _LISTS or bool(output) != (len(table.outputs) > 1):
        return None
    column = next((i for i, o in enumerate(table.outputs) if o.name == output or not output), None)
    if column is None:
        return None
    scope = BUILTIN_SCOPE.child(graph.visible(node))
    texts = [rule.outputs[column] for rule in table.rules]
    texts += [table.outputs[column].default] if table.outputs[column].default.strip() else []
    return constant_outputs(texts, scope, tuple(graph.types_of(node.key).known))


def _table_type(table: DecisionTable, outputs: Sequence[FeelType]) -> FeelType:
    if len(outputs) == 1:
        single = outputs[0]
    else:
        single = ContextOf(tuple((o.name, t) for o, t in zip(table.outputs, outputs, strict=True)))
    if table.hit_policy not in _LISTS:
        return single
    if table.hit_policy is HitPolicy.COLLECT and table.aggregation is not Aggregation.LIST:
        return ANY
    return ListOf(single)


def _nowhere(table: DecisionTable, line: int) -> TablePlaces:
    """Places of a table that the file's reading doesn't know."""
    spot = Spot(line)
    entries = tuple(Spot(rule.line or line, rule.id) for rule in table.rules)
    width = len(table.inputs) + len(table.outputs)
    inputs, outputs = (spot,) * len(table.inputs), (spot,) * len(table.outputs)
    return TablePlaces(spot, inputs, outputs, entries, tuple((entry,) * width for entry in entries))


def cycles(graph: Graph) -> Iterator[tuple[Node, ...]]:
    """Decisions that require themselves, each cycle once."""
    decisions = {key: node for key, node in graph.nodes.items() if isinstance(node.element, model.Decision)}
    done: set[Key] = set()
    for start in decisions:
        path: list[Key] = []
        waiting: list[tuple[Key, Iterator[Key]]] = [] if start in done else [(start, _required(decisions, start))]
        path += [start] if waiting else []
        while waiting:
            here, rest = waiting[-1]
            following = next(rest, None)
            if following is None:
                waiting.pop()
                path.pop()
                done.add(here)
            elif following in path:
                yield tuple(decisions[key] for key in path[path.index(following) :])
                done.update(path)
                break
            elif following not in done:
                path.append(following)
                waiting.append((following, _required(decisions, following)))


def _required(decisions: Mapping[Key, Node], key: Key) -> Iterator[Key]:
    return (required for required in decisions[key].names.values() if required in decisions)
