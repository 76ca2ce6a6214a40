"""What a personnel system may see: accounts and posts of its subtree, as frozen values; filters become SQL here."""

import hashlib
import operator
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import reduce
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from yiwang.commons.identity import policies
from yiwang.commons.identity.contracts import AccountKind, UnknownRecord
from yiwang.commons.identity.engine.scim import All, Any_, Compare, Filter, Not, Present, ScimFault, Within
from yiwang.commons.identity.models import Account, Appointment, Organisation, PersonnelRecord, PersonnelSystem, Role
from yiwang.commons.identity.models.person import MOBILE
from yiwang.commons.identity.policies.administering import Bounds
from yiwang.commons.identity.queries.scim_times import groups_changed, made_at, users_changed
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.fields import keyed_hashes


@dataclass(frozen=True, slots=True)
class Caller:
    """A personnel system whose token is good."""

    id: UUID
    bounds: Bounds
    actor: Actor


@dataclass(frozen=True, slots=True)
class ScimUser:
    """An account as a personnel system sees it; `posts` are (organisation code, role key, words)."""

    id: UUID
    username: str
    name: str
    active: bool
    external_id: str | None
    created_at: datetime
    has_number: bool
    changed_at: datetime
    posts: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ScimGroup:
    """A post in an organisation with who holds it today (id, name)."""

    organisation_id: UUID
    code: str
    role: str
    display: str
    members: tuple[tuple[UUID, str], ...] = field(default=())
    changed_at: datetime | None = None

    @property
    def created_at(self) -> datetime:
        """Since its organisation is known."""
        return made_at(self.organisation_id)

    @property
    def id(self) -> str:
        return f"{self.code}:{self.role}"


def caller_of(*, token: str, viewer: Actor) -> Caller:
    """Whose token it is. Raises UnknownRecord for one that is wrong, ended or too old. One query."""
    del viewer
    digest = hashlib.new("sm3", token.encode()).digest()
    row = PersonnelSystem.objects.filter(token_hash=digest, ended_at__isnull=True, valid_to__gte=clock.today()).first()
    if row is None:
        raise UnknownRecord(kind="personnel_system")
    bounds = Bounds(row.organisation_id, row.tree, frozenset(row.roles))
    return Caller(row.pk, bounds, Actor.system(f"scim {row.pk}"))


def _visible(caller: Caller) -> "QuerySet[Account]":
    """Who holds or will hold a post inside, and whom the system keeps by a record of its own."""
    own = PersonnelRecord.objects.filter(system_id=caller.id, account_id=OuterRef("pk"))
    coming = Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today())
    inside = Appointment.objects.filter(coming, caller.bounds.inside(), account_id=OuterRef("pk"))
    live = Exists(own.filter(removed_at__isnull=True))
    seen = (Q(Exists(inside)) | Q(live)) & ~Q(Exists(own.filter(removed_at__isnull=False)))
    rows: QuerySet[Account] = Account.objects.filter(seen, kind=AccountKind.OFFICIAL.value)
    return rows


def users(
    *, caller: Caller, wanted: Filter | None, start: int, count: int, viewer: Actor
) -> tuple[int, tuple[ScimUser, ...]]:
    """How many there are, and those from `start` (1 is the first) by user name. Six queries at most."""
    del viewer
    rows = _visible(caller)
    if wanted is not None:
        rows = rows.filter(_condition(wanted, caller))
    total = rows.count()
    page = list(rows.select_related("person").order_by("username")[start - 1 : start - 1 + count]) if count else []
    return total, _users(page, caller)


def user(*, caller: Caller, account_id: UUID, viewer: Actor) -> ScimUser:
    """One that the system may see. Raises UnknownRecord. Five queries."""
    del viewer
    row = _visible(caller).select_related("person").filter(pk=account_id).first()
    if row is None:
        raise UnknownRecord(kind="account")
    return _users([row], caller)[0]


