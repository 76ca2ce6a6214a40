"""`decide_many`: a decision for every row of a table, as one expression where that is provably the same, else by closures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa

from yiwang.commons.rules.engine.expression import Absent

from .batches import ROWS, Answer, answers, array_of, as_type, decided, names_of, numbers_of, rows_of
from .facts import FactColumns, Facts, Source, facts_of
from .models import Builder, Columns, Decision, Subject, subject_of
from .terms import Column, Meaning, Term, Uncompilable

VALUE, MATCHED, MISSING = "value", "matched_rules", "missing_facts"
_ASIDE, _FACT = "rows aside", "fact "


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a decision goes by closures: which node, and what of it has no counterpart."""

    decision: str
    where: str
    reason: str


@dataclass(slots=True)
class Plan:
    """How the decisions of one table are found; `expression` is None where all go by closures."""

    facts: Facts
    subjects: dict[str, Subject]
    columns: dict[str, dict[str, str]]
    absent: Absent
    matched_rules: bool
    missing_facts: bool
    compiled: dict[str, Columns] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)
    expression: Any = None
    sql: str = ""
    asides: list[str] = field(default_factory=list)
    bits: dict[str, int] = field(default_factory=dict)

    def explain(self) -> str:
        """One line a decision, and the SQL where there is any."""
        lines = [f"{key or VALUE}: one expression" for key in self.compiled]
        lines += [
            f"{r.decision or VALUE}: by closures, {r.where + ': ' if r.where else ''}{r.reason}" for r in self.reasons
        ]
        if self.asides:
            lines.append("rows that may need more than SQL can prove are done by closures")
        if self.expression is not None:
            lines.append(self.sql or str(ibis.to_sql(self.expression)))
        return "\n".join(lines)


def plan_for(
    decisions: Mapping[str, Decision],
    table: Source,
    *,
    columns: Mapping[str, str] | None = None,
    matched_rules: bool = False,
    missing_facts: bool = False,
    absent: Absent = Absent.UNKNOWN,
    memory: str | None = None,
    threads: int | None = None,
) -> Plan:
    """How `decide_many` would go about it; nothing is read yet."""
    facts = facts_of(table, memory, threads)
    named = tuple((columns or {}).items())
    key = (tuple((n, id(d)) for n, d in decisions.items()), facts.key, named, matched_rules, missing_facts, absent)
    kept = _kept.get(key) if facts.key is not None else None
    if kept is not None:
        return replace(kept[0], facts=facts)
    plan = _planned(decisions, facts, dict(named), absent, matched_rules=matched_rules, missing_facts=missing_facts)
    if facts.key is not None:
        while len(_kept) >= MAX_PLANS:
            _kept.pop(next(iter(_kept)), None)
        _kept[key] = replace(plan, facts=replace(facts, cursor=None, source=None)), tuple(decisions.values())
    return plan


_kept: dict[Any, tuple[Plan, tuple[Decision, ...]]] = {}
MAX_PLANS = 100


def _planned(
    decisions: Mapping[str, Decision],
    facts: Facts,
    columns: Mapping[str, str],
    absent: Absent,
    *,
    matched_rules: bool,
    missing_facts: bool,
) -> Plan:
    subjects = {key: subject_of(decision) for key, decision in decisions.items()}
    mapped = {key: {n: columns.get(n, n) for n in subject.facts} for key, subject in subjects.items()}
    plan = Plan(facts, subjects, mapped, absent, matched_rules, missing_facts)
    reader = FactColumns(facts, columns, absent)
    builder = Builder(reader)
    for key, decision in decisions.items():
        try:
            plan.compiled[key] = builder.build(decision, matched=matched_rules)
        except Uncompilable as refused:
            plan.reasons.append(Reason(key, refused.where, refused.reason))
    plan.bits = reader.bits
    if (plan.reasons or builder.facts.aside or any(made.aside for made in plan.compiled.values())) and not all(
        facts.survives(column) for names in mapped.values() for column in names.values() if column in facts.columns
    ):
        plan.reasons += [Reason(key, "", "rows need facts of a type that the engine changes") for key in plan.compiled]
        plan.compiled.clear()
    if plan.compiled:
        plan.expression = _selected(plan, builder, reader)
        if facts.key is not None:
            plan.sql = str(ibis.to_sql(plan.expression, dialect="duckdb"))
    return plan


def _selected(plan: Plan, builder: Builder, reader: FactColumns) -> Any:
    """The output columns, and what is needed to finish the rows that SQL leaves aside."""
    chosen: dict[str, Column] = {}
    asides = list(reader.aside)
    for key, columns in plan.compiled.items():
        asides += columns.aside
        chosen |= _values(key, columns.meaning)
        if plan.matched_rules:
            chosen[_named(key, MATCHED)] = ibis.coalesce(columns.matched, 0).cast("int64")
        if plan.missing_facts:
            miss = _miss(columns.meaning)
            chosen[_named(key, MISSING)] = ibis.literal(0, "int64") if miss is None else miss
    passed: set[str] = set()
    if asides:
        chosen[_ASIDE] = reduce(or_, asides)
    if asides or plan.reasons:
        passed = {c for names in plan.columns.values() for c in names.values() if c in plan.facts.columns}
    plan.asides = [_ASIDE] if asides else []
    for column in sorted(passed):
        chosen[_FACT + column] = plan.facts.table[column]
    return builder.table.select(**chosen)


