"""Step-up: whoever is about to do something weighty shows again that they are who has logged in."""

import json
from datetime import datetime
from typing import Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError

from yiwang.commons.identity import rules
from yiwang.commons.identity.commands.attempts import counted
from yiwang.commons.identity.commands.codes import try_code
from yiwang.commons.identity.commands.factors import use_second_factor
from yiwang.commons.identity.contracts import (
    ACCOUNT,
    AccountInactive,
    CodePurpose,
    CodeWrong,
    Factor,
    PasskeyWrong,
    PasswordWrong,
    SecondFactorNeeded,
    SecondFactorWrong,
)
from yiwang.commons.identity.models import Account, OneTimeCode
from yiwang.commons.identity.queries.step_up import new_proof
from yiwang.commons.identity.queries.ways import second_way
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.errors import Unauthenticated
from yiwang.kernel.text import gettext_noop as _

_LONGEST: Final = 20_000
MESSAGE_NEEDED: Final = _("请先获取验证码，再填在这里。")


def confirm_password(*, password: str, about: str, session: str, code: str = "", by: Actor, at: datetime) -> str:
    """A proof, good for five minutes in this session, that the actor gave their password for `about` (what they are about to do).

    Where the account has a second factor `code` is of it (or a recovery code, or the code of `send_own_code` for CONFIRM),
    unless a passkey opened this session.
    Wrong ones count by account, whatever the session; never inside another transaction. Raises Unauthenticated,
    AccountInactive, TooManyAttempts, PasswordWrong, SecondFactorNeeded, SecondFactorWrong.
    """
    account_id = _active(by)
    limits = rules.step_up_limits(str(account_id))
    with counted(limits, wrong=(PasswordWrong, SecondFactorWrong), account_id=account_id, by=by, at=at):
        return _confirm(
            account_id=account_id, password=password, about=about, session=session, code=code[:64], by=by, at=at
        )


def _active(by: Actor) -> UUID:
    if by.account_id is None:
        raise Unauthenticated
    if not Account.objects.filter(pk=by.account_id, is_active=True).exists():
        raise AccountInactive
    return by.account_id


@command("identity.confirm_password")
def _confirm(*, account_id: UUID, password: str, about: str, session: str, code: str, by: Actor, at: datetime) -> str:
    account = Account.objects.select_related("person", "mail").get(pk=account_id)
    if not account.check_password(password):
        raise PasswordWrong(fields={"password": PasswordWrong.message})
    factor = "+".join((Factor.PASSWORD, *_second(account, code, by, at)))
    note(SubjectRef(ACCOUNT, account.pk), factor=factor)
    return new_proof(account.pk, about, session, at, factor=factor)


def confirm_passkey(*, credential: str, about: str, session: str, by: Actor, at: datetime) -> str:
    """The same proof for whoever signs the challenge of `queries.passkey_challenge` with a passkey of theirs, in this request's
    session: a passkey that has verified its user stands for two factors. Raises Unauthenticated, AccountInactive, PasskeyWrong.
    """
    account_id = _active(by)
    return _confirm_passkey(account_id=account_id, credential=credential, about=about, session=session, by=by, at=at)


@command("identity.confirm_passkey")
def _confirm_passkey(*, account_id: UUID, credential: str, about: str, session: str, by: Actor, at: datetime) -> str:
    account = Account.objects.get(pk=account_id)
    try:
        shown = webauthn.complete_authentication(account, json.loads(credential[:_LONGEST]))
    except (ValidationError, TypeError, ValueError, KeyError, AttributeError):
        raise PasskeyWrong from None
    shown.record_usage()
    note(SubjectRef(ACCOUNT, account.pk), factor=Factor.PASSKEY.value)
    return new_proof(account.pk, about, session, at, factor=Factor.PASSKEY.value)


def _message(account: Account, code: str, by: Actor, at: datetime) -> tuple[Factor, ...]:
    """A wrong code counts with the password that came with it, in the account's own limits."""
    way = second_way(account)
    if way is None:
        return ()
    if not code:
        raise SecondFactorNeeded(fields={"code": MESSAGE_NEEDED})
    purpose = CodePurpose.CONFIRM
    sent = OneTimeCode.objects.filter(account=account, purpose=purpose.value, used_at__isnull=True).order_by("-made_at")
    row = sent.first()
    proof = try_code(code_id=row.pk, code=code, purpose=purpose, by=by, at=at) if row is not None else None
    if proof is None:
        raise SecondFactorWrong(fields={"code": CodeWrong.message})
    return (proof.way.factor,)


def _second(account: Account, code: str, by: Actor, at: datetime) -> tuple[Factor, ...]:
    """The second factor that was shown; none where the account has none."""
    kinds = set(Authenticator.objects.filter(user_id=account.pk).values_list("type", flat=True))
    if not kinds & {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}:
        return _message(account, code, by, at)
    if not code and Authenticator.Type.WEBAUTHN in kinds and Factor.PASSKEY in by.factors:
        return (Factor.PASSKEY,)
    if not code:
        raise SecondFactorNeeded(fields={"code": SecondFactorNeeded.message})
    used = use_second_factor(account_id=account.pk, code=code, by=by, at=at)
    if used is None:
        raise SecondFactorWrong(fields={"code": SecondFactorWrong.message})
    return (used[1],)
