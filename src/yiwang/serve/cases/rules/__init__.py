"""Pure decisions about cases: states, the law's clock, numbers, the chain of events."""

from yiwang.serve.cases.rules.clock import (
    ACCEPTANCE_DAYS,
    ANNOUNCEMENT_DAYS,
    DELIVERY_DAYS,
    EXTENSION_DAYS,
    Entry,
    acceptance_clock,
    acceptance_due,
    accepted_on,
    announced_until,
    clock,
    day_of,
    deferral_due,
    delivery_due,
    due_date,
    end_of,
    entry_of,
    expected_due,
    extension,
    last,
    pauses,
    status_of,
    stopped,
    waiting_since,
)
from yiwang.serve.cases.rules.documents import (
    Paragraph,
    Rendered,
    Template,
    days_words,
    document_digest,
    document_number,
    holds,
    issuer_word,
    legal_day,
    lines,
    listed,
    places,
    render,
)
from yiwang.serve.cases.rules.halting import halt_words, halted_words, left_out_words
from yiwang.serve.cases.rules.history import GENESIS, event_hash
from yiwang.serve.cases.rules.numbers import NUMBER, case_number, member_number
from yiwang.serve.cases.rules.results import filled
from yiwang.serve.cases.rules.states import TRANSITIONS, next_status, parent_result, parent_status, refusal

__all__ = [
    "ACCEPTANCE_DAYS", "ANNOUNCEMENT_DAYS", "DELIVERY_DAYS", "EXTENSION_DAYS", "GENESIS", "NUMBER", "TRANSITIONS", "Entry",
    "Paragraph", "Rendered", "Template", "acceptance_clock", "acceptance_due", "accepted_on", "announced_until", "case_number", "clock",
    "day_of", "days_words", "deferral_due", "delivery_due", "document_digest", "document_number", "due_date", "end_of", "entry_of",
    "event_hash", "expected_due", "extension", "filled", "halt_words", "halted_words", "holds", "issuer_word", "last", "left_out_words", "legal_day", "lines", "listed", "member_number", "next_status",
    "parent_result", "parent_status", "pauses", "places", "refusal", "render", "status_of", "stopped", "waiting_since",
]  # fmt: skip
