"""What this installation itself records of a second factor; allauth writes the factors (its own tables), audited by the adapter."""

from datetime import datetime

from yiwang.commons.identity.contracts import ACCOUNT, FactorChanged
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.errors import Unauthenticated
from yiwang.kernel.outbox import publish


@command("identity.tell_factor_change")
def tell_factor_change(*, factor: str, change: str, by: Actor, at: datetime) -> None:
    """A factor of the actor's account was `added`, `removed` or made anew (`reset`): audit it, and tell its owner."""
    del at
    if by.account_id is None:
        raise Unauthenticated
    publish(FactorChanged(account_id=by.account_id, factor=factor, change=change))
    note(SubjectRef(ACCOUNT, by.account_id), factor=factor, change=change)
