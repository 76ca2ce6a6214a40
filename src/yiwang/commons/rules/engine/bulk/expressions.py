"""FEEL trees to columns, for the part of the language whose meaning SQL shares; the rest is refused with its reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import ibis

from yiwang.commons.rules.engine import tree
from yiwang.commons.rules.engine.compile_values import literal
from yiwang.commons.rules.engine.functions import BUILTINS
from yiwang.commons.rules.engine.temporal import Date
from yiwang.commons.rules.engine.temporal_text import parse_date

from .terms import (
    Entries,
    Meaning,
    Term,
    Uncompilable,
    chosen,
    compared,
    computed,
    conjoined,
    constant,
    disjoined,
    negated,
    united,
)

INPUT = "?"
MAX_DEPTH = 30


@dataclass(frozen=True, slots=True)
class Lambda:
    """A function of the model, to be put in where it is called."""

    parameters: tuple[str, ...]
    call: Callable[[list[Meaning]], Meaning]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What names mean; each is worked out when it is first read."""

    names: Mapping[str, Callable[[], Meaning | Lambda]]
    depth: int = 0
    inner: Mapping[str, Meaning] = field(default_factory=dict)

    def with_names(self, names: Mapping[str, Meaning]) -> "Surroundings":
        return Surroundings(self.names, self.depth + 1, {**self.inner, **names})

    def meaning(self, name: str) -> Meaning | Lambda:
        if name in self.inner:
            return self.inner[name]
        if name in self.names:
            return self.names[name]()
        raise Uncompilable(f"the name “{name}”")


def term(node: tree.Expression, around: Surroundings) -> Term:
    found = meaning(node, around)
    if not isinstance(found, Term):
        raise Uncompilable("a context as an operand")
    return found


def meaning(node: tree.Expression, around: Surroundings) -> Meaning:
    if around.depth > MAX_DEPTH:
        raise Uncompilable("definitions nested too deeply")
    rule = _RULES.get(type(node))
    if rule is None:
        raise Uncompilable(_named(node))
    found: Meaning = rule(node, around)
    return found


def _named(node: tree.Node) -> str:
    return f"{type(node).__name__} at {node.at.line}:{node.at.column}"


def _literal(node: Any, around: Surroundings) -> Term:
    return constant(node.value)


def _null(node: tree.NullLiteral, around: Surroundings) -> Term:
    return constant(None)


def _at(node: tree.AtLiteral, around: Surroundings) -> Term:
    value = literal(node)
    if not isinstance(value, Date):
        raise Uncompilable(f"the literal @“{node.text}”")
    return constant(value)


def _name(node: tree.Name, around: Surroundings) -> Meaning:
    found = around.meaning(node.name)
    if isinstance(found, Lambda):
        raise Uncompilable(f"the function “{node.name}” as a value")
    return found


def _path(node: tree.Path, around: Surroundings) -> Meaning:
    base = meaning(node.base, around)
    if not isinstance(base, Entries) or node.member not in base.terms:
        raise Uncompilable(f"the path “.{node.member}”")
    return base.terms[node.member]


def _negation(node: tree.Negation, around: Surroundings) -> Term:
    value = literal(node)
    return constant(value) if value is not None else computed("-", constant(BUILTIN_ZERO), term(node.value, around))


def _arithmetic(node: tree.Arithmetic, around: Surroundings) -> Term:
    return computed(node.operator, term(node.left, around), term(node.right, around))


def _comparison(node: tree.Comparison, around: Surroundings) -> Term:
    return compared(node.operator, term(node.left, around), term(node.right, around))


def _conjunction(node: tree.Conjunction, around: Surroundings) -> Term:
    return conjoined([term(part, around) for part in node.parts])


def _disjunction(node: tree.Disjunction, around: Surroundings) -> Term:
    return disjoined([term(part, around) for part in node.parts])


def _between(node: tree.Between, around: Surroundings) -> Term:
    value, low, high = (term(part, around) for part in (node.value, node.low, node.high))
    return conjoined([compared(">=", value, low), compared("<=", value, high)])


def _if(node: tree.If, around: Surroundings) -> Term:
    return chosen(term(node.condition, around), term(node.then, around), term(node.otherwise, around))


def _in(node: tree.In, around: Surroundings) -> Term:
    return tested(term(node.value, around), node.tests, around, cell=False)


def cell(value: Term, node: tree.UnaryTests, around: Surroundings) -> Term:
    """Whether an input meets a table's entry, as `compile_cell` has it."""
    if not node.tests:
        return constant(True)
    made = tested(value, node.tests, around, cell=True)
    return negated(made) if node.negated else made


def tested(value: Term, tests: tuple[tree.Test, ...], around: Surroundings, *, cell: bool) -> Term:
    listed = _listed(value, tests)
    if listed is not None:
        return listed
    parts = [_test(value, test, around, cell=cell) for test in tests]
    return parts[0] if len(parts) == 1 else disjoined(parts)


def _listed(value: Term, tests: tuple[tree.Test, ...]) -> Term | None:
    """Several texts to be equal to, as SQL's IN."""
    wanted = [t.expression for t in tests if isinstance(t, tree.ExpressionTest)]
    texts = [each.value for each in wanted if isinstance(each, tree.StringLiteral)]
    if value.kind != "string" or value.nullable or not 1 < len(texts) == len(tests):
        return None
    return Term("boolean", value.value.isin(texts), False, value.miss)


