"""Who may administer whose account: the reach of administrators, and the bounds of imports and personnel systems.

An administrator who could reset the password of somebody with wider rights would have those rights. So an account is in
reach only when every office and every right that it holds is, and nobody administers their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from yiwang.commons.identity import policies, rules
from yiwang.commons.identity.contracts import AccountKind, NotPermitted
from yiwang.commons.identity.contracts.people import NotInReach
from yiwang.commons.identity.models import Account, Appointment, Grant, HeldGrant, OrganisationAncestry, Role
from yiwang.commons.identity.policies import APPOINT, GRANT, MANAGE_ACCOUNTS
from yiwang.commons.identity.policies.reach import held_among, holds, holds_throughout, scope
from yiwang.kernel.actor import Actor

_ADMINISTERING: Final = frozenset(
    pattern for action in (MANAGE_ACCOUNTS, APPOINT, GRANT) for pattern in rules.covering(action, ".")
)


def in_reach(viewer: Actor) -> Q:
    """Filter of rows with `organisation_id`: within the subtrees where the viewer manages accounts."""
    return scope(viewer=viewer, action=MANAGE_ACCOUNTS, scope_key=None, grade=None)


def can_look(viewer: Actor) -> bool:
    """The administrators' pages are for those who manage accounts somewhere."""
    return holds(viewer, MANAGE_ACCOUNTS)


def check_look(viewer: Actor) -> None:
    if not can_look(viewer):
        raise NotPermitted


def officials_in_reach(viewer: Actor) -> "QuerySet[Account]":
    """Accounts of officials that hold, held or will hold an office in reach; those without any only for who reaches all."""
    rows: QuerySet[Account] = Account.objects.filter(kind=AccountKind.OFFICIAL.value)
    if viewer.is_system:
        return rows
    offices = Appointment.objects.filter(account_id=OuterRef("pk"))
    seen = Q(Exists(offices.filter(in_reach(viewer))))
    if held_among(viewer, [MANAGE_ACCOUNTS]).get(MANAGE_ACCOUNTS, False):
        seen |= ~Q(Exists(offices))
    return rows.filter(seen)


def can_administer(actor: Actor, account_id: UUID) -> bool:
    """Move, let go, reset, unlock: all that the account holds is in reach, and it is not the actor's own."""
    if actor.is_system:
        return True
    return actor.account_id != account_id and policies.can_manage_account(actor, account_id)


def check_administer(actor: Actor, account_id: UUID) -> None:
    if not can_administer(actor, account_id):
        raise NotInReach


def can_admit(actor: Actor, organisation_id: UUID) -> bool:
    """Open an account for somebody who joins this organisation."""
    return holds(actor, MANAGE_ACCOUNTS, organisation_id=organisation_id)


def check_admit(actor: Actor, organisation_id: UUID) -> None:
    if not can_admit(actor, organisation_id):
        raise NotPermitted


@dataclass(frozen=True, slots=True)
class Bounds:
    """The subtree that an import or a personnel system is kept to, and the roles it may give (None: any that fits)."""

    organisation_id: UUID
    tree: str
    roles: frozenset[str] | None = None

    def organisations(self) -> "QuerySet[OrganisationAncestry]":
        """Ancestry rows whose `descendant_id` are the organisations inside."""
        found: QuerySet[OrganisationAncestry] = OrganisationAncestry.objects.filter(
            tree=self.tree, ancestor_id=self.organisation_id
        )
        return found

    def inside(self) -> Q:
        """Filter of rows with `organisation_id`."""
        return Q(organisation_id__in=self.organisations().values("descendant_id"))

    def appointable(self) -> dict[str, UUID]:
        """Roles by key that may be given: none that administers accounts or rights, those are given by hand. One query."""
        ruling = Grant.objects.filter(role_id=OuterRef("pk"), action__in=_ADMINISTERING)
        rows = Role.objects.exclude(Exists(ruling))
        if self.roles is not None:
            rows = rows.filter(key__in=self.roles)
        return dict(rows.values_list("key", "pk"))

    def reaching_out(self) -> frozenset[tuple[UUID, UUID | None]]:
        """(role, holder) whose rights reach beyond the subtree; without a holder wherever the role is held. One query."""
        rows = Grant.objects.filter(role_id__isnull=False, organisation_id__isnull=False).exclude(self.inside())
        return frozenset(rows.values_list("role_id", "holder_id").distinct())


def can_bound(actor: Actor, organisation_id: UUID, tree: str) -> bool:
    """Import into a subtree or let a personnel system keep it: who manages and appoints in all of it."""
    return holds_throughout(
        actor, (MANAGE_ACCOUNTS, APPOINT), root=organisation_id, tree=tree, scope=rules.ANY, grade=1
    )


def check_bound(actor: Actor, organisation_id: UUID, tree: str) -> None:
    if not can_bound(actor, organisation_id, tree):
        raise NotPermitted


def within(bounds: Bounds, account_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Of these accounts those all of whose offices and rights, in force or to come, lie inside the bounds. One query."""
    lasting = policies.lasts()
    held = HeldGrant.objects.filter(lasting, account_id=OuterRef("pk")).exclude(bounds.inside())
    offices = Appointment.objects.filter(lasting, account_id=OuterRef("pk")).exclude(bounds.inside())
    rows = Account.objects.filter(~Exists(held), ~Exists(offices), pk__in=set(account_ids))
    return frozenset(rows.filter(kind=AccountKind.OFFICIAL.value).values_list("pk", flat=True))
