"""Step-up: whoever is about to do something weighty shows again that they are who has logged in."""

from datetime import datetime, timedelta
from typing import Final

from allauth.mfa.models import Authenticator
from django.db import connection

from yiwang.commons.identity.contracts import (
    ACCOUNT,
    AccountInactive,
    Factor,
    PasswordWrong,
    SecondFactorNeeded,
    SecondFactorWrong,
    TooManyAttempts,
)
from yiwang.commons.identity.models import Account
from yiwang.commons.identity.queries.step_up import new_proof
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.errors import Unauthenticated
from yiwang.kernel.models import AuditEntry

TRIES: Final = 5
WITHIN: Final = timedelta(minutes=5)
_NAME: Final = "identity.confirm_password"
_WRONG: Final = (PasswordWrong.code, SecondFactorWrong.code)
_BY_CODE: Final = {
    Authenticator.Type.TOTP: Factor.TOTP,
    Authenticator.Type.RECOVERY_CODES: Factor.RECOVERY_CODE,
}


@command(_NAME)
def confirm_password(*, password: str, about: str, session: str, code: str = "", by: Actor, at: datetime) -> str:
    """A proof, good for five minutes in this session, that the actor gave their password for `about` (what they are about to do).

    Where the account has a second factor `code` is of it (or a recovery code), unless a passkey opened this session.
    Wrong ones count by account, whatever the session. Raises Unauthenticated, AccountInactive, TooManyAttempts,
    PasswordWrong, SecondFactorNeeded, SecondFactorWrong.
    """
    if by.account_id is None:
        raise Unauthenticated
    with connection.cursor() as cursor:  # tries at the same time wait for each other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{_NAME}:{by.account_id}"])
    account = Account.objects.filter(pk=by.account_id).first()
    if account is None or not account.is_active:
        raise AccountInactive
    failed = AuditEntry.objects.filter(
        account_id=by.account_id, at__gt=at - WITHIN, command=_NAME, error_code__in=_WRONG
    )
    if failed.count() >= TRIES:
        raise TooManyAttempts
    if not account.check_password(password):
        raise PasswordWrong(fields={"password": PasswordWrong.message})
    factor = "+".join((Factor.PASSWORD, *_second(account, code[:64], by)))
    note(SubjectRef(ACCOUNT, account.pk), factor=factor)
    return new_proof(account.pk, about, session, at, factor=factor)


def _second(account: Account, code: str, by: Actor) -> tuple[Factor, ...]:
    """The second factor that was shown; none where the account has none."""
    rows = list(Authenticator.objects.filter(user_id=account.pk))
    kinds = {row.type for row in rows}
    if not kinds & {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}:
        return ()
    if not code and Authenticator.Type.WEBAUTHN in kinds and Factor.PASSKEY in by.factors:
        return (Factor.PASSKEY,)
    if not code:
        raise SecondFactorNeeded(fields={"code": SecondFactorNeeded.message})
    for kind, factor in _BY_CODE.items():
        if any(row.type == kind and row.wrap().validate_code(code) for row in rows):
            return (factor,)
    raise SecondFactorWrong(fields={"code": SecondFactorWrong.message})
