"""The other way round: which officials a piece of work can be given to."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from yiwang.commons.identity import policies, rules
from yiwang.commons.identity.contracts import AccountCard, AccountKind, Office, UnknownRecord
from yiwang.commons.identity.models import Account, Appointment, HeldGrant, OrganisationAncestry, Role
from yiwang.commons.identity.queries.places import organisation_ref
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

_AT_MOST = 200


def holders(
    *,
    viewer: Actor,
    action: str,
    organisation_id: UUID,
    scope_key: str = rules.ANY,
    grade: int = 1,
    role: str | None = None,
) -> tuple[AccountCard, ...]:
    """Active officials whose grants for `action` reach such a row today, by name; at most 200. One query.

    `role` keeps those who hold it in some office. Only for officials and the program. Raises UnknownRecord.
    """
    _check(viewer)
    rows = _reaching(action, organisation_id, scope_key, grade, role).select_related("person")
    return tuple(_card(row) for row in rows.order_by("person__name", "username")[:_AT_MOST])


def role_keys(*, viewer: Actor) -> frozenset[str]:
    """The keys of all roles, which a process may name. One query. Only for officials and the program."""
    _check(viewer)
    return frozenset(Role.objects.values_list("key", flat=True))


def may_reach(
    *,
    account_id: UUID,
    action: str,
    organisation_id: UUID,
    scope_key: str,
    grade: int,
    role: str | None = None,
    viewer: Actor,
) -> bool:
    """Whether this account is one of `holders`. One query."""
    _check(viewer)
    return bool(_reaching(action, organisation_id, scope_key, grade, role).filter(pk=account_id).exists())


def still_posted(*, account_ids: Iterable[UUID], organisation_id: UUID, viewer: Actor) -> frozenset[UUID]:
    """Of these accounts those that are open and hold an office in the organisation today. One query."""
    _check(viewer)
    held = Appointment.objects.filter(policies.period_covers_today(), organisation_id=organisation_id)
    found = held.filter(account_id__in=set(account_ids), account__is_active=True)
    return frozenset(found.values_list("account_id", flat=True))


def left_since(*, day: date, viewer: Actor) -> frozenset[UUID]:
    """The accounts one of whose offices has ended by its date, on that day or later. One query. Only for the program."""
    if not viewer.is_system:
        raise UnknownRecord
    rows = Appointment.objects.filter(valid_to__gte=day, valid_to__lt=clock.today())
    return frozenset(rows.values_list("account_id", flat=True))


def may_all(actions: Sequence[str], /, *, organisation_id: UUID) -> bool:
    """Whether one and the same official may take all these actions in an organisation. One query."""
    rows = _officials()
    for action in actions:
        rows = rows.filter(pk__in=_reaching(action, organisation_id, rules.ANY, 1, None).values("pk"))
    return bool(rows.exists())


def colleagues(*, viewer: Actor, organisation_id: UUID) -> tuple[AccountCard, ...]:
    """Active officials of the organisation, of those directly above it and of all below these, by name; at most 200.

    For choosing a deputy. Only for officials and the program. One query.
    """
    _check(viewer)
    above = OrganisationAncestry.objects.filter(descendant_id=organisation_id, distance__lte=1)
    near = OrganisationAncestry.objects.filter(
        Exists(above.filter(tree=OuterRef("tree"), ancestor_id=OuterRef("ancestor_id")))
    )
    held = Appointment.objects.filter(policies.period_covers_today(), organisation_id__in=near.values("descendant_id"))
    rows = _officials().filter(pk__in=held.values("account_id")).select_related("person")
    return tuple(_card(row) for row in rows.order_by("person__name", "username")[:_AT_MOST])


def posts(*, viewer: Actor, action: str = "") -> tuple[tuple[AccountCard, Office], ...]:
    """One's own offices; with `action` those of all officials in organisations that the viewer's grants for it reach.

    By organisation and name, at most 200. One query.
    """
    _check(viewer)
    rows = Appointment.objects.filter(policies.period_covers_today(), account__is_active=True)
    if action:
        rows = rows.filter(policies.scope(viewer=viewer, action=action, scope_key=None, grade=None))
    else:
        rows = rows.filter(account_id=viewer.account_id)
    found = rows.select_related("account__person", "organisation", "role")
    return tuple(
        (
            _card(row.account),
            Office(row.pk, organisation_ref(row.organisation), row.role.key, row.role.title, row.role.title_en),
        )
        for row in found.order_by("organisation__position", "organisation__code", "account__username", "id")[:_AT_MOST]
    )


def _check(viewer: Actor) -> None:
    if not (viewer.is_official or viewer.is_system):
        raise UnknownRecord


def _officials() -> "QuerySet[Account]":
    found: QuerySet[Account] = Account.objects.filter(is_active=True, kind=AccountKind.OFFICIAL.value)
    return found


def _reaching(action: str, organisation_id: UUID, scope_key: str, grade: int, role: str | None) -> "QuerySet[Account]":
    today = clock.today()
    up = OrganisationAncestry.objects.filter(
        tree=OuterRef("tree"), ancestor_id=OuterRef("organisation_id"), descendant_id=organisation_id
    )
    held = HeldGrant.objects.filter(
        Exists(up),
        Q(valid_to__gte=today) | Q(valid_to__isnull=True),
        valid_from__lte=today,
        action__in=rules.covering(action, "."),
        scope__in=rules.covering(scope_key, ":"),
        highest_grade__gte=grade,
    )
    in_office = Appointment.objects.filter(policies.period_covers_today())  # a right given by name needs an office too
    if role is not None:
        in_office = in_office.filter(role__key=role)
    return _officials().filter(pk__in=held.values("account_id")).filter(pk__in=in_office.values("account_id"))


def _card(row: Account) -> AccountCard:
    name = row.person.name if row.person else row.username
    return AccountCard(row.pk, row.username, AccountKind(row.kind), name, row.person_id, row.is_active, row.sample)
