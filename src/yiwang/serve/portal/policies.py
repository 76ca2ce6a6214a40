"""Who works at a counter, and whose hand-overs and scans are whose."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from yiwang.commons.identity import queries as identity
from yiwang.kernel.actor import Actor
from yiwang.serve.portal.contracts import HandoverNotFound, NotAtCounter

SERVE = "counter.serve"


def can_serve(viewer: Actor) -> bool:
    """Officials in an office with that grant. One query."""
    return viewer.is_official and identity.holds(viewer, SERVE)


def check_serve(viewer: Actor) -> UUID:
    """The organisation at whose counter the clerk works. Raises NotAtCounter."""
    if viewer.organisation_id is None or not can_serve(viewer):
        raise NotAtCounter
    return viewer.organisation_id


def in_hand(viewer: Actor, clerks: Iterable[UUID]) -> frozenset[UUID]:
    """Of those who took cases in at the viewer's counter, whose the viewer hands over: the viewer's own, and those of
    clerks who work there no more, so that no paper waits for somebody who has left. One query, none without other clerks.
    """
    if viewer.account_id is None or viewer.organisation_id is None:
        return frozenset()
    others = frozenset(clerks) - {viewer.account_id}
    here = (
        identity.still_posted(account_ids=others, organisation_id=viewer.organisation_id, viewer=viewer)
        if others
        else others
    )
    return (others - here) | {viewer.account_id}


def own_handovers(viewer: Actor) -> Q:
    """Those that the viewer gave or is to receive."""
    if viewer.account_id is None or not viewer.is_official:
        return Q(pk__in=())
    return Q(giver_id=viewer.account_id) | Q(receiver_id=viewer.account_id)


def check_receiver(by: Actor, receiver_id: UUID) -> None:
    """Raises HandoverNotFound for everybody but the receiver."""
    if by.account_id != receiver_id:
        raise HandoverNotFound
