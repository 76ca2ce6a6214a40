"""Item definitions of a model to FEEL types, with their allowed values as tests (DMN 1.5, 7.3.2)."""

from collections.abc import Callable, Iterable, Mapping

from .diagnostics import Diagnostic, FeelSyntaxError, Place
from .dmn_tree import ItemDefinition
from .expression import compile_unary_tests
from .feeltypes import ANY, BUILT_IN, ContextOf, FeelType, FunctionOf, ListOf, Restricted
from .unknown import Unknown
from .values import Value


class Types:
    """The declared types of one model, those of imported models under `alias.name`."""

    def __init__(self, definitions: Iterable[ItemDefinition], imported: Mapping[str, FeelType]) -> None:
        self.known: dict[str, FeelType] = dict(imported)
        self.faults: list[Diagnostic] = []
        self._waiting = {item.name: item for item in definitions}
        self._open: set[str] = set()
        for name in list(self._waiting):
            self.named(name)

    def named(self, name: str, line: int = 1) -> FeelType:
        """The type of that name; what is not declared, or declared by itself, counts as Any."""
        if name in self.known:
            return self.known[name]
        if name in self._waiting and name not in self._open:
            self._open.add(name)
            self.known[name] = self._build(self._waiting[name])
            self._open.discard(name)
            return self.known[name]
        if name in BUILT_IN:
            return BUILT_IN[name]
        if name not in self._open:
            self.faults.append(Diagnostic("rules.unknown_type", {"type": name}, Place(line, 1)))
        return ANY

    def optional(self, name: str, line: int = 1) -> FeelType | None:
        return self.named(name, line) if name else None

    def _build(self, item: ItemDefinition) -> FeelType:
        base = self._restricted(item, self._base(item), item.allowed)
        if item.collection:
            base = ListOf(base)
        base = self._restricted(item, base, item.constraint)
        return base if isinstance(base, Restricted) else Restricted(item.name, base)

    def _base(self, item: ItemDefinition) -> FeelType:
        if item.components:
            return ContextOf(tuple((c.name, self._build(c)) for c in item.components))
        if item.parameters is not None:
            parameters = tuple(self.named(p, item.line) for p in item.parameters)
            return FunctionOf(parameters, self.named(item.result or "Any", item.line))
        return self.named(item.type or "Any", item.line)

    def _restricted(self, item: ItemDefinition, base: FeelType, tests: str) -> FeelType:
        if not tests.strip():
            return base
        try:
            return Restricted(item.name, base, allowed_by(tests, base), tests)
        except FeelSyntaxError as error:
            place = Place(item.line + error.line - 1, error.column)
            self.faults.append(Diagnostic(error.code, error.params, place, item.name))
            return base


def allowed_by(tests: str, declared: FeelType) -> Callable[[Value], Value]:
    """The unary tests as a check of one value; a value that is not fully known passes."""
    cell = compile_unary_tests(tests, (), input_type=declared)

    def check(value: Value) -> Value:
        return True if isinstance(value, Unknown) else cell.evaluate({}, input=value).value

    return check
