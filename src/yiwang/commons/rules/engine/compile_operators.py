"""Closures for arithmetic, comparison, and three-valued logic; number against number takes the short way."""

import operator as python
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from . import tree
from .compiler import RUN, Code, Environment, Frame, compile_node, compiles
from .diagnostics import Place
from .operators import arithmetic, compare, negate
from .unknown import OPEN, missing_in, unknown
from .values import DECIMAL128, NumberError, Value, kind

_SHORT_ARITHMETIC: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": DECIMAL128.add,
    "-": DECIMAL128.subtract,
    "*": DECIMAL128.multiply,
}
SHORT_COMPARISON: dict[str, Callable[[Any, Any], bool]] = {
    "=": python.eq,
    "!=": python.ne,
    "<": python.lt,
    "<=": python.le,
    ">": python.gt,
    ">=": python.ge,
}


@compiles(tree.Negation)
def _negation(node: tree.Negation, env: Environment) -> Code:
    if isinstance(node.value, tree.NumberLiteral):
        constant = DECIMAL128.minus(node.value.value)
        return lambda _: constant
    value, at = compile_node(node.value, env), node.at
    return lambda f: negate(value(f), f[RUN], at)


@compiles(tree.Arithmetic)
def _arithmetic(node: tree.Arithmetic, env: Environment) -> Code:
    left, right, operator, at = compile_node(node.left, env), compile_node(node.right, env), node.operator, node.at
    short = _SHORT_ARITHMETIC.get(operator)
    if short is None:
        return lambda f: arithmetic(operator, left(f), right(f), f[RUN], at)

    def compute(f: Frame) -> Value:
        a, b = left(f), right(f)
        if type(a) is Decimal and type(b) is Decimal:
            try:
                return short(a, b)
            except NumberError:
                pass
        return arithmetic(operator, a, b, f[RUN], at)

    return compute


@compiles(tree.Comparison)
def _comparison(node: tree.Comparison, env: Environment) -> Code:
    left, right = compile_node(node.left, env), compile_node(node.right, env)
    return comparison(node.operator, left, right, node.at)


def comparison(operator: str, left: Code, right: Code, at: Place) -> Code:
    short = SHORT_COMPARISON[operator]

    def test(f: Frame) -> Value:
        a, b = left(f), right(f)
        if type(a) is type(b) and (type(a) is Decimal or type(a) is str):
            return short(a, b)
        return compare(operator, a, b, f[RUN], at)

    return test


@compiles(tree.Between)
def _between(node: tree.Between, env: Environment) -> Code:
    value, low, high = (compile_node(n, env) for n in (node.value, node.low, node.high))
    at = node.at

    def test(f: Frame) -> Value:
        given, run = value(f), f[RUN]
        return both(compare(">=", given, low(f), run, at), compare("<=", given, high(f), run, at))

    return test


def both(left: Value, right: Value) -> Value:
    """Three-valued and of two truth values."""
    if left is False or right is False:
        return False
    if type(left) in OPEN or type(right) in OPEN:
        return unknown(left, right)
    return None if left is None or right is None else True


def truth(value: Value, f: Frame, at: Place) -> Value:
    """A value as an operand of logic: anything but true, false and unknown counts as null."""
    if value is None or type(value) is bool:
        return value
    if type(value) in OPEN:
        return unknown(value)
    return f[RUN].fail("rules.not_boolean", at, value=kind(value))


def _logic(codes: list[Code], places: list[Place], *, decisive: bool) -> Code:
    """`decisive` is the value that settles it: false for and, true for or. Parts behind it are not evaluated."""
    otherwise = not decisive

    def test(f: Frame) -> Value:
        outcome: Value = otherwise
        missing: list[Value] = []
        for code, at in zip(codes, places, strict=True):
            value = code(f)
            if value is decisive:
                return decisive
            if value is otherwise:
                continue
            value = truth(value, f, at)
            if missing_in(value):
                missing.append(value)
            else:
                outcome = None
        return unknown(*missing) if missing else outcome

    return test


@compiles(tree.Conjunction)
def _conjunction(node: tree.Conjunction, env: Environment) -> Code:
    return _logic([compile_node(p, env) for p in node.parts], [p.at for p in node.parts], decisive=False)


@compiles(tree.Disjunction)
def _disjunction(node: tree.Disjunction, env: Environment) -> Code:
    return _logic([compile_node(p, env) for p in node.parts], [p.at for p in node.parts], decisive=True)
