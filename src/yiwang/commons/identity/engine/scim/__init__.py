"""SCIM 2.0 (RFC 7643, 7644) without a server: filters, PATCH, schemas, projection, limits. Knows no database, no request."""

from yiwang.commons.identity.engine.scim.documents import (
    MOST_BULK,
    MOST_BYTES,
    MOST_LISTED,
    parsed,
    projected,
    version_of,
)
from yiwang.commons.identity.engine.scim.faults import ScimFault
from yiwang.commons.identity.engine.scim.filters import (
    All,
    Any_,
    Compare,
    Filter,
    Not,
    Present,
    Within,
    fits,
    parse_filter,
)
from yiwang.commons.identity.engine.scim.patching import patched
from yiwang.commons.identity.engine.scim.schemas import (
    BULK_REQUEST,
    BULK_RESPONSE,
    ENTERPRISE,
    ERROR,
    GROUP,
    LIST,
    PATCH,
    PERSON,
    SEARCH,
    USER,
    provider_config,
    resource_types,
    schemas,
)

__all__ = [
    "BULK_REQUEST", "BULK_RESPONSE", "ENTERPRISE", "ERROR", "GROUP", "LIST", "MOST_BULK", "MOST_BYTES", "MOST_LISTED",
    "PATCH", "PERSON", "SEARCH", "USER", "All", "Any_", "Compare", "Filter", "Not", "Present", "ScimFault", "Within",
    "fits", "parse_filter", "parsed", "patched", "projected", "provider_config", "resource_types", "schemas",
    "version_of",
]  # fmt: skip
