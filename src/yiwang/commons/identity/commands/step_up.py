"""Step-up: whoever is about to do something weighty shows again that they are who has logged in."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from yiwang.commons.identity.contracts import ACCOUNT, AccountInactive, PasswordWrong, TooManyAttempts
from yiwang.commons.identity.models import Account
from yiwang.commons.identity.queries.step_up import new_proof
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.errors import Unauthenticated
from yiwang.kernel.models import AuditEntry

TRIES: Final = 5
WITHIN: Final = timedelta(minutes=5)
_NAME: Final = "identity.confirm_password"


@command(_NAME)
def confirm_password(*, password: str, about: str, session: str, by: Actor, at: datetime) -> str:
    """A proof, good for five minutes in this session, that the actor gave their password for `about` (what they are about to do).

    Wrong passwords count by account, whatever the session. Raises Unauthenticated, AccountInactive, TooManyAttempts, PasswordWrong.
    """
    if by.account_id is None:
        raise Unauthenticated
    with connection.cursor() as cursor:  # tries at the same time wait for each other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{_NAME}:{by.account_id}"])
    account = Account.objects.filter(pk=by.account_id).first()
    if account is None or not account.is_active:
        raise AccountInactive
    failed = AuditEntry.objects.filter(
        account_id=by.account_id, at__gt=at - WITHIN, command=_NAME, error_code=PasswordWrong.code
    )
    if failed.count() >= TRIES:
        raise TooManyAttempts
    if not account.check_password(password):
        raise PasswordWrong(fields={"password": PasswordWrong.message})
    note(SubjectRef(ACCOUNT, account.pk))
    return new_proof(account.pk, about, session, at)
