"""A decision table on its own, ready to be evaluated many times."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .budget import DEFAULT_BUDGET, Budget
from .compiler import Code, Environment, Unit
from .diagnostics import Diagnostic
from .expression import BUILTIN_SCOPE, Absent, Names, fact_reader, guarded, start, typed
from .feeltypes import FeelType
from .outcome import Outcome, outcome_of
from .tables import DecisionTable
from .tables_compile import TableCompiler
from .tables_shortcut import Shortcut, shortcut_of


@dataclass(frozen=True, slots=True)
class TableExpression:
    """A compiled table; `names` are the facts it reads."""

    table: DecisionTable
    names: tuple[str, ...]
    remarks: tuple[Diagnostic, ...]
    _unit: Unit
    _code: Code
    _short: Shortcut | None = None

    def evaluate(
        self,
        facts: Mapping[str, object],
        *,
        absent: Absent = Absent.UNKNOWN,
        budget: Budget = DEFAULT_BUDGET,
        now: datetime | None = None,
    ) -> Outcome:
        """Decide; never raises for what FEEL calls an error."""
        short = self._short
        if short is not None and type(facts) is dict and budget.steps >= short.steps:
            quick = short.decide(facts, budget)
            if quick is not None:
                return quick
        run = start(budget, now)
        run.where = self.table.name
        value = guarded(run, self._code, self._unit.frame(run, fact_reader(facts, absent)))
        return outcome_of(run, value, self.table.name)


def compile_table(
    table: DecisionTable, names: Names | None = None, types: Mapping[str, FeelType] | None = None
) -> TableExpression:
    """Make a table ready. Raises `FeelSyntaxError` for the first cell that is no FEEL; `names` as for expressions."""
    declared = None if names is None else typed(names)
    unit = Unit(declared, types or {})
    ready = TableCompiler(table, BUILTIN_SCOPE.child(declared or {}), Environment(unit)).ready()
    ready.pure = True
    return TableExpression(table, tuple(unit.outer), tuple(unit.remarks), unit, ready.decide, shortcut_of(ready))
