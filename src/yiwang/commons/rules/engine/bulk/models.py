"""What is decided in bulk: a table, an expression, or a decision of a model with all that it requires put into one expression."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import ibis
from ibis.common.exceptions import IbisError

from yiwang.commons.rules.engine import dmn_tree as boxed
from yiwang.commons.rules.engine.compiler import Unit
from yiwang.commons.rules.engine.diagnostics import RulesError
from yiwang.commons.rules.engine.dmn_graph import Graph, Key, Node
from yiwang.commons.rules.engine.dmn_model import Model
from yiwang.commons.rules.engine.expression import BUILTIN_SCOPE, Expression
from yiwang.commons.rules.engine.feeltypes import ANY, ContextOf, FeelType, ListOf, Restricted, Simple
from yiwang.commons.rules.engine.names import Scope
from yiwang.commons.rules.engine.parser import parse, parse_unary_tests
from yiwang.commons.rules.engine.table_expression import TableExpression, compile_table
from yiwang.commons.rules.engine.tables import DecisionTable

from .expressions import Lambda, Surroundings, cell, meaning
from .facts import FactColumns
from .tables import LISTS, Stage, TableBuilder, TableColumns
from .terms import Column, Entries, Meaning, Term, Uncompilable, chosen, constant

Decision = TableExpression | Expression | tuple[Model, str]
Recipe = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """A decision by its facts, by how a row is decided, and by what another process needs to decide rows too."""

    facts: tuple[str, ...]
    evaluate: Callable[..., Any]
    recipe: Recipe
    entries: tuple[str, ...] = ()


def subject_of(decision: Decision) -> Subject:
    """Raises TypeError for what is no decision."""
    if isinstance(decision, TableExpression):
        unit, table = decision._unit, decision.table  # noqa: SLF001 - the engine's own
        names = _output_names(table)
        return Subject(decision.names, decision.evaluate, ("table", (table, unit.declared, unit.types)), names)
    if isinstance(decision, Expression):
        unit = decision._unit  # noqa: SLF001 - the engine's own
        return Subject(decision.names, decision.evaluate, ("expression", (decision.text, unit.declared, unit.types)))
    if isinstance(decision, tuple) and len(decision) == 2 and isinstance(decision[0], Model):
        model, name = decision
        graph = model.graph
        recipe = ("model", (graph.main, dict(graph.others), name))
        return Subject(model.facts_for(name), partial(model.decide, name), recipe, _entries(model, name))
    raise TypeError(f"not a decision: {type(decision).__name__}")


def _entries(model: Model, name: str) -> tuple[str, ...]:
    """Names of the outputs where the decision's logic is a table of several."""
    logic = getattr(model._node(name).element, "logic", None)  # noqa: SLF001 - the engine's own
    return _output_names(logic.table) if isinstance(logic, boxed.Table) else ()


def _output_names(table: DecisionTable) -> tuple[str, ...]:
    """Names of several outputs, where the result is one context of them."""
    several = len(table.outputs) > 1 and table.hit_policy not in LISTS
    return tuple(output.name for output in table.outputs) if several else ()


def revived(recipe: Recipe) -> Callable[..., Any]:
    """How a row is decided, made again from what `Subject.recipe` says."""
    kind, parts = recipe
    if kind == "table":
        return compile_table(*parts).evaluate
    if kind == "expression":
        from yiwang.commons.rules.engine.expression import compile_expression

        return compile_expression(*parts).evaluate
    main, others, name = parts
    return partial(Model(Graph(main, others)).decide, name)


@dataclass(slots=True)
class Columns:
    """A decision as columns of the staged table; `matched` has the rules as bits."""

    meaning: Meaning
    matched: Column | None
    aside: list[Column]


