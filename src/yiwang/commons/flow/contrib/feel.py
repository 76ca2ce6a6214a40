"""Fills the evaluator port with the FEEL of commons.rules, strictly: an absent variable or a FEEL error is a fault, never null."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from yiwang.commons.flow.contrib.camunda_functions import FUNCTIONS
from yiwang.commons.flow.engine import ExpressionFault
from yiwang.commons.rules.engine import (
    Date,
    DateTime,
    DaysDuration,
    Expression,
    FeelSyntaxError,
    Function,
    MonthsDuration,
    Result,
    Time,
    compile_expression,
    format_temporal,
)

_DEFINED = re.compile(r"\bis defined\(\s*([^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*\)")
_LITERAL = re.compile(r'"(?:\\.|[^"\\])*"')
_EXACT = 2**53
_NANOS_A_MICROSECOND = 1000


@lru_cache(4096)
def _compiled(text: str) -> tuple[Expression, Mapping[str, Function]]:
    """With the functions of Camunda that it calls; a variable may have such a name too.

    Raises FeelSyntaxError, and ExpressionFault for a call of what is no function: it would be taken for a variable.
    """
    found = compile_expression(text, functions=FUNCTIONS)
    bare = _LITERAL.sub(_blank, text)
    called = {}
    for name in found.names:
        call = re.search(rf"(?<![\w.]){re.escape(name)}\s*\(", bare)
        if call and name in FUNCTIONS:
            called[name] = FUNCTIONS[name]
        elif call:
            line = bare.count("\n", 0, call.start()) + 1
            raise ExpressionFault(
                f"没有函数“{name}”。", line=line, column=call.start() - bare.rfind("\n", 0, call.start())
            )
    return found, called


class FeelEvaluator:
    """Implements `engine.Evaluator`."""

    def check(self, text: str) -> None:
        """Raises ExpressionFault with line and column."""
        try:
            _compiled(_told_defined(text, {}))
        except FeelSyntaxError as error:
            raise ExpressionFault(error.diagnostic.text, line=error.line, column=error.column) from error

    def evaluate(self, text: str, variables: Mapping[str, Any]) -> Any:
        """The value as Python knows it: whole numbers as int, dates and durations of the standard library."""
        self.check(text)
        expression, called = _compiled(_told_defined(text, variables))
        result = expression.evaluate({**called, **variables} if called else variables)
        if not result.known:
            names = "、".join(result.missing_facts)
            raise ExpressionFault(f"缺少变量：{names}。", details={"missing": list(result.missing_facts)})
        if result.value is None and result.diagnostics:
            raise _fault(result)
        return _plain(result.value)


def _blank(literal: re.Match[str]) -> str:
    return '"' + " " * (len(literal[0]) - 2) + '"'


def _told_defined(text: str, variables: Mapping[str, Any]) -> str:
    """Camunda's `is defined(a.b)` by what it says here: whether there is such a variable or entry, null or not.

    Only names of variables can be asked for: the call with anything else stays, and is refused as no function.
    """
    bare = _LITERAL.sub(_blank, text)
    for call in reversed(list(_DEFINED.finditer(bare))):
        name, *path = call[1].split(".")
        if not re.search(rf"\b{re.escape(name)}\s*(:|\s+in\b)", bare):
            word = "true" if _is_there({**variables}, [name, *path]) else "false"
            text = text[: call.start()] + word.ljust(call.end() - call.start()) + text[call.end() :]
    return text


def _is_there(value: Any, path: list[str]) -> bool:
    for name in path:
        if not isinstance(value, Mapping) or name not in value:
            return False
        value = value[name]
    return True


def _fault(result: Result) -> ExpressionFault:
    first = result.diagnostics[0]
    remarks = [remark.text for remark in result.diagnostics[:10]]
    return ExpressionFault(first.text, line=first.at.line, column=first.at.column, details={"remarks": remarks})


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value() and abs(value) <= _EXACT
        return int(value) if whole else value
    return _temporal(value)


def _temporal(value: Any) -> Any:
    match value:
        case DaysDuration():
            return timedelta(microseconds=value.nanos // _NANOS_A_MICROSECOND)
        case MonthsDuration():
            return format_temporal(value)
        case Date() | DateTime() | Time():
            return _moment(value)
    return value


def _moment(value: Date | DateTime | Time) -> date | datetime | time:
    text, _, zone = format_temporal(value).partition("@")
    try:
        if isinstance(value, Date):
            return date.fromisoformat(text)
        found = time.fromisoformat(text) if isinstance(value, Time) else datetime.fromisoformat(text)
        return found.replace(tzinfo=ZoneInfo(zone)) if zone else found
    except ValueError as error:
        raise ExpressionFault(f"日期“{text}”超出可以保存的范围。") from error