def _users(rows: list[Account], caller: Caller) -> tuple[ScimUser, ...]:
    wanted = [row.pk for row in rows]
    records = PersonnelRecord.objects.filter(system_id=caller.id, account_id__in=wanted)
    names = dict(records.values_list("account_id", "external_id")) if wanted else {}
    changed = users_changed(rows, caller.bounds)
    posts: dict[UUID, list[tuple[str, str, str]]] = {}
    held = Appointment.objects.filter(policies.period_covers_today(), caller.bounds.inside(), account_id__in=wanted)
    columns = ("account_id", "organisation__code", "role__key", "organisation__name", "role__title")
    for pk, code, key, place, title in held.order_by("organisation__code", "role__key").values_list(*columns):
        posts.setdefault(pk, []).append((code, key, f"{place} {title}"))
    return tuple(
        ScimUser(
            row.pk, row.username, row.person.name if row.person else row.username, row.is_active, names.get(row.pk),
            row.created_at, row.person is not None and row.person.id_number_hash is not None, changed[row.pk],
            tuple(posts.get(row.pk, ())),
        )
        for row in rows
    )  # fmt: skip


_LOOKUPS: Final = {
    "eq": "", "co": "__contains", "sw": "__startswith", "ew": "__endswith", "gt": "__gt", "ge": "__gte", "lt": "__lt",
    "le": "__lte",
}  # fmt: skip
_TEXTS: Final = {"username": "username", "displayname": "person__name", "name.formatted": "person__name"}
_TEXT_VERBS: Final = frozenset({"eq", "ne", "co", "sw", "ew"})


def _condition(wanted: Filter, caller: Caller) -> Q:
    """A filter as SQL. Raises ScimFault 400 invalidFilter for what can't be asked."""
    match wanted:
        case All(parts):
            found = reduce(operator.and_, (_condition(each, caller) for each in parts))
        case Any_(parts):
            found = reduce(operator.or_, (_condition(each, caller) for each in parts))
        case Not(inner):
            found = ~_condition(inner, caller)
        case Within("groups" | "phonenumbers" as path, Compare(_, verb, value)):
            found = _condition(Compare(path, verb, value), caller)
        case Present(path):
            found = _present(_short(path), caller)
        case Compare(path, "ne", value):
            found = ~_compared(_short(path), "eq", value, caller)
        case Compare(path, verb, value):
            found = _compared(_short(path), verb, value, caller)
        case _:
            raise _not_asked(wanted.path)
    return found


def _short(path: str) -> str:
    """Without the URN; the version's dot in it is no sub-attribute."""
    return path.rpartition(":")[2] if path.startswith("urn:") else path


def _not_asked(what: str) -> ScimFault:
    return ScimFault(400, "invalidFilter", f"{what} can't be filtered by in this way")


def _present(path: str, caller: Caller) -> Q:
    if path == "externalid":
        return Q(Exists(_records(caller).filter(external_id__isnull=False)))
    if path in {"id", "username", "active", "displayname", "name", "name.formatted", "meta.created"}:
        return Q(pk__isnull=False)
    if path == "groups":
        return Q(Exists(_posts(caller)))
    raise _not_asked(path)


def _compared(path: str, verb: str, value: Any, caller: Caller) -> Q:  # noqa: PLR0911  one line an attribute
    if path in _TEXTS and isinstance(value, str) and verb in _TEXT_VERBS and "\x00" not in value:
        return Q(**{_TEXTS[path] + _LOOKUPS[verb]: value.lower() if path == "username" else value})
    if path == "active" and verb == "eq" and isinstance(value, bool | str):
        return Q(is_active=str(value).lower() == "true")
    if path == "externalid" and isinstance(value, str) and verb in _TEXT_VERBS and "\x00" not in value:
        return Q(Exists(_records(caller).filter(**{"external_id" + _LOOKUPS[verb]: value})))
    if path == "id" and verb == "eq":
        return Q(pk=_uuid(value)) if _uuid(value) else Q(pk__in=())
    if path in {"phonenumbers", "phonenumbers.value"} and verb == "eq" and isinstance(value, str):
        return Q(person__mobile_hash__in=keyed_hashes(value, MOBILE))
    if path in {"groups", "groups.value"} and verb == "eq" and isinstance(value, str):
        code, _colon, role = value.rpartition(":")
        return Q(Exists(_posts(caller).filter(organisation__code=code, role__key=role)))
    if path == "meta.created" and verb in {"eq", "gt", "ge", "lt", "le"} and isinstance(value, str):
        return Q(**{"created_at" + _LOOKUPS[verb]: _moment(value)})
    raise _not_asked(path)


