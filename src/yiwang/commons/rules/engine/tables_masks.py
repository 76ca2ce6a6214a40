"""One look-up a column instead of one test a rule: which rules' cells a value meets, as the bits of an integer.

The values of one kind fall into few classes between the constants of a column's cells; what the cells say of a class is
asked of their closures once and kept. So no rule of FEEL is written a second time here.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil
from typing import Any

from . import tree
from .budget import DEFAULT_BUDGET, BudgetExceeded, Run
from .compile_values import literal
from .compiler import RUN, Code, Environment, Frame, Unit, compile_node
from .temporal import Date, DaysDuration, MonthsDuration
from .unknown import OPEN
from .values import NumberError, Value

ORDERED = (Decimal, str, Date, DaysDuration, MonthsDuration)
_KEPT = frozenset({*ORDERED, bool, type(None)})
_LARGEST = 10**34
_CONSTRUCTORS = frozenset({"date", "duration", "number"})
MAX_CLASSES = 20_000
Bounds = tuple[Value, ...]


class Doubtful(Exception):
    """A cell has something to remark (or to charge too much for): the rules must be gone through one by one."""


@dataclass(slots=True)
class Test:
    """A distinct text among a column's cells; `rows` are its rules' bits, `bounds` the constants of a plain test."""

    code: Code
    bounds: Bounds | None
    rows: int = 0


@dataclass(slots=True)
class Column:
    """An input column. `fact` names the fact that the input is, where it is nothing but that.

    `plain`: all its cells only compare with constants.
    """

    slot: int
    read: Code
    unit: Unit
    fact: str | None = None
    filled: int = 0
    plain: bool = True
    tests: dict[str, Test] = field(default_factory=dict)
    _cuts: dict[type, list[Any]] | None = None
    _kept: dict[tuple[type, Any], int | None] = field(default_factory=dict)

    def add(self, number: int, text: str, code: Code, bounds: Bounds | None) -> None:
        """The cell of rule `number` (from 1); equal texts share one test."""
        test = self.tests.get(text)
        if test is None or test.code is not code:
            key = text if test is None else f"{text}#{number}"
            test = self.tests[key] = Test(code, bounds)
        test.rows |= 1 << (number - 1)
        self.filled |= 1 << (number - 1)
        self.plain = self.plain and bounds is not None

    def bounds(self, kind: type) -> list[Any]:
        """The constants of one kind in the column's cells, sorted."""
        if self._cuts is None:
            found: dict[type, set[Any]] = {}
            for test in self.tests.values():
                for value in test.bounds or ():
                    found.setdefault(type(value), set()).add(value)
            self._cuts = {kind: sorted(found[kind]) for kind in ORDERED if kind in found}
        return self._cuts.get(kind, [])

    def known(self, value: Value) -> int | None:
        """Bits of the rules whose plain cells a value meets; None where a cell has something to remark.

        Only for values of `_KEPT` kinds.
        """
        kind = type(value)
        place: Any = value
        if kind in ORDERED:
            cuts = self.bounds(kind)
            place = bisect_left(cuts, value) + bisect_right(cuts, value)
        key = (kind, place)
        if key not in self._kept:
            if len(self._kept) >= MAX_CLASSES:
                self._kept.clear()
            self._kept[key] = self._asked(value)
        return self._kept[key]

    def _asked(self, value: Value) -> int | None:
        run = Run(DEFAULT_BUDGET, _no_clock)
        frame = self.unit.frame(run, _no_fact)
        frame[self.slot] = value
        bits = 0
        try:
            for test in self.tests.values():
                if test.bounds is not None and test.code(frame) is True:
                    bits |= test.rows
        except (BudgetExceeded, NumberError, RecursionError):
            return None
        return None if run.diagnostics else bits

    def judge(self, f: Frame, need: int) -> tuple[int, int]:
        """Bits of the needed rules whose cells the value in the frame meets, and of those where it is open.

        Raises `Doubtful`.
        """
        value = f[self.slot]
        true = opened = 0
        kept = type(value) in _KEPT
        if kept:
            bits = self.known(value)
            if bits is None:
                raise Doubtful
            if self.plain:
                return bits, 0
            true = bits
        aside = _Aside(f)
        try:
            for test in self.tests.values():
                if test.rows & need and not (kept and test.bounds is not None):
                    verdict = test.code(f)
                    if verdict is True:
                        true |= test.rows
                    elif type(verdict) in OPEN:
                        opened |= test.rows
        except (BudgetExceeded, NumberError, RecursionError):
            raise Doubtful from None
        finally:
            aside.back()
        aside.settle()
        return true, opened


class _Aside:
    """Lets cells run on the frame with a run of their own, so that nothing is remarked before the order is known."""

    def __init__(self, f: Frame) -> None:
        self.f = f
        self.run: Run = f[RUN]
        self.own = Run(self.run.budget, lambda: self.run.now)
        self.own.depth, self.own.where = self.run.depth, self.run.where
        f[RUN] = self.own

    def back(self) -> None:
        self.f[RUN] = self.run

    def settle(self) -> None:
        if self.own.diagnostics:
            raise Doubtful
        self.run.charge(self.own.steps)


def _no_clock() -> Any:
    raise AssertionError("a plain cell reads no clock")


def _no_fact(name: str) -> Value:
    raise AssertionError(f"a plain cell reads no fact ({name})")


def bounds_of(node: tree.UnaryTests, env: Environment) -> Bounds | None:
    """The constants with which a cell compares, None where it does anything else."""
    found: list[Value] = []
    for test in node.tests:
        expression = test.end if isinstance(test, tree.ComparisonTest) else test.expression
        part = _constants(expression, env)
        if part is None:
            return None
        found += part
    return tuple(found)


def _constants(node: tree.Expression, env: Environment) -> Sequence[Value] | None:
    if isinstance(node, tree.BooleanLiteral | tree.NullLiteral):
        return ()
    if isinstance(node, tree.ListLiteral):
        parts = [_constants(item, env) for item in node.items]
        return None if None in parts else [value for part in parts for value in part or ()]
    if isinstance(node, tree.RangeLiteral):
        low, high = _constant(node.start, env), _constant(node.end, env)
        return (low, high) if type(low) in ORDERED and type(low) is type(high) else None
    value = _constant(node, env)
    return (value,) if type(value) in ORDERED else None


def _constant(node: tree.Expression, env: Environment) -> Value:
    """The value of a literal, or of a constructor such as date("2025-01-01"); None for anything else."""
    if not isinstance(node, tree.Call):
        return literal(node)
    name = node.function.name if isinstance(node.function, tree.Name) else ""
    if name not in _CONSTRUCTORS or not env.builtin(name) or not all(literal(a) is not None for a in node.arguments):
        return None
    run = Run(DEFAULT_BUDGET, _no_clock)
    return compile_node(node, env)(env.unit.frame(run, _no_fact))


def whole_cuts(bounds: Sequence[Decimal]) -> list[int] | None:
    """Where classes of whole numbers begin, for `bisect_right`; whole numbers beyond 34 digits get classes of their own."""
    if any(bound.adjusted() > 40 for bound in bounds):
        return None
    cuts = {1 - _LARGEST, _LARGEST}
    for bound in bounds:
        if bound == bound.to_integral_value():
            cuts |= {int(bound), int(bound) + 1}
        else:
            cuts.add(ceil(bound))
    return sorted(cut for cut in cuts if abs(cut) <= _LARGEST)
