"""`/Groups`: a post in an organisation is a group, and whoever is a member is appointed. Posts come from the city's pack."""

from typing import Any, Final
from uuid import UUID

from yiwang.commons.identity.commands import personnel
from yiwang.commons.identity.engine.scim import GROUP, Filter, ScimFault, fits, patched
from yiwang.commons.identity.queries import scim as reading
from yiwang.commons.identity.queries.scim import ScimGroup
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

_KNOWN: Final = frozenset({"displayName", "members", "id", "schemas", "meta", "externalId"})
_VALUE: Final = frozenset({"value"})
_MOST_MEMBERS: Final = 5000


def groups(call: Call) -> Answer:
    """List. Posts can't be made or unmade from here."""
    if call.method == "POST":
        raise ScimFault(403, "", "posts come with the city's organisations and are not made by a personnel system")
    if call.method != "GET":
        raise ScimFault(405, "", "GET")
    start, count = call.window
    found = reading.groups(caller=call.caller, viewer=call.caller.actor)
    wanted = call.wanted
    if wanted is not None:
        found = _matching(call, found, wanted)
    page = reading.dated(found=found[start - 1 : start - 1 + count], viewer=call.caller.actor)
    if "members" not in call.query.get("excludedAttributes", ""):
        page = reading.with_members(found=page, caller=call.caller, viewer=call.caller.actor)
    return listed(call, len(found), [_resource(call, each) for each in page], start)


def _matching(call: Call, found: tuple[ScimGroup, ...], wanted: Filter) -> tuple[ScimGroup, ...]:
    """Names are matched in memory (posts are few), members only where the filter speaks of them."""
    if "members" in str(wanted):
        found = reading.with_members(found=found, caller=call.caller, viewer=call.caller.actor)
    return tuple(each for each in found if fits(wanted, _resource(call, each)))


def group(call: Call, text: str) -> Answer:
    """Read, and say who holds the post."""
    found = next(iter(reading.groups(caller=call.caller, viewer=call.caller.actor, chosen=text)), None)
    if found is None or not text:
        raise ScimFault(404, "", "there is no such group")
    if call.method == "GET":
        return shown(call, _read(call, found))
    if call.method == "DELETE":
        raise ScimFault(403, "", "posts are not unmade by a personnel system")
    if call.method not in {"PUT", "PATCH"}:
        raise ScimFault(405, "", "GET, PUT or PATCH")
    personnel.assign(
        system_id=call.caller.id, organisation_id=found.organisation_id, role=found.role,
        change=lambda: _change(call, found), by=call.caller.actor, at=clock.now(),
    )  # fmt: skip
    return shown(call, _read(call, found))


def _change(call: Call, found: ScimGroup) -> tuple[set[UUID], set[UUID]]:
    """Who joins and who leaves, judged while nobody else writes: two clients with the same version do not both win."""
    now = _read(call, found)
    check_match(call, now)
    wanted = patched(now, call.body, _KNOWN) if call.method == "PATCH" else named(call.body, _KNOWN)
    if call.method == "PUT" and "members" not in wanted:
        raise ScimFault(400, "invalidValue", "members is missing; an empty list leaves the post to nobody")
    if wanted.get("displayName", now["displayName"]) != now["displayName"]:
        raise ScimFault(400, "mutability", "displayName is read only")
    before, after = _ids(now.get("members")), _ids(wanted.get("members"))
    return after - before, before - after


def _read(call: Call, found: ScimGroup) -> dict[str, Any]:
    page = reading.dated(found=[found], viewer=call.caller.actor)
    return _resource(call, reading.with_members(found=page, caller=call.caller, viewer=call.caller.actor)[0])


def _resource(call: Call, found: ScimGroup) -> dict[str, Any]:
    members = [
        {"value": str(pk), "$ref": f"{call.base}/Users/{pk}", "type": "User", "display": name}
        for pk, name in found.members
    ]
    resource = {"schemas": [GROUP], "id": found.id, "displayName": found.display, "members": members}
    return with_meta(resource, "Group", f"{call.base}/Groups/{found.id}", found.created_at, found.changed_at)


def _ids(members: Any) -> set[UUID]:
    if members is None:
        return set()
    if not isinstance(members, list) or len(members) > _MOST_MEMBERS:
        raise ScimFault(400, "tooMany", f"members is a list of at most {_MOST_MEMBERS}")
    found = set()
    for each in members:
        value = named(each, _VALUE).get("value") if isinstance(each, dict) else None
        if not isinstance(value, str):
            raise ScimFault(400, "invalidValue", "a member has a value")
        found.add(identifier(value))
    return found
