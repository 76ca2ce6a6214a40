"""A decision table to columns: its rules as the bits of a number, what the hit policy makes of them, what is open.

Entries that only compare with constants are open exactly where their input is, so the absent facts of a rule are those of
its inputs. Where outputs are constants too, SQL can say of every row whether the open rules could change the result;
rows of which it can't are told (`aside`) and left to the closures.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from typing import Any

import ibis
import ibis.expr.datatypes as dt

from yiwang.commons.rules.engine.compiler import Environment, Unit
from yiwang.commons.rules.engine.names import Scope
from yiwang.commons.rules.engine.operators import equal
from yiwang.commons.rules.engine.parser import parse, parse_unary_tests
from yiwang.commons.rules.engine.tables import Aggregation, DecisionTable, HitPolicy
from yiwang.commons.rules.engine.tables_compile import TableCompiler
from yiwang.commons.rules.engine.tables_masks import bounds_of
from yiwang.commons.rules.engine.tables_shortcut import VARIES, constant_output

from .expressions import Surroundings, cell, term
from .terms import Column, Entries, Meaning, Term, Uncompilable, constant, united

MAX_BITS = 62
MAX_RULES = 400
_CHAINS = frozenset({HitPolicy.FIRST, HitPolicy.PRIORITY})
LISTS = frozenset({HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER})
Stage = Callable[[Column], Column]
"""Works out a column once for all that use it."""


@dataclass(slots=True)
class TableColumns:
    """What a table yields: its value, the rules that matched as bits, the rows that must be done by closures."""

    meaning: Meaning
    matched: Column | None
    aside: Column | None


@dataclass(slots=True)
class _Inputs:
    values: list[Term]
    filled: list[int]
    conditions: list[list[tuple[int, Term]]]
    plain: bool = True

    @property
    def miss(self) -> Column | None:
        return united(*(self.values[c].miss for c, bits in enumerate(self.filled) if bits))


class TableBuilder:
    """Compiles one table where `around` says what names mean."""

    def __init__(self, table: DecisionTable, scope: Scope, unit: Unit, around: Surroundings, stage: Stage) -> None:
        if len(table.rules) > MAX_RULES:
            raise Uncompilable(f"more than {MAX_RULES} rules")
        self.table, self.scope, self.unit, self.around, self.stage = table, scope, unit, around, stage
        self.env = Environment(Unit(unit.declared, unit.types))
        self.ready = TableCompiler(table, scope, Environment(Unit(unit.declared, unit.types))).ready()
        self.inputs = self._inputs()
        self.names = [column.name for column in table.outputs]
        self.outputs = [self._entries(index) for index in range(len(table.outputs))]
        self.constant = all(entry.is_constant for column in self.outputs for entry in column)

    def build(self, *, matched: bool) -> TableColumns:
        policy = self.table.hit_policy
        if policy in LISTS and len(self.outputs) > 1:
            raise Uncompilable(f"{policy.value} of several outputs")
        miss = united(self.inputs.miss, *(entry.miss for column in self.outputs for entry in column))
        told = miss is not None
        aside: Column | None = None
        if miss is not None and not (self.inputs.plain and self.constant and policy is not HitPolicy.PRIORITY):
            aside, told = miss != 0, False
        order = self._order()
        if not told and not matched and policy in _CHAINS:
            return TableColumns(self._chained(order), None, aside)
        if len(self.table.rules) > MAX_BITS:
            raise Uncompilable(f"{policy.value} with more than {MAX_BITS} rules")
        sure = self.stage(self._bits(first=policy is HitPolicy.FIRST))
        meaning = self._settled(sure, order)
        if told:
            meaning = self._opened(meaning, sure)
        return TableColumns(meaning, sure if matched else None, aside)

    # --- clauses ---

    def _inputs(self) -> _Inputs:
        made = _Inputs([], [0] * len(self.table.inputs), [[] for _ in self.table.rules])
        for index, column in enumerate(self.table.inputs):
            value = term(parse(column.expression, self.scope, self.unit.types), self.around)
            if column.values.strip() not in {"", "-"}:
                value = self._allowed(value, column.values, index)
            known: dict[str, tuple[Term, bool]] = {}
            for number, rule in enumerate(self.table.rules):
                text = rule.inputs[index].strip()
                if text in {"", "-"}:
                    continue
                if text not in known:
                    known[text] = self._cell(value, text, index)
                condition, plain = known[text]
                made.plain = made.plain and plain
                made.filled[index] |= 1 << number
                made.conditions[number].append((index, condition))
            made.values.append(value)
        return made

    def _cell(self, value: Term, text: str, index: int) -> tuple[Term, bool]:
        column = self.table.inputs[index]
        tests = parse_unary_tests(text, self.scope, self.unit.types, column.type)
        try:
            made, plain = cell(value, tests, self.around), bounds_of(tests, self.env) is not None
            return (replace(made, miss=value.miss, gone=value.gone) if plain else made), plain
        except Uncompilable as error:
            raise Uncompilable(error.reason, f"{column.label or column.expression}: {text}") from None

    def _allowed(self, value: Term, text: str, index: int) -> Term:
        """The input, null where it is none of its values."""
        inside, _ = self._cell(value, text, index)
        kept = ibis.cases((inside.value, value.value), else_=ibis.null())
        return replace(value, value=kept, nullable=True, is_constant=False)

    def _entries(self, index: int) -> list[Term]:
        """An output column's entries in the order of the rules, the default at the end."""
        column = self.table.outputs[index]
        alone = replace(
            self.table,
            inputs=(),
            outputs=(column,),
            rules=tuple(replace(rule, inputs=(), outputs=(rule.outputs[index],)) for rule in self.table.rules),
        )
        ready = TableCompiler(alone, self.scope, Environment(Unit(self.unit.declared, self.unit.types))).ready()
        codes = [*((row.output, text.outputs[index]) for row, text in zip(ready.rows, self.table.rules, strict=True))]
        known: dict[str, Term] = {}
        found: list[Term] = []
        for code, text in [*codes, (ready.default, column.default)]:
            if text not in known:
                known[text] = self._entry(constant_output(code, ready), text, index)
            found.append(known[text])
        return _alike(found)

    def _entry(self, value: Any, text: str, index: int) -> Term:
        column = self.table.outputs[index]
        if value is not VARIES:
            return constant(value)
        if column.values.strip() or column.type is not None or not text.strip():
            raise Uncompilable("an output of a declared type that is computed", column.name)
        try:
            return replace(term(parse(text, self.scope, self.unit.types), self.around), is_constant=False)
        except Uncompilable as error:
            raise Uncompilable(error.reason, f"{column.name}: {text}") from None

    def _order(self) -> list[int]:
        """Rules in the order in which they win."""
        numbers = list(range(len(self.table.rules)))
        if self.table.hit_policy not in {HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER}:
            return numbers
        if not self.constant:
            raise Uncompilable("priorities of outputs that are computed")
        last = (len(numbers) + 1,)
        ranks = [self.ready.policy.priority(self._whole(number)) or last for number in numbers]
        return sorted(numbers, key=lambda number: ranks[number])

    def _whole(self, number: int) -> Any:
        values = [column[number].constant for column in self.outputs]
        return values[0] if len(values) == 1 else dict(zip(self.names, values, strict=True))

    # --- rules ---

    def _condition(self, number: int) -> Column:
        parts = [condition for _, condition in self.inputs.conditions[number]]
        return reduce(and_, (part.value for part in parts)) if parts else ibis.literal(True)

    def _bits(self, *, first: bool) -> Column:
        """The rules that surely match, only the first of them for FIRST."""
        numbers = range(len(self.table.rules))
        if first:
            branches = [(self._condition(number), _bit(number)) for number in numbers]
            return ibis.cases(*branches, else_=_bit(None))
        parts = [ibis.cases((self._condition(number), _bit(number)), else_=_bit(None)) for number in numbers]
        return reduce(or_, parts)

    def _maybe(self) -> Column:
        """The rules of which no entry fails, where a fact is absent; none elsewhere."""
        parts: list[Column] = []
        for number, entries in enumerate(self.inputs.conditions):
            passes = [_passes(condition) for _, condition in entries]
            parts.append(ibis.cases((reduce(and_, passes), _bit(number)), else_=_bit(None)) if passes else _bit(number))
        absent = [self.inputs.values[c].open for c, bits in enumerate(self.inputs.filled) if bits]
        return ibis.cases((reduce(or_, absent), reduce(or_, parts)), else_=_bit(None))

    # --- hit policies ---

    def _chained(self, order: Sequence[int]) -> Meaning:
        """The first rule of the order that matches."""

        def pick(column: list[Term]) -> Term:
            if not order:
                return column[-1]
            branches = [(self._condition(number), column[number].value) for number in order]
            return _union(column, ibis.cases(*branches, else_=column[-1].value))

        return self._each(pick)

    def _each(self, pick: Callable[[list[Term]], Term]) -> Meaning:
        if len(self.outputs) == 1:
            return pick(self.outputs[0])
        return Entries({name: pick(c) for name, c in zip(self.names, self.outputs, strict=True)}, nullable=True)

    def _settled(self, sure: Column, order: Sequence[int]) -> Meaning:
        """The value where nothing is open."""
        policy = self.table.hit_policy
        if policy in LISTS:
            return self._listed(sure, order)
        if policy is HitPolicy.ANY and not self.constant:
            raise Uncompilable("ANY over outputs that are computed")

        def pick(column: list[Term]) -> Term:
            branches = [(sure == 0, column[-1].value)]
            if policy is HitPolicy.ANY:
                groups = self._groups()
                branches += [((sure & ~bits) == 0, column[number].value) for number, bits in groups]
            elif policy is HitPolicy.PRIORITY:
                branches += [((sure & (1 << number)) != 0, column[number].value) for number in order]
            else:
                branches += [(sure == (1 << number), column[number].value) for number in order]
            return replace(_union(column, ibis.cases(*branches, else_=ibis.null())), nullable=True)

        return self._each(pick)

    def _groups(self) -> list[tuple[int, int]]:
        """Rules of equal output: one of them, and the bits of all."""
        groups: list[tuple[int, int]] = []
        for number in range(len(self.table.rules)):
            mine = self._whole(number)
            place = next((i for i, (other, _) in enumerate(groups) if _same(self._whole(other), mine)), None)
            if place is None:
                groups.append((number, 1 << number))
            else:
                groups[place] = groups[place][0], groups[place][1] | 1 << number
        return groups

    def _listed(self, sure: Column, order: Sequence[int]) -> Meaning:
        column = self.outputs[0]
        aggregation = self.table.aggregation if self.table.hit_policy is HitPolicy.COLLECT else Aggregation.LIST
        if aggregation is not Aggregation.LIST and column[-1].kind not in {"number", "null"}:
            raise Uncompilable(f"{aggregation.value} with a default of kind {column[-1].kind}")
        if aggregation is Aggregation.COUNT:
            count = reduce(
                lambda a, b: a + b, (((sure >> n) & 1).cast("int64") for n in order), ibis.literal(0, "int64")
            )
            return _union([column[-1]], ibis.cases((sure == 0, column[-1].value), else_=count), digits=4)
        if not self.constant or any(entry.constant is None for entry in column[:-1]):
            raise Uncompilable(f"{aggregation.value} of outputs that are computed or null")
        if aggregation is Aggregation.LIST:
            raise Uncompilable("a list as the result")
        if any(entry.kind != "number" for entry in column[:-1]):
            raise Uncompilable(f"{aggregation.value} of {column[0].kind}")
        picked = [ibis.cases(((sure & (1 << n)) != 0, column[n].value), else_=ibis.null()) for n in order]
        if aggregation is Aggregation.SUM:
            total = reduce(lambda a, b: a + b, (part.fill_null(0) for part in picked))
        else:
            total = (ibis.least if aggregation is Aggregation.MIN else ibis.greatest)(*picked)
        return _union(column, ibis.cases((sure == 0, column[-1].value), else_=total), digits=3)

    # --- absent facts ---

    def _opened(self, settled: Meaning, sure: Column) -> Meaning:
        """The value where rules are open: known only if every way they may turn out gives the same."""
        policy = self.table.hit_policy
        maybe = self.stage(self._maybe())
        if policy is HitPolicy.FIRST:
            opened = self.stage(ibis.cases((sure != 0, maybe & (sure - 1)), else_=maybe))
        else:
            opened = self.stage(maybe & ~sure)
        one, groups = self._one_way(sure, opened)
        missing = _bit(None)
        for index, bits in enumerate(self.inputs.filled):
            mine = self.inputs.values[index].miss
            if bits and mine is not None:
                missing = missing | ibis.cases(((opened & bits) != 0, mine), else_=_bit(None))
        missing = self.stage(ibis.cases((opened == 0, _bit(None)), (one, _bit(None)), else_=missing))

        def pick(column: list[Term], known: Term) -> Term:
            candidates = sure | opened
            ways = [((candidates & bits) != 0, column[number].value) for number, bits in groups]
            value = ibis.cases((opened == 0, known.value), (missing != 0, ibis.null()), *ways, else_=ibis.null())
            return replace(known, value=value, miss=missing, gone=None)

        if isinstance(settled, Term):
            return pick(self.outputs[0], settled)
        return Entries(
            {n: pick(c, settled.terms[n]) for n, c in zip(self.names, self.outputs, strict=True)}, settled.nullable
        )

    def _one_way(self, sure: Column, opened: Column) -> tuple[Column, list[tuple[int, int]]]:
        """Whether the rules that match or may match all give one value, the default among them where none surely does."""
        policy = self.table.hit_policy
        if policy in LISTS:
            return ibis.literal(False), []
        groups = self._groups()
        default = self._whole(len(self.table.rules))
        candidates = sure | opened
        alike = [
            ((candidates & ~bits) == 0) & (ibis.literal(True) if _same(self._whole(number), default) else sure != 0)
            for number, bits in groups
        ]
        one = reduce(or_, alike) if alike else ibis.literal(False)
        if policy is HitPolicy.UNIQUE:
            one = one & (sure == 0) & ((opened & (opened - 1)) == 0)
        return one, groups


