"""How much one evaluation may use, so that a hostile or mistaken expression ends with a diagnostic.

Code that runs once is bounded by the length of its text; loops and calls are charged by the size of what they repeat,
and whatever builds lists or text by the size of what it builds. Time is looked at now and then, as the last resort.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from .diagnostics import NOWHERE, Diagnostic, Place

MAX_DIAGNOSTICS = 50
LOOK_EVERY = 20_000


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of one evaluation; all are deterministic except the seconds, which nothing sane comes near.

    `items` and `text` limit one list and one text, `all_text` the characters of all texts that are built together,
    `depth` calls within calls, `nesting` values within values, `pattern_seconds` each use of a regular expression.
    """

    steps: int = 1_000_000
    depth: int = 64
    nesting: int = 100
    items: int = 100_000
    text: int = 1_000_000
    all_text: int = 20_000_000
    seconds: float = 5.0
    pattern_seconds: float = 0.1


DEFAULT_BUDGET = Budget()


class BudgetExceeded(Exception):
    def __init__(self, code: str, limit: float) -> None:
        super().__init__(code)
        self.code = code
        self.limit = limit


class Run:
    """State of one evaluation: what was used, what was remarked, which moment counts as now."""

    __slots__ = (
        "_clock",
        "_look",
        "_now",
        "_seen",
        "_since",
        "budget",
        "depth",
        "diagnostics",
        "made",
        "steps",
        "tables",
        "where",
    )

    def __init__(self, budget: Budget, clock: Callable[[], datetime]) -> None:
        self.budget = budget
        self.steps = 0
        self.made = 0
        self.depth = 0
        self._look = min(LOOK_EVERY, budget.steps)
        self.where = ""
        self.diagnostics: list[Diagnostic] = []
        self.tables: list[Any] = []
        self._seen: set[tuple[str, Place, str]] = set()
        self._clock = clock
        self._now: datetime | None = None
        self._since: float | None = None

    @property
    def now(self) -> datetime:
        """Aware; the same throughout one evaluation, so that a decision is reproducible."""
        if self._now is None:
            self._now = self._clock()
        return self._now

    def charge(self, steps: int = 1) -> None:
        self.steps += steps
        if self.steps > self._look:
            self._take_stock()

    def _take_stock(self) -> None:
        if self.steps > self.budget.steps:
            raise BudgetExceeded("rules.steps", self.budget.steps)
        self._look = min(self.steps + LOOK_EVERY, self.budget.steps)
        self.check_time()

    def check_time(self) -> float:
        """Seconds that are left; counted from when a run first turned out to be long."""
        now = monotonic()
        if self._since is None:
            self._since = now
        left = self.budget.seconds - (now - self._since)
        if left <= 0:
            raise BudgetExceeded("rules.seconds", self.budget.seconds)
        return left

    def weigh(self, *values: object) -> None:
        """Charge all that values hold before they are walked: shared parts count each time, and depth is limited."""
        stack = [(value, 0) for value in values if isinstance(value, list | dict | str)]
        while stack:
            value, depth = stack.pop()
            if isinstance(value, str):
                if len(value) >= 1000:
                    self.charge(len(value) // 1000)
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

    def make_text(self, length: int) -> None:
        """Account for a text of that length before it is built."""
        self.check_text(length)
        self.made += length
        if self.made > self.budget.all_text:
            raise BudgetExceeded("rules.text_too_long", self.budget.all_text)
        self.charge(1 + length // 1000)

    def enter(self, weight: int = 1) -> None:
        """Go into a function or decision whose body weighs so much."""
        self.charge(weight)
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
