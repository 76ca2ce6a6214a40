"""What administrators see: the accounts in their reach, one account with all it holds, and where they may act."""

from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from yiwang.commons.identity import policies
from yiwang.commons.identity.contracts import ACCOUNT, AccountKind, Office, OrganisationRef, Tree, UnknownRecord
from yiwang.commons.identity.contracts.people import (
    HeldOffice,
    HeldRight,
    LoginTrace,
    OfficialPage,
    OfficialRow,
    Reach,
)
from yiwang.commons.identity.models import Account, Appointment, HeldGrant, Organisation, PersonnelRecord, Role
from yiwang.commons.identity.models.person import ID_NUMBER, MOBILE
from yiwang.commons.identity.policies import administering
from yiwang.commons.identity.policies.administering import Bounds
from yiwang.commons.identity.policies.reach import held_grants
from yiwang.commons.identity.queries.csv_text import csv_line
from yiwang.commons.identity.queries.places import organisation_ref
from yiwang.commons.identity.queries.post_effects import giving
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.codes import mask_id_number, mask_mobile
from yiwang.kernel.fields import keyed_hashes
from yiwang.kernel.models import AuditEntry
from yiwang.kernel.paging import Page, paginate

_TRACED: Final = ("identity.logged_in", "identity.login_failed", "identity.logged_out")
_TRACES: Final = 10
_CHOICES: Final = 500
_LONG_NUMBER: Final = 11
STATES: Final = ("active", "waiting", "posted", "idle", "closed")
"""What the list can be filtered by: open, open without a password yet, with an office, without one, switched off."""


def officials_list(
    *,
    viewer: Actor,
    search: str = "",
    organisation_id: UUID | None = None,
    role: str = "",
    state: str = "",
    cursor: str | None = None,
    size: int = 20,
) -> Page[OfficialRow]:
    """Officials' accounts in reach, by user name; a search is part of a name, or a whole ID or mobile number.

    `organisation_id` keeps those appointed in its subtree. Two or three queries a page. Raises NotPermitted.
    """
    administering.check_look(viewer)
    rows = _filtered(administering.officials_in_reach(viewer), search, organisation_id, role, state)
    page = paginate(rows.select_related("person"), order=("username",), cursor=cursor, size=size)
    return page.map(_rower(_offices(row.pk for row in page.items)))


def _filtered(
    rows: "QuerySet[Account]", search: str, organisation_id: UUID | None, role: str, state: str
) -> "QuerySet[Account]":
    wanted = search.strip()
    if wanted:
        found = Q(username__startswith=wanted.lower()) | Q(person__name__contains=wanted)
        if len(wanted) >= _LONG_NUMBER:
            found |= Q(person__id_number_hash__in=keyed_hashes(wanted.upper(), ID_NUMBER))
            found |= Q(person__mobile_hash__in=keyed_hashes(wanted, MOBILE))
        rows = rows.filter(found)
    held = Appointment.objects.filter(policies.period_covers_today(), account_id=OuterRef("pk"))
    if organisation_id is not None or role:
        chosen = held.filter(role__key=role) if role else held
        if organisation_id is not None:
            chosen = chosen.filter(organisation__above__tree=Tree.TERRITORY.value)
            chosen = chosen.filter(organisation__above__ancestor_id=organisation_id)
        rows = rows.filter(Exists(chosen))
    unready = Q(password__startswith="!")  # noqa: S106  how Django marks that there is none
    conditions = {
        "active": Q(is_active=True), "closed": Q(is_active=False), "waiting": Q(is_active=True) & unready,
        "posted": Q(is_active=True) & Q(Exists(held)), "idle": Q(is_active=True) & ~Q(Exists(held)),
    }  # fmt: skip
    return rows.filter(conditions[state]) if state in conditions else rows


def _offices(account_ids: Iterable[UUID]) -> dict[UUID, list[Office]]:
    """Offices in force by account. One query, none for no account."""
    wanted = list(account_ids)
    found: dict[UUID, list[Office]] = {}
    if wanted:
        held = Appointment.objects.filter(policies.period_covers_today(), account_id__in=wanted)
        for row in held.select_related("organisation", "role").order_by("valid_from", "id"):
            office = Office(row.pk, organisation_ref(row.organisation), row.role.key, row.role.title, row.role.title_en)
            found.setdefault(row.account_id, []).append(office)
    return found


class _rower:  # noqa: N801  a function with what it knows
    """Account rows as values."""

    def __init__(self, offices: dict[UUID, list[Office]]) -> None:
        self.offices = offices

    def __call__(self, row: Account) -> OfficialRow:
        name = row.person.name if row.person else row.username
        return OfficialRow(
            id=row.pk, username=row.username, name=name, kind=AccountKind(row.kind), is_active=row.is_active,
            ready=not row.password.startswith("!"), sample=row.sample, created_at=row.created_at,
            offices=tuple(self.offices.get(row.pk, ())),
        )  # fmt: skip


def official_page(*, account_id: UUID, viewer: Actor) -> OfficialPage:
    """One account in reach with its offices, rights, last log-ins. A fixed number of queries. Raises UnknownRecord."""
    administering.check_look(viewer)
    found = administering.officials_in_reach(viewer).select_related("person").filter(pk=account_id).first()
    if found is None:
        raise UnknownRecord(kind=ACCOUNT)
    person = found.person
    records = PersonnelRecord.objects.filter(account_id=account_id, removed_at__isnull=True)
    return OfficialPage(
        row=_rower(_offices([account_id]))(found),
        masked_number=mask_id_number(person.id_number) if person and person.id_number else "",
        masked_mobile=mask_mobile(person.mobile) if person and person.mobile else "",
        held=_held(account_id),
        rights=_rights(account_id),
        traces=_traces(account_id),
        may_administer=administering.can_administer(viewer, account_id),
        systems=tuple(records.order_by("system__name").values_list("system__name", flat=True)),
    )


