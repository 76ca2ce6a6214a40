"""Who may enter a client system, ask for one, and decide on it."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from yiwang.commons.identity import rules
from yiwang.commons.identity.contracts import NotPermitted, Tree
from yiwang.commons.identity.contracts.openid import (
    REQUEST_CLIENTS,
    REVIEW_CLIENTS,
    ClientUnknown,
    OwnClientRequest,
)
from yiwang.commons.identity.models import Account, Appointment, ClientAudience, HeldGrant, OrganisationAncestry
from yiwang.commons.identity.policies import period_covers_today
from yiwang.commons.identity.policies.reach import holds
from yiwang.kernel.actor import Actor


def open_to(account_id: UUID, /) -> Q:
    """Filter of ClientSystem: open to everybody, or to an office that the account holds today. One SQL condition."""
    held = Appointment.objects.filter(
        period_covers_today(),
        account_id=account_id,
        organisation__above__tree=Tree.TERRITORY.value,
        organisation__above__ancestor_id=OuterRef("organisation_id"),
    )
    named = ClientAudience.objects.filter(system_id=OuterRef("pk"))
    fits = named.filter(Q(role="") & Exists(held) | Exists(held.filter(role__key=OuterRef("role"))))
    return Q(residents=True) | Q(Exists(fits))


def can_request(actor: Actor, organisation_id: UUID | None = None) -> bool:
    """Ask for an organisation's system, or (without one) for any."""
    return actor.is_system or holds(actor, REQUEST_CLIENTS, organisation_id=organisation_id)


def check_request(actor: Actor, organisation_id: UUID) -> None:
    if not can_request(actor, organisation_id):
        raise NotPermitted


def can_review(actor: Actor, organisation_id: UUID | None = None) -> bool:
    """Decide on requests of an organisation; switch its systems off and on."""
    return actor.is_system or holds(actor, REVIEW_CLIENTS, organisation_id=organisation_id)


def check_review(actor: Actor, organisation_id: UUID) -> None:
    if not can_review(actor, organisation_id):
        raise NotPermitted


def check_decide(actor: Actor, *, organisation_id: UUID, requested_by: UUID) -> None:
    """Nobody decides on their own request, whatever they hold and in whatever account."""
    check_review(actor, organisation_id)
    if actor.account_id is None or actor.account_id == requested_by:
        raise OwnClientRequest
    if actor.person_id is not None and Account.objects.filter(pk=requested_by, person_id=actor.person_id).exists():
        raise OwnClientRequest


def check_see(viewer: Actor, organisation_id: UUID) -> None:
    if not (can_request(viewer, organisation_id) or can_review(viewer, organisation_id)):
        raise ClientUnknown


def may_keep(account: str, organisation: str) -> Exists:
    """Whether the account (by the name of its column) may take the secrets of the organisation's systems today.

    It may not once it is closed, or its office or right has ended. A condition in the list's own SQL.
    """
    held = HeldGrant.objects.filter(
        period_covers_today(),
        account_id=OuterRef(OuterRef(account)),
        account__is_active=True,
        organisation_id=OuterRef("ancestor_id"),
        tree=OuterRef("tree"),
        action__in=rules.covering(REQUEST_CLIENTS, "."),
        scope=rules.ANY,
    )
    reached = OrganisationAncestry.objects.filter(descendant_id=OuterRef(organisation))
    return Exists(reached.filter(Exists(held)))


def check_keep_keys(actor: Actor) -> None:
    """Signing keys change by the program: its clock, its start, its command line."""
    if not actor.is_system:
        raise NotPermitted
