"""Boxed expressions to closures (DMN 1.5, 7.3 and 10.2): each is what the FEEL expression of the same meaning is."""

from collections.abc import Callable
from dataclasses import replace

from . import dmn_tree as model
from .compile_access import filtered
from .compile_control import Loop, chosen, collected, quantified
from .compile_values import closure, context_of
from .compiler import RUN, Code, Environment, Frame, compile_node
from .diagnostics import NOWHERE, Diagnostic, Fault, FeelSyntaxError, Place
from .dmn_types import Types
from .expression import compiled
from .feeltypes import ANY, ContextOf, FeelType, FunctionOf, ListOf, coerce, item_of, members
from .functions import call_named
from .names import Scope
from .parser import parse
from .shapes import shape
from .tables_compile import TableCompiler
from .unknown import OPEN, unknown
from .values import Value


class BoxedCompiler:
    """Compiles what one element of the graph holds. A text that is no FEEL becomes a fault, and null when evaluated."""

    def __init__(self, where: str, types: Types, faults: list[Diagnostic]) -> None:
        self.where = where
        self.types = types
        self.faults = faults

    def compile(self, boxed: model.BoxedExpression | None, scope: Scope, env: Environment) -> Code:
        if boxed is None:
            name = self.where
            return lambda f: f[RUN].fail("rules.no_logic", name=name)
        return self.typed(self._compile(boxed, scope, env), boxed.type, boxed.line)

    def typed(self, code: Code, type_ref: str, line: int) -> Code:
        declared = self.types.optional(type_ref, line)
        return code if declared is None or declared is ANY else coerced(code, declared)

    def _compile(  # noqa: C901, PLR0911 - one return for each kind
        self, boxed: model.BoxedExpression, scope: Scope, env: Environment
    ) -> Code:
        match boxed:
            case model.Literal():
                return self._literal(boxed, scope, env)
            case model.Table(table):
                return TableCompiler(replace(table, name=self.where), scope, env, self.guard).compile()
            case model.Context():
                return self._context(boxed, scope, env)
            case model.Items(items):
                return self._items([self.compile(item, scope, env) for item in items])
            case model.Relation():
                return self._relation(boxed, scope, env)
            case model.Invocation():
                return self._invocation(boxed, scope, env)
            case model.Function():
                return self.function(boxed, scope, env)
            case model.Conditional(condition, then, otherwise):
                parts = [self.compile(part, scope, env) for part in (condition, then, otherwise)]
                return chosen(parts[0], parts[1], parts[2], NOWHERE, strict=True)
            case model.Filter():
                return self._filter(boxed, scope, env)
            case model.Loop():
                return self._loop(boxed, scope, env)

    def guard(self, where: str, line: int, compile_: Callable[[], Code]) -> Code:
        try:
            made = compiled(compile_)
            assert made is not None
        except FeelSyntaxError as error:
            place = Place(line + error.line - 1, error.column)
            name = f"{self.where} {where}".strip()
            self.faults.append(Diagnostic(error.code, error.params, place, name))
            code, params, at = error.code, error.params, Place(error.line, error.column)
            return lambda f: f[RUN].fail(code, at, **params)
        return made

    def _literal(self, boxed: model.Literal, scope: Scope, env: Environment) -> Code:
        def compile_() -> Code:
            return compile_node(parse(boxed.text, scope, self.types.known), env)

        return self.guard("", boxed.line, compile_)

    def shape(  # noqa: PLR0911 - one return for each kind
        self, boxed: model.BoxedExpression | None, declared: str, scope: Scope
    ) -> FeelType | None:
        """What the parser may expect of a boxed expression."""
        if boxed is None or declared or boxed.type:
            return self.types.optional(declared or (boxed.type if boxed else ""))
        match boxed:
            case model.Literal(text):
                try:
                    return shape(parse(text, scope, self.types.known), scope)
                except FeelSyntaxError:
                    return None
            case model.Context(entries):
                return self._context_shape(entries, scope)
            case model.Function():
                parameters = tuple(self.types.named(p.type or "Any") for p in boxed.parameters)
                return FunctionOf(parameters, self.types.named(boxed.body.type or "Any") if boxed.body else ANY)
            case model.Relation(columns):
                return ListOf(ContextOf(tuple((name, ANY) for name in columns)))
        return None

    def _context_shape(self, entries: tuple[model.Entry, ...], scope: Scope) -> FeelType | None:
        inner = scope.child()
        found: list[tuple[str, FeelType]] = []
        for entry in entries:
            declared = self.shape(entry.value, entry.type, inner)
            if not entry.name:
                return declared
            inner.add(entry.name, declared)
            found.append((entry.name, declared or ANY))
        return ContextOf(tuple(found))

    def _context(self, boxed: model.Context, scope: Scope, env: Environment) -> Code:
        entries: list[tuple[str, int, Code]] = []
        for entry in boxed.entries:
            code = self.typed(self.compile(entry.value, scope, env), entry.type, boxed.line)
            slot = env.unit.slot()
            entries.append((entry.name, slot, code))
            if entry.name:
                scope = scope.child({entry.name: self.shape(entry.value, entry.type, scope)})
                env = env.child({entry.name: slot})

        def build(f: Frame) -> Value:
            f[RUN].charge(1 + len(entries))
            context: dict[str, Value] = {}
            for name, slot, code in entries:
                value = f[slot] = code(f)
                if not name:
                    return value
                context[name] = value
            return context_of(context)

        return build

    def _items(self, codes: list[Code]) -> Code:
        def build(f: Frame) -> Value:
            f[RUN].charge(1 + len(codes))
            values = [code(f) for code in codes]
            return values if OPEN.isdisjoint(map(type, values)) else unknown(*values)

        return build

    def _relation(self, boxed: model.Relation, scope: Scope, env: Environment) -> Code:
        rows = [[self.compile(cell, scope, env) for cell in row] for row in boxed.rows]
        columns = boxed.columns

        def row_code(cells: list[Code]) -> Code:
            return lambda f: context_of({name: cell(f) for name, cell in zip(columns, cells, strict=False)})

        return self._items([row_code(cells) for cells in rows])

    def _invocation(self, boxed: model.Invocation, scope: Scope, env: Environment) -> Code:
        function = self.compile(boxed.function, scope, env)
        bindings = [
            (b.name, self.typed(self.compile(b.value, scope, env), b.type, boxed.line) if b.value else _null)
            for b in boxed.bindings
        ]
        return lambda f: call_named(f[RUN], function(f), {name: code(f) for name, code in bindings})

    def function(self, boxed: model.Function, scope: Scope, env: Environment) -> Code:
        """Yields the function value."""
        if not boxed.feel:
            self.faults.append(Diagnostic("rules.external_function", {}, Place(boxed.line, 1), self.where))
            return lambda f: f[RUN].fail("rules.external_function")
        names = [p.name for p in boxed.parameters]
        types = [self.types.optional(p.type, boxed.line) for p in boxed.parameters]
        slots = {name: env.unit.slot() for name in names}
        inner = scope.child(dict(zip(names, types, strict=True)))
        body, name, weight = self.compile(boxed.body, inner, env.child(slots)), self.where, model.weight(boxed.body)
        return lambda f: closure(name, names, types, slots, body, f, weight)

    def _filter(self, boxed: model.Filter, scope: Scope, env: Environment) -> Code:
        base = self.compile(boxed.source, scope, env)
        item = item_of(self.shape(boxed.source, "", scope))
        slot = env.unit.slot()
        inner = scope.child({**(members(item) or {}), "item": item})
        predicate = self.compile(boxed.match, inner, env.inside_filter(slot))
        return filtered(base, predicate, slot, NOWHERE, by_index=False, weight=model.weight(boxed.match))

    def _loop(self, boxed: model.Loop, scope: Scope, env: Environment) -> Code:
        source = self.compile(boxed.source, scope, env)
        item = item_of(self.shape(boxed.source, "", scope))
        slot, partial = env.unit.slot(), env.unit.slot()
        loops = [Loop(slot, source, None, NOWHERE, model.weight(boxed.body))]
        names = {boxed.variable: slot}
        if boxed.kind == "for":
            inner = scope.child({boxed.variable: item, "partial": None})
            body = self.compile(boxed.body, inner, env.child({**names, "partial": partial}))
            return collected(loops, body, partial, NOWHERE)
        body = self.compile(boxed.body, scope.child({boxed.variable: item}), env.child(names))
        return quantified(loops, body, decisive=boxed.kind == "some", at=NOWHERE, strict=True)


def _null(_: Frame) -> Value:
    return None


def coerced(code: Code, declared: FeelType) -> Code:
    """The value of `code` as the declared type, or null."""

    def convert(f: Frame) -> Value:
        value = code(f)
        f[RUN].weigh(value)
        try:
            return coerce(value, declared)
        except Fault as fault:
            return f[RUN].fail(fault.code, **fault.params)

    return convert
