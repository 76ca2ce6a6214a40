"""A decision table at work: rules found by masks, or gone through one by one where a cell has something to remark."""

from collections.abc import Sequence
from dataclasses import dataclass

from .budget import BudgetExceeded, Run
from .compiler import RUN, UNSET, Code, Frame, Unit
from .tables import DecisionTable, HitPolicy, RuleTrace, TableTrace
from .tables_masks import Column, Doubtful
from .tables_policies import Hit, Policy
from .unknown import OPEN, missing_in
from .values import NumberError, Value

Verdict = tuple[bool | None, int | None]
"""Whether a rule matched (None: it depends), and which input failed first or is open first."""


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    cells: tuple[tuple[int, Code], ...]
    output: Code


class Record:
    """One evaluation of a table, kept as it came about; who asks for verdicts gets them then.

    `seen` holds for each input the bits of the rules that it met and of those where it is open; `values` what it was.
    """

    __slots__ = ("_verdicts", "last", "matched", "ready", "seen", "values", "where")

    def __init__(
        self,
        ready: "ReadyTable",
        where: str,
        values: Sequence[Value],
        seen: Sequence[tuple[int, int]],
        last: int,
        matched: tuple[int, ...],
        verdicts: Sequence[Verdict] | None = None,
    ) -> None:
        self.ready, self.where, self.values, self.seen, self.last = ready, where, values, seen, last
        self.matched = matched
        self._verdicts = verdicts

    @property
    def verdicts(self) -> Sequence[Verdict]:
        """In the order of the rules that were looked at."""
        if self._verdicts is None:
            self._verdicts = [self._verdict(row) for row in self.ready.rows[: self.last]]
        return self._verdicts

    def _verdict(self, row: Row) -> Verdict:
        bit = 1 << (row.number - 1)
        opened: int | None = None
        for index, _ in row.cells:
            true, maybe = self.seen[index]
            if true & bit:
                continue
            if not maybe & bit:
                return False, index
            opened = index if opened is None else opened
        return (True, None) if opened is None else (None, opened)

    def trace(self) -> TableTrace:
        table = self.ready.table
        rules = tuple(
            RuleTrace(number, rule.id, matched, failed, rule.annotation)
            for number, (rule, (matched, failed)) in enumerate(zip(table.rules, self.verdicts, strict=False), 1)
        )
        names = tuple(i.label or i.expression for i in table.inputs)
        values = tuple(None if value is UNSET else value for value in self.values)
        return TableTrace(self.where, table.hit_policy, names, rules, values)


class ReadyTable:
    """A compiled table. `decide` works on a frame of its unit.

    `pure`: inputs read nothing but facts, so that reading them twice does no harm.
    """

    pure = False

    def __init__(
        self,
        table: DecisionTable,
        columns: tuple[Column, ...],
        rows: tuple[Row, ...],
        default: Code,
        policy: Policy,
        unit: Unit,
    ) -> None:
        self.table, self.columns, self.rows, self.default = table, columns, rows, default
        self.policy, self.unit = policy, unit
        self.slots = tuple(column.slot for column in columns)
        self.every = (1 << len(rows)) - 1
        self.stops = table.hit_policy is HitPolicy.FIRST
        self._in_order = self.stops and not all(column.plain for column in columns)

    def decide(self, f: Frame) -> Value:
        run = f[RUN]
        run.charge(len(self.rows))
        for slot in self.slots:
            f[slot] = UNSET
        remarked = len(run.diagnostics)
        try:
            record, hits = self._by_masks(f, remarked)
        except Doubtful:
            if self.pure:
                _forget(run, remarked)
                for slot in self.slots:
                    f[slot] = UNSET
            record, hits = self.by_rows(f)
        run.tables.append(record)
        nothing = all(hit.missing for hit in hits)
        return self.policy.settle(hits, self.default(f) if nothing else None, run)

    def _by_masks(self, f: Frame, remarked: int) -> tuple[Record, list[Hit]]:
        if self._in_order:
            raise Doubtful
        alive = sure = self.every
        seen: list[tuple[int, int]] = []
        for column in self.columns:
            need = alive & column.filled
            if not need:
                seen.append((0, 0))
                continue
            if self.stops and column.fact is None and not alive & -alive & column.filled:
                raise Doubtful  # going through the rules might never read this input
            try:
                f[column.slot] = column.read(f)
            except (BudgetExceeded, NumberError, RecursionError):
                raise Doubtful from None  # it ends the table where a rule first reads it
            true, opened = column.judge(f, need)
            seen.append((true, opened))
            free = ~column.filled
            alive &= true | opened | free
            sure &= true | free
        if self.pure and len(f[RUN].diagnostics) > remarked:
            raise Doubtful  # in the order of the rules, entries of an earlier one are remarked before
        hits, last = self._hits(alive, alive & sure, f)
        return Record(self, f[RUN].where, [f[slot] for slot in self.slots], seen, last, _sure(hits)), hits

    def _hits(self, alive: int, sure: int, f: Frame) -> tuple[list[Hit], int]:
        hits: list[Hit] = []
        while alive:
            low = alive & -alive
            alive ^= low
            row = self.rows[low.bit_length() - 1]
            missing = () if low & sure else self._look(row, f)[2]
            hits.append(Hit(row.number, row.output(f), missing))
            if self.stops and not missing:
                return hits, row.number
        return hits, len(self.rows)

    def by_rows(self, f: Frame) -> tuple[Record, list[Hit]]:
        """The plain definition: every rule in turn, its cells until one fails."""
        hits: list[Hit] = []
        verdicts: list[Verdict] = []
        for row in self.rows:
            verdict, failed, missing = self._look(row, f)
            verdicts.append((verdict, failed))
            if verdict is False:
                continue
            hits.append(Hit(row.number, row.output(f), missing))
            if self.stops and verdict:
                break
        values = [f[slot] for slot in self.slots]
        return Record(self, f[RUN].where, values, (), len(verdicts), _sure(hits), verdicts), hits

    def _look(self, row: Row, f: Frame) -> tuple[bool | None, int | None, tuple[str, ...]]:
        """Whether the row matches, which input failed or is open first, and the absent facts."""
        missing: dict[str, None] = {}
        first_open: int | None = None
        for index, test in row.cells:
            column = self.columns[index]
            if f[column.slot] is UNSET:
                f[column.slot] = column.read(f)
            value = test(f)
            if value is True:
                continue
            if type(value) not in OPEN:
                return False, index, ()
            first_open = index if first_open is None else first_open
            missing.update(dict.fromkeys(missing_in(value)))
        return (None, first_open, tuple(missing)) if missing else (True, None, ())


def _sure(hits: Sequence[Hit]) -> tuple[int, ...]:
    return tuple(hit.number for hit in hits if not hit.missing)


def _forget(run: Run, count: int) -> None:
    """Take back all remarks but the first `count`: they will be made again, in the order of the rules."""
    run._seen -= {(d.code, d.at, d.where) for d in run.diagnostics[count:]}  # noqa: SLF001 - its own bookkeeping
    del run.diagnostics[count:]
