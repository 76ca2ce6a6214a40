"""Boolean, context and sort functions, and `is` (DMN 1.5, 10.3.4.2, 10.3.4.8-10.3.4.12)."""

from collections.abc import Callable
from functools import cmp_to_key

from .budget import Run
from .diagnostics import Fault
from .feeltypes import is_instance
from .functions import builtin, call
from .operators import order
from .temporal import DateTime, Time
from .unknown import OPEN, unknown
from .values import Function, Value, kind


@builtin("not", "negand: Any", "boolean")
def _not(run: Run, negand: Value) -> Value:
    if negand is not None and not isinstance(negand, bool):
        raise Fault("rules.argument_type", name="not", parameter="negand", value=kind(negand))
    return None if negand is None else not negand


@builtin("is", "value1?: Any, value2?: Any", "boolean")
def _is(run: Run, left: Value = None, right: Value = None) -> Value:
    return same(left, right)


def same(left: Value, right: Value) -> bool:
    """Same kind and same in every component: a zone and its offset are not the same."""
    if kind(left) != kind(right):
        return False
    if isinstance(left, Time | DateTime):
        parts = (left.nanos, left.zone, getattr(left, "date", None))
        return parts == (right.nanos, right.zone, getattr(right, "date", None))
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(v, right[k]) for k, v in left.items())
    return bool(left == right)


@builtin("get value", "m: context?, key: Any")
def _get_value(run: Run, context: dict[str, Value] | None, key: Value) -> Value:
    return _value_at(context, key)


@builtin("get value", "context: context?, keys: list?")
def _get_value_by_keys(run: Run, context: dict[str, Value] | None, keys: list[Value]) -> Value:
    return _value_at(context, keys)


def _value_at(context: Value, key: Value) -> Value:
    path = key if isinstance(key, list) else [key]
    if not path:
        return None
    for part in path:
        if not isinstance(context, dict) or not isinstance(part, str) or part not in context:
            return None
        context = context[part]
    return context


@builtin("get entries", "m: context", "list")
def _get_entries(run: Run, context: dict[str, Value]) -> Value:
    run.charge(len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context", "entries: list", "context")
def _context(run: Run, entries: list[Value]) -> Value:
    run.charge(len(entries))
    context: dict[str, Value] = {}
    for pair in entries:
        key = pair.get("key") if isinstance(pair, dict) else None
        if not isinstance(key, str) or "value" not in pair or key in context:
            raise Fault("rules.argument_value", name="context", detail=str(key))
        context[key] = pair["value"]
    return context


@builtin("context put", "context: context, key: Any, value: Any", "context")
def _context_put(run: Run, context: dict[str, Value], key: Value, value: Value) -> Value:
    run.charge(len(context))
    return _put(context, key, value)


@builtin("context put", "context: context, keys: list, value: Any", "context")
def _context_put_by_keys(run: Run, context: dict[str, Value], keys: list[Value], value: Value) -> Value:
    run.charge(len(context))
    return _put(context, keys, value)


def _put(context: dict[str, Value], key: Value, value: Value) -> dict[str, Value]:
    first, *rest = key if isinstance(key, list) and key else [key]
    if not isinstance(first, str):
        raise Fault("rules.argument_value", name="context put", detail="key")
    if rest:
        inner = context.get(first)
        if not isinstance(inner, dict):
            raise Fault("rules.argument_value", name="context put", detail=first)
        value = _put(inner, rest, value)
    return {**context, first: value}


@builtin("context merge", "contexts: list", "context")
def _context_merge(run: Run, contexts: list[Value]) -> Value:
    merged: dict[str, Value] = {}
    for context in contexts:
        if not isinstance(context, dict):
            raise Fault("rules.argument_value", name="context merge", detail="contexts")
        run.charge(1 + len(context))
        merged.update(context)
    return merged


class _Depends(Exception):
    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


@builtin("sort", "list: list, precedes?: function", "list")
def _sort(run: Run, items: list[Value], precedes: Function | None = None) -> Value:
    run.charge(len(items) * len(items).bit_length() // 4)
    try:
        return sorted(items, key=cmp_to_key(_natural if precedes is None else _by(run, precedes)))
    except _Depends as depends:
        return unknown(depends.value)


def _natural(left: Value, right: Value) -> int:
    ordered = order(left, right)
    if ordered is None:
        raise Fault("rules.not_comparable", left=kind(left), right=kind(right))
    return ordered


def _by(run: Run, precedes: Function) -> Callable[[Value, Value], int]:
    def compared(left: Value, right: Value) -> int:
        for pair, verdict in (((left, right), -1), ((right, left), 1)):
            before = call(run, precedes, pair)
            if type(before) in OPEN:
                raise _Depends(before)
            if not isinstance(before, bool):
                raise Fault("rules.argument_value", name="sort", detail="precedes")
            if before:
                return verdict
        return 0

    return compared


__all__ = ["is_instance", "same"]
