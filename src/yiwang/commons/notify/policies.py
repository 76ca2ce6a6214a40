"""Whose a message is: the account's, the person's who is logged in, or that of whom one acts for now in everything."""

from typing import Final

from django.db.models import Q

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import PERSON
from yiwang.commons.notify.contracts import MessageFaulty, MessageNotFound
from yiwang.commons.notify.models import Message
from yiwang.kernel.actor import Actor

_OWN: Final = "notify:own"


def own(viewer: Actor) -> Q:
    """The viewer's messages in this capacity. An official in office reads those to the account only.

    So does an agent for single matters: messages tell of everything that the person has to do with the administration.
    """
    if viewer.is_system:
        return Q()
    if viewer.account_id is None:
        return Q(pk__in=())
    if viewer.is_official:
        return Q(account_id=viewer.account_id)
    if viewer.on_behalf is not None:
        if not identity.acts_within(scope_key=_OWN, viewer=viewer):
            return Q(account_id=viewer.account_id)
        return Q(**{"person_id" if viewer.on_behalf.kind == PERSON else "entity_id": viewer.on_behalf.id})
    mine = Q(account_id=viewer.account_id)
    return mine | Q(person_id=viewer.person_id) if viewer.person_id is not None else mine


def check_own(viewer: Actor, message: Message | None) -> Message:
    """Raises MessageNotFound: nobody learns of another's messages."""
    if message is None:
        raise MessageNotFound
    return message


def check_href(href: str) -> None:
    """A message leads to a page of this site, never elsewhere. Raises MessageFaulty."""
    if href and (not href.startswith("/") or href.startswith("//") or len(href) > 300):
        raise MessageFaulty(reason="address")
