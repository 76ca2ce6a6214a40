"""Reads of rules: deciding for everybody, keeping for those who edit and publish."""

from yiwang.commons.rules.queries.deciding import (
    decide,
    decision,
    decisions_in_force,
    explained,
    facts_needed,
    latest_version,
)
from yiwang.commons.rules.queries.keeping import (
    can_publish,
    decision_page,
    decisions,
    rights,
    text_of,
    trial,
    trials,
    waiting_trial,
)

__all__ = [
    "can_publish",
    "decide",
    "decision",
    "decision_page",
    "decisions",
    "decisions_in_force",
    "explained",
    "facts_needed",
    "latest_version",
    "rights",
    "text_of",
    "trial",
    "trials",
    "waiting_trial",
]
