"""How much one evaluation may use, so that a hostile or mistaken expression ends with a diagnostic.

Straight-line code is bounded by the length of its text; only loops, calls and what builds lists or text is charged.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .diagnostics import NOWHERE, Diagnostic, Place

MAX_DIAGNOSTICS = 50


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of one evaluation; all are deterministic except `pattern_seconds` (per regular expression)."""

    steps: int = 1_000_000
    depth: int = 64
    nesting: int = 100
    items: int = 100_000
    text: int = 1_000_000
    pattern_seconds: float = 0.1


DEFAULT_BUDGET = Budget()


class BudgetExceeded(Exception):
    def __init__(self, code: str, limit: int) -> None:
        super().__init__(code)
        self.code = code
        self.limit = limit


class Run:
    """State of one evaluation: what was used, what was remarked, which moment counts as now."""

    __slots__ = ("_clock", "_now", "_seen", "budget", "depth", "diagnostics", "steps", "tables", "where")

    def __init__(self, budget: Budget, clock: Callable[[], datetime]) -> None:
        self.budget = budget
        self.steps = 0
        self.depth = 0
        self.where = ""
        self.diagnostics: list[Diagnostic] = []
        self.tables: list[Any] = []
        self._seen: set[tuple[str, Place, str]] = set()
        self._clock = clock
        self._now: datetime | None = None

    @property
    def now(self) -> datetime:
        """Aware; the same throughout one evaluation, so that a decision is reproducible."""
        if self._now is None:
            self._now = self._clock()
        return self._now

    def charge(self, steps: int = 1) -> None:
        self.steps += steps
        if self.steps > self.budget.steps:
            raise BudgetExceeded("rules.steps", self.budget.steps)

    def weigh(self, *values: object) -> None:
        """Charge all that values hold before they are walked: shared parts count each time, and depth is limited."""
        stack = [(value, 0) for value in values if isinstance(value, list | dict | str)]
        while stack:
            value, depth = stack.pop()
            if isinstance(value, str):
                self.steps += len(value) // 1000
                continue
            if depth > self.budget.nesting:
                raise BudgetExceeded("rules.too_deep", self.budget.nesting)
            self.charge(1 + len(value))
            parts = value.values() if isinstance(value, dict) else value
            stack += [(part, depth + 1) for part in parts if isinstance(part, list | dict | str)]

    def check_items(self, count: int) -> None:
        if count > self.budget.items:
            raise BudgetExceeded("rules.list_too_long", self.budget.items)

    def check_text(self, length: int) -> None:
        if length > self.budget.text:
            raise BudgetExceeded("rules.text_too_long", self.budget.text)

    def enter(self) -> None:
        self.steps += 1
        self.depth += 1
        if self.depth > self.budget.depth:
            raise BudgetExceeded("rules.too_deep", self.budget.depth)

    def leave(self) -> None:
        self.depth -= 1

    def fail(self, code: str, at: Place = NOWHERE, **params: object) -> None:
        """Remark an error whose value is null (returns None, so that callers can return it)."""
        key = (code, at, self.where)
        if key not in self._seen and len(self.diagnostics) < MAX_DIAGNOSTICS:
            self._seen.add(key)
            self.diagnostics.append(Diagnostic(code, params, at, self.where))
