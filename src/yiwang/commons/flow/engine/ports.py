"""What the host injects. The engine evaluates nothing by itself: Python's eval and exec are out of reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from .values import WorkItem


class Evaluator(Protocol):
    """A FEEL implementation. Expressions come without the leading '='."""

    def check(self, text: str) -> None:
        """Raises `ExpressionFault` with a position when the text is not FEEL."""

    def evaluate(self, text: str, variables: Mapping[str, Any]) -> Any:
        """The value, made of str, bool, int, Decimal, date, time, datetime, timedelta, None, list and dict.

        Raises `ExpressionFault` on a FEEL error. The engine itself halts on a null condition.
        """


class Performer(Protocol):
    """Runs an operation or a decision inside the step."""

    def __call__(self, item: WorkItem) -> Mapping[str, Any] | None:
        """Outputs, or None to leave the item open (remote operations). Raises `BusinessError` for an error boundary."""


def leave_open(item: WorkItem) -> Mapping[str, Any] | None:
    """The performer of a host that completes every item itself."""
    del item
    return None
