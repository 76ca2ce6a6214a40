"""Step-up: whoever is about to do something weighty shows again that they are who has logged in."""

from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator

from yiwang.commons.identity import rules
from yiwang.commons.identity.commands.attempts import counted
from yiwang.commons.identity.commands.factors import use_second_factor
from yiwang.commons.identity.contracts import (
    ACCOUNT,
    AccountInactive,
    Factor,
    PasswordWrong,
    SecondFactorNeeded,
    SecondFactorWrong,
)
from yiwang.commons.identity.models import Account
from yiwang.commons.identity.queries.step_up import new_proof
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.errors import Unauthenticated


def confirm_password(*, password: str, about: str, session: str, code: str = "", by: Actor, at: datetime) -> str:
    """A proof, good for five minutes in this session, that the actor gave their password for `about` (what they are about to do).

    Where the account has a second factor `code` is of it (or a recovery code), unless a passkey opened this session.
    Wrong ones count by account, whatever the session; never inside another transaction. Raises Unauthenticated,
    AccountInactive, TooManyAttempts, PasswordWrong, SecondFactorNeeded, SecondFactorWrong.
    """
    account_id = _active(by)
    limits = rules.step_up_limits(str(account_id))
    with counted(limits, wrong=(PasswordWrong, SecondFactorWrong), account_id=account_id, by=by, at=at):
        return _confirm(password=password, about=about, session=session, code=code[:64], by=by, at=at)


def _active(by: Actor) -> UUID:
    if by.account_id is None:
        raise Unauthenticated
    if not Account.objects.filter(pk=by.account_id, is_active=True).exists():
        raise AccountInactive
    return by.account_id


@command("identity.confirm_password")
def _confirm(*, password: str, about: str, session: str, code: str, by: Actor, at: datetime) -> str:
    account = Account.objects.get(pk=by.account_id)
    if not account.check_password(password):
        raise PasswordWrong(fields={"password": PasswordWrong.message})
    factor = "+".join((Factor.PASSWORD, *_second(account, code, by, at)))
    note(SubjectRef(ACCOUNT, account.pk), factor=factor)
    return new_proof(account.pk, about, session, at, factor=factor)


def _second(account: Account, code: str, by: Actor, at: datetime) -> tuple[Factor, ...]:
    """The second factor that was shown; none where the account has none."""
    kinds = set(Authenticator.objects.filter(user_id=account.pk).values_list("type", flat=True))
    if not kinds & {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}:
        return ()
    if not code and Authenticator.Type.WEBAUTHN in kinds and Factor.PASSKEY in by.factors:
        return (Factor.PASSKEY,)
    if not code:
        raise SecondFactorNeeded(fields={"code": SecondFactorNeeded.message})
    used = use_second_factor(account_id=account.pk, code=code, by=by, at=at)
    if used is None:
        raise SecondFactorWrong(fields={"code": SecondFactorWrong.message})
    return (used[1],)
