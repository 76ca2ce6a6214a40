"""Names, numbers and what follows from comparing them. Pure; property-tested; never raises on any text but where it says so."""

from yiwang.commons.identity.engine.realnames.decisions import (
    Known,
    Outcome,
    born_when_of_age,
    is_mandate_period,
    lapse_of,
    last_day_as_child,
    outcome,
    verdict_of,
)
from yiwang.commons.identity.engine.realnames.names import Match, is_name, match_names, plain_name, typed_id_number

__all__ = [
    "Known",
    "Match",
    "Outcome",
    "born_when_of_age",
    "is_mandate_period",
    "is_name",
    "lapse_of",
    "last_day_as_child",
    "match_names",
    "outcome",
    "plain_name",
    "typed_id_number",
    "verdict_of",
]
