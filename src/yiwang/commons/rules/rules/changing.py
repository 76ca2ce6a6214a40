"""How many outcomes a change of a decision changes, counted over a table of facts."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from yiwang.commons.rules.contracts import Change
from yiwang.commons.rules.engine import BOOLEAN, NUMBER, STRING, Model, from_json, to_json
from yiwang.commons.rules.engine.feeltypes import plain as plain_type
from yiwang.commons.rules.rules.entering import entered
from yiwang.commons.rules.rules.layout import Layout
from yiwang.commons.rules.rules.reading import shown_value

UNKNOWN = "?"
_SHOWN = 5
_MOST_CHANGES = 40
_MOST_WORDS = 80
_MANY = 200
_PLAIN = (NUMBER, STRING, BOOLEAN)
_SIMPLE = frozenset({int, float, str, bool})


class FactsUnreadable(Exception):
    """The file is no table of facts; the message says why."""


def outcome_words(value: Any, known: bool) -> str:
    """An outcome in a word that can be counted; `?` where facts were missing."""
    return shown_value(value)[:_MOST_WORDS] if known else UNKNOWN


def read_facts_table(content: bytes, layout: Layout) -> Iterator[Mapping[str, Any] | None]:
    """Rows of a CSV or Parquet file as facts; None for a row that can't be read. Columns that are no input are left out.

    Raises FactsUnreadable.
    """
    if content[:4] == b"PAR1":
        yield from _parquet(content, layout)
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            raise FactsUnreadable("encoding") from None
    reader = csv.DictReader(io.StringIO(text))
    try:
        columns = _columns(reader.fieldnames or (), layout)
        for row in reader:
            given = {name: row.get(column) or "" for column, name in columns.items()}
            read = entered(layout, {name: _truth(text) for name, text in given.items()})
            yield None if read.faults else read.facts
    except csv.Error as error:
        raise FactsUnreadable("csv") from error


def rows_in(content: bytes) -> int:
    """About how many rows the file has; 0 where that is not known beforehand."""
    return 0 if content[:4] == b"PAR1" else max(content.count(b"\n") - 1, 0)


def _truth(text: str) -> str:
    return {"是": "yes", "否": "no", "TRUE": "yes", "FALSE": "no", "True": "yes", "False": "no"}.get(text, text)


def _columns(found: Any, layout: Layout) -> dict[str, str]:
    """Columns of the file by the input that they hold, named by its name or its label."""
    names = {fact.name: fact.name for fact in layout.facts} | {fact.label: fact.name for fact in layout.facts}
    columns = {column: names[column.strip()] for column in found if column and column.strip() in names}
    if not columns:
        raise FactsUnreadable("columns")
    return columns


def _parquet(content: bytes, layout: Layout) -> Iterator[Mapping[str, Any] | None]:
    try:
        from pyarrow import ArrowException, BufferReader
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise FactsUnreadable("parquet") from None
    try:
        file = ParquetFile(BufferReader(content))
        columns = _columns(file.schema_arrow.names, layout)
        for batch in file.iter_batches(batch_size=5_000, columns=list(columns)):
            for row in batch.to_pylist():
                yield {columns[column]: value for column, value in row.items() if value is not None}
    except (ArrowException, OSError) as error:
        raise FactsUnreadable("parquet") from error


@dataclass(slots=True)
class Tally:
    """Counts of one trial; merges over batches as it is kept as JSON between them."""

    done: int = 0
    refused: int = 0
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    moves: dict[tuple[str, str], Change] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        return sum(change.count for change in self.moves.values())

    @property
    def changes(self) -> tuple[Change, ...]:
        """The commonest first."""
        return tuple(sorted(self.moves.values(), key=lambda change: -change.count)[:_MOST_CHANGES])

    @property
    def outcomes(self) -> tuple[tuple[str, int, int], ...]:
        """Each outcome with how often it came before and comes after."""
        words = sorted(self.before | self.after, key=lambda word: -(self.before | self.after)[word])
        return tuple((word, self.before[word], self.after[word]) for word in words[:_MOST_CHANGES])

    def add(self, facts: Mapping[str, Any], before: str, after: str) -> None:
        self.done += 1
        self.before[before] += 1
        self.after[after] += 1
        if before != after:
            old = self.moves.get((before, after), Change(before, after, 0))
            rows = old.rows if len(old.rows) >= _SHOWN else (*old.rows, json.loads(json.dumps(facts, default=str)))
            self.moves[before, after] = Change(before, after, old.count + 1, rows)


def tally(
    counted: Tally, key: str, before: Model | None, after: Model, rows: Iterable[Mapping[str, Any] | None]
) -> None:
    """Decide each row by both models and count; many at once by one expression where the facts are plain."""
    told = []
    for row in rows:
        if row is None:
            counted.done += 1
            counted.refused += 1
        else:
            told.append(row)
    old = [UNKNOWN] * len(told) if before is None else _outcomes(before, key, told)
    for row, first, second in zip(told, old, _outcomes(after, key, told), strict=True):
        counted.add(row, first, second)


def _outcomes(model: Model, key: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    plain = all(declared is None or plain_type(declared) in _PLAIN for declared in model.inputs.values())
    if plain and len(rows) >= _MANY and all(type(value) in _SIMPLE for row in rows for value in row.values()):
        found = _at_once(model, key, rows)
        if found is not None:
            return found
    words = []
    for row in rows:
        facts = {name: from_json(value, model.inputs.get(name)) for name, value in row.items() if name in model.inputs}
        outcome = model.decide(key, facts)
        words.append(outcome_words(to_json(outcome.value), outcome.known))
    return words


def _at_once(model: Model, key: str, rows: Sequence[Mapping[str, Any]]) -> list[str] | None:
    """The outcomes of plain rows; None where the columns are no table (a name with numbers and texts)."""
    import pyarrow as pa

    from yiwang.commons.rules.engine.bulk import decide_many

    names = [name for name in model.inputs if any(name in row for row in rows)]
    try:
        table = pa.table({name: pa.array([row.get(name) for row in rows]) for name in names})
    except pa.ArrowException:
        return None
    if not names:
        return None
    found = decide_many((model, key), table, missing_facts=True).to_arrow().to_pylist()
    kept: dict[tuple[Any, ...], str] = {}
    return [_words(row, kept) for row in found]


def _words(row: Mapping[str, Any], kept: dict[tuple[Any, ...], str]) -> str:
    if row["missing_facts"]:
        return UNKNOWN
    values = {name: value for name, value in row.items() if name != "missing_facts"}
    known = tuple(values.values())
    try:
        if known not in kept:
            kept[known] = _said(values)
        return kept[known]
    except TypeError:  # a list among them
        return _said(values)


def _said(values: Mapping[str, Any]) -> str:
    parts = {name.removeprefix("value").removeprefix("."): _json(value) for name, value in values.items()}
    return outcome_words(parts[""] if set(parts) == {""} else parts, known=True)


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return to_json(value)
    if isinstance(value, list):
        return [_json(each) for each in value]
    return value.isoformat() if isinstance(value, date | datetime) else value
