"""Whose a draft is: the account's that began it, acting for the same person or legal entity; at the counter the person's.

A person and the clerk who serves them (an official acting on behalf of a person) share the drafts that either began for
that person, so that one goes on at the counter with what one began at home, and the other way round. So do a legal
entity's people and the clerk who serves its agent.
"""

from uuid import UUID

from django.db.models import Q

from yiwang.commons.forms.contracts import DraftNotFound
from yiwang.commons.forms.models import Draft
from yiwang.commons.identity.contracts import LEGAL_ENTITY, PERSON, AccountKind
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import Unauthenticated


def own(actor: Actor) -> Q:
    """The actor's drafts, and those shared at the counter; the program's are all."""
    if actor.is_system:
        return Q()
    if actor.account_id is None:
        return Q(pk__in=())
    behalf = actor.on_behalf
    if behalf is not None and behalf.kind == LEGAL_ENTITY:
        for_entity = Q(on_behalf_kind=LEGAL_ENTITY, on_behalf_id=behalf.id)
        shared = Q(owner_id=actor.account_id) | Q(owner__kind=AccountKind.OFFICIAL.value)
        return for_entity if actor.is_official else for_entity & shared
    mine = Q(
        owner_id=actor.account_id,
        on_behalf_kind=behalf.kind if behalf else "",
        **({"on_behalf_id": behalf.id} if behalf else {"on_behalf_id__isnull": True}),
    )
    person_id = _person_at_counter(actor)
    if person_id is None:
        return mine
    begun_there = Q(on_behalf_kind=PERSON, on_behalf_id=person_id, owner__kind=AccountKind.OFFICIAL.value)
    begun_at_home = Q(on_behalf_kind="", owner__person_id=person_id)
    return mine | begun_there | begun_at_home if actor.is_official else mine | begun_there


def _person_at_counter(actor: Actor) -> UUID | None:
    """The person whose drafts are shared: the one whom an official serves; a resident who acts for nobody else."""
    if actor.on_behalf is None:
        return None if actor.is_official else actor.person_id
    return actor.on_behalf.id if actor.is_official and actor.on_behalf.kind == PERSON else None


def can_use(actor: Actor, draft: Draft) -> bool:
    """Whether the draft is the actor's, in this capacity, or shared at the counter."""
    if actor.is_system:
        return True
    behalf = (actor.on_behalf.kind, actor.on_behalf.id) if actor.on_behalf else ("", None)
    for_same = (draft.on_behalf_kind, draft.on_behalf_id) == behalf
    if actor.account_id is not None and draft.owner_id == actor.account_id and for_same:
        return True
    if for_same and actor.on_behalf is not None and actor.on_behalf.kind == LEGAL_ENTITY:
        return actor.is_official or bool(draft.owner.kind == AccountKind.OFFICIAL.value)
    person_id = _person_at_counter(actor)
    if person_id is None:
        return False
    if (draft.on_behalf_kind, draft.on_behalf_id) == (PERSON, person_id):
        return bool(draft.owner.kind == AccountKind.OFFICIAL.value)
    return actor.is_official and draft.on_behalf_id is None and draft.owner.person_id == person_id


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
