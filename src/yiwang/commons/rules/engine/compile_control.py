"""Closures for `if`, `for`, `some` and `every`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from . import tree
from .compile_operators import truth
from .compiler import RUN, Code, Environment, Frame, compile_node, compiles
from .diagnostics import Fault, Place
from .operators import equal, order
from .temporal import Date
from .unknown import OPEN, Unknown, missing_in, unknown
from .values import DECIMAL128, Range, Value, kind

ONE = Decimal(1)


class _Depends(Exception):
    def __init__(self, value: Unknown) -> None:
        super().__init__()
        self.value = value


@compiles(tree.If)
def _if(node: tree.If, env: Environment) -> Code:
    condition, then, otherwise = (compile_node(n, env) for n in (node.condition, node.then, node.otherwise))
    return chosen(condition, then, otherwise, node.condition.at)


def chosen(condition: Code, then: Code, otherwise: Code, at: Place, *, strict: bool = False) -> Code:
    """What is no truth value chooses `otherwise` in text (table 49), and is an error in a `strict` box."""

    def choose(f: Frame) -> Value:
        value = condition(f)
        if value is True:
            return then(f)
        if value is False or value is None:
            return otherwise(f)
        value = truth(value, f, at)
        if value is None:
            return None if strict else otherwise(f)
        first, second = then(f), otherwise(f)
        same = not missing_in(first) and not missing_in(second) and equal(first, second) is True
        return first if same else unknown(value, first, second)

    return choose


@dataclass(frozen=True, slots=True)
class Loop:
    slot: int
    source: Code
    end: Code | None
    at: Place
    weight: int = 1


def _loops(
    iterators: tuple[tree.Iterator, ...], body: tree.Expression, env: Environment
) -> tuple[list[Loop], Environment]:
    """The loops, each with the weight of what it repeats."""
    loops: list[Loop] = []
    for index, iterator in enumerate(iterators):
        source = compile_node(iterator.source, env)
        end = None if iterator.end is None else compile_node(iterator.end, env)
        slot = env.unit.slot()
        inside = body if index == len(iterators) - 1 else iterators[index + 1].source
        loops.append(Loop(slot, source, end, iterator.source.at, tree.weight(inside)))
        env = env.child({iterator.name: slot})
    return loops, env


def _domain(loop: Loop, f: Frame) -> Iterable[Value]:
    source = loop.source(f)
    if loop.end is not None:
        end = loop.end(f)
        if type(source) in OPEN or type(end) in OPEN:
            raise _Depends(unknown(source, end))
        return steps(source, end)
    if type(source) in OPEN:
        raise _Depends(unknown(source))
    if isinstance(source, Range):
        return _inside(source)
    if source is None:
        raise Fault("rules.not_iterable", value="null")
    return source if isinstance(source, list) else [source]


def _inside(span: Range) -> Iterator[Value]:
    """The steps of a range without the ends that it excludes."""
    for value in steps(span.start, span.end):
        if (value != span.start or span.start_included) and (value != span.end or span.end_included):
            yield value


def steps(start: Value, end: Value) -> Iterable[Value]:
    """Numbers one apart, or days, from start to end, upwards or downwards."""
    ordered = order(start, end)
    if ordered is None or not isinstance(start, Decimal | Date):
        raise Fault("rules.not_iterable", value=kind(start))
    return _numbers(start, end, ordered) if isinstance(start, Decimal) else _days(start, end, ordered)


def _numbers(value: Decimal, end: Decimal, ordered: int) -> Iterator[Decimal]:
    step = ONE if ordered <= 0 else -ONE
    while (value <= end) if ordered <= 0 else (value >= end):
        yield value
        value = DECIMAL128.add(value, step)


def _days(start: Date, end: Date, ordered: int) -> Iterator[Date]:
    last = end.ordinal
    step = 1 if ordered <= 0 else -1
    for days in range(start.ordinal, last + step, step):
        day = Date.of_ordinal(days)
        assert day is not None
        yield day


def _rounds(loops: list[Loop], f: Frame, level: int = 0) -> Iterator[None]:
    """Once for each combination, the slots set."""
    loop, run = loops[level], f[RUN]
    last = level == len(loops) - 1
    for value in _domain(loop, f):
        run.charge(loop.weight)
        f[loop.slot] = value
        if last:
            yield
        else:
            yield from _rounds(loops, f, level + 1)


@compiles(tree.For)
def _for(node: tree.For, env: Environment) -> Code:
    loops, inner = _loops(node.iterators, node.body, env)
    partial = env.unit.slot() if tree.mentions(node.body, "partial") else None
    body = compile_node(node.body, inner if partial is None else inner.child({"partial": partial}))
    return collected(loops, body, partial, node.at)


def collected(loops: list[Loop], body: Code, partial: int | None, at: Place) -> Code:
    """`for`: the body's values, those so far in the slot `partial`."""

    def collect(f: Frame) -> Value:
        run = f[RUN]
        values: list[Value] = []
        open_values: list[Value] = []
        try:
            for _ in _rounds(loops, f):
                if partial is not None:
                    run.charge(len(values))
                    f[partial] = values.copy()
                value = body(f)
                if type(value) in OPEN:
                    open_values.append(value)
                values.append(value)
                run.check_items(len(values))
        except _Depends as depends:
            return depends.value
        except Fault as fault:
            return run.fail(fault.code, at, **fault.params)
        return unknown(*open_values) if open_values else values

    return collect


@compiles(tree.Quantified)
def _quantified(node: tree.Quantified, env: Environment) -> Code:
    loops, inner = _loops(node.iterators, node.condition, env)
    return quantified(loops, compile_node(node.condition, inner), decisive=not node.every, at=node.condition.at)


def quantified(loops: list[Loop], condition: Code, *, decisive: bool, at: Place, strict: bool = False) -> Code:
    """`some` (true is decisive) and `every` (false is); what is no truth value is null, in a `strict` box an error."""

    def test(f: Frame) -> Value:
        run = f[RUN]
        outcome: Value = not decisive
        open_values: list[Value] = []
        try:
            for _ in _rounds(loops, f):
                value = condition(f)
                if value is decisive:
                    return decisive
                if value is None:
                    outcome = None
                elif type(value) in OPEN:
                    open_values.append(value)
                elif value is not (not decisive):
                    outcome = truth(value, f, at)
                    if strict:
                        return outcome
        except _Depends as depends:
            return depends.value
        except Fault as fault:
            return run.fail(fault.code, at, **fault.params)
        return unknown(*open_values) if open_values else outcome

    return test
