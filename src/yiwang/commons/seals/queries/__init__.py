"""Reads of seals and signatures."""

from yiwang.commons.seals.queries.keys import certificate_request, trust
from yiwang.commons.seals.queries.seals import (
    applies_for,
    holder_of_key,
    key_of_seal,
    may,
    picture,
    seal_by_code,
    seal_for,
    seal_page,
    seals,
)
from yiwang.commons.seals.queries.uses import (
    reads_request_files,
    reads_seal_files,
    request,
    requests,
    uses,
    uses_csv,
    uses_of,
    waiting_requests,
)

__all__ = [
    "applies_for",
    "certificate_request",
    "holder_of_key",
    "key_of_seal",
    "may",
    "picture",
    "reads_request_files",
    "reads_seal_files",
    "request",
    "requests",
    "seal_by_code",
    "seal_for",
    "seal_page",
    "seals",
    "trust",
    "uses",
    "uses_csv",
    "uses_of",
    "waiting_requests",
]