def _held(account_id: UUID) -> tuple[HeldOffice, ...]:
    today = clock.today()
    rows = Appointment.objects.filter(account_id=account_id).select_related("organisation", "role")
    rows = rows.annotate(gives=Exists(giving()))
    return tuple(
        HeldOffice(
            row.pk, organisation_ref(row.organisation), row.role.key, row.role.title, row.role.title_en, row.valid_from,
            row.valid_to, row.valid_from <= today and (row.valid_to is None or row.valid_to >= today), row.gives,
        )
        for row in rows.order_by("-valid_from", "-id")[:50]
    )  # fmt: skip


def _rights(account_id: UUID) -> tuple[HeldRight, ...]:
    held = HeldGrant.objects.filter(policies.period_covers_today(), account_id=account_id)
    rows = held.select_related("organisation", "office").order_by("action", "organisation__code", "scope")
    return tuple(
        HeldRight(
            row.action, row.scope, organisation_ref(row.organisation),
            organisation_ref(row.office) if row.office else None, row.valid_to,
        )
        for row in rows[:200]
    )  # fmt: skip


def _traces(account_id: UUID) -> tuple[LoginTrace, ...]:
    rows = AuditEntry.objects.filter(Q(subject_id=account_id), command__in=_TRACED).order_by("-at", "-id")
    return tuple(
        LoginTrace(at, command.partition(".")[2], device)
        for at, command, device in rows.values_list("at", "command", "device")[:_TRACES]
    )


def reaches(*, viewer: Actor) -> tuple[Reach, ...]:
    """The roots of the subtrees in which the viewer manages accounts; for the program the tops of the territory."""
    if viewer.is_system:
        tops = Organisation.objects.filter(territorial_parent__isnull=True).order_by("position", "code")
        return tuple(Reach(organisation_ref(row), Tree.TERRITORY) for row in tops)
    held = held_grants(viewer, policies.MANAGE_ACCOUNTS).filter(scope="*").select_related("organisation")
    rows = {(row.organisation_id, row.tree): row for row in held}
    ordered = sorted(rows.values(), key=lambda row: (row.organisation.position, row.organisation.code))
    return tuple(Reach(organisation_ref(row.organisation), Tree(row.tree)) for row in ordered)


def organisations_in_reach(*, viewer: Actor, action: str = policies.MANAGE_ACCOUNTS) -> tuple[OrganisationRef, ...]:
    """Organisations in which the viewer may admit (or with another action appoint) somebody, in official order; at most 500."""
    inside = policies.scope(viewer=viewer, action=action, organisation="pk", scope_key=None, grade=None)
    rows = Organisation.objects.filter(inside).order_by("position", "code")[:_CHOICES]
    return tuple(organisation_ref(row) for row in rows)


def roles_offered(*, viewer: Actor) -> tuple[tuple[str, str, str], ...]:
    """Key, title and English title of each role, for a picker; whether it may be given is asked when it is. One query."""
    administering.check_look(viewer)
    return tuple(Role.objects.order_by("title", "key").values_list("key", "title", "title_en"))


def roles_within(*, organisation_id: UUID, tree: Tree, viewer: Actor) -> tuple[tuple[str, str, str], ...]:
    """Roles that an import or a personnel system bounded to the subtree may be allowed to give. Two queries."""
    administering.check_look(viewer)
    found = Bounds(organisation_id, tree.value).appointable()
    rows = Role.objects.filter(key__in=found).order_by("title", "key")
    return tuple(rows.values_list("key", "title", "title_en"))


_COLUMNS: Final = ("username", "name", "organisation", "role", "valid_from", "valid_to", "state")
_BATCH: Final = 2000


def accounts_export(*, viewer: Actor) -> Iterator[str]:
    """CSV: a header and one line for each office in force (an account without one has a line too); no ID numbers.

    Streams by keyset, so that no transaction stays open.
    """
    administering.check_look(viewer)
    yield "\ufeff" + csv_line(_COLUMNS)
    cursor: str | None = None
    while True:
        rows = administering.officials_in_reach(viewer).select_related("person")
        page = paginate(rows, order=("username",), cursor=cursor, size=_BATCH)
        held: dict[UUID, list[Appointment]] = {}
        offices = Appointment.objects.filter(
            policies.period_covers_today(), account_id__in=[row.pk for row in page.items]
        )
        for each in offices.select_related("organisation", "role").order_by("valid_from", "id"):
            held.setdefault(each.account_id, []).append(each)
        for row in page.items:
            yield from map(csv_line, _lines(row, held.get(row.pk, [])))
        cursor = page.next_cursor
        if cursor is None:
            return


def _lines(row: Account, held: list[Appointment]) -> Iterator[tuple[str, ...]]:
    name, state = row.person.name if row.person else "", "active" if row.is_active else "closed"
    if not held:
        yield (row.username, name, "", "", "", "", state)
    for each in held:
        until = each.valid_to.isoformat() if each.valid_to else ""
        yield (row.username, name, each.organisation.code, each.role.key, each.valid_from.isoformat(), until, state)
