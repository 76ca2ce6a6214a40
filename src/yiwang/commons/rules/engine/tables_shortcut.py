"""The common case of a table at the speed of its look-ups: inputs that are told facts, cells that compare with constants.

Whatever else comes up (an absent fact, another type, a remark) is left to `ReadyTable.decide`, which is the same table.
"""

from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

from .budget import DEFAULT_BUDGET, Budget, Run
from .compiler import Code
from .outcome import Outcome
from .tables import HitPolicy
from .tables_masks import Column, Doubtful, whole_cuts
from .tables_policies import Hit
from .tables_ready import ReadyTable, Record
from .temporal import Date, DateTime, DaysDuration, MonthsDuration, Time
from .values import NumberError, Value, number, of_fact

MAX_SEEN = 200
_PLAIN = frozenset({type(None), bool, Decimal, str, Date, Time, DateTime, DaysDuration, MonthsDuration})


class _TakenRecord(Record):
    """A record whose masks are looked up again when somebody asks."""

    __slots__ = ()

    def __init__(
        self, ready: ReadyTable, where: str, facts: tuple[object, ...], last: int, matched: tuple[int, ...]
    ) -> None:
        values = [of_fact(fact, "") for fact in facts]
        alive, seen = ready.every, []
        for column, value in zip(ready.columns, values, strict=True):
            bits = column.known(value) or 0
            seen.append((bits if alive & column.filled else 0, 0))
            alive &= bits | ~column.filled
        super().__init__(ready, where, values, seen, last, matched)


class QuickOutcome(Outcome):
    """An outcome that keeps the facts it came from instead of the record made of them."""

    __slots__ = ()

    @property
    def records(self) -> tuple[Record, ...]:
        """Made when asked for."""
        kept: Any = tuple.__getitem__(self, 5)
        ready, where, facts = kept
        last = self.matched_rules[0] if ready.stops and self.matched_rules else len(ready.rows)
        return (_TakenRecord(ready, where, facts, last, self.matched_rules),)


class Shortcut:
    """A table whose every input is a fact by itself; made by `shortcut_of`.

    `exact`: facts of other kinds than the columns' own go the plain way.
    """

    exact = False

    def __init__(self, ready: ReadyTable, outputs: list[Value], default: Value, steps: int) -> None:
        self.ready, self.outputs, self.default, self.steps = ready, outputs, default, steps
        self.where = ready.table.name
        self.numbers = [(number,) for number in range(1, len(ready.rows) + 1)]
        facts = [column.fact or "" for column in ready.columns]
        self._one = len(facts) == 1
        self._pick: Any = itemgetter(*facts)
        self._every = ready.every
        self._stops = ready.stops
        self.single = ready.table.hit_policy not in _LISTS
        masks = [_masks(column, ready.every) for column in ready.columns]
        self.kinds = tuple(each.kind for each in masks)
        self._masks = tuple(each.__getitem__ for each in masks)

    def decide(self, facts: dict[str, object], budget: Budget) -> Outcome | None:
        """The outcome, or None where the plain way must find it."""
        try:
            given = self._pick(facts)
            if self._one:
                given = (given,)
            alive = self._every
            if (*map(type, given),) == self.kinds:
                for masks, value in zip(self._masks, given):  # noqa: B905 - of one length; the check costs time
                    alive &= masks(value)
            else:
                alive = self._mixed(given)
        except (KeyError, Doubtful):
            return None
        if not alive:
            return _made(QuickOutcome, (self.default, (), (), (), self.steps, (self.ready, self.where, given)))
        low = alive & -alive
        if self.single and (self._stops or alive == low):
            row = low.bit_length() - 1
            told = (self.outputs[row], self.numbers[row], (), (), self.steps, (self.ready, self.where, given))
            return _made(QuickOutcome, told)
        return self._several(alive, given, budget)

    def _mixed(self, given: tuple[object, ...]) -> int:
        """Facts of other types than the columns' own: decimals, floats, dates, null. Raises `Doubtful`."""
        if self.exact:
            raise Doubtful
        alive = self._every
        for column, kind, masks, value in zip(self.ready.columns, self.kinds, self._masks, given, strict=True):
            if type(value) is kind:
                alive &= masks(value)
                continue
            try:
                told = of_fact(value, "")
            except (NumberError, TypeError):
                raise Doubtful from None
            if type(told) not in _PLAIN or type(told) in {Time, DateTime}:
                raise Doubtful
            alive &= _mask(column, told, self._every)
        return alive

    def _several(self, alive: int, given: tuple[object, ...], budget: Budget) -> Outcome:
        hits: list[Hit] = []
        while alive:
            low = alive & -alive
            alive ^= low
            number = low.bit_length()
            hits.append(Hit(number, self.outputs[number - 1]))
        run = Run(budget, _no_clock)
        run.where = self.where
        value = self.ready.policy.settle(hits, None, run)
        run.weigh(value)
        kept = (self.ready, self.where, given)
        numbers = tuple(hit.number for hit in hits)
        return _made(QuickOutcome, (value, numbers, (), tuple(run.diagnostics), self.steps + run.steps, kept))


