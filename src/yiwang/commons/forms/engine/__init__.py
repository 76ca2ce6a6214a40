"""Forms without a framework: vocabulary, merging, visibility, reading, checking, filling. The same vectors run anywhere."""

from yiwang.commons.forms.engine.checking import check, schema_problem, wrong_types
from yiwang.commons.forms.engine.compose import define, self_contained
from yiwang.commons.forms.engine.conditions import Condition, Truth
from yiwang.commons.forms.engine.definition import SITUATION, Definition, Group, Question, Step, Use
from yiwang.commons.forms.engine.filling import as_json, canonical_json, computed, kept, prefilled, taken
from yiwang.commons.forms.engine.reading import Posted, answered, read, read_posted, shown
from yiwang.commons.forms.engine.state import State, evaluate, typed
from yiwang.commons.forms.engine.vocabulary import APPLICATION_DATE, Fact, FactType, Holds, Item, Vocabulary

__all__ = [
    "APPLICATION_DATE",
    "SITUATION",
    "Condition",
    "Definition",
    "Fact",
    "FactType",
    "Group",
    "Holds",
    "Item",
    "Posted",
    "Question",
    "State",
    "Step",
    "Truth",
    "Use",
    "Vocabulary",
    "answered",
    "as_json",
    "canonical_json",
    "check",
    "computed",
    "define",
    "evaluate",
    "kept",
    "prefilled",
    "read",
    "read_posted",
    "schema_problem",
    "self_contained",
    "shown",
    "taken",
    "typed",
    "wrong_types",
]
