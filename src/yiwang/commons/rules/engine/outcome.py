"""What a decision yields, with what explains it."""

from dataclasses import dataclass

from .budget import Run
from .diagnostics import Diagnostic
from .tables import TableTrace
from .tables_compile import traced
from .unknown import missing_in
from .values import Value

MAX_TRACES = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """`value` holds only where `known`; `matched_rules` are numbers from 1 in the decision's own table.

    `tables` tell of every table that was evaluated, in order: which rules matched, which entry failed first in others.
    """

    value: Value
    matched_rules: tuple[int, ...] = ()
    missing_facts: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    steps: int = 0
    tables: tuple[TableTrace, ...] = ()

    @property
    def known(self) -> bool:
        return not self.missing_facts


def outcome_of(run: Run, value: Value, where: str) -> Outcome:
    missing = missing_in(value)
    tables = tuple(traced(*record) for record in run.tables[:MAX_TRACES])
    matched = next((t.matched_rules for t in reversed(tables) if t.where == where), ())
    return Outcome(None if missing else value, matched, missing, tuple(run.diagnostics), run.steps, tables)
