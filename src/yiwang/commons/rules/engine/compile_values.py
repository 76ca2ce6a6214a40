"""Closures for literals, lists, contexts, ranges, function definitions and `instance of`."""

from . import tree
from .budget import Run
from .compiler import RUN, Code, Environment, Frame, compile_node, compiles
from .diagnostics import Place
from .feeltypes import FeelType, Named, is_instance
from .operators import order
from .temporal_text import parse_at_literal
from .unknown import OPEN, PartialContext, unknown
from .values import DECIMAL128, Function, Parameter, Range, Value


@compiles(tree.NumberLiteral)
@compiles(tree.StringLiteral)
@compiles(tree.BooleanLiteral)
def _constant(node: tree.NumberLiteral | tree.StringLiteral | tree.BooleanLiteral, env: Environment) -> Code:
    value = node.value
    return lambda _: value


@compiles(tree.NullLiteral)
def _null(node: tree.NullLiteral, env: Environment) -> Code:
    return lambda _: None


@compiles(tree.AtLiteral)
def _at_literal(node: tree.AtLiteral, env: Environment) -> Code:
    value, at, text = parse_at_literal(node.text), node.at, node.text
    if value is None:
        env.unit.remark("rules.bad_literal", at, text=text)
        return lambda f: f[RUN].fail("rules.bad_literal", at, text=text)
    return lambda _: value


@compiles(tree.ListLiteral)
def _list(node: tree.ListLiteral, env: Environment) -> Code:
    items = [compile_node(item, env) for item in node.items]
    size = 1 + len(items)

    def build(f: Frame) -> Value:
        f[RUN].charge(size)
        values = [item(f) for item in items]
        return values if OPEN.isdisjoint(map(type, values)) else unknown(*values)

    return build


@compiles(tree.ContextLiteral)
def _context(node: tree.ContextLiteral, env: Environment) -> Code:
    entries: list[tuple[str, int, Code]] = []
    slots: dict[str, int] = {}
    inner = env.child(slots)
    names = [name for name, _ in node.entries]
    if len(set(names)) < len(names):
        at, double = node.at, next(n for n in names if names.count(n) > 1)
        env.unit.remark("rules.duplicate_key", at, name=double)
        return lambda f: f[RUN].fail("rules.duplicate_key", at, name=double)
    for name, value in node.entries:
        slot = env.unit.slot()
        code = compile_node(value, inner)
        entries.append((name, slot, code))
        slots[name] = slot
    size = 1 + len(entries)

    def build(f: Frame) -> Value:
        f[RUN].charge(size)
        context: dict[str, Value] = {}
        for name, slot, code in entries:
            context[name] = f[slot] = code(f)
        return context_of(context)

    return build


def context_of(entries: dict[str, Value]) -> dict[str, Value]:
    """The entries as a context, marked where one of them is unknown."""
    return entries if OPEN.isdisjoint(map(type, entries.values())) else PartialContext(entries)


def literal(node: tree.Expression) -> Value:
    """The value of a literal number, string or temporal text; None for anything else."""
    match node:
        case tree.NumberLiteral(value) | tree.StringLiteral(value):
            return value
        case tree.Negation(tree.NumberLiteral(value)):
            return DECIMAL128.minus(value)
        case tree.AtLiteral(text):
            return parse_at_literal(text)
    return None


def literal_range(node: tree.Expression) -> Range | None:
    """The range between two literals, where its ends have that order."""
    if not isinstance(node, tree.RangeLiteral):
        return None
    low, high = literal(node.start), literal(node.end)
    ordered = None if low is None or high is None else order(low, high)
    if ordered is None or ordered > 0:
        return None
    return Range(low, high, node.start_included, node.end_included)


@compiles(tree.RangeLiteral)
def _range(node: tree.RangeLiteral, env: Environment) -> Code:
    constant = literal_range(node)
    if constant is not None:
        return lambda _: constant
    start, end = compile_node(node.start, env), compile_node(node.end, env)
    start_included, end_included, at = node.start_included, node.end_included, node.at

    def build(f: Frame) -> Value:
        low, high = start(f), end(f)
        if type(low) in OPEN or type(high) in OPEN:
            return unknown(low, high)
        return make_range(f[RUN], low, high, start_included=start_included, end_included=end_included, at=at)

    return build


def make_range(run: Run, low: Value, high: Value, *, start_included: bool, end_included: bool, at: Place) -> Value:
    """The range, or null where its ends have no order or stand the wrong way round."""
    if low is not None and high is not None:
        ordered = order(low, high)
        if ordered is None or ordered > 0:
            return run.fail("rules.bad_range", at)
    return Range(low, high, start_included, end_included)


def half_range(operator: str, end: Value) -> Range | None:
    """`(< end)` and its like as a range without the other end (DMN 1.5, 10.3.2.7)."""
    if operator in {"<", "<="}:
        return Range(None, end, start_included=False, end_included=operator == "<=", has_start=False)
    if operator in {">", ">="}:
        return Range(end, None, start_included=operator == ">=", end_included=False, has_end=False)
    return Range(end, end, start_included=True, end_included=True) if operator == "=" else None


@compiles(tree.HalfRange)
def _half_range(node: tree.HalfRange, env: Environment) -> Code:
    end, operator, at = compile_node(node.end, env), node.operator, node.at

    def build(f: Frame) -> Value:
        value = end(f)
        if type(value) in OPEN:
            return unknown(value)
        span = None if value is None else half_range(operator, value)
        return f[RUN].fail("rules.bad_range", at) if span is None else span

    return build


@compiles(tree.InstanceOf)
def _instance_of(node: tree.InstanceOf, env: Environment) -> Code:
    value, declared, at = compile_node(node.value, env), env.unit.type(node.type, node.at), node.at
    if isinstance(node.type, Named) and node.type.name not in env.unit.types:  # unknown, or a list of what?
        name = node.type.name
        return lambda f: f[RUN].fail("rules.unknown_type", at, type=name)

    def test(f: Frame) -> Value:
        given = value(f)
        f[RUN].weigh(given)
        return unknown(given) if type(given) in OPEN else is_instance(given, declared)

    return test


@compiles(tree.FunctionDefinition)
def _function(node: tree.FunctionDefinition, env: Environment) -> Code:
    if node.external:
        at = node.at
        env.unit.remark("rules.external_function", at)
        return lambda f: f[RUN].fail("rules.external_function", at)
    types = [None if p.type is None else env.unit.type(p.type, p.at) for p in node.parameters]
    names = [p.name for p in node.parameters]
    slots = {name: env.unit.slot() for name in names}
    body = compile_node(node.body, env.child(slots))
    weight = tree.weight(node.body)
    return lambda f: closure("", names, types, slots, body, f, weight)


def closure(
    name: str,
    names: list[str],
    types: list[FeelType | None],
    slots: dict[str, int],
    body: Code,
    frame: Frame,
    weight: int = 1,
) -> Function:
    """A function value over a copy of the frame in which it is made; `weight` is what a call of it costs."""
    size = len(frame) // 8
    frame[RUN].charge(1 + size)
    captured = frame.copy()
    places = [slots[n] for n in names]
    weight += size

    def run_body(run: Run, arguments: list[Value]) -> Value:
        run.charge(weight)
        inner = captured.copy()
        inner[RUN] = run
        for place, argument in zip(places, arguments, strict=True):
            inner[place] = argument
        return body(inner)

    return Function(name, tuple(Parameter(n, t) for n, t in zip(names, types, strict=True)), run_body)
