"""Pure decisions about cases: states, the law's clock, numbers, the chain of events."""

from yiwang.serve.cases.rules.clock import (
    ACCEPTANCE_DAYS,
    Entry,
    acceptance_clock,
    acceptance_due,
    accepted_on,
    clock,
    day_of,
    due_date,
    end_of,
    last,
    pauses,
    status_of,
    waiting_since,
)
from yiwang.serve.cases.rules.history import GENESIS, event_hash
from yiwang.serve.cases.rules.numbers import NUMBER, case_number, member_number
from yiwang.serve.cases.rules.results import filled
from yiwang.serve.cases.rules.states import TRANSITIONS, next_status, parent_result, parent_status, refusal

__all__ = [
    "ACCEPTANCE_DAYS", "GENESIS", "NUMBER", "TRANSITIONS", "Entry", "acceptance_clock", "acceptance_due", "accepted_on",
    "case_number", "clock", "day_of", "due_date", "end_of", "event_hash", "filled", "last", "member_number", "next_status", "parent_result", "parent_status",
    "pauses", "refusal", "status_of", "waiting_since",
]  # fmt: skip
