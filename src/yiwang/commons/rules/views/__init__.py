"""Pages of rules: the list, one decision tried and read, its examples, versions, trials, editor and publication."""

from yiwang.commons.rules.views.decision import decision, dmn
from yiwang.commons.rules.views.editing import check, discard, edit, model, save
from yiwang.commons.rules.views.examples import change_examples, examples
from yiwang.commons.rules.views.impact import impact, trial
from yiwang.commons.rules.views.listing import begin, decisions
from yiwang.commons.rules.views.publishing import publish
from yiwang.commons.rules.views.versions import versions, withdraw

__all__ = [
    "begin",
    "change_examples",
    "check",
    "decision",
    "decisions",
    "discard",
    "dmn",
    "edit",
    "examples",
    "impact",
    "model",
    "publish",
    "save",
    "trial",
    "versions",
    "withdraw",
]