class Builder:
    """Compiles decisions over one table of facts; each step is worked out once for all that need it."""

    def __init__(self, facts: FactColumns) -> None:
        self.facts = facts
        self.table = facts.facts.table
        self._steps = 0

    def stage(self, value: Column) -> Column:
        self._steps += 1
        name = f"step {self._steps}"
        self.table = self.table.mutate(**{name: value})
        return self.table[name]

    def build(self, decision: Decision, *, matched: bool) -> Columns:
        """Raises `Uncompilable`."""
        try:
            return self._build(decision, matched=matched)
        except RulesError as error:
            raise Uncompilable(str(error)) from None
        except RecursionError:
            raise Uncompilable("definitions nested too deeply") from None
        except IbisError as error:
            raise Uncompilable(str(error)) from None

    def _build(self, decision: Decision, *, matched: bool) -> Columns:
        none = ibis.literal(0, "int64")
        if isinstance(decision, TableExpression):
            unit = decision._unit  # noqa: SLF001 - the engine's own
            made = self._table(decision.table, unit, decision.names, matched=matched)
            return Columns(made.meaning, made.matched, [] if made.aside is None else [made.aside])
        if isinstance(decision, Expression):
            unit = decision._unit  # noqa: SLF001 - the engine's own
            scope = BUILTIN_SCOPE.child(_names(unit))
            found = meaning(parse(decision.text, scope, unit.types), self._facts(decision.names))
            return Columns(found, none, [])
        model, name = decision
        walker = _ModelBuilder(model.graph, self.facts, self.stage)
        node = model._node(name)  # noqa: SLF001 - the engine's own
        result = walker.meaning(node.key, matched=matched)
        if isinstance(result, Lambda):
            raise Uncompilable("a function as the result", name)
        return Columns(result, none if walker.matched is None else walker.matched, walker.aside)

    def _facts(self, names: tuple[str, ...]) -> Surroundings:
        return Surroundings({name: partial(self.facts.term, name) for name in names})

    def _table(self, table: DecisionTable, unit: Unit, names: tuple[str, ...], *, matched: bool) -> TableColumns:
        scope = BUILTIN_SCOPE.child(_names(unit))
        return TableBuilder(table, scope, unit, self._facts(names), self.stage).build(matched=matched)


def _names(unit: Unit) -> Mapping[str, FeelType | None]:
    declared = unit.declared
    return declared if isinstance(declared, Mapping) else dict.fromkeys(declared or ())


