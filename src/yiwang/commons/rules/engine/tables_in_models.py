"""The short way of a table for decisions of models whose table reads nothing but input data.

Only where facts are of the declared types to begin with: whatever must be converted, checked or remarked goes the plain way.
"""

from collections.abc import Callable
from dataclasses import replace

from . import dmn_tree as tree
from .compiler import Environment, Unit
from .diagnostics import Fault, FeelSyntaxError
from .dmn_graph import Graph, Node
from .expression import BUILTIN_SCOPE
from .feeltypes import ANY, BOOLEAN, BUILT_IN, NUMBER, STRING, FeelType, Restricted, coerce
from .tables_compile import TableCompiler
from .tables_shortcut import Shortcut, shortcut_of

_KINDS: dict[FeelType, type] = {NUMBER: int, STRING: str, BOOLEAN: bool}


class Shortcuts(dict[str, Shortcut | None]):
    """By name or id of a decision, each made when it is first decided."""

    def __init__(self, graph: Graph, find: Callable[[str], Node]) -> None:
        super().__init__()
        self._graph, self._find = graph, find

    def __missing__(self, name: str) -> Shortcut | None:
        try:
            made = _shortcut(self._graph, self._find(name))
        except (Fault, FeelSyntaxError):
            made = None
        self[name] = made
        return made


def _shortcut(graph: Graph, node: Node) -> Shortcut | None:
    element = node.element
    if not isinstance(element, tree.Decision) or not isinstance(element.logic, tree.Table) or node.aliases:
        return None
    inputs = {name: graph.nodes[key] for name, key in node.names.items()}
    visible = {name: graph.signature(key) for name, key in node.names.items()}
    table = replace(element.logic.table, name=element.name)
    scope, unit = BUILTIN_SCOPE.child(visible), Unit(visible, node.unit.types)
    made = shortcut_of(TableCompiler(table, scope, Environment(unit)).ready())
    if made is None:
        return None
    for column, kind in zip(made.ready.columns, made.kinds, strict=True):
        given = inputs.get(column.fact or "")
        if given is None or not isinstance(given.element, tree.InputData):
            return None
        if not column.filled or not _is(given.type, kind):
            return None
    for declared in (_declared(node, element.logic.type), node.type):
        if declared is not None and declared is not ANY:
            if not made.single:
                return None  # the type is that of the list, or of what is made of it
            made.outputs = [coerce(value, declared) for value in made.outputs]
            made.default = coerce(made.default, declared)
    made.exact = True
    made.steps += 1 + len(made.kinds)
    return made


def _declared(node: Node, name: str) -> FeelType | None:
    return (node.unit.types.get(name) or BUILT_IN.get(name)) if name else None


def _is(declared: FeelType | None, kind: type) -> bool:
    """Whether every value of the kind is of the declared type as it is."""
    while isinstance(declared, Restricted) and declared.allowed is None:
        declared = declared.base
    return (
        declared is None or declared is ANY or (not isinstance(declared, Restricted) and _KINDS.get(declared) is kind)
    )
