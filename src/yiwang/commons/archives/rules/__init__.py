"""Pure decisions: the states of an archive as a table, and how long it is kept."""

from yiwang.commons.archives.rules.retention import CODES, GROUND, RULES, RetentionRule, code_of, decided, ends
from yiwang.commons.archives.rules.states import STEPS, next_state, refusal

__all__ = [
    "CODES", "GROUND", "RULES", "STEPS", "RetentionRule", "code_of", "decided", "ends", "next_state", "refusal",
]  # fmt: skip
