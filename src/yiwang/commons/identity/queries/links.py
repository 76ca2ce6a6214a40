"""One-time links: signed, bound to the password they replace, so that using one, or making another, voids it."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.signing import BadSignature, Signer

from yiwang.commons.identity.contracts.people import LinkSpent
from yiwang.commons.identity.models import Account
from yiwang.kernel.actor import Actor

LASTS: Final = timedelta(hours=72)
_SALT: Final = "identity.access_link"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says."""

    account_id: UUID
    bound: str

    def fits(self, stored: str) -> bool:
        """Whether the account still has the password that the link was made for."""
        return hmac.compare_digest(self.bound, _bound(stored))


def link_of(account_id: UUID, stored: str, at: datetime, /) -> str:
    """For `commands.access_link`. `stored` is the password's column."""
    held = {"account": str(account_id), "bound": _bound(stored), "at": at.timestamp()}
    return Signer(salt=_SALT).sign_object(held, compress=True)


def opened(token: str, at: datetime, /) -> Link | None:
    """What a token says, where it is ours and young enough. No query."""
    try:
        held = Signer(salt=_SALT).unsign_object(token)
    except (BadSignature, ValueError):
        return None
    if not timedelta(0) <= at - datetime.fromtimestamp(held["at"], UTC) <= LASTS:
        return None
    return Link(UUID(held["account"]), held["bound"])


def link_username(*, token: str, at: datetime, viewer: Actor) -> str:
    """Whose password the link sets, for the page that asks for it. Raises LinkSpent. One query."""
    del viewer
    held = opened(token, at)
    row = Account.objects.filter(pk=held.account_id, is_active=True).first() if held else None
    if held is None or row is None or not held.fits(row.password):
        raise LinkSpent
    return row.username


def _bound(stored: str) -> str:
    return hashlib.new("sm3", stored.encode()).hexdigest()
