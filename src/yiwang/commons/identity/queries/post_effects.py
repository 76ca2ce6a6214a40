"""What a post gives: a role has rights where the city's pack, or somebody since, gave it some, and nothing elsewhere."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from yiwang.commons.identity import policies
from yiwang.commons.identity.contracts import Tree
from yiwang.commons.identity.contracts.people import PostEffect
from yiwang.commons.identity.models import Grant, Organisation
from yiwang.commons.identity.policies import APPOINT, administering
from yiwang.commons.identity.queries.places import organisation_ref
from yiwang.kernel.actor import Actor

_NAMED = 5


def post_effect(*, organisation_id: UUID, role: str, viewer: Actor) -> PostEffect:
    """Whether the role gives any right to who holds it there today, and up to five places in reach where it does.

    Those below the organisation, else any. Raises NotPermitted. Two queries or three.
    """
    administering.check_look(viewer)
    given = Grant.objects.filter(policies.period_covers_today(), role__key=role)
    if given.filter(Q(holder_id=organisation_id) | Q(holder_id__isnull=True)).exists():
        return PostEffect(gives=True)
    inside = policies.scope(viewer=viewer, action=APPOINT, organisation="pk", scope_key=None, grade=None)
    rows = Organisation.objects.filter(inside, Exists(given.filter(holder_id=OuterRef("pk"))))
    rows = rows.order_by("position", "code")
    below = rows.filter(above__tree=Tree.TERRITORY.value, above__ancestor_id=organisation_id)
    found = list(below[:_NAMED]) or list(rows[:_NAMED])
    return PostEffect(gives=False, elsewhere=tuple(map(organisation_ref, found)))


def giving() -> "QuerySet[Grant]":
    """Grants of an appointment's role where it is held: for a condition of a list of appointments."""
    rows: QuerySet[Grant] = Grant.objects.filter(policies.period_covers_today(), role_id=OuterRef("role_id"))
    return rows.filter(Q(holder_id=OuterRef("organisation_id")) | Q(holder_id__isnull=True))