def _bit(number: int | None) -> Column:
    return ibis.literal(0 if number is None else 1 << number, "int64")


def _passes(condition: Term) -> Column:
    """True where an entry does not fail: it holds, or it is open."""
    return condition.value if condition.miss is None else condition.value | condition.open


def _same(left: Any, right: Any) -> bool:
    return equal(left, right) is True


def _alike(entries: list[Term]) -> list[Term]:
    """Entries of one kind; numbers with the same decimals."""
    kinds = {entry.kind for entry in entries} - {"null"}
    if len(kinds) > 1:
        raise Uncompilable(f"outputs of several kinds: {', '.join(sorted(kinds))}")
    if kinds != {"number"} or not any(entry.scale or entry.digits > 18 for entry in entries):
        return entries
    if any(entry.floating for entry in entries):
        raise Uncompilable("floating and exact numbers as outputs")
    scale = max(entry.scale for entry in entries)
    whole = max(entry.digits - entry.scale for entry in entries)
    if scale + whole > 36:
        raise Uncompilable("outputs that have no common DECIMAL")
    to = dt.Decimal(38, scale)
    return [entry if entry.kind == "null" else replace(entry, value=entry.value.cast(to)) for entry in entries]


def _union(column: list[Term], value: Column, digits: int = 0) -> Term:
    """A term that is one of the entries."""
    kinds = [entry.kind for entry in column if entry.kind != "null"]
    scale = max(entry.scale for entry in column)
    whole = max(entry.digits - entry.scale for entry in column)
    kind = kinds[0] if kinds else ("number" if digits else "null")
    floating = any(entry.floating for entry in column)
    nullable = any(entry.nullable for entry in column)
    return Term(kind, value, nullable, None, whole + scale + digits, scale, floating)
