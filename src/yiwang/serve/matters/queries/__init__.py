"""Reads of the catalogue: versions in force and pinned ones, lists, guides, and who handles."""

from yiwang.serve.matters.queries.browsing import browse, entry, facets, listed, steward_list
from yiwang.serve.matters.queries.documents import (
    all_bundles,
    all_matters,
    bundle_documents,
    listed_document,
    matter_documents,
)
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
from yiwang.serve.matters.queries.stewardship import (
    differences,
    import_rows,
    import_run,
    import_runs,
    national_rows,
    quality,
    quality_of_all,
    versions,
)
from yiwang.serve.matters.queries.versions import (
    bundle,
    bundle_version,
    depends_on,
    english,
    matter,
    matter_version,
    waiting_versions,
)

__all__ = [
    "Fresh",
    "ImportPlan",
    "all_bundles",
    "all_matters",
    "as_bundle",
    "browse",
    "bundle",
    "bundle_documents",
    "bundle_version",
    "bundles_of",
    "catalogue",
    "depends_on",
    "differences",
    "document_word",
    "eligibility",
    "english",
    "entry",
    "facets",
    "guide",
    "handler",
    "import_rows",
    "import_run",
    "import_runs",
    "lead",
    "listed",
    "listed_document",
    "matter",
    "matter_documents",
    "matter_version",
    "national_rows",
    "plan_import",
    "quality",
    "quality_of_all",
    "remedies",
    "steward_list",
    "still_put",
    "themes",
    "versions",
    "waiting_versions",
]
