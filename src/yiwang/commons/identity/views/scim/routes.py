"""The door of `/scim/v2`: bearer token, limits, one mapping of refusals. No cookie is read and none is set."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from yiwang.commons.identity.contracts import UnknownRecord
from yiwang.commons.identity.engine.scim import (
    LIST,
    MOST_BYTES,
    ScimFault,
    parsed,
    provider_config,
    resource_types,
    schemas,
)
from yiwang.commons.identity.queries import scim as reading
from yiwang.commons.identity.queries.scim import Caller
from yiwang.commons.identity.views.scim.bulk import bulk
from yiwang.commons.identity.views.scim.calls import Answer, Call, refused, renamed
from yiwang.commons.identity.views.scim.groups import group, groups
from yiwang.commons.identity.views.scim.users import user, users
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import DomainError

_TYPE = "application/scim+json"
_READS = {"application/json", _TYPE}
_WRITTEN = ("Users", "Groups", "Bulk")
_NOBODY = Actor.anonymous()


@csrf_exempt
def scim(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Whatever is asked under the service's address."""
    try:
        caller = _caller(request)
        found = _answered(_call(request, caller, rest))
    except (ScimFault, DomainError) as fault:
        found = refused(fault)
    content = b"" if found.body is None else json.dumps(found.body, ensure_ascii=False).encode()
    response = HttpResponse(content, status=found.status, content_type=_TYPE)
    for name, value in found.headers.items():
        response[name] = value
    response["Cache-Control"] = "no-store"
    if found.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="scim"'
    return response


def _caller(request: HttpRequest) -> Caller:
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > 200:
        raise ScimFault(401, "", "a bearer token is needed")
    try:
        return reading.caller_of(token=token.strip(), viewer=_NOBODY)
    except UnknownRecord:
        raise ScimFault(401, "", "the token is wrong, ended or too old") from None


def _call(request: HttpRequest, caller: Caller, rest: str) -> Call:
    method = request.method or ""
    return Call(
        caller=caller, base=request.build_absolute_uri("/scim/v2"), method=method,
        path=tuple(part for part in rest.split("/") if part), query=request.GET.dict(),
        body=_body(request, rest) if method in {"POST", "PUT", "PATCH"} else {},
        if_match=request.headers.get("If-Match", ""), if_none_match=request.headers.get("If-None-Match", ""),
    )  # fmt: skip


def _body(request: HttpRequest, rest: str) -> dict[str, Any]:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if request.headers.get("Transfer-Encoding"):
        raise ScimFault(411, "", "Content-Length is needed")
    if length == "0" and not rest.startswith(_WRITTEN):
        return {}
    if length == "0":  # taken for an empty document it would empty what it is sent to
        raise ScimFault(400, "invalidSyntax", "there is no document")
    if request.content_type not in _READS:
        raise ScimFault(415, "", f"{_TYPE} is read")
    if not length.isdigit() or int(length) > MOST_BYTES:
        raise ScimFault(413, "", f"more than {MOST_BYTES} bytes")
    return parsed(request.read(MOST_BYTES + 1))


def _answered(call: Call) -> Answer:
    match call.path:
        case ("Users",):
            found = users(call)
        case ("Users", ".search") if call.method == "POST":
            found = users(_search(call))
        case ("Users", identifier):
            found = user(call, identifier)
        case ("Groups",):
            found = groups(call)
        case ("Groups", ".search") if call.method == "POST":
            found = groups(_search(call))
        case ("Groups", identifier):
            found = group(call, identifier)
        case ("Bulk",) if call.method == "POST":
            found = bulk(call, _answered)
        case ("Me",) | (".search",):
            raise ScimFault(501, "", "not offered")
        case _:
            found = _told(call)
    return found


def _told(call: Call) -> Answer:
    """What we tell of ourselves (RFC 7644, 4)."""
    if call.method != "GET":
        raise ScimFault(405 if call.path else 404, "", "there is no such resource, or it is only read")
    if call.path == ("ServiceProviderConfig",):
        return Answer(200, provider_config(call.base))
    named = {"ResourceTypes": resource_types, "Schemas": schemas}
    if not call.path or call.path[0] not in named or len(call.path) > 2:
        raise ScimFault(404, "", "there is no such resource")
    if call.query.get("filter"):
        raise ScimFault(403, "", "these are not filtered")
    found = named[call.path[0]](call.base)
    if len(call.path) == 1:
        listed = {"totalResults": len(found), "startIndex": 1, "itemsPerPage": len(found), "Resources": found}
        return Answer(200, {"schemas": [LIST], **listed})
    one = next((each for each in found if each["id"] == call.path[1]), None)
    if one is None:
        raise ScimFault(404, "", "there is no such resource")
    return Answer(200, one)


def _search(call: Call) -> Call:
    """A search that is posted (RFC 7644, 3.4.3), so that names stand in no address."""
    query = {
        name: ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in call.body.items()
        if name in {"filter", "startIndex", "count", "attributes", "excludedAttributes"}
    }
    return renamed(call, method="GET", query=query, body={})


urlpatterns = [path("scim/v2", scim), path("scim/v2/<path:rest>", scim), path("scim/v2/", scim)]
