"""Reads of licences: types, what a holder has, one licence, its uses."""

from yiwang.commons.licences.queries.desk import (
    holder_names,
    import_row,
    imports,
    licences,
    rejects_csv,
    stuck,
)
from yiwang.commons.licences.queries.kinship import child_by_certificate
from yiwang.commons.licences.queries.layouts import layout_fault
from yiwang.commons.licences.queries.page import licence, may_read_files, showings, use_standing, uses, uses_of
from yiwang.commons.licences.queries.sharing import by_identifier, shared_licences, shared_use
from yiwang.commons.licences.queries.types import type_keys, type_spec, types
from yiwang.commons.licences.queries.verdicts import forget_list, picture, status_list, status_verifier, verdict
from yiwang.commons.licences.queries.wallet import briefs, everything, held, pulls, wallet

__all__ = [
    "briefs",
    "by_identifier",
    "child_by_certificate",
    "everything",
    "forget_list",
    "held",
    "holder_names",
    "import_row",
    "imports",
    "layout_fault",
    "licence",
    "licences",
    "may_read_files",
    "picture",
    "pulls",
    "rejects_csv",
    "shared_licences",
    "shared_use",
    "showings",
    "status_list",
    "status_verifier",
    "stuck",
    "type_keys",
    "type_spec",
    "types",
    "use_standing",
    "uses",
    "uses_of",
    "verdict",
    "wallet",
]
