"""Reads of the portal: what can be applied for and is not sent yet; the counter's trays, filings and hand-overs."""

from yiwang.serve.portal.queries.applications import (
    SERVICE_HALL,
    Unsent,
    can_apply,
    counters_near,
    eligibility,
    is_single,
    offer,
    open_questions,
    served_person,
    single,
    unsent,
    worked_out,
)
from yiwang.serve.portal.queries.counter import (
    filing_of,
    handover,
    handovers,
    handovers_to_confirm,
    held_scans,
    scans,
    to_hand_over,
    workplaces,
)
from yiwang.serve.portal.queries.earlier import known_before, said_before

__all__ = [
    "SERVICE_HALL", "Unsent", "can_apply", "counters_near", "eligibility", "filing_of", "handover", "handovers", "handovers_to_confirm", "held_scans",
    "is_single", "known_before", "offer", "open_questions", "said_before", "scans", "served_person", "single", "to_hand_over",
    "unsent", "worked_out", "workplaces",
]  # fmt: skip
