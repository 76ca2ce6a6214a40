"""Closures for `in` and for the cells of decision tables (DMN 1.5, 10.3.2.12 and table 55 on `in`)."""

import operator as python
from decimal import Decimal
from operator import itemgetter

from . import tree
from .budget import Run
from .compile_operators import SHORT_COMPARISON, comparison, truth
from .compile_values import literal, literal_range
from .compiler import RUN, Code, Environment, Frame, compile_node, compiles
from .diagnostics import Place
from .operators import compare, equal, within
from .unknown import OPEN, unknown
from .values import Range, Value, kind

INPUT = "?"


def meets(value: Value, target: Value, run: Run, at: Place) -> Value:
    """`value in target`: equal to it, inside the range, or one of the list."""
    if type(value) in OPEN or type(target) in OPEN:
        return unknown(value, target)
    if isinstance(target, Range) and not isinstance(value, Range):
        result = within(value, target)
        return run.fail("rules.not_comparable", at, left=kind(value), right="range") if result is None else result
    if isinstance(target, list):
        run.weigh(target, value)
        return equal(value, target) is True or any(_is_one(value, item) for item in target)
    return compare("=", value, target, run, at)


def _is_one(value: Value, item: Value) -> bool:
    if isinstance(item, Range) and not isinstance(value, Range):
        return within(value, item) is True
    return equal(value, item) is True


def _compile_test(test: tree.Test, slot: int, env: Environment, *, cell: bool) -> Code:
    if isinstance(test, tree.ComparisonTest):
        constant = literal(test.end)
        if isinstance(constant, Decimal):
            return _number_test(test.operator, constant, slot, test.at)
        return comparison(test.operator, itemgetter(slot), compile_node(test.end, env), test.at)
    target, at = compile_node(test.expression, env), test.at
    if tree.mentions(test.expression, INPUT):
        return lambda f: truth(target(f), f, at)
    if isinstance(test.expression, tree.StringLiteral | tree.NumberLiteral):
        return _constant_test(test.expression.value, slot, at)
    span = literal_range(test.expression)
    if span is not None and isinstance(span.start, Decimal):
        return _span_test(span, slot, at)

    named = isinstance(test.expression, tree.BooleanLiteral)

    def check(f: Frame) -> Value:
        value, wanted = f[slot], target(f)
        if value is None and named:  # the entry `true` asks for true: an input without value has none
            return False
        if cell and type(wanted) is bool and type(value) is not bool and type(value) not in OPEN:
            return wanted
        return meets(value, wanted, f[RUN], at)

    return check


def _constant_test(wanted: Value, slot: int, at: Place) -> Code:
    kind_ = type(wanted)

    def check(f: Frame) -> Value:
        value = f[slot]
        if type(value) is kind_:
            return value == wanted
        return meets(value, wanted, f[RUN], at)

    return check


def _number_test(operator: str, end: Decimal, slot: int, at: Place) -> Code:
    short = SHORT_COMPARISON[operator]

    def check(f: Frame) -> Value:
        value = f[slot]
        return short(value, end) if type(value) is Decimal else compare(operator, value, end, f[RUN], at)

    return check


def _span_test(span: Range, slot: int, at: Place) -> Code:
    after = python.le if span.start_included else python.lt
    before = python.le if span.end_included else python.lt
    start, end = span.start, span.end

    def check(f: Frame) -> Value:
        value = f[slot]
        if type(value) is Decimal:
            return after(start, value) and before(value, end)
        return meets(value, span, f[RUN], at)

    return check


def _any_of(tests: list[Code]) -> Code:
    if len(tests) == 1:
        return tests[0]

    def check(f: Frame) -> Value:
        outcome: Value = False
        open_values: list[Value] = []
        for test in tests:
            value = test(f)
            if value is True:
                return True
            if value is None:
                outcome = None
            elif type(value) in OPEN:
                open_values.append(value)
        return unknown(*open_values) if open_values else outcome

    return check


@compiles(tree.In)
def _in(node: tree.In, env: Environment) -> Code:
    value = compile_node(node.value, env)
    slot = env.unit.slot()
    check = _any_of([_compile_test(t, slot, env.child({INPUT: slot}), cell=False) for t in node.tests])

    def test(f: Frame) -> Value:
        f[slot] = value(f)
        return check(f)

    return test


def compile_cell(node: tree.UnaryTests, slot: int, env: Environment) -> Code | None:
    """Whether the input in `slot` meets the tests; None for `-`, which everything meets."""
    if not node.tests:
        return None
    check = _any_of([_compile_test(t, slot, env.child({INPUT: slot}), cell=True) for t in node.tests])
    if not node.negated:
        return check

    def negated(f: Frame) -> Value:
        value = check(f)
        return not value if isinstance(value, bool) else value

    return negated
