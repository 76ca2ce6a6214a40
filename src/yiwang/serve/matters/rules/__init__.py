"""Pure decisions about matters and bundles: conditions, the material graph, what may be published, the guide."""

from yiwang.serve.matters.rules.comparing import differences, field_words, place_words
from yiwang.serve.matters.rules.conditions import Condition, Judgement, Verdicts, compile_condition, condition_fault
from yiwang.serve.matters.rules.defects import Defect
from yiwang.serve.matters.rules.definition import (
    bundle_definition,
    bundle_from,
    digest_of,
    listed_definition,
    listed_from,
    matter_definition,
    matter_from,
)
from yiwang.serve.matters.rules.eligibility import Ruling, decision, never_refuses
from yiwang.serve.matters.rules.graph import chain_days, departments, depends_on, find_cycle, in_order, visits_of
from yiwang.serve.matters.rules.guide import alone, still_put, tailor
from yiwang.serve.matters.rules.national import TABLES, NationalEntry, national_rows
from yiwang.serve.matters.rules.normalising import read_list
from yiwang.serve.matters.rules.publication import bundle_defects, matter_defects
from yiwang.serve.matters.rules.quality import facts_of, quality, quality_rules
from yiwang.serve.matters.rules.reading import LARGEST, Unreadable
from yiwang.serve.matters.rules.states import OFFERED, TRANSITIONS, MatterAction, next_state, state_on

__all__ = [
    "LARGEST",
    "OFFERED",
    "TABLES",
    "TRANSITIONS",
    "Condition",
    "Defect",
    "Judgement",
    "MatterAction",
    "NationalEntry",
    "Ruling",
    "Unreadable",
    "Verdicts",
    "alone",
    "bundle_defects",
    "bundle_definition",
    "bundle_from",
    "chain_days",
    "compile_condition",
    "condition_fault",
    "decision",
    "departments",
    "depends_on",
    "differences",
    "digest_of",
    "facts_of",
    "field_words",
    "find_cycle",
    "in_order",
    "listed_definition",
    "listed_from",
    "matter_defects",
    "matter_definition",
    "matter_from",
    "national_rows",
    "never_refuses",
    "next_state",
    "place_words",
    "quality",
    "quality_rules",
    "read_list",
    "state_on",
    "still_put",
    "tailor",
    "visits_of",
]  # fmt: skip
