"""Reads of forms: definitions, drafts, a step as a page shows it, the summary before sending."""

from yiwang.commons.forms.queries.definitions import (
    applicant_facts,
    definition,
    fact_words,
    latest_version,
    vocabulary,
)
from yiwang.commons.forms.queries.drafts import draft, drafts, renewal, shared
from yiwang.commons.forms.queries.materials import REMOVE, MaterialSpec, file_item, material_field, read_limits
from yiwang.commons.forms.queries.pickers import region_field
from yiwang.commons.forms.queries.rendering import GroupView, StepView, render, shown_steps
from yiwang.commons.forms.queries.summaries import SummaryGroup, display, in_words, summary
from yiwang.commons.forms.queries.turns import Turn, turn

__all__ = [
    "REMOVE",
    "GroupView",
    "MaterialSpec",
    "StepView",
    "SummaryGroup",
    "Turn",
    "applicant_facts",
    "definition",
    "display",
    "draft",
    "drafts",
    "fact_words",
    "file_item",
    "in_words",
    "latest_version",
    "material_field",
    "read_limits",
    "region_field",
    "render",
    "renewal",
    "shared",
    "shown_steps",
    "summary",
    "turn",
    "vocabulary",
]
