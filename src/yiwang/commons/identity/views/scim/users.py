"""`/Users`: accounts of the subtree. A name or number that was proved elsewhere is not changed from here."""

from typing import Any, Final
from uuid import UUID

from yiwang.commons.identity.commands import personnel
from yiwang.commons.identity.engine.scim import ENTERPRISE, PERSON, USER, ScimFault, patched
from yiwang.commons.identity.queries import scim as reading
from yiwang.commons.identity.queries.scim import ScimUser
from yiwang.commons.identity.views.scim.calls import (
    Answer,
    Call,
    check_match,
    identifier,
    listed,
    named,
    shown,
    with_meta,
)
from yiwang.kernel import clock

_KNOWN: Final = frozenset({
    "externalId", "userName", "name", "displayName", "active", "phoneNumbers", "groups", PERSON, "id", "schemas", "meta",
    "emails", "title", "preferredLanguage", "locale", "timezone", "userType", "nickName", "addresses", "entitlements",
    "roles", ENTERPRISE, "profileUrl", "ims", "photos", "x509Certificates", "password",
})  # fmt: skip
_READ_ONLY: Final = ("groups", "meta", "displayName")
_LONGEST_EXTERNAL: Final = 100


def users(call: Call) -> Answer:
    """List, or open an account."""
    if call.method == "POST":
        return _create(call)
    if call.method != "GET":
        raise ScimFault(405, "", "GET or POST")
    start, count = call.window
    total, found = reading.users(
        caller=call.caller, wanted=call.wanted, start=start, count=count, viewer=call.caller.actor
    )
    return listed(call, total, [_resource(call, each) for each in found], start)


def user(call: Call, text: str) -> Answer:
    """Read, replace, patch, delete."""
    account_id = identifier(text)
    now = _read(call, account_id)
    if call.method == "GET":
        return shown(call, now)
    if call.method == "DELETE":
        personnel.discharge(
            system_id=call.caller.id, account_id=account_id, check=lambda: check_match(call, _read(call, account_id)),
            by=call.caller.actor, at=clock.now(),
        )  # fmt: skip
        return Answer(204)
    if call.method not in {"PUT", "PATCH"}:
        raise ScimFault(405, "", "GET, PUT, PATCH or DELETE")
    personnel.keep(
        system_id=call.caller.id, account_id=account_id, change=lambda: _change(call, account_id),
        by=call.caller.actor, at=clock.now(),
    )  # fmt: skip
    return shown(call, _read(call, account_id))


def _change(call: Call, account_id: UUID) -> tuple[str | None, bool]:
    """The external id and whether in service, judged while nobody else writes: of two with the same version one wins."""
    now = _read(call, account_id)
    check_match(call, now)
    if call.method == "PUT":
        wanted = named(call.body, _KNOWN)
    else:
        wanted = patched(now, call.body, _KNOWN)
        if "active" not in wanted:
            raise ScimFault(400, "mutability", "active can't be removed")
        for each in _READ_ONLY:
            if wanted.get(each) != now.get(each):
                raise ScimFault(400, "mutability", f"{each} is read only")
    _check_unchanged(now, wanted)
    return _external(wanted), _flag(wanted.get("active", now["active"]))


def _read(call: Call, account_id: UUID) -> dict[str, Any]:
    return _resource(call, reading.user(caller=call.caller, account_id=account_id, viewer=call.caller.actor))


def _resource(call: Call, found: ScimUser) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "schemas": [USER, PERSON], "id": str(found.id), "userName": found.username, "name": {"formatted": found.name},
        "displayName": found.name, "active": found.active,
        "groups": [
            {"value": f"{code}:{role}", "$ref": f"{call.base}/Groups/{code}:{role}", "display": words}
            for code, role, words in found.posts
        ],
    }  # fmt: skip
    resource[PERSON] = {"hasIdNumber": found.has_number}
    if found.external_id is not None:
        resource["externalId"] = found.external_id
    return with_meta(resource, "User", f"{call.base}/Users/{found.id}", found.created_at, found.changed_at)


def _create(call: Call) -> Answer:
    given = named(call.body, _KNOWN)
    username, name = _text(given.get("userName"), "userName"), _name(given)
    if not username:
        raise ScimFault(400, "invalidValue", "userName is missing")
    person = given.get(PERSON)
    made = personnel.provision(
        system_id=call.caller.id, username=username, name=name, external_id=_external(given),
        id_number=_text(person.get("idNumber"), "idNumber") if isinstance(person, dict) else "",
        mobile=_mobile(given), active=_flag(given.get("active", True)), by=call.caller.actor, at=clock.now(),
    )  # fmt: skip
    return shown(call, _read(call, made), 201)


def _text(value: Any, name: str, longest: int = 200) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > longest or "\x00" in value:
        raise ScimFault(400, "invalidValue", f"{name} is no text of at most {longest} characters")
    return value.strip()


def _name(given: dict[str, Any]) -> str:
    """`name.formatted`, else family and given name as written in Chinese, else `displayName`."""
    said = given.get("name")
    parts = {str(key).lower(): value for key, value in said.items()} if isinstance(said, dict) else {}
    found = _text(parts.get("formatted"), "name.formatted", 80)
    joined = _text(parts.get("familyname"), "name.familyName", 40) + _text(parts.get("givenname"), "name.givenName", 40)
    found = found or joined or _text(given.get("displayName"), "displayName", 80)
    if not found:
        raise ScimFault(400, "invalidValue", "name.formatted is missing")
    return found


def _mobile(given: dict[str, Any]) -> str:
    several = given.get("phoneNumbers")
    chosen = [each for each in several if isinstance(each, dict)] if isinstance(several, list) else []
    first = next((each for each in chosen if each.get("primary") is True), chosen[0] if chosen else {})
    return _text(first.get("value"), "phoneNumbers.value").removeprefix("tel:").removeprefix("+86").removeprefix("-")


def _external(given: dict[str, Any]) -> str | None:
    return _text(given.get("externalId"), "externalId", _LONGEST_EXTERNAL) or None


def _flag(value: Any) -> bool:
    if isinstance(value, str) and value.lower() in {"true", "false"}:  # some clients send it as a text
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise ScimFault(400, "invalidValue", "active is no boolean")
    return value


def _check_unchanged(now: dict[str, Any], wanted: dict[str, Any]) -> None:
    username = _text(wanted.get("userName", now["userName"]), "userName").lower()
    if username != now["userName"]:
        raise ScimFault(400, "mutability", "userName can't be changed")
    if isinstance(wanted.get("name"), dict) and _name(wanted) != now["name"]["formatted"]:
        raise ScimFault(400, "mutability", "the name is changed by the person, with proof, and not from here")
    if wanted.get("id", now["id"]) != now["id"]:
        raise ScimFault(400, "mutability", "id can't be changed")
