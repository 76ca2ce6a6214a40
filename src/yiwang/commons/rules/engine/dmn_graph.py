"""The requirements graph of a model, compiled: every element with the names that it may read (DMN 1.5, 6 and 10.4)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from . import dmn_tree as model
from .compiler import Code, Environment, Unit
from .diagnostics import Diagnostic, DmnError, Place
from .dmn_boxed import BoxedCompiler
from .dmn_types import Types
from .expression import BUILTIN_SCOPE
from .feeltypes import ANY, ContextOf, FeelType, FunctionOf, plain

Key = tuple[str, str]
"""Namespace and id of an element."""


@dataclass(slots=True)
class Node:
    """An element ready to be evaluated; `names` are what its logic may read, `aliases` the imported models it may."""

    key: Key
    element: model.Element
    type: FeelType | None
    names: dict[str, Key] = field(default_factory=dict)
    aliases: dict[str, dict[str, Key]] = field(default_factory=dict)
    parameters: tuple[Key, ...] = ()
    outputs: tuple[Key, ...] = ()
    unit: Unit = field(default_factory=Unit)
    code: Code | None = None

    @property
    def result(self) -> FeelType | None:
        """The declared type of the value, or of what the function yields."""
        declared = plain(self.type) if self.type is not None else None
        return declared.result if isinstance(declared, FunctionOf) else self.type


class Graph:
    """A model and the models that it imports."""

    def __init__(self, main: model.Definitions, others: Mapping[str, model.Definitions]) -> None:
        self.main = main
        self.others = others
        self.faults: list[Diagnostic] = []
        self.remarks: list[Diagnostic] = []
        self.nodes: dict[Key, Node] = {}
        self._types: dict[str, Types] = {}
        self._open: set[str] = set()
        self._load(main)

    def _load(self, definitions: model.Definitions) -> Types:
        """Types, nodes and code of a model, those it imports first."""
        namespace = definitions.namespace
        if namespace in self._types:
            return self._types[namespace]
        if namespace in self._open:
            raise DmnError("rules.cycle", name=definitions.name)
        self._open.add(namespace)
        imported: dict[str, FeelType] = {}
        for name, other in self._imports(definitions):
            prefix = f"{name}." if name else ""
            imported |= {prefix + key: known for key, known in self._load(other).known.items()}
        types = self._types[namespace] = Types(definitions.types, imported)
        self.faults += types.faults
        for element in definitions.elements:
            declared = types.optional(element.type, element.line)
            node = Node((namespace, element.id or element.name), element, declared)
            self.nodes[node.key] = node
        for element in definitions.elements:
            self._link(self.nodes[namespace, element.id or element.name], definitions)
        for element in definitions.elements:
            self._compile(self.nodes[namespace, element.id or element.name], types)
        return types

    def _imports(self, definitions: model.Definitions) -> Iterator[tuple[str, model.Definitions]]:
        for entry in definitions.imports:
            if entry.namespace in self.others:
                yield entry.name, self.others[entry.namespace]
            elif "DMN" in entry.namespace or entry.namespace.startswith("http"):
                self.faults.append(Diagnostic("rules.unknown_decision", {"name": entry.namespace}))

    def _link(self, node: Node, definitions: model.Definitions) -> None:
        """What the element requires, by the names under which its logic reads them."""
        element = node.element
        aliases = {entry.namespace: entry.name for entry in definitions.imports}
        for href in getattr(element, "requires", ()):
            key = self._key(href, node)
            if key is None:
                continue
            name, alias = self.nodes[key].element.variable, aliases.get(key[0], "")
            if key[0] == definitions.namespace or not alias:
                node.names[name] = key
            else:
                node.aliases.setdefault(alias, {})[name] = key
        if isinstance(element, model.Service):
            node.outputs = tuple(key for href in element.outputs if (key := self._key(href, node)))
            node.parameters = tuple(key for href in element.parameters if (key := self._key(href, node)))

    def _key(self, href: str, node: Node) -> Key | None:
        namespace, _, id_ = href.rpartition("#")
        element, key = node.element, (namespace or node.key[0], id_)
        if key in self.nodes:
            return key
        place = Place(element.line or 1, 1)
        self.faults.append(Diagnostic("rules.unknown_decision", {"name": href}, place, element.name))
        return None

    def signature(self, key: Key) -> FeelType | None:
        """The type of an element's variable, of a function where it is one."""
        node = self.nodes[key]
        element = node.element
        if isinstance(element, model.Knowledge) and element.logic is not None:
            types = self._types[key[0]]
            parameters = tuple(types.named(p.type or "Any", element.line) for p in element.logic.parameters)
            return FunctionOf(parameters, node.result or types.optional(element.logic.type) or ANY)
        if isinstance(element, model.Service):
            return FunctionOf(tuple(self.nodes[p].type or ANY for p in node.parameters), node.result or ANY)
        return node.type

    def visible(self, node: Node) -> dict[str, FeelType | None]:
        """The names that an element's logic may read, with their types."""
        visible: dict[str, FeelType | None] = {name: self.signature(key) for name, key in node.names.items()}
        for alias, names in node.aliases.items():
            visible[alias] = ContextOf(tuple((n, self.signature(k) or ANY) for n, k in names.items()))
        return visible

    def types_of(self, key: Key) -> Types:
        """The declared types of the model in which an element stands."""
        return self._types[key[0]]

    def _compile(self, node: Node, types: Types) -> None:
        element = node.element
        if not isinstance(element, model.Decision | model.Knowledge):
            return
        visible = self.visible(node)
        node.unit = Unit(visible, types.known)
        compiler = BoxedCompiler(element.name, types, self.faults)
        scope, env = BUILTIN_SCOPE.child(visible), Environment(node.unit)
        before = len(types.faults)
        node.code = compiler.compile(element.logic, scope, env)
        self.faults += types.faults[before:]
        self.remarks += [Diagnostic(r.code, r.params, r.at, element.name) for r in node.unit.remarks]

    def needs(self, key: Key) -> Sequence[Key]:
        """Everything that an element requires, directly or not, itself included."""
        found: dict[Key, None] = {}
        waiting = [key]
        while waiting:
            key = waiting.pop()
            if key not in found:
                found[key] = None
                node = self.nodes[key]
                waiting += [*node.names.values(), *node.parameters, *node.outputs]
                waiting += [k for names in node.aliases.values() for k in names.values()]
        return tuple(found)
