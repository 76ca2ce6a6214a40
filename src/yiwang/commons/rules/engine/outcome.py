"""What a decision yields, with what explains it."""

from typing import NamedTuple

from .budget import Run
from .diagnostics import Diagnostic
from .tables import TableTrace
from .tables_ready import Record
from .unknown import missing_in
from .values import Value

MAX_TRACES = 200


class Outcome(NamedTuple):
    """`value` holds only where `known`; `matched_rules` are numbers from 1 in the decision's own table."""

    value: Value
    matched_rules: tuple[int, ...] = ()
    missing_facts: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    steps: int = 0
    records: tuple[Record, ...] = ()

    @property
    def known(self) -> bool:
        return not self.missing_facts

    @property
    def tables(self) -> tuple[TableTrace, ...]:
        """Every table that was evaluated, in order: which rules matched, which entry failed first in the others."""
        return tuple(record.trace() for record in self.records)


def outcome_of(run: Run, value: Value, where: str) -> Outcome:
    missing = missing_in(value)
    records = tuple(run.tables[:MAX_TRACES])
    matched = next((record.matched for record in reversed(records) if record.where == where), ())
    return Outcome(None if missing else value, matched, missing, tuple(run.diagnostics), run.steps, records)
