"""Which constants a condition compares its subject with: they cut the subject's values into parts of equal outcome."""

from collections.abc import Callable, Iterable, Iterator

from yiwang.commons.rules.engine import tree
from yiwang.commons.rules.engine.budget import Budget
from yiwang.commons.rules.engine.compiler import Environment, Unit, compile_node
from yiwang.commons.rules.engine.expression import guarded, start
from yiwang.commons.rules.engine.functions import BUILTINS
from yiwang.commons.rules.engine.unknown import OPEN
from yiwang.commons.rules.engine.values import Function, Range, Value

_SMALL = Budget(steps=10_000, depth=16, items=1_000, text=10_000, pattern_seconds=0.01)
_IMPURE = frozenset({"now", "today"})


class Inexact(Exception):
    """The condition does more with its subject than comparing it with constants."""


def is_constant(node: tree.Expression) -> bool:
    """Whether the expression reads nothing but built-in functions that always yield the same."""
    names = {part.name for part in tree.walk(node) if isinstance(part, tree.Name)}
    return names <= BUILTINS.keys() and not names & _IMPURE


def value_of(node: tree.Expression) -> Value:
    """The value of a constant expression; raises `Inexact` where it is none, or a function."""
    if not is_constant(node):
        raise Inexact
    unit = Unit({})
    code = compile_node(node, Environment(unit))
    run = start(_SMALL, None)
    value = guarded(run, code, unit.frame(run, lambda _: None))
    if isinstance(value, Function) or type(value) in OPEN:
        raise Inexact
    return value


def constants(value: Value) -> Iterator[Value]:
    """The constants with which `subject in value` compares."""
    if isinstance(value, Range):
        for end in (value.start, value.end):
            yield from constants(end)
    elif isinstance(value, list):
        for item in value:
            yield from constants(item)
    elif value is not None and not isinstance(value, dict):
        yield value


Subject = Callable[[tree.Expression], bool]


def compared(node: tree.Expression, subject: Subject) -> Iterator[Value]:  # noqa: C901 - each kind
    """The constants with which a condition compares the subject; raises `Inexact` where it does anything else with it.

    Between two neighbouring constants of one kind the condition then has one outcome.
    """
    match node:
        case tree.Conjunction(parts) | tree.Disjunction(parts):
            for part in parts:
                yield from compared(part, subject)
        case tree.Comparison(_, left, right) if subject(left):
            yield from constants(value_of(right))
        case tree.Comparison(_, left, right) if subject(right):
            yield from constants(value_of(left))
        case tree.Between(value, low, high) if subject(value):
            yield from constants(value_of(low))
            yield from constants(value_of(high))
        case tree.In(value, tests) if subject(value):
            for test in tests:
                yield from tested(test, subject)
        case tree.Call(tree.Name("not"), (inner,)):
            yield from compared(inner, subject)
        case tree.InstanceOf(value, _) if subject(value):
            return
        case _ if subject(node):
            return
        case _:
            value_of(node)


def tested(test: tree.Test, subject: Subject) -> Iterator[Value]:
    """The same for one test of a cell or of `in`."""
    if isinstance(test, tree.ComparisonTest):
        yield from constants(value_of(test.end))
    elif tree.mentions(test.expression, "?"):
        yield from compared(test.expression, lambda n: subject(n) or n == tree.Name("?"))
    else:
        yield from constants(value_of(test.expression))


def of_tests(tests: tree.UnaryTests) -> list[Value]:
    """The constants of a whole cell; raises `Inexact`."""
    found: list[Value] = []
    for test in tests.tests:
        found += tested(test, lambda n: n == tree.Name("?"))
    return found


def hashable(values: Iterable[Value]) -> list[Value]:
    """Without repetition, in order."""
    return list(dict.fromkeys(values))
