"""A call and its answer without HTTP, so that a part of a bulk is the same as a request of its own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from yiwang.commons.identity.contracts import InvalidIdentity, UsernameTaken
from yiwang.commons.identity.contracts.people import NotAdmitted, OfficialExists
from yiwang.commons.identity.engine.scim import (
    ERROR,
    LIST,
    MOST_LISTED,
    Filter,
    ScimFault,
    parse_filter,
    projected,
    version_of,
)
from yiwang.commons.identity.queries.scim import Caller
from yiwang.kernel.errors import DomainError, ErrorKind

_TAGS = re.compile(r'(?:W/)?"[^"]*"|\*')
_MOST_START = 1_000_000


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked by whom. `path` has no leading slash; `base` is the service's address."""

    caller: Caller
    base: str
    method: str
    path: tuple[str, ...]
    query: Mapping[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    if_match: str = ""
    if_none_match: str = ""

    @property
    def wanted(self) -> Filter | None:
        """The filter, where there is one. Raises ScimFault."""
        text = self.query.get("filter", "")
        return parse_filter(text) if text.strip() else None

    @property
    def window(self) -> tuple[int, int]:
        """The asked startIndex and count (RFC 7644, 3.4.2.4), within what we list at once. Raises ScimFault."""
        start, count = _number(self.query, "startIndex", 1), _number(self.query, "count", MOST_LISTED // 2)
        return min(max(start, 1), _MOST_START), min(max(count, 0), MOST_LISTED)

    def shaped(self, resource: dict[str, Any]) -> dict[str, Any]:
        """Only what `attributes` and `excludedAttributes` ask for."""
        return projected(resource, self.query.get("attributes", ""), self.query.get("excludedAttributes", ""))


def _number(query: Mapping[str, str], name: str, otherwise: int) -> int:
    text = str(query.get(name, "") or otherwise)
    if re.fullmatch(r"-?[0-9]{1,9}", text) is None:
        raise ScimFault(400, "invalidValue", f"{name} is no number")
    return int(text)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, document (None: no content) and headers."""

    status: int
    body: dict[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def shown(call: Call, resource: dict[str, Any], status: int = 200) -> Answer:
    """One resource with its address and version; 304 where the client has it."""
    version = resource["meta"]["version"]
    if status == 200 and call.method == "GET" and version in _TAGS.findall(call.if_none_match):
        return Answer(304, None, {"ETag": version})
    return Answer(status, call.shaped(resource), {"ETag": version, "Location": resource["meta"]["location"]})


def listed(call: Call, total: int, resources: list[dict[str, Any]], start: int) -> Answer:
    """A page of a list."""
    return Answer(
        200,
        {
            "schemas": [LIST], "totalResults": total, "startIndex": start, "itemsPerPage": len(resources),
            "Resources": [call.shaped(each) for each in resources],
        },
    )  # fmt: skip


def with_meta(
    resource: dict[str, Any], kind: str, location: str, created: datetime, changed: datetime | None
) -> dict[str, Any]:
    """The resource with its `meta`; without `changed` the moment of its last change is left out (RFC 7643, 3.1)."""
    meta = {"resourceType": kind, "location": location, "version": version_of(resource), "created": created.isoformat()}
    return {**resource, "meta": {**meta, "lastModified": max(created, changed).isoformat()} if changed else meta}


def check_match(call: Call, resource: Mapping[str, Any]) -> None:
    """If-Match. Raises ScimFault 412."""
    tags = _TAGS.findall(call.if_match)
    if call.if_match and "*" not in tags and resource["meta"]["version"] not in tags:
        raise ScimFault(412, "", "the resource has changed; read it again")


def named(body: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """Attributes under the names of the schema, whatever their case (RFC 7643, 2.1)."""
    canonical = {each.lower(): each for each in known}
    return {canonical.get(name.lower(), name): value for name, value in body.items()}


def identifier(text: str) -> UUID:
    """Raises ScimFault 404."""
    try:
        return UUID(text)
    except ValueError:
        raise ScimFault(404, "", "there is no such resource") from None


def refused(fault: ScimFault | DomainError) -> Answer:
    """A refusal as SCIM tells it (RFC 7644, 3.12)."""
    known = fault if isinstance(fault, ScimFault) else _told(fault)
    body: dict[str, Any] = {"schemas": [ERROR], "status": str(known.status), "detail": known.detail}
    if known.kind:
        body["scimType"] = known.kind
    return Answer(known.status, body)


def _told(error: DomainError) -> ScimFault:
    detail = f"{error.sentence()} [{error.code}]"
    if isinstance(error, UsernameTaken | OfficialExists | NotAdmitted):
        return ScimFault(409, "uniqueness", detail)
    if isinstance(error, InvalidIdentity):
        kind = (409, "uniqueness") if "externalId" in error.fields else (400, "invalidValue")
        return ScimFault(*kind, "；".join(f"{name}：{said}" for name, said in error.fields.items()))
    return ScimFault(400 if error.kind is ErrorKind.INVALID else int(error.kind), "", detail)


def renamed(call: Call, **changed: Any) -> Call:
    """The same call with other parts."""
    return replace(call, **changed)
