"""Which documents a viewer may find: a condition for SQL, never a loop."""

from django.db.models import Q

from yiwang.commons.identity.queries import scope
from yiwang.commons.search import registry
from yiwang.commons.search.contracts import Visibility
from yiwang.kernel.actor import Actor


def visible(viewer: Actor) -> Q:
    """Public ones, the viewer's own, and scoped ones of kinds whose action the viewer's grants reach."""
    condition = Q(visibility=Visibility.PUBLIC)
    if viewer.is_system:
        return Q()
    if viewer.account_id is not None:
        condition |= Q(owner_id=viewer.account_id)
    if viewer.is_official:
        for kind, action in registry.scoped_kinds().items():
            condition |= Q(scope(viewer=viewer, action=action), kind=kind, visibility=Visibility.SCOPED)
    return condition