class _ModelBuilder:
    """Walks the requirements graph; every decision once."""

    def __init__(self, graph: Graph, facts: FactColumns, stage: Stage) -> None:
        self.graph, self.facts, self.stage = graph, facts, stage
        self.aside: list[Column] = []
        self.matched: Column | None = None
        self._known: dict[Key, Meaning | Lambda] = {}
        self._open: list[Key] = []

    def meaning(self, key: Key, *, matched: bool = False) -> Meaning | Lambda:
        if key not in self._known:
            node = self.graph.nodes[key]
            if key in self._open:
                raise Uncompilable("a definition that needs itself", node.element.name)
            self._open.append(key)
            try:
                self._known[key] = self._made(node, matched=matched)
            except Uncompilable as error:
                raise Uncompilable(error.reason, error.where or node.element.name) from None
            finally:
                self._open.pop()
        return self._known[key]

    def _made(self, node: Node, *, matched: bool) -> Meaning | Lambda:
        element = node.element
        if isinstance(element, boxed.InputData):
            return self._fitted(self.facts.term(element.variable), node.type)
        if node.aliases:
            raise Uncompilable("an imported model")
        scope = BUILTIN_SCOPE.child({name: self.graph.signature(key) for name, key in node.names.items()})
        around = Surroundings({name: partial(self.meaning, key) for name, key in node.names.items()})
        if isinstance(element, boxed.Knowledge) and element.logic is not None:
            return self._function(element.logic, node, scope, around)
        if not isinstance(element, boxed.Decision) or element.logic is None:
            raise Uncompilable("neither a decision nor a knowledge model")
        return self._fitted(self._boxed(element.logic, node, scope, around, matched=matched), node.type)

    def _function(self, logic: boxed.Function, node: Node, scope: Scope, around: Surroundings) -> Lambda:
        if not logic.feel or logic.body is None:
            raise Uncompilable("a function that is not written in FEEL")
        body = logic.body
        types = [self._type(node, p.type) for p in logic.parameters]
        names = [p.name for p in logic.parameters]
        inner = scope.child(dict(zip(names, types, strict=True)))

        def call(arguments: list[Meaning]) -> Meaning:
            if node.key in self._open:
                raise Uncompilable("a function that calls itself", node.element.name)
            given = {n: self._fitted(a, t) for n, a, t in zip(names, arguments, types, strict=True)}
            self._open.append(node.key)
            try:
                made = self._boxed(body, node, inner, around.with_names(given))
            finally:
                self._open.pop()
            return self._fitted(self._fitted(made, self._type(node, logic.type)), node.result)

        return Lambda(tuple(names), call)

    def _type(self, node: Node, name: str) -> FeelType | None:
        return self.graph._types[node.key[0]].optional(name) if name else None  # noqa: SLF001 - the engine's own

    def _boxed(
        self, logic: boxed.BoxedExpression, node: Node, scope: Scope, around: Surroundings, *, matched: bool = False
    ) -> Meaning:
        types = node.unit.types
        match logic:
            case boxed.Literal(text):
                made = meaning(parse(text, scope, types), around)
            case boxed.Table(table):
                columns = TableBuilder(table, scope, node.unit, around, self.stage).build(matched=matched)
                self.aside += [] if columns.aside is None else [columns.aside]
                self.matched = columns.matched if matched else self.matched
                made = columns.meaning
            case boxed.Context():
                made = self._context(logic, node, scope, around)
            case boxed.Conditional(condition, then, otherwise):
                parts = [self._boxed(part, node, scope, around) for part in (condition, then, otherwise)]
                made = self._conditional(parts)
            case boxed.Invocation():
                made = self._invocation(logic, node, scope, around)
            case _:
                raise Uncompilable(f"a boxed {type(logic).__name__.lower()}")
        return self._fitted(made, self._type(node, logic.type))

    def _conditional(self, parts: list[Meaning]) -> Term:
        condition, then, otherwise = parts
        if not (isinstance(condition, Term) and isinstance(then, Term) and isinstance(otherwise, Term)):
            raise Uncompilable("a conditional over contexts")
        return chosen(condition, then, otherwise)

    def _context(self, logic: boxed.Context, node: Node, scope: Scope, around: Surroundings) -> Meaning:
        terms: dict[str, Term] = {}
        for entry in logic.entries:
            if entry.value is None:
                raise Uncompilable("an entry without a value", entry.name)
            made = self._fitted(self._boxed(entry.value, node, scope, around), self._type(node, entry.type))
            if not entry.name:
                return made
            scope = scope.child({entry.name: None})
            around = around.with_names({entry.name: made})
            if not isinstance(made, Term):
                raise Uncompilable("a context inside a context", entry.name)
            terms[entry.name] = made
        return Entries(terms)

    def _invocation(self, logic: boxed.Invocation, node: Node, scope: Scope, around: Surroundings) -> Meaning:
        name = logic.function.text.strip() if isinstance(logic.function, boxed.Literal) else ""
        function = around.meaning(name)
        if not isinstance(function, Lambda):
            raise Uncompilable("an invocation of what is no function")
        given: dict[str, Meaning] = {}
        for binding in logic.bindings:
            value = self._boxed(binding.value, node, scope, around) if binding.value else constant(None)
            given[binding.name] = self._fitted(value, self._type(node, binding.type))
        if set(given) != set(function.parameters):
            raise Uncompilable("an invocation with other parameters than the function has", name)
        return function.call([given[parameter] for parameter in function.parameters])

    def _fitted(self, made: Meaning, declared: FeelType | None) -> Meaning:
        """The value as the declared type, null where it is none of its values."""
        if declared is None or declared is ANY:
            return made
        if isinstance(declared, Restricted):
            inner = self._fitted(made, declared.base)
            return inner if declared.allowed is None else self._restricted(inner, declared)
        if isinstance(declared, ContextOf) and isinstance(made, Entries):
            if {name for name, _ in declared.entries} - set(made.terms):
                raise Uncompilable("a context without all entries of its type")
            kinds = dict(declared.entries)
            fitted = {n: self._fitted(t, kinds.get(n)) for n, t in made.terms.items()}
            return Entries({n: t for n, t in fitted.items() if isinstance(t, Term)}, made.nullable)
        if isinstance(declared, Simple) and isinstance(made, Term) and made.kind in {declared.name, "null"}:
            return made
        kind = made.kind if isinstance(made, Term) else "context"
        what = "list" if isinstance(declared, ListOf) else getattr(declared, "name", "context")
        raise Uncompilable(f"{kind} where {what} is declared")

    def _restricted(self, made: Meaning, declared: Restricted) -> Term:
        if not isinstance(made, Term) or not declared.tests:
            raise Uncompilable(f"the values of type “{declared.name}”")
        tests = parse_unary_tests(declared.tests, BUILTIN_SCOPE.child({}), (), declared.base)
        inside = cell(made, tests, Surroundings({}))
        kept = ibis.cases((inside.value, made.value), else_=ibis.null())
        return replace(made, value=kept, nullable=True, is_constant=False)


__all__ = ["Builder", "Columns", "Decision", "Subject", "revived", "subject_of"]
