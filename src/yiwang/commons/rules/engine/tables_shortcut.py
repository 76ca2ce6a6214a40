"""The common case of a table at the speed of its look-ups: inputs that are told facts, cells that compare with constants.

Whatever else comes up (an absent fact, another type, a remark) is left to `ReadyTable.decide`, which is the same table.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

from .budget import DEFAULT_BUDGET, Budget, Run
from .compiler import Code
from .outcome import Outcome
from .tables import HitPolicy
from .tables_masks import Column, whole_cuts
from .tables_policies import Hit
from .tables_ready import ReadyTable, Record
from .temporal import Date, DateTime, DaysDuration, MonthsDuration, Time
from .values import NumberError, Value, of_fact

_PLAIN = frozenset({type(None), bool, Decimal, str, Date, Time, DateTime, DaysDuration, MonthsDuration})
Masks = Any
Pick = Callable[[Mapping[str, object]], tuple[object, ...]]


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
    """A table whose every input is a fact by itself; made by `shortcut_of`."""

    def __init__(self, ready: ReadyTable, outputs: list[Value], default: Value, steps: int) -> None:
        self.ready, self.outputs, self.default, self.steps = ready, outputs, default, steps
        self.where = ready.table.name
        self.numbers = [(number,) for number in range(1, len(ready.rows) + 1)]
        facts = [column.fact or "" for column in ready.columns]
        self._one = len(facts) == 1
        self._pick: Any = itemgetter(*facts)
        self._stops = ready.stops
        self._single = ready.table.hit_policy not in _LISTS
        self._lookups: list[tuple[type, Masks, Any]] = [_lookup(column, ready.every) for column in ready.columns]

    def decide(  # noqa: C901 - one loop, written for speed
        self, facts: dict[str, object], budget: Budget
    ) -> Outcome | None:
        """The outcome, or None where the plain way must find it."""
        try:
            given = self._pick(facts)
        except KeyError:
            return None
        if self._one:
            given = (given,)
        alive = self.ready.every
        place = 0
        for value, (kind, masks, rest) in zip(given, self._lookups):  # noqa: B905 - of one length; the check costs time
            sort = type(value)
            if sort is kind:
                mask = masks.get(value, rest)
            elif sort is int and kind is Decimal:
                mask = masks[bisect_right(rest, value)]
            else:
                mask = None
            if mask is None:
                mask = self._found(place, value)
                if mask is None:
                    return None
            alive &= mask
            place += 1  # noqa: SIM113 - a count of its own costs less
        if not alive:
            return _made(QuickOutcome, (self.default, (), (), (), self.steps, (self.ready, self.where, given)))
        low = alive & -alive
        if alive == low or self._stops:
            row = low.bit_length() - 1
            if self._single:
                told = (self.outputs[row], self.numbers[row], (), (), self.steps, (self.ready, self.where, given))
                return _made(QuickOutcome, told)
        return self._several(alive, given, budget)

    def _found(self, place: int, value: object) -> int | None:
        """A mask that no look-up holds yet; None where the table's plain way must decide."""
        column = self.ready.columns[place]
        try:
            told = of_fact(value, "")
        except (NumberError, TypeError):
            return None
        if type(told) not in _PLAIN or type(told) in {Time, DateTime}:
            return None
        bits = column.known(told)
        if bits is None:
            return None
        mask = (bits | ~column.filled) & self.ready.every
        kind, masks, rest = self._lookups[place]
        if type(value) is int and kind is Decimal:
            index = bisect_right(rest, value)
            if not 0 < index < len(rest):
                return None
            masks[index] = mask
        return mask

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


def _lookup(column: Column, every: int) -> tuple[type, Masks, Any]:
    """How a told value finds its mask: by classes of whole numbers, or by the value itself."""
    numbers = column.bounds(Decimal)
    cuts = whole_cuts(numbers) if numbers else None
    if cuts is not None:
        return Decimal, _Classes([None] * (len(cuts) + 1)), cuts
    free = ~column.filled & every

    def mask(value: Value) -> int | None:
        bits = column.known(value)
        return None if bits is None else (bits & every) | free

    texts = column.bounds(str)
    if texts and column.equality:
        return str, {text: mask(text) for text in texts}, mask(_other(texts))
    return bool, {value: mask(value) for value in (True, False)}, None


def _other(texts: list[str]) -> str:
    return max(texts) + "*"


class _Classes(list[int | None]):
    """Masks of classes of whole numbers; a decimal is never found at once."""

    __slots__ = ()

    def get(self, value: object, rest: object) -> None:
        return None
