"""Reads of the catalogue: versions in force and pinned ones, lists, guides, and who handles."""

from yiwang.serve.matters.queries.guides import (
    as_bundle,
    document_word,
    eligibility,
    guide,
    handler,
    lead,
    remedies,
    still_put,
)
from yiwang.serve.matters.queries.importing import Fresh, ImportPlan, plan_import
from yiwang.serve.matters.queries.listing import bundles_of, catalogue, themes
from yiwang.serve.matters.queries.versions import (
    bundle,
    bundle_version,
    depends_on,
    english,
    matter,
    matter_version,
)

__all__ = [
    "Fresh",
    "ImportPlan",
    "as_bundle",
    "bundle",
    "bundle_version",
    "bundles_of",
    "catalogue",
    "depends_on",
    "document_word",
    "eligibility",
    "english",
    "guide",
    "handler",
    "lead",
    "matter",
    "matter_version",
    "plan_import",
    "remedies",
    "still_put",
    "themes",
]
