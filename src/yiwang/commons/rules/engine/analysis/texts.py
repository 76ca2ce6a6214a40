"""Every FEEL text of an element with the names that are visible there, and its type as far as it can be told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from yiwang.commons.rules.engine import dmn_tree as model
from yiwang.commons.rules.engine import tree
from yiwang.commons.rules.engine.diagnostics import FeelSyntaxError
from yiwang.commons.rules.engine.dmn_types import Types
from yiwang.commons.rules.engine.feeltypes import ANY, NULL, ContextOf, FeelType, FunctionOf, ListOf, item_of, members
from yiwang.commons.rules.engine.names import Scope
from yiwang.commons.rules.engine.parser import parse

from .inference import Inference, Report, fits, joined, known


@dataclass(frozen=True, slots=True)
class Visible:
    """What may be named at a place."""

    scope: Scope
    inference: Inference

    def child(self, names: Mapping[str, FeelType | None]) -> "Visible":
        known_types = {name: declared or ANY for name, declared in names.items()}
        return Visible(self.scope.child(names), self.inference.within(known_types))


OnTable = Callable[[model.Table, Visible], FeelType]
OnLine = Callable[[int], None]
OnTree = Callable[[tree.Expression], None]


class Texts:
    """Walks what one element holds. `on_line` is told the line of each text before it is looked at."""

    def __init__(self, types: Types, report: Report, on_table: OnTable, on_line: OnLine, on_tree: OnTree) -> None:
        self.types = types
        self.report = report
        self.on_table = on_table
        self.on_line = on_line
        self.on_tree = on_tree

    def parsed(self, text: str, line: int, visible: Visible) -> tree.Expression | None:
        """None where the text is no FEEL, which is a fault of its own."""
        self.on_line(line)
        try:
            node = parse(text, visible.scope, self.types.known)
        except (FeelSyntaxError, RecursionError):
            return None
        self.on_tree(node)
        return node

    def inferred(self, text: str, line: int, visible: Visible) -> FeelType:
        node = self.parsed(text, line, visible)
        return ANY if node is None else visible.inference.infer(node)

    def boxed(self, box: model.BoxedExpression | None, visible: Visible) -> FeelType:
        """The type of a boxed expression, everything inside it looked at."""
        if box is None:
            return ANY
        found = self._boxed(box, visible)
        declared = self.types.optional(box.type, box.line)
        return found if declared is None or declared is ANY else self.expected(found, declared, box.line)

    def expected(self, found: FeelType, declared: FeelType, line: int, name: str = "") -> FeelType:
        """The declared type, with a finding where the other never fits it."""
        if not fits(found, declared):
            self.on_line(line)
            params: dict[str, object] = {
                "name": name or known(declared),
                "type": known(declared),
                "found": known(found),
            }
            self.report("analysis.result_type", _START, params)
        return declared

    def _boxed(self, box: model.BoxedExpression, visible: Visible) -> FeelType:  # noqa: C901, PLR0911, PLR0912 - each kind
        match box:
            case model.Literal(text):
                return self.inferred(text, box.line, visible)
            case model.Table():
                return self.on_table(box, visible)
            case model.Context(entries):
                return self._context(entries, box.line, visible)
            case model.Items(items):
                found: FeelType = NULL
                for part in items:
                    found = joined(found, self.boxed(part, visible))
                return ListOf(ANY if found is NULL else found)
            case model.Relation(columns, rows):
                for row in rows:
                    for cell in row:
                        self.boxed(cell, visible)
                return ListOf(ContextOf(tuple((name, ANY) for name in columns)))
            case model.Invocation(function, bindings):
                called = self.boxed(function, visible)
                for binding in bindings:
                    self.boxed(binding.value, visible)
                return called.result if isinstance(called, FunctionOf) else ANY
            case model.Function():
                return self.function(box, visible)
            case model.Conditional(condition, then, otherwise):
                self._condition(condition, visible)
                return joined(self.boxed(then, visible), self.boxed(otherwise, visible))
            case model.Filter(source, match):
                outer = self.boxed(source, visible)
                item = item_of(outer) or ANY
                inner: dict[str, FeelType | None] = {**(members(item) or {}), "item": item}
                if members(item) is None:
                    inner = {**dict.fromkeys(visible.inference.names, ANY), "item": item}
                self.boxed(match, visible.child(inner))
                return outer if known(outer) == "list" else ListOf(item)
            case model.Loop(kind, variable, source, body):
                item = item_of(self.boxed(source, visible)) or ANY
                inside = self.boxed(body, visible.child({variable: item, "partial": ListOf(ANY)}))
                return ListOf(inside) if kind == "for" else self.types.named("boolean")

    def _condition(self, box: model.BoxedExpression, visible: Visible) -> None:
        name = known(self.boxed(box, visible))
        if name and name != "boolean":
            self.on_line(box.line)
            self.report("analysis.not_boolean", _START, {"value": name})

    def _context(self, entries: tuple[model.Entry, ...], line: int, visible: Visible) -> FeelType:
        found: list[tuple[str, FeelType]] = []
        for entry in entries:
            inside = self.boxed(entry.value, visible)
            declared = self.types.optional(entry.type, line)
            if declared is not None:
                inside = self.expected(inside, declared, entry.value.line if entry.value else line, entry.name)
            if not entry.name:
                return inside
            found.append((entry.name, inside))
            visible = visible.child({entry.name: inside})
        return ContextOf(tuple(found))

    def function(self, box: model.Function, visible: Visible) -> FeelType:
        parameters = {p.name: self.types.optional(p.type, box.line) for p in box.parameters}
        result = self.boxed(box.body, visible.child(parameters)) if box.feel else ANY
        return FunctionOf(tuple(declared or ANY for declared in parameters.values()), result)


_START = tree.NullLiteral().at
