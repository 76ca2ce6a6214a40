"""Proofs of step-up: signed by this installation, bound to an account, a session and one thing, for a few minutes."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.signing import BadSignature, Signer

from yiwang.commons.identity.contracts import StepUp, StepUpMissing
from yiwang.commons.identity.models import Account
from yiwang.kernel.actor import Actor

LASTS: Final = timedelta(minutes=5)
_SALT: Final = "identity.step_up"
_PASSWORD: Final = "password"  # noqa: S105  the name of a factor


def new_proof(account_id: UUID, about: str, session: str, at: datetime, /, *, factor: str = _PASSWORD) -> str:
    """For `commands.confirm_password`, and whatever second factors come beside it."""
    held = {"account": str(account_id), "bound": _bound(about, session), "at": at.timestamp(), "factor": factor}
    return Signer(salt=_SALT).sign_object(held)


def _bound(about: str, session: str) -> str:
    return hashlib.new("sm3", f"{len(session)}:{session}{about}".encode()).hexdigest()


def passkey_challenge(*, viewer: Actor) -> dict[str, Any]:
    """What a page hands to the browser so that a passkey can confirm (`commands.confirm_passkey`). The challenge stands in the
    session of the request that is answered, for one try.
    """
    whose = viewer.account_id or UUID(int=0)
    options: dict[str, Any] = webauthn.begin_authentication(Account.objects.get(pk=whose))
    return {"request_options": options}


def step_up(*, proof: str, about: str, session: str, viewer: Actor, at: datetime) -> StepUp:
    """What a proof says, where it is the viewer's, of this session, for this thing and young enough. No query.

    Raises StepUpMissing.
    """
    try:
        held = Signer(salt=_SALT).unsign_object(proof)
    except (BadSignature, ValueError):
        raise StepUpMissing from None
    given = datetime.fromtimestamp(held["at"], UTC)
    fits = held["account"] == str(viewer.account_id) and held["bound"] == _bound(about, session)
    if not fits or not timedelta(0) <= at - given <= LASTS:
        raise StepUpMissing
    return StepUp(factor=held["factor"], at=given)
