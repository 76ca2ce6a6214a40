"""What we tell of ourselves: schemas, resource types, abilities (RFC 7643, 5 to 7). The words of clients are English."""

from typing import Any, Final

from yiwang.commons.identity.engine.scim.documents import MOST_BULK, MOST_BYTES, MOST_LISTED

_CORE: Final = "urn:ietf:params:scim:schemas:core:2.0"
_API: Final = "urn:ietf:params:scim:api:messages:2.0"
USER: Final = f"{_CORE}:User"
GROUP: Final = f"{_CORE}:Group"
ENTERPRISE: Final = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PERSON: Final = "urn:yiwang:scim:schemas:1.0:Person"
LIST: Final = f"{_API}:ListResponse"
ERROR: Final = f"{_API}:Error"
PATCH: Final = f"{_API}:PatchOp"
SEARCH: Final = f"{_API}:SearchRequest"
BULK_REQUEST: Final = f"{_API}:BulkRequest"
BULK_RESPONSE: Final = f"{_API}:BulkResponse"


def _attribute(name: str, description: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": name, "type": kind, "multiValued": False, "description": description, "required": False,
        "mutability": "readWrite", "returned": "default",
    }  # fmt: skip
    if kind in {"string", "reference"}:
        found |= {"caseExact": False, "uniqueness": "none"}
    return found | more


def _user() -> list[dict[str, Any]]:
    name = [_attribute("formatted", "The whole name as registered", required=True, mutability="immutable")]
    hidden = {"mutability": "writeOnly", "returned": "never"}
    phone = [
        _attribute("value", "Mobile number, 11 digits; used when a person is registered", **hidden),
        _attribute("type", "work or mobile", canonicalValues=["work", "mobile"], **hidden),
        _attribute("primary", "The one that counts", "boolean", **hidden),
    ]
    group = [
        _attribute("value", "Id of the group", mutability="readOnly"),
        _attribute("$ref", "Address", "reference", referenceTypes=["Group"], mutability="readOnly", caseExact=True),
        _attribute("display", "Organisation and post", mutability="readOnly"),
    ]
    return [
        _attribute("userName", "What the person logs in with", required=True, uniqueness="server", mutability="immutable"),
        _attribute("name", "The person's name", "complex", subAttributes=name, required=True, mutability="immutable"),
        _attribute("displayName", "The person's name", mutability="readOnly"),
        _attribute("active", "Whether the person is in service; false ends every post, right and session", "boolean", required=True),
        _attribute("phoneNumbers", "Mobile number", "complex", multiValued=True, subAttributes=phone, **hidden),
        _attribute("groups", "Posts held today", "complex", multiValued=True, mutability="readOnly", subAttributes=group),
    ]  # fmt: skip


def _group() -> list[dict[str, Any]]:
    member = [
        _attribute("value", "Id of the user", mutability="immutable"),
        _attribute("$ref", "Address", "reference", referenceTypes=["User"], mutability="immutable", caseExact=True),
        _attribute("type", "User", mutability="immutable", canonicalValues=["User"]),
        _attribute("display", "The person's name", mutability="readOnly"),
    ]
    return [
        _attribute("displayName", "Organisation and post", mutability="readOnly"),
        _attribute("members", "Who holds the post today", "complex", multiValued=True, subAttributes=member),
    ]


def _person() -> list[dict[str, Any]]:
    number = "ID number (GB 11643); used once, never told again"
    return [
        _attribute("idNumber", number, mutability="writeOnly", returned="never"),
        _attribute("hasIdNumber", "Whether the person is registered with one", "boolean", mutability="readOnly"),
    ]


def schemas(base: str) -> list[dict[str, Any]]:
    """All schemas; `base` is the address of the service."""
    named = (
        (USER, "User", "An official's account", _user()),
        (GROUP, "Group", "A post in an organisation: whoever is a member is appointed", _group()),
        (PERSON, "Person", "Who an account belongs to", _person()),
    )
    return [
        {
            "schemas": [f"{_CORE}:Schema"], "id": urn, "name": name, "description": description, "attributes": attributes,
            "meta": {"resourceType": "Schema", "location": f"{base}/Schemas/{urn}"},
        }
        for urn, name, description, attributes in named
    ]  # fmt: skip


def resource_types(base: str) -> list[dict[str, Any]]:
    """Users and groups."""
    rows: tuple[tuple[str, str, str, list[dict[str, Any]]], ...] = (
        ("User", "/Users", USER, [{"schema": PERSON, "required": False}]),
        ("Group", "/Groups", GROUP, []),
    )
    return [
        {
            "schemas": [f"{_CORE}:ResourceType"], "id": name, "name": name, "endpoint": endpoint, "schema": urn,
            "description": "", "schemaExtensions": extensions,
            "meta": {"resourceType": "ResourceType", "location": f"{base}/ResourceTypes/{name}"},
        }
        for name, endpoint, urn, extensions in rows
    ]  # fmt: skip


def provider_config(base: str) -> dict[str, Any]:
    """What the service can do."""
    scheme = {
        "type": "oauthbearertoken", "name": "Bearer token", "primary": True,
        "description": "A token of the personnel system, made by an administrator of accounts",
    }  # fmt: skip
    return {
        "schemas": [f"{_CORE}:ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": {"supported": True, "maxOperations": MOST_BULK, "maxPayloadSize": MOST_BYTES},
        "filter": {"supported": True, "maxResults": MOST_LISTED},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": True},
        "authenticationSchemes": [scheme],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base}/ServiceProviderConfig"},
    }