def _records(caller: Caller) -> "QuerySet[PersonnelRecord]":
    rows: QuerySet[PersonnelRecord] = PersonnelRecord.objects.filter(
        system_id=caller.id, account_id=OuterRef("pk"), removed_at__isnull=True
    )
    return rows


def _posts(caller: Caller) -> "QuerySet[Appointment]":
    rows: QuerySet[Appointment] = Appointment.objects.filter(
        policies.period_covers_today(), caller.bounds.inside(), account_id=OuterRef("pk")
    )
    return rows


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise _not_asked("meta.created") from None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=clock.CHINA)).astimezone(UTC)
    except OverflowError:  # the last hours of the calendar lie beyond it elsewhere
        raise _not_asked("meta.created") from None


def groups(*, caller: Caller, viewer: Actor, chosen: str = "") -> tuple[ScimGroup, ...]:
    """All posts that the system may fill, or the `chosen` one by its id, without their members, by organisation and role.

    Three queries.
    """
    del viewer
    code, _colon, only = chosen.replace("\x00", "").rpartition(":")
    roles, outside = caller.bounds.appointable(), caller.bounds.reaching_out()
    if chosen:
        roles = {key: role_id for key, role_id in roles.items() if key == only}
    titles = dict(Role.objects.filter(key__in=roles).values_list("key", "title"))
    inside = Organisation.objects.filter(pk__in=caller.bounds.organisations().values("descendant_id"))
    if chosen:
        inside = inside.filter(code=code)
    return tuple(
        ScimGroup(pk, code, key, f"{name} {titles[key]}")
        for pk, code, name in inside.order_by("code").values_list("pk", "code", "name")
        for key, role_id in sorted(roles.items())
        if (role_id, None) not in outside and (role_id, pk) not in outside
    )


def with_members(*, found: Iterable[ScimGroup], caller: Caller, viewer: Actor) -> tuple[ScimGroup, ...]:
    """The same groups with who holds the posts today. One query."""
    del viewer
    chosen = tuple(found)
    held = Appointment.objects.filter(
        policies.period_covers_today(), caller.bounds.inside(), account__kind=AccountKind.OFFICIAL.value,
        organisation_id__in={each.organisation_id for each in chosen}, role__key__in={each.role for each in chosen},
    )  # fmt: skip
    members: dict[tuple[UUID, str], list[tuple[UUID, str]]] = {}
    columns = ("organisation_id", "role__key", "account_id", "account__username", "account__person__name")
    for place, key, pk, username, name in held.order_by("account__username").values_list(*columns):
        members.setdefault((place, key), []).append((pk, name or username))
    return tuple(
        ScimGroup(
            each.organisation_id, each.code, each.role, each.display,
            tuple(dict.fromkeys(members.get((each.organisation_id, each.role), ()))),
            each.changed_at,
        )
        for each in chosen
    )  # fmt: skip


def dated(*, found: Iterable[ScimGroup], viewer: Actor) -> tuple[ScimGroup, ...]:
    """The same groups with when they changed last. Two queries."""
    del viewer
    chosen = tuple(found)
    changed = groups_changed((each.organisation_id, each.role) for each in chosen)
    return tuple(replace(each, changed_at=changed[each.organisation_id, each.role]) for each in chosen)