def _named(key: str, what: str) -> str:
    if not key:
        return what
    return key if what == VALUE else f"{key}.{what}"


def _values(key: str, meaning: Meaning) -> dict[str, Column]:
    name = _named(key, VALUE)
    if isinstance(meaning, Term):
        return {name: _output(meaning)}
    miss = _miss(meaning)
    outputs = {f"{name}.{entry}": _output(term) for entry, term in meaning.terms.items()}
    if miss is None:
        return outputs
    return {entry: ibis.cases((miss != 0, ibis.null()), else_=value) for entry, value in outputs.items()}


def _output(term: Term) -> Column:
    """The column as one of few types, whatever SQL made of it."""
    if term.kind == "null":
        return ibis.null("string")
    if term.kind != "number":
        return term.value
    if term.floating:
        return term.value.cast("float64")
    if term.scale == 0 and term.digits <= 19:
        return term.value.cast("int64")
    return term.value.cast(dt.Decimal(38, term.scale))


def _miss(meaning: Meaning) -> Column | None:
    if isinstance(meaning, Term):
        return meaning.miss
    found = [term.miss for term in meaning.terms.values() if term.miss is not None]
    return reduce(or_, found) if found else None


class BulkResult:
    """The answers, one row for each row of the table, in its order. Nothing is computed before it is asked for."""

    def __init__(self, plan: Plan, processes: int | None = None) -> None:
        self.plan = plan
        self._processes = processes

    def to_arrow(self) -> pa.Table:
        """All answers."""
        plan = self.plan
        if plan.expression is not None and not plan.asides and not plan.reasons:
            return self._finished(plan.facts.answers(plan.expression, plan.sql), {})
        batches = list(self.batches())
        return _joined(batches) if batches else self._nothing()

    def batches(self, rows: int = ROWS) -> Iterator[pa.Table]:
        """The answers, some rows at a time, so that a table of any size needs little memory."""
        plan = self.plan
        if plan.expression is None:
            reader = plan.facts.rows(rows)
        else:
            reader = plan.facts.batches(plan.expression, plan.sql, rows)
        if not plan.reasons:
            for batch in reader:
                yield self._finished(pa.Table.from_batches([batch]), {})
            return
        yield from self._by_closures(pa.Table.from_batches([batch]) for batch in reader)

    def _by_closures(self, tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """What SQL left out, each decision in processes of its own turn; batches are kept until all are done."""
        plan = self.plan
        kept: list[pa.Table] = []
        refused = [reason.decision for reason in plan.reasons]
        names = {key: self._columns(key) for key in refused}
        if len(refused) == 1:
            key = refused[0]

            def rows() -> Iterator[list[dict[str, Any]]]:
                for table in tables:
                    kept.append(table)
                    yield rows_of(table, names[key])

            for found in answers(plan.subjects[key], rows(), plan.absent, self._processes):
                yield self._finished(kept.pop(0), {key: found})
            return
        for table in tables:
            found_all = {
                key: decided(plan.subjects[key].evaluate, rows_of(table, names[key]), plan.absent) for key in refused
            }
            yield self._finished(table, found_all)

    def _columns(self, key: str) -> dict[str, str]:
        prefix = "" if self.plan.expression is None else _FACT
        return {name: prefix + column for name, column in self.plan.columns[key].items()}

    def _finished(self, table: pa.Table, found: Mapping[str, Sequence[Answer]]) -> pa.Table:
        """A batch of the query with the closures' answers put in."""
        plan = self.plan
        made: dict[str, pa.Array | pa.ChunkedArray] = {}
        odd: list[int] = []
        if plan.asides:
            odd = [i for i, aside in enumerate(table[_ASIDE].to_pylist()) if aside]
        for key, subject in plan.subjects.items():
            if key in found:
                made |= self._answered(key, subject, found[key])
                continue
            names = [name for name in table.column_names if name != _ASIDE and _belongs(name, key, plan.subjects)]
            own = {name: self._listed(key, name, table[name]) for name in names}
            made |= self._patched(key, subject, table, own, odd) if odd else own
        return pa.table(made)

    def _listed(self, key: str, name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
        """A column of the query as it is told: sets that came as bits become lists."""
        if self.plan.matched_rules and name == _named(key, MATCHED):
            return pa.chunked_array([numbers_of(column)])
        if self.plan.missing_facts and name == _named(key, MISSING):
            return pa.chunked_array([names_of(column, list(self.plan.bits))])
        return column

    def _patched(
        self, key: str, subject: Subject, table: pa.Table, own: Mapping[str, pa.ChunkedArray], odd: list[int]
    ) -> dict[str, pa.Array]:
        rows = rows_of(table.take(odd), self._columns(key))
        found = decided(subject.evaluate, rows, self.plan.absent)
        places = list(range(table.num_rows))
        for place, index in enumerate(odd):
            places[index] = table.num_rows + place
        patched: dict[str, pa.Array] = {}
        for name, column in own.items():
            values = self._cells(name.removeprefix(f"{key}.") if key else name, found)
            whole = pa.chunked_array([*column.chunks, as_type(values, column.type)], column.type)
            patched[name] = whole.take(pa.array(places, pa.int64()))
        return patched

    @staticmethod
    def _cells(name: str, found: Sequence[Answer]) -> list[Any]:
        if name == MATCHED:
            return [list(matched) for _, matched, _ in found]
        if name == MISSING:
            return [list(missing) for _, _, missing in found]
        entry = name.partition(".")[2]
        if entry and name.startswith(VALUE + "."):
            return [None if value is None else value.get(entry) for value, _, _ in found]
        return [value for value, _, _ in found]

    def _answered(self, key: str, subject: Subject, found: Sequence[Answer]) -> dict[str, pa.Array]:
        name = _named(key, VALUE)
        made: dict[str, pa.Array] = {}
        if subject.entries:
            for entry in subject.entries:
                made[f"{name}.{entry}"] = array_of([None if v is None else v.get(entry) for v, _, _ in found])
        else:
            made[name] = array_of([value for value, _, _ in found])
        if self.plan.matched_rules:
            made[_named(key, MATCHED)] = pa.array([list(m) for _, m, _ in found], pa.list_(pa.int64()))
        if self.plan.missing_facts:
            made[_named(key, MISSING)] = pa.array([list(m) for _, _, m in found], pa.list_(pa.string()))
        return made

    def _nothing(self) -> pa.Table:
        if self.plan.expression is None:
            return pa.table(self._answered_nothing())
        plan = self.plan
        empty = plan.facts.answers(plan.expression, plan.sql)
        return self._finished(empty, {reason.decision: () for reason in plan.reasons})

    def _answered_nothing(self) -> dict[str, pa.Array]:
        made: dict[str, pa.Array] = {}
        for key, subject in self.plan.subjects.items():
            made |= self._answered(key, subject, ())
        return made


def _belongs(name: str, key: str, keys: Mapping[str, Subject]) -> bool:
    if name.startswith(_FACT):
        return False
    if not key:
        return True
    return name == key or (name.startswith(f"{key}.") and name not in keys)


def _joined(tables: list[pa.Table]) -> pa.Table:
    """Batches whose columns may have got different types, as their values were: the wider one holds all."""
    first = tables[0]
    if all(table.schema == first.schema for table in tables):
        return pa.concat_tables(tables)
    columns = {name: _widened([table[name] for table in tables]) for name in first.column_names}
    return pa.table(columns)


def _widened(columns: list[pa.ChunkedArray]) -> pa.ChunkedArray:
    kinds = {column.type for column in columns if not pa.types.is_null(column.type)}
    if len(kinds) <= 1:
        wanted = next(iter(kinds), pa.null())
        return pa.chunked_array([chunk.cast(wanted) for column in columns for chunk in column.chunks], wanted)
    values = [value for column in columns for value in column.to_pylist()]
    return pa.chunked_array([array_of([_feel(value) for value in values])])


def _feel(value: Any) -> Any:
    from yiwang.commons.rules.engine.values import of_fact

    return of_fact(value, "") if value is not None else None


def decide_many(
    decision: Decision | Mapping[str, Decision],
    table: Source,
    *,
    columns: Mapping[str, str] | None = None,
    matched_rules: bool = False,
    missing_facts: bool = False,
    absent: Absent = Absent.UNKNOWN,
    memory: str | None = None,
    threads: int | None = None,
    processes: int | None = None,
) -> BulkResult:
    """A decision, or several by name, for every row of a table.

    `decision`: a `TableExpression`, an `Expression`, or `(Model, name of a decision)`. `table`: a pyarrow Table or
    RecordBatchReader, the path of Parquet files, a table of Ibis, a relation of DuckDB. A fact is read from the column of
    its name, or of that in `columns`; a null in it is an absent fact, with `absent=Absent.NULL` FEEL's null.

    Columns of the result: `value` (of a context `value.entry` for each entry), on request `matched_rules` (numbers from
    1 of the decision's own table) and `missing_facts`; of several decisions `name`, `name.matched_rules` and so on.
    Numbers are int64, DECIMAL(38, s) with the decimals that they may have, or double where the column is one.
    Raises TypeError where `decision` or `table` is nothing of the kind.
    """
    decisions = decision if isinstance(decision, Mapping) else {"": decision}
    plan = plan_for(
        decisions,
        table,
        columns=columns,
        matched_rules=matched_rules,
        missing_facts=missing_facts,
        absent=absent,
        memory=memory,
        threads=threads,
    )
    return BulkResult(plan, processes)


__all__ = ["BulkResult", "Plan", "Reason", "decide_many", "plan_for"]
