"""Codes by message: six digits to a mobile number or an e-mail address, for one purpose, five minutes, five tries.

Whether the number or address belongs to an account changes neither the answer nor the work done before it: no enumeration.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from yiwang.commons.identity import rules
from yiwang.commons.identity.commands.attempts import take_attempt
from yiwang.commons.identity.contracts import (
    AccountKind,
    CodeProof,
    CodePurpose,
    CodesUnavailable,
    CodeWay,
    InvalidIdentity,
    WayMissing,
)
from yiwang.commons.identity.models import Account, OneTimeCode
from yiwang.commons.identity.models.person import MAIL, MOBILE
from yiwang.commons.identity.queries.entry import known_device
from yiwang.commons.identity.queries.ways import second_way
from yiwang.commons.identity.registry import codes as port
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.codes import InvalidCode, clean_code, validate_mobile
from yiwang.kernel.command import command, note
from yiwang.kernel.fields import keyed_hash, keyed_hashes
from yiwang.kernel.jobs import defer
from yiwang.kernel.text import gettext_noop as _

LASTS: Final = timedelta(minutes=5)
TRIES: Final = 5
LONGEST_MAIL: Final = 254
DIGITS: Final = 6


@command("identity.send_code")
def send_code(
    *,
    purpose: CodePurpose,
    mobile: str = "",
    mail: str = "",
    details: Mapping[str, str] | None = None,
    address: str,
    token: str = "",
    by: Actor,
    at: datetime,
) -> UUID:
    """Send a code to `mobile`, or to `mail`; the id to try it with.

    For MAIL, which proves an address, it is the actor's. Raises InvalidIdentity (number or address), TooManyAttempts,
    CodesUnavailable.

    `details` come back with the right code: what was entered before and must not change since. `address` is where it was
    asked from, `token` what the browser is known by: an own browser can't be shut out by what strangers ask for.
    """
    if purpose is CodePurpose.MAIL:
        target, found = _Target(mail=checked_mail(mail)), by.account_id
    elif mail:
        target = _Target(mail=checked_mail(mail))
        found = account_by_mail(target.mail)
    else:
        target = _Target(mobile=checked_mobile(mobile))
        found = account_by_mobile(target.mobile)
    return _send(purpose, target, found, details, address=address, token=token, by=by, at=at)


@command("identity.send_own_code")
def send_own_code(
    *, account_id: UUID, purpose: CodePurpose, address: str, token: str = "", by: Actor, at: datetime
) -> UUID:
    """Send a code the way that the account has chosen beside its password: for SECOND, once the password was right, or for
    CONFIRM. Raises WayMissing, TooManyAttempts, CodesUnavailable.
    """
    owner = Account.objects.select_related("person", "mail").filter(pk=account_id).first()
    way = second_way(owner) if owner is not None else None
    if owner is None or way is None or purpose not in {CodePurpose.SECOND, CodePurpose.CONFIRM}:
        raise WayMissing
    if way is CodeWay.SMS:
        target = _Target(mobile=(owner.person.mobile or "") if owner.person else "")
    else:
        target = _Target(mail=owner.mail.address)
    return _send(purpose, target, account_id, None, address=address, token=token, by=by, at=at)


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a code goes: one of the two."""

    mobile: str = ""
    mail: str = ""


def _send(
    purpose: CodePurpose,
    target: _Target,
    found: UUID | None,
    details: Mapping[str, str] | None,
    *,
    address: str,
    token: str,
    by: Actor,
    at: datetime,
) -> UUID:
    if not port.codes_ready(CodeWay.MAIL if target.mail else CodeWay.SMS):
        raise CodesUnavailable
    device = known_device(found or UUID(int=0), token)
    where = target.mail or target.mobile
    limits = rules.code_limits(mobile=where, address=address, purpose=purpose.value, device=device)
    take_attempt(limits=limits, account_id=found, by=by, at=at)
    row = OneTimeCode(
        purpose=purpose.value,
        account_id=found,
        mobile=target.mobile or None,
        mobile_hash=keyed_hash(target.mobile, MOBILE) if target.mobile else None,
        mail=target.mail or None,
        code=f"{secrets.randbelow(10**DIGITS):0{DIGITS}}",
        details=dict(details or {}),
        made_at=at,
        expires_at=at + LASTS,
    )
    row.save(force_insert=True)
    defer("identity.carry_code", code_id=str(row.pk))
    note(SubjectRef("one_time_code", row.pk), purpose=purpose.value)
    return row.pk


