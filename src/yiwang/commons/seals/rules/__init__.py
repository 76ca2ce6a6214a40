"""Pure decisions of seals: the life of a seal, its use, the order of signers, numbers."""

from yiwang.commons.seals.rules.naming import LOWER, seal_code, seal_name
from yiwang.commons.seals.rules.signing import LONGEST_CONTENT, MOST_SIGNERS, outcome, turns
from yiwang.commons.seals.rules.states import ENDED, IN_FORCE, OPEN, REASONED, TABLE, USABLE, after, verbs
from yiwang.commons.seals.rules.using import Refusal, Use, covered, covers, judge

__all__ = [
    "ENDED",
    "IN_FORCE",
    "LONGEST_CONTENT",
    "LOWER",
    "MOST_SIGNERS",
    "OPEN",
    "REASONED",
    "TABLE",
    "USABLE",
    "Refusal",
    "Use",
    "after",
    "covered",
    "covers",
    "judge",
    "outcome",
    "seal_code",
    "seal_name",
    "turns",
    "verbs",
]
