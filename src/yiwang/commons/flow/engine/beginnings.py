"""When a process that begins by a timer begins next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .definition import TimerKind, expression_in
from .ports import Evaluator
from .timers import due_after, due_date, parse_cycle
from .values import Beginning


@dataclass(frozen=True, slots=True)
class Round:
    """The next time, and how many follow it; None: no end."""

    due_at: datetime
    left: int | None


def first_round(beginning: Beginning, evaluator: Evaluator, at: datetime) -> Round:
    """From the moment of publication. Raises `ExpressionFault`, ValueError for what is no date, duration or cycle."""
    value = _value(beginning, evaluator)
    match TimerKind(beginning.timer_kind):
        case TimerKind.DATE:
            return Round(due_date(value), 0)
        case TimerKind.DURATION:
            return Round(due_after(value, at), 0)
    cycle = parse_cycle(str(value))
    return Round(cycle.first(at), None if cycle.times is None else cycle.times - 1)


def next_round(beginning: Beginning, before: Round, evaluator: Evaluator, at: datetime) -> Round | None:
    """None after the last. Rounds that were missed while nothing ran are left out, but counted."""
    if before.left == 0:
        return None
    cycle = parse_cycle(str(_value(beginning, evaluator)))
    due, left = cycle.following(before.due_at), before.left
    while due <= at:
        due = cycle.following(due)
        left = None if left is None else left - 1
    if left is not None and left <= 0:
        return None
    return Round(due, None if left is None else left - 1)


def _value(beginning: Beginning, evaluator: Evaluator) -> Any:
    expression = expression_in(beginning.timer)
    return beginning.timer if expression is None else evaluator.evaluate(expression, {})
