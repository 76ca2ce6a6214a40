"""FEEL values as JSON and back: what JSON lacks (decimals, dates, durations) carries a mark."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from .values import WorkItem

_MARK = "$value"
_ITEM_FIELDS = tuple(each.name for each in fields(WorkItem))


def _item(values: list[Any]) -> WorkItem:
    parts = dict(zip(_ITEM_FIELDS, values, strict=True))
    return WorkItem(**{**parts, "candidate_groups": tuple(parts["candidate_groups"])})


_READ: dict[str, Callable[[Any], Any]] = {
    "decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "seconds": lambda seconds: timedelta(seconds=seconds),
    "item": _item,
}


def _write(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {_MARK: ["decimal", str(value)]}
    if isinstance(value, datetime):
        return {_MARK: ["datetime", value.isoformat()]}
    if isinstance(value, date):
        return {_MARK: ["date", value.isoformat()]}
    if isinstance(value, time):
        return {_MARK: ["time", value.isoformat()]}
    if isinstance(value, timedelta):
        return {_MARK: ["seconds", value.total_seconds()]}
    if isinstance(value, WorkItem):
        return {_MARK: ["item", [getattr(value, name) for name in _ITEM_FIELDS]]}
    raise TypeError(f"{type(value).__name__} can't be kept in the state of a process")


def _restore(found: dict[str, Any]) -> Any:
    marked = found.get(_MARK)
    if len(found) != 1 or not isinstance(marked, list) or len(marked) != 2 or marked[0] not in _READ:
        return found
    try:
        return _READ[marked[0]](marked[1])
    except (ValueError, TypeError, InvalidOperation):
        return found


class FeelEncoder(json.JSONEncoder):
    """For a JSON column that holds FEEL values."""

    def default(self, value: Any) -> Any:
        return _write(value)


class FeelDecoder(json.JSONDecoder):
    """The other way."""

    def __init__(self, **options: Any) -> None:
        super().__init__(object_hook=_restore, **options)


def dumps(value: Any) -> str:
    """Compact JSON. Raises TypeError for a value that is none of FEEL's."""
    return json.dumps(value, default=_write, ensure_ascii=False, separators=(",", ":"))


def loads(text: str | bytes) -> Any:
    return json.loads(text, object_hook=_restore)
