"""The whole analysis of one file: compiler's faults, elements, tables, requirements, recursion."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from yiwang.commons.rules.engine import dmn_tree as model
from yiwang.commons.rules.engine import tree
from yiwang.commons.rules.engine.diagnostics import Diagnostic
from yiwang.commons.rules.engine.dmn_graph import Graph, Key, Node
from yiwang.commons.rules.engine.dmn_model import Model
from yiwang.commons.rules.engine.faults import read_dmn

from .boxes import Deadline
from .elements import ElementCheck, cycles
from .findings import Finding, Report, Severity, of_diagnostic
from .places import Places
from .recursion import Function, endless, handed_on

_RANK: Mapping[Severity, int] = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def check(xml: bytes, imports: Iterable[bytes] = (), *, seconds: float = 5.0) -> Report:
    """Everything that can be found in a DMN file without facts, errors first, then by line.

    `imports` are the files of imported models, which are read but not analysed. Never raises for what the file says.
    `seconds` bounds the time spent on tables; what it leaves undecided is reported as `analysis.undecided`.
    """
    reading = read_dmn(xml, imports)
    if reading.model is None:
        return Report(None, tuple(map(of_diagnostic, reading.faults)))
    findings = list(_model_findings(reading.model, xml, reading.faults, seconds))
    findings.sort(key=lambda f: (_RANK[f.severity], f.line, f.column))
    return Report(reading.model, tuple(_keyed(findings).values()))


def _keyed(findings: Iterable[Finding]) -> dict[tuple[object, ...], Finding]:
    """Each finding once, and what the compiler noticed too only as the analysis says it."""
    findings = list(findings)
    said = {(f.line, f.column, f.where) for f in findings if f.code == "analysis.arguments"}
    keyed: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        if finding.code == "rules.arguments" and (finding.line, finding.column, finding.where) in said:
            continue
        keyed.setdefault((finding.code, finding.line, finding.column, finding.text, finding.where), finding)
    return keyed


def _model_findings(read: Model, xml: bytes, faults: Iterable[Diagnostic], seconds: float) -> Iterator[Finding]:
    graph = read.graph
    places = Places.of(xml)
    deadline = Deadline(seconds)
    checks = [
        ElementCheck(read, node, places, deadline, seconds)
        for key, node in graph.nodes.items()
        if key[0] == graph.main.namespace
    ]
    for checked in checks:
        checked.run()
        yield from checked.found
    by_name = {checked.node.element.name: checked for checked in checks}
    in_file = set(map(id, read.faults))
    for fault in faults:
        own = None if id(fault) in in_file else by_name.get(fault.where)
        yield of_diagnostic(own.placed(fault) if own is not None else fault)
    for spot, first in places.doubles:
        params: dict[str, object] = {"id": spot.element, "first": first}
        yield Finding("analysis.duplicate_id", Severity.ERROR, params, spot.line, 1, "", spot.element)
    yield from _requirements(graph)
    yield from _recursion(graph, checks)


def _requirements(graph: Graph) -> Iterator[Finding]:
    for path in cycles(graph):
        names = " → ".join(node.element.name for node in (*path, path[0]))
        element = path[0].element
        yield Finding("analysis.cycle", Severity.ERROR, {"path": names}, element.line, 1, element.name, element.id)
    required = {key for node in graph.nodes.values() for key in (*node.names.values(), *node.parameters)}
    required |= {key for node in graph.nodes.values() for names in node.aliases.values() for key in names.values()}
    first: dict[str, int] = {}
    for element in graph.main.elements:
        key = (graph.main.namespace, element.id or element.name)
        params: dict[str, object] = {"name": element.variable}
        if isinstance(element, model.InputData) and key not in required:
            yield Finding("analysis.unused_input", Severity.WARNING, params, element.line, 1, "", element.id)
        if element.variable in first:
            params["first"] = first[element.variable]
            yield Finding("analysis.duplicate_name", Severity.WARNING, params, element.line, 1, "", element.id)
        first.setdefault(element.variable, element.line)


def _recursion(graph: Graph, checks: Sequence[ElementCheck]) -> Iterator[Finding]:
    functions = {f.name: (f, c.node) for c in checks if (f := c.function()) is not None}
    trees = {checked.node.key: checked.trees for checked in checks}
    for checked in checks:
        if isinstance(checked.node.element, model.Service):
            made = _service(graph, checked.node, trees)
            functions.setdefault(made.name, (made, checked.node))
    found = [(each, functions[each.function][1]) for each in endless({name: f for name, (f, _) in functions.items()})]
    for checked in checks:
        handed = handed_on(checked.node.element.variable, checked.trees, checked.parameters)
        found += [(each, checked.node) for each in handed]
    for each, node in found:
        code, severity = ("endless", Severity.ERROR) if each.certain else ("maybe_endless", Severity.WARNING)
        at = each.at.at
        params: dict[str, object] = {"name": each.function}
        yield Finding(
            f"analysis.{code}", severity, params, each.line + at.line - 1, at.column, node.element.name, node.element.id
        )


def _service(graph: Graph, node: Node, trees: Mapping[Key, list[tuple[int, tree.Node]]]) -> Function:
    """A decision service as a function: its output decisions, and those behind them that they may ask."""
    outside = set(node.parameters)
    behind: dict[Key, None] = {}
    waiting = [key for key in node.outputs if key not in outside]
    while waiting:
        key = waiting.pop()
        if key not in behind and key not in outside and isinstance(graph.nodes[key].element, model.Decision):
            behind[key] = None
            waiting += graph.nodes[key].names.values()
    outputs = tuple(each for key in node.outputs for each in trees.get(key, ()) if key in behind)
    inner = tuple(each for key in behind if key not in node.outputs for each in trees.get(key, ()))
    names = tuple(graph.nodes[key].element.variable for key in node.parameters)
    return Function(node.element.variable, names, outputs, inner)
