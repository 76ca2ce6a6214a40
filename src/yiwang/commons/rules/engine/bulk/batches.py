"""Rows decided by the compiled closures: a batch at a time, on all cores where there are many, in the order of the table."""

import json
import os
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from datetime import date
from decimal import Context, Decimal
from multiprocessing import get_context
from typing import Any

import pyarrow as pa

from yiwang.commons.rules.engine.expression import Absent
from yiwang.commons.rules.engine.json_values import to_json
from yiwang.commons.rules.engine.temporal import Date
from yiwang.commons.rules.engine.values import Value

from .models import Recipe, Subject, revived

ROWS = 20_000
"""Rows of one batch; also from how many on other processes are worth their start."""
Answer = tuple[Value, tuple[int, ...], tuple[str, ...]]
Rows = list[dict[str, Any]]

_EXACTLY = Context(prec=64)  # the thread's own context may round to fewer digits than FEEL has


def decided(evaluate: Callable[..., Any], rows: Rows, absent: Absent) -> list[Answer]:
    """Value, matched rules and missing facts of each row."""
    answers: list[Answer] = []
    for row in rows:
        facts = {name: value for name, value in row.items() if value is not None} if absent is Absent.UNKNOWN else row
        outcome = evaluate(facts, absent=absent)
        answers.append((outcome.value, getattr(outcome, "matched_rules", ()), outcome.missing_facts))
    return answers


_made: dict[str, Callable[..., Any]] = {}


def _begin(recipe: Recipe) -> None:
    _made["evaluate"] = revived(recipe)


def _work(rows: Rows, absent: Absent) -> list[Answer]:
    return decided(_made["evaluate"], rows, absent)


def answers(
    subject: Subject, batches: Iterable[Rows], absent: Absent, processes: int | None = None
) -> Iterator[list[Answer]]:
    """The answers of each batch, in order. At most two batches a process wait or are worked on at a time."""
    count = processes or len(os.sched_getaffinity(0))
    batches = iter(batches)
    first = next(batches, None)
    if first is None:
        return
    second = next(batches, None)
    if second is None or count < 2 or not _travels(subject.recipe):
        for rows in (first, *([] if second is None else [second]), *batches):
            yield decided(subject.evaluate, rows, absent)
        return
    with ProcessPoolExecutor(count, get_context("spawn"), _begin, (subject.recipe,)) as pool:
        waiting: deque[Future[list[Answer]]] = deque()
        for rows in _chained(first, second, batches):
            waiting.append(pool.submit(_work, rows, absent))
            if len(waiting) >= 2 * count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _chained(first: Rows, second: Rows, rest: Iterable[Rows]) -> Iterator[Rows]:
    yield first
    yield second
    yield from rest


def _travels(recipe: Recipe) -> bool:
    with suppress(Exception):
        pickle.dumps(recipe)
        return True
    return False


def rows_of(batch: pa.RecordBatch | pa.Table, columns: Mapping[str, str]) -> Rows:
    """A batch as facts by name; a fact without a column is not among them."""
    names = {name: columns.get(name, name) for name in columns}
    kept = [(name, column) for name, column in names.items() if column in batch.schema.names]
    taken = batch.select([column for _, column in kept]).rename_columns([name for name, _ in kept])
    if not kept:
        return [{} for _ in range(batch.num_rows)]
    found: Rows = taken.to_pylist()
    return found


def array_of(values: list[Value]) -> pa.Array:
    """FEEL values of one kind as Arrow has them; of several kinds, or lists and contexts, as JSON text."""
    kinds = {type(value) for value in values if value is not None}
    if not kinds:
        return pa.nulls(len(values))
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds == {str}:
        return pa.array(values, pa.string())
    if kinds == {Date} and all(v is None or 1 <= v.year <= 9999 for v in values):
        return pa.array([None if v is None else date(v.year, v.month, v.day) for v in values], pa.date32())
    if kinds == {Decimal}:
        return _numbers(values)
    texts = [None if v is None else json.dumps(to_json(v, tagged=True), ensure_ascii=False) for v in values]
    return pa.array(texts, pa.string())


def _numbers(values: list[Decimal | None]) -> pa.Array:
    """Whole numbers as int64 where they fit, others as DECIMAL(38, s); what fits neither as text."""
    told = [v for v in values if v is not None]
    if all(v == v.to_integral_value() and abs(v) < 2**63 for v in told):
        return pa.array([None if v is None else int(v) for v in values], pa.int64())
    scale = max(-int(_EXACTLY.normalize(v).as_tuple().exponent) for v in told)
    whole = max(v.adjusted() + 1 for v in told)
    if max(scale, 0) + max(whole, 0) <= 38:
        return pa.array(values, pa.decimal128(38, max(scale, 0)))
    return pa.array([None if v is None else str(_EXACTLY.normalize(v)) for v in values], pa.string())


def as_type(values: list[Value], wanted: pa.DataType) -> pa.Array:
    """FEEL values as the type of a column that exists."""
    if pa.types.is_floating(wanted):
        return pa.array([None if v is None else float(v) for v in values], wanted)
    if pa.types.is_integer(wanted):
        return pa.array([None if v is None else int(v) for v in values], wanted)
    if pa.types.is_date(wanted):
        return array_of(values).cast(wanted)
    if pa.types.is_null(wanted) and any(value is not None for value in values):
        return array_of(values)
    return pa.array(values, wanted)


def numbers_of(bits: pa.ChunkedArray) -> pa.Array:
    """Sets of rules as bits to lists of their numbers from 1."""
    places, offsets = _places(bits)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(places + 1, pa.int64()))


def names_of(bits: pa.ChunkedArray, names: Sequence[str]) -> pa.Array:
    """Sets of facts as bits to lists of their names."""
    places, offsets = _places(bits)
    told = pa.array(names, pa.string()).take(pa.array(places, pa.int64()))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), told)


def _places(bits: pa.ChunkedArray) -> tuple[Any, Any]:
    """(places of the bits that are set, row after row; where each row begins)."""
    import numpy as np

    masks = bits.to_numpy()
    offsets = np.zeros(len(masks) + 1, dtype=np.int32)
    if not (masks & (masks - 1)).any():
        np.cumsum(masks != 0, out=offsets[1:])
        return np.log2(masks[masks != 0]).astype(np.int64), offsets
    places, counts = [], []
    for start in range(0, len(masks), ROWS):
        part = masks[start : start + ROWS]
        flags = (part[:, None] >> np.arange(int(part.max()).bit_length())) & 1
        counts.append(flags.sum(axis=1))
        places.append(np.nonzero(flags)[1])
    np.cumsum(np.concatenate(counts), out=offsets[1:])
    return np.concatenate(places), offsets