@command("identity.try_code")
def try_code(*, code_id: UUID, code: str, purpose: CodePurpose, by: Actor, at: datetime) -> CodeProof | None:
    """What a code proves, once; None where it is wrong, used, too old, or was tried too often.

    None and no refusal, so that the try is counted.
    """
    row = OneTimeCode.objects.select_for_update().filter(pk=code_id, purpose=purpose.value).first()
    if row is None:
        note(SubjectRef("one_time_code", code_id), right=False)
        return None
    row.tries += 1
    alive = row.used_at is None and row.tries <= TRIES and row.made_at <= at < row.expires_at
    right = hmac.compare_digest(row.code.encode(), clean_code(code)[:DIGITS].encode())
    if alive and right:
        row.used_at = at
    row.save(update_fields=["tries", "used_at"])
    note(SubjectRef("one_time_code", row.pk), right=alive and right)
    if not (alive and right):
        return None
    return CodeProof(row.pk, purpose, row.account_id, row.mobile or "", row.details, row.mail or "")


@command("identity.carry_code")
def carry_code(*, code_id: UUID, by: Actor, at: datetime) -> bool:
    """Hand a code to what carries messages, once, while it is still good; whether it went. To a number or an address
    without account a code goes only for registering.
    """
    row = OneTimeCode.objects.select_for_update().filter(pk=code_id).first()
    nobody = row is not None and row.account_id is None and row.purpose != CodePurpose.REGISTER
    if row is None or row.sent_at is not None or row.used_at is not None or at >= row.expires_at or nobody:
        note(SubjectRef("one_time_code", code_id), sent=False)
        return False
    row.sent_at = at
    row.save(update_fields=["sent_at"])
    told = {"code": row.code, "purpose": CodePurpose(row.purpose), "minutes": int(LASTS.total_seconds() // 60)}
    if row.mail:
        port.carry_mail_code(row.mail, **told)
    else:
        port.carry_code(row.mobile, **told)
    note(SubjectRef("one_time_code", row.pk), sent=True)
    return True


def checked_mobile(mobile: str) -> str:
    """The number in its one form. Raises InvalidIdentity."""
    try:
        return validate_mobile(clean_code(mobile[:40]))
    except InvalidCode as error:
        raise InvalidIdentity(fields={"mobile": str(error)}) from None


def checked_mail(mail: str) -> str:
    """The address in its one form: small letters. Raises InvalidIdentity. No sign that could end a line of a letter's head."""
    plain = mail.strip().lower()
    try:
        validate_email(plain)
    except ValidationError:
        plain = ""
    if not plain.isascii() or not 0 < len(plain) <= LONGEST_MAIL:
        raise InvalidIdentity(fields={"mail": _("邮箱地址不正确，请核对，例如 name@example.com。")})
    return plain


def account_by_mail(mail: str) -> UUID | None:
    """The active resident's account that has proved this address."""
    owners = Account.objects.filter(
        mail__address_hash__in=keyed_hashes(mail, MAIL), kind=AccountKind.PERSON.value, is_active=True
    )
    found: UUID | None = owners.values_list("pk", flat=True).first()
    return found


def account_by_mobile(mobile: str) -> UUID | None:
    """The one active resident's account of this number; none where several share it (they log in by ID number)."""
    owners = Account.objects.filter(
        person__mobile_hash__in=keyed_hashes(mobile, MOBILE), kind=AccountKind.PERSON.value, is_active=True
    )
    found = list(owners.values_list("pk", flat=True)[:2])
    return found[0] if len(found) == 1 else None
