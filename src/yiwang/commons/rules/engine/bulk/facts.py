"""Tables of every sort as one table of Ibis, with what is known of their columns before a row is read."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import dataset

from yiwang.commons.rules.engine.expression import Absent

from .terms import Column, Term, Uncompilable

Source = Any
"""A pyarrow Table or RecordBatchReader, a path of Parquet files, a table of Ibis, a relation of DuckDB."""

_SETTINGS = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
_WHOLE = {"int8": 3, "int16": 5, "int32": 10, "int64": 19, "uint8": 3, "uint16": 5, "uint32": 10, "uint64": 20}
_FACTS = "facts"


@lru_cache(maxsize=4)
def _engine(memory: str | None, threads: int | None) -> Any:
    """A DuckDB in memory that fetches nothing from anywhere; callers take cursors, which see only their own table."""
    settings: dict[str, Any] = dict(_SETTINGS)
    if memory is not None:
        settings["memory_limit"] = memory
    if threads is not None:
        settings["threads"] = threads
    return duckdb.connect(":memory:", config=settings)


@dataclass(frozen=True, slots=True)
class Facts:
    """`complete` are the columns without nulls, `finite` the floating ones without infinities and NaN.

    `table` is a table of Ibis: one of a backend, or only a schema, of which `cursor` (DuckDB's) holds the rows.
    """

    table: Any
    complete: frozenset[str]
    finite: frozenset[str]
    cursor: Any = None
    schema: pa.Schema | None = None
    source: Any = None

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.table.columns)

    @property
    def key(self) -> Hashable:
        """What a plan depends on; None where it is of this very table."""
        if self.schema is None:
            return None
        return tuple((f.name, str(f.type)) for f in self.schema), self.complete, self.finite

    def answers(self, expression: Any, sql: str) -> pa.Table:
        """All rows of an expression over the table."""
        if self.cursor is None:
            return expression.to_pyarrow()
        return self.cursor.sql(sql).to_arrow_table()

    def batches(self, expression: Any, sql: str, rows: int) -> Iterator[pa.RecordBatch]:
        """The rows some at a time; DuckDB gives on what is ready."""
        if self.cursor is None:
            yield from _in_batches(expression, rows)
        else:
            yield from self.cursor.sql(sql).to_arrow_reader(rows)

    def rows(self, rows: int) -> Iterator[pa.RecordBatch]:
        """The table itself, as it was given: no engine in between that would change a type."""
        if isinstance(self.source, pa.Table):
            yield from self.source.to_batches(max_chunksize=rows)
        elif isinstance(self.source, pa.RecordBatchReader):
            for batch in self.source:
                yield from pa.Table.from_batches([batch]).to_batches(max_chunksize=rows)
        elif self.source is not None:
            yield from dataset.dataset(self.source).to_batches(batch_size=rows)
        elif self.cursor is not None:
            yield from self.cursor.sql(f"FROM {_FACTS}").to_arrow_reader(rows)
        else:
            yield from _in_batches(self.table, rows)

    def survives(self, column: str) -> bool:
        """Whether the engine gives a column's values back as they were."""
        kind = self.table[column].type()
        return any((kind.is_integer(), kind.is_floating(), kind.is_decimal(), kind.is_string(), kind.is_boolean(),
                    kind.is_date()))  # fmt: skip


def _in_batches(expression: Any, rows: int) -> Iterator[pa.RecordBatch]:
    """Batches of an expression over a table of the caller's; Ibis 12 has no streams with DuckDB 2."""
    if expression._find_backend(use_default=True).name == "duckdb":  # noqa: SLF001 - Ibis tells it nowhere else
        yield from expression.to_pyarrow().to_batches(max_chunksize=rows)
    else:
        yield from expression.to_pyarrow_batches(chunk_size=rows)


def facts_of(source: Source, memory: str | None = None, threads: int | None = None) -> Facts:
    """Raises TypeError for what is no table."""
    if isinstance(source, ibis.expr.types.Table):
        return Facts(source, frozenset(), frozenset())
    cursor = _engine(memory, threads).cursor()
    if isinstance(source, pa.RecordBatch):
        source = pa.Table.from_batches([source])
    if type(source).__name__ == "DuckDBPyRelation":
        source = source.to_arrow_reader(100_000)
    if isinstance(source, str | Path):
        return _of_parquet(str(source), cursor)
    if isinstance(source, pa.Table):
        complete = frozenset(name for name in source.column_names if source[name].null_count == 0)
        floats = [f.name for f in source.schema if pa.types.is_floating(f.type)]
        finite = frozenset(name for name in floats if pc.all(pc.is_finite(source[name])).as_py() is not False)
    elif isinstance(source, pa.RecordBatchReader):
        complete, finite = frozenset(field.name for field in source.schema if not field.nullable), frozenset()
    else:
        raise TypeError(f"not a table: {type(source).__name__}")
    cursor.register(_FACTS, source)
    return _told(source.schema, complete, finite, cursor, source)


def _told(
    schema: pa.Schema, complete: frozenset[str], finite: frozenset[str], cursor: Any, source: Any = None
) -> Facts:
    known = ibis.Schema.from_pyarrow(schema)
    return Facts(ibis.table(known, name=_FACTS), complete, finite, cursor, schema, source)


def _of_parquet(path: str, cursor: Any) -> Facts:
    quoted = path.replace("'", "''")
    cursor.execute(f"CREATE TEMP VIEW {_FACTS} AS SELECT * FROM read_parquet('{quoted}')")  # noqa: S608 - quoted above
    schema = cursor.sql(f"FROM {_FACTS} LIMIT 0").to_arrow_table().schema
    if any(mark in path for mark in "*?[") or not Path(path).is_file():
        return _told(schema, frozenset(), frozenset(), cursor)
    metadata = pq.read_metadata(path)
    nulls: dict[str, int] = {}
    for group in range(metadata.num_row_groups):
        for index in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(index)
            counted = chunk.statistics is not None and chunk.statistics.has_null_count
            found = chunk.statistics.null_count if counted else 1
            nulls[chunk.path_in_schema] = nulls.get(chunk.path_in_schema, 0) + found
    complete = frozenset(name for name, count in nulls.items() if count == 0)
    return _told(schema, complete, frozenset(), cursor, path)


class FactColumns:
    """The facts that a decision reads, as terms; each gets a bit when it is first read."""

    def __init__(self, facts: Facts, columns: Mapping[str, str], absent: Absent) -> None:
        self.facts = facts
        self.columns = columns
        self.absent = absent
        self.bits: dict[str, int] = {}
        self.aside: list[Column] = []
        self._terms: dict[str, Term] = {}

    def term(self, name: str) -> Term:
        if name not in self._terms:
            self._terms[name] = self._made(name)
        return self._terms[name]

    def _made(self, name: str) -> Term:
        column = self.columns.get(name, name)
        if column not in self.facts.columns:
            raise Uncompilable(f"the table has no column “{column}”")
        value = self.facts.table[column]
        bit = self.bits.setdefault(name, len(self.bits))
        if bit > 61:
            raise Uncompilable("more than 62 facts")
        made = _typed(value, column)
        if made.floating and column not in self.facts.finite:
            self.aside.append((value.isnan() | value.isinf()).fill_null(False))
        if column in self.facts.complete:
            return made
        if self.absent is Absent.NULL:
            return Term(made.kind, made.value, True, None, made.digits, made.scale, made.floating)
        miss = ibis.cases((value.isnull(), ibis.literal(1 << bit, "int64")), else_=ibis.literal(0, "int64"))
        return replace(made, miss=miss, gone=value.isnull())


def _typed(value: Any, column: str) -> Term:
    kind: dt.DataType = value.type()
    if kind.is_boolean():
        return Term("boolean", value)
    if kind.is_string():
        return Term("string", value)
    if kind.is_date():
        return Term("date", value)
    if kind.is_decimal() and isinstance(kind, dt.Decimal) and kind.scale is not None and kind.scale >= 0:
        return Term("number", value, digits=kind.precision or 38, scale=kind.scale)
    if kind.is_integer():
        return Term("number", value, digits=_WHOLE.get(str(kind).removeprefix("!"), 20))
    if kind.is_floating() and not kind.is_float16():
        return Term("number", value, floating=True)
    raise Uncompilable(f"the column “{column}” of type {kind}")
