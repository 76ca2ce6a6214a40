"""Accounts: make them, give them a password, switch them off."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from yiwang.commons.identity import policies
from yiwang.commons.identity.commands.factors import clear_factors
from yiwang.commons.identity.commands.sessions import end_sessions
from yiwang.commons.identity.contracts import (
    AccountCreated,
    AccountDeactivated,
    AccountKind,
    InvalidIdentity,
    SessionEnd,
    UnknownRecord,
    UsernameTaken,
)
from yiwang.commons.identity.models import Account, Person
from yiwang.commons.identity.models.account import LONGEST_USERNAME
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, current, note
from yiwang.kernel.outbox import publish
from yiwang.kernel.text import gettext_noop as _


@command("identity.create_account")
def create_account(
    *,
    username: str,
    password: str | None,
    kind: AccountKind,
    person_id: UUID | None = None,
    sample: bool = False,
    by: Actor,
    at: datetime,
) -> UUID:
    """Make an account; without a password nobody can log in with it yet. Raises InvalidIdentity, UsernameTaken."""
    policies.check_manage_account(by)
    faults: dict[str, str] = {}
    username = username.strip().lower()
    account = Account(username=username, kind=kind.value, person_id=person_id, sample=sample, created_at=at)
    if kind is AccountKind.PERSON and person_id is None:
        faults["person"] = _("居民账号须对应一个人。")
    if person_id is not None and not Person.objects.filter(pk=person_id).exists():
        faults["person"] = _("没有这个人的登记信息。")
    if not _is_plain(username):
        faults["username"] = _("用户名由小写字母、数字、点、横线组成，2至64位，以字母或数字开头。")
    faults |= _password_faults(password, account)
    if faults:
        raise InvalidIdentity(fields=faults)
    account.set_password(password)
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError:
        raise UsernameTaken from None
    note(SubjectRef("account", account.pk), kind=kind.value, sample=sample)
    publish(AccountCreated(account_id=account.pk))
    return account.pk


def _is_plain(username: str) -> bool:
    allowed = "abcdefghijklmnopqrstuvwxyz0123456789"
    return (
        2 <= len(username) <= LONGEST_USERNAME
        and username[0] in allowed
        and all(character in allowed + "._-" for character in username)
    )


def _password_faults(password: str | None, account: Account) -> dict[str, str]:
    if password is None:
        return {}
    try:
        validate_password(password, account)
    except ValidationError as error:
        return {"password": " ".join(error.messages)}
    return {}


@command("identity.set_password")
def set_password(*, account_id: UUID, password: str, keep: UUID | None = None, by: Actor, at: datetime) -> None:
    """Set an account's password; its log-ins end, but `keep`. Raises InvalidIdentity, NotPermitted, UnknownRecord."""
    policies.check_set_password(by, account_id)
    account = _locked(account_id)
    faults = _password_faults(password, account)
    if faults:
        raise InvalidIdentity(fields=faults)
    account.set_password(password)
    account.save(update_fields=["password"])
    end_sessions(account_id=account_id, reason=SessionEnd.PASSWORD, keep=keep, by=by, at=at)
    note(SubjectRef("account", account_id), own=by.account_id == account_id)


@command("identity.set_sample_passwords")
def set_sample_passwords(*, account_ids: Sequence[UUID], password: str, by: Actor, at: datetime) -> None:
    """Give demonstration accounts one documented password, hashed once. Accounts not marked as samples are left out."""
    del at
    policies.check_define(by)
    encoded = make_password(password)
    done = Account.objects.filter(pk__in=account_ids, sample=True).update(password=encoded)
    note(SubjectRef("accounts", current().id), accounts=done)


@command("identity.deactivate_account")
def deactivate_account(*, account_id: UUID, by: Actor, at: datetime) -> None:
    """Let nobody log in with the account any more; its log-ins end at once, and all ways in but the password go."""
    policies.check_manage_account(by, account_id)
    account = _locked(account_id)
    if account.is_active:
        account.is_active = False
        account.save(update_fields=["is_active"])
        publish(AccountDeactivated(account_id=account_id))
    end_sessions(account_id=account_id, reason=SessionEnd.CLOSED, by=by, at=at)
    clear_factors(account_id=account_id, spare_password=True, by=by, at=at)
    note(SubjectRef("account", account_id))


def _locked(account_id: UUID) -> Account:
    account = Account.objects.select_for_update().filter(pk=account_id).first()
    if account is None:
        raise UnknownRecord
    return account