def _test(value: Term, test: tree.Test, around: Surroundings, *, cell: bool) -> Term:
    if isinstance(test, tree.ComparisonTest):
        return compared(test.operator, value, term(test.end, around))
    wanted = test.expression
    if tree.mentions(wanted, INPUT):
        return term(wanted, around.with_names({INPUT: value}))
    if isinstance(wanted, tree.BooleanLiteral) and cell:
        return _truth_cell(value, wanted.value)
    if isinstance(wanted, tree.RangeLiteral):
        return _within(value, wanted, around)
    if isinstance(wanted, tree.ListLiteral):
        return _one_of(value, wanted, around)
    target = term(wanted, around)
    if target.kind == "boolean" and not isinstance(wanted, tree.BooleanLiteral):
        raise Uncompilable("an entry whose truth value is computed without “?”")
    return compared("=", value, target)


def _truth_cell(value: Term, wanted: bool) -> Term:
    """`true` and `false` as entries: an input without value is neither."""
    if value.kind not in {"boolean", "null"} or value.is_constant:
        raise Uncompilable(f"a {value.kind} against a truth value")
    made = value.value if wanted else ~value.value
    if value.nullable:
        made = made.fill_null(False)
        if value.miss is not None:
            made = ibis.cases((value.miss != 0, ibis.null("boolean")), else_=made)
    return Term("boolean", made, False, value.miss)


def _within(value: Term, span: tree.RangeLiteral, around: Surroundings) -> Term:
    low, high = literal(span.start), literal(span.end)
    if low is None or high is None or type(low) is not type(high) or low > high:
        raise Uncompilable("a range that is not between two constants in order")
    after, before = (">=" if span.start_included else ">"), ("<=" if span.end_included else "<")
    return conjoined([compared(after, value, constant(low)), compared(before, value, constant(high))])


def _one_of(value: Term, wanted: tree.ListLiteral, around: Surroundings) -> Term:
    items = [literal(item) for item in wanted.items]
    if not items or None in items:
        raise Uncompilable("a list that is not of constants")
    return disjoined([compared("=", value, constant(item)) for item in items])


def _call(node: tree.Call, around: Surroundings) -> Meaning:
    if not isinstance(node.function, tree.Name):
        raise Uncompilable(_named(node))
    name = node.function.name
    if name in around.names or name in around.inner:
        function = around.meaning(name)
        if not isinstance(function, Lambda) or len(function.parameters) != len(node.arguments):
            raise Uncompilable(f"the call of “{name}”")
        return function.call([meaning(argument, around) for argument in node.arguments])
    if name not in BUILTINS:
        raise Uncompilable(f"the call of “{name}”")
    return _builtin(name, node, around)


def _named_call(node: tree.NamedCall, around: Surroundings) -> Meaning:
    name = node.function.name if isinstance(node.function, tree.Name) else ""
    function = around.meaning(name) if name in around.names or name in around.inner else None
    given = dict(node.arguments)
    if not isinstance(function, Lambda) or len(given) < len(node.arguments) or set(given) != set(function.parameters):
        raise Uncompilable(f"the call of “{name}” with named arguments")
    return function.call([meaning(given[parameter], around) for parameter in function.parameters])


def _builtin(name: str, node: tree.Call, around: Surroundings) -> Term:
    if name == "date" and len(node.arguments) == 1 and isinstance(node.arguments[0], tree.StringLiteral):
        day = parse_date(node.arguments[0].value)
        if isinstance(day, Date):
            return constant(day)
    rule = _FUNCTIONS.get((name, len(node.arguments)))
    if rule is None:
        raise Uncompilable(f"the function “{name}”")
    arguments = [term(argument, around) for argument in node.arguments]
    return rule(*arguments)


def _text(name: str, made: Callable[..., Any]) -> Callable[..., Term]:
    def call(*arguments: Term) -> Term:
        if any(argument.kind != "string" for argument in arguments):
            raise Uncompilable(f"{name} of {', '.join(argument.kind for argument in arguments)}")
        nullable = any(argument.nullable for argument in arguments)
        value = made(*(argument.value for argument in arguments))
        return Term("boolean", value, nullable, united(*(a.miss for a in arguments)))

    return call


def _length(text: Term) -> Term:
    if text.kind != "string":
        raise Uncompilable(f"string length of {text.kind}")
    return Term("number", text.value.length(), text.nullable, text.miss, digits=10)


def _absolute(value: Term) -> Term:
    if value.kind != "number" or value.floating or value.digits > 18:
        raise Uncompilable(f"abs of {value.kind}")
    return Term("number", value.value.cast("int64").abs() if not value.scale else value.value.abs(), value.nullable,
                value.miss, value.digits, value.scale)  # fmt: skip


def _is_not(value: Term) -> Term:
    return negated(value)


BUILTIN_ZERO = Decimal(0)
_FUNCTIONS: Mapping[tuple[str, int], Callable[..., Term]] = {
    ("not", 1): _is_not,
    ("contains", 2): _text("contains", lambda text, part: text.contains(part)),
    ("starts with", 2): _text("starts with", lambda text, part: text.startswith(part)),
    ("ends with", 2): _text("ends with", lambda text, part: text.endswith(part)),
    ("string length", 1): _length,
    ("abs", 1): _absolute,
}
_RULES: Mapping[type, Callable[[Any, Surroundings], Meaning]] = {
    tree.NumberLiteral: _literal,
    tree.StringLiteral: _literal,
    tree.BooleanLiteral: _literal,
    tree.NullLiteral: _null,
    tree.AtLiteral: _at,
    tree.Name: _name,
    tree.Path: _path,
    tree.Negation: _negation,
    tree.Arithmetic: _arithmetic,
    tree.Comparison: _comparison,
    tree.Conjunction: _conjunction,
    tree.Disjunction: _disjunction,
    tree.Between: _between,
    tree.If: _if,
    tree.In: _in,
    tree.Call: _call,
    tree.NamedCall: _named_call,
}
