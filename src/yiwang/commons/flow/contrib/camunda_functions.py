"""Functions that Camunda 8 adds to FEEL, for processes that others drew. Those whose value nobody could reckon again are left out."""

import base64
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from yiwang.commons.rules.engine import Function, builtin, compile_expression, from_json

Implementation = Callable[..., Any]
FUNCTIONS: dict[str, Function] = {}
"""By name; never part of the standard's own functions."""


def _camunda(name: str, signature: str, result: str = "Any") -> Callable[[Implementation], Implementation]:
    return builtin(name, signature, result, among=FUNCTIONS)


@_camunda("get or else", "value: Any?, default: Any?")
def _get_or_else(run: Any, value: Any, default: Any) -> Any:
    return default if value is None else value


@_camunda("assert", "value: Any?, condition: Any?")
@_camunda("assert", "value: Any?, condition: Any?, cause: string")
def _assert(run: Any, value: Any, condition: Any, cause: str = "") -> Any:
    return value if condition is True else run.fail("rules.argument_value", name="assert", detail=cause or "condition")


@_camunda("fromAi", "value: Any?")
@_camunda("fromAi", "value: Any?, description: Any?")
@_camunda("fromAi", "value: Any?, description: Any?, type: Any?")
@_camunda("fromAi", "value: Any?, description: Any?, type: Any?, schema: Any?")
@_camunda("fromAi", "value: Any?, description: Any?, type: Any?, schema: Any?, options: Any?")
def _from_ai(run: Any, value: Any, *_described: Any) -> Any:
    """All but the value describes it to a language model."""
    return value


@_camunda("trim", "string: string", "string")
def _trim(run: Any, string: str) -> Any:
    return string.strip()


@_camunda("is blank", "string: string", "boolean")
def _is_blank(run: Any, string: str) -> Any:
    return not string.strip()


@_camunda("to base64", "value: string", "string")
def _to_base64(run: Any, value: str) -> Any:
    return base64.b64encode(value.encode()).decode()


@_camunda("is empty", "list: list", "boolean")
def _is_empty(run: Any, found: list[Any]) -> Any:
    return not found


@_camunda("duplicate values", "list: list", "list")
def _duplicate_values(run: Any, found: list[Any]) -> Any:
    run.charge(len(found) ** 2)
    return [each for at, each in enumerate(found) if found.count(each) > 1 and each not in found[:at]]


@_camunda("partition", "list: list, size: number", "list")
def _partition(run: Any, found: list[Any], size: Decimal) -> Any:
    step = int(size)
    if step < 1:
        return run.fail("rules.argument_value", name="partition", detail="size")
    return [found[at : at + step] for at in range(0, len(found), step)]


@_camunda("put", "context: context, key: string, value: Any?", "context")
def _put(run: Any, context: Mapping[str, Any], key: str, value: Any) -> Any:
    return {**context, key: value}


@_camunda("put all", "*contexts: context", "context")
def _put_all(run: Any, contexts: list[Any]) -> Any:
    return {key: value for context in contexts for key, value in context.items()}


@_camunda("from json", "value: string")
def _from_json(run: Any, value: str) -> Any:
    run.charge(1 + len(value) // 100)
    try:
        return from_json(json.loads(value, parse_float=Decimal))
    except (ValueError, RecursionError):
        return run.fail("rules.argument_value", name="from json", detail="value")


@_camunda("cycle", "interval: days and time duration", "string")
def _cycle(run: Any, interval: Any) -> Any:
    return f"R/{_written(interval)}"


@_camunda("cycle", "repetitions: number?, interval: days and time duration", "string")
def _cycle_so_often(run: Any, repetitions: Decimal | None, interval: Any) -> Any:
    return f"R{'' if repetitions is None else int(repetitions)}/{_written(interval)}"


_WRITTEN = compile_expression("string(interval)")


def _written(interval: Any) -> Any:
    return _WRITTEN.evaluate({"interval": interval}).value