_made: Callable[..., Outcome] = tuple.__new__
_LISTS = frozenset({HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER})


def shortcut_of(ready: ReadyTable) -> Shortcut | None:
    """The short way for a table, where all of it is plain."""
    facts = {column.fact for column in ready.columns}
    if not ready.columns or None in facts or not all(column.plain for column in ready.columns):
        return None
    outputs = [constant_output(row.output, ready) for row in ready.rows]
    default = constant_output(ready.default, ready)
    if default is VARIES or VARIES in outputs:
        return None
    return Shortcut(ready, outputs, default, len(ready.rows))


class _Reads(Exception):
    """An output entry reads a fact or the clock."""


VARIES = object()


def constant_output(code: Code, ready: ReadyTable) -> Value:
    """What an output entry always yields; `VARIES` where it reads anything, remarks, or yields what might be changed."""
    run = Run(DEFAULT_BUDGET, _no_clock)
    try:
        value = code(ready.unit.frame(run, _no_fact))
    except (_Reads, NumberError):
        return VARIES
    charged = run.steps or (isinstance(value, str) and len(value) >= 1000)
    return value if type(value) in _PLAIN and not run.diagnostics and not charged else VARIES


def _no_clock() -> datetime:
    raise _Reads


def _no_fact(name: str) -> Value:
    raise _Reads


class _Masks(dict[Any, int]):
    """Masks by told values of one kind; a value that was not seen is looked up in the column's classes."""

    __slots__ = ("column", "cuts", "every", "kind", "known")

    def __init__(self, column: Column, kind: type, every: int) -> None:
        super().__init__()
        self.column, self.kind, self.every = column, kind, every
        numbers = column.bounds(Decimal) if kind is int else []
        self.cuts = whole_cuts(numbers) if kind is int else None
        self.known: dict[int, int] = {}

    def __missing__(self, value: Any) -> int:
        if self.cuts is None:
            mask = _mask(self.column, number(value) if self.kind is int else value, self.every)
        else:
            place = bisect_right(self.cuts, value)
            if not 0 < place < len(self.cuts):
                raise Doubtful
            if place not in self.known:
                self.known[place] = _mask(self.column, number(value), self.every)
            mask = self.known[place]
        if len(self) < MAX_SEEN:
            self[value] = mask
        return mask


def _mask(column: Column, value: Value, every: int) -> int:
    bits = column.known(value)
    if bits is None:
        raise Doubtful
    return (bits | ~column.filled) & every


def _masks(column: Column, every: int) -> _Masks:
    """Masks for the kind of value that the column's constants tell to expect."""
    kind: type = int if column.bounds(Decimal) else str if column.bounds(str) else bool
    return _Masks(column, kind, every)
