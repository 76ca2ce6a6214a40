"""Whose a draft is: the account that began it, acting for the same person or legal entity."""

from uuid import UUID

from django.db.models import Q

from yiwang.commons.forms.contracts import DraftNotFound
from yiwang.commons.forms.models import Draft
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import Unauthenticated


def own(actor: Actor) -> Q:
    """The actor's drafts; the program's are all."""
    if actor.is_system:
        return Q()
    if actor.account_id is None:
        return Q(pk__in=())
    behalf = actor.on_behalf
    return Q(
        owner_id=actor.account_id,
        on_behalf_kind=behalf.kind if behalf else "",
        **({"on_behalf_id": behalf.id} if behalf else {"on_behalf_id__isnull": True}),
    )


def can_use(actor: Actor, draft: Draft) -> bool:
    """Whether the draft is the actor's, in this capacity."""
    if actor.is_system:
        return True
    behalf = (actor.on_behalf.kind, actor.on_behalf.id) if actor.on_behalf else ("", None)
    same = (draft.on_behalf_kind, draft.on_behalf_id) == behalf
    return actor.account_id is not None and draft.owner_id == actor.account_id and same


def check_use(actor: Actor, draft: Draft | None) -> Draft:
    """Raises DraftNotFound: nobody learns of another's draft."""
    if draft is None or not can_use(actor, draft):
        raise DraftNotFound
    return draft


def check_begin(actor: Actor) -> UUID:
    """The account that answers are kept for. Raises Unauthenticated."""
    if actor.account_id is None:
        raise Unauthenticated
    return actor.account_id
