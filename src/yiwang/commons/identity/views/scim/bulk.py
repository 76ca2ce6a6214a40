"""`/Bulk` (RFC 7644, 3.7): several calls in one, each for itself; `bulkId:` names what an earlier one made."""

import json
import re
from collections.abc import Callable
from typing import Any, Final

from yiwang.commons.identity.engine.scim import BULK_RESPONSE, MOST_BULK, ScimFault
from yiwang.commons.identity.views.scim.calls import Answer, Call, refused, renamed
from yiwang.kernel.errors import DomainError

_REFERENCE: Final = re.compile(r"bulkId:([A-Za-z0-9._-]{1,100})")
Answering = Callable[[Call], Answer]


def bulk(call: Call, answer: Answering) -> Answer:
    """All operations in their order; `failOnErrors` stops after so many that failed. Raises ScimFault 413."""
    operations = call.body.get("Operations")
    limit = call.body.get("failOnErrors")
    if not isinstance(operations, list) or not (limit is None or (type(limit) is int and limit > 0)):
        raise ScimFault(400, "invalidSyntax", "Operations is a list, failOnErrors a positive number")
    if len(operations) > MOST_BULK:
        raise ScimFault(413, "", f"more than {MOST_BULK} operations")
    made, results, failed = dict[str, str](), list[dict[str, Any]](), 0
    for each in operations:
        result = _one(call, each, made, answer)
        results.append(result)
        failed += int(result["status"]) >= 400
        if limit is not None and failed >= limit:
            break
    return Answer(200, {"schemas": [BULK_RESPONSE], "Operations": results})


def _one(call: Call, operation: Any, made: dict[str, str], answer: Answering) -> dict[str, Any]:
    if not isinstance(operation, dict):
        return {"method": "", "status": "400", "response": refused(ScimFault(400, "invalidSyntax", "no object")).body}
    method, name = str(operation.get("method", "")).upper(), operation.get("bulkId")
    result: dict[str, Any] = {"method": method, **({"bulkId": name} if isinstance(name, str) else {})}
    try:
        found = answer(_part(call, operation, method, made))
    except (ScimFault, DomainError) as fault:
        found = refused(fault)
    location = found.headers.get("Location")
    if location:
        result["location"], result["version"] = location, found.headers.get("ETag", "")
        if isinstance(name, str) and method == "POST":
            made[name] = location.rpartition("/")[2]
    result["status"] = str(found.status)
    if found.status >= 400:
        result["response"] = found.body
    return result


def _part(call: Call, operation: dict[str, Any], method: str, made: dict[str, str]) -> Call:
    path = tuple(part for part in str(operation.get("path", ""))[:300].split("/") if part)
    data = operation.get("data") or {}
    if method not in {"POST", "PUT", "PATCH", "DELETE"} or not path or path[0] not in {"Users", "Groups"}:
        raise ScimFault(400, "invalidSyntax", "a part writes to Users or Groups")
    if method == "POST" and not isinstance(operation.get("bulkId"), str):
        raise ScimFault(400, "invalidSyntax", "a POST in a bulk has a bulkId")
    if not isinstance(data, dict):
        raise ScimFault(400, "invalidSyntax", "data is an object")
    return renamed(
        call, method=method, path=tuple(_resolved(each, made) for each in path), query={},
        body=json.loads(_resolved(json.dumps(data), made)), if_match=str(operation.get("version", "")),
    )  # fmt: skip


def _resolved(text: str, made: dict[str, str]) -> str:
    def known(match: re.Match[str]) -> str:
        found = made.get(match[1])
        if found is None:
            raise ScimFault(409, "invalidValue", f"nothing was made under bulkId {match[1]}")
        return found

    return _REFERENCE.sub(known, text)
