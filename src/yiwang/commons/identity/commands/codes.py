"""Codes by message: six digits to a mobile number, for one purpose, five minutes, five tries.

Whether the number belongs to an account changes neither the answer nor the work done before it: no enumeration.
"""

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from yiwang.commons.identity import rules
from yiwang.commons.identity.commands.attempts import take_attempt
from yiwang.commons.identity.contracts import (
    AccountKind,
    CodeProof,
    CodePurpose,
    CodesUnavailable,
    InvalidIdentity,
)
from yiwang.commons.identity.models import Account, OneTimeCode
from yiwang.commons.identity.models.person import MOBILE
from yiwang.commons.identity.queries.entry import known_device
from yiwang.commons.identity.registry import codes as port
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.codes import InvalidCode, clean_code, validate_mobile
from yiwang.kernel.command import command, note
from yiwang.kernel.fields import keyed_hash, keyed_hashes
from yiwang.kernel.jobs import defer

LASTS: Final = timedelta(minutes=5)
TRIES: Final = 5
DIGITS: Final = 6


@command("identity.send_code")
def send_code(
    *,
    purpose: CodePurpose,
    mobile: str,
    details: Mapping[str, str] | None = None,
    address: str,
    token: str = "",
    by: Actor,
    at: datetime,
) -> UUID:
    """Send a code; the id to try it with. Raises InvalidIdentity (the number), TooManyAttempts, CodesUnavailable.

    `details` come back with the right code: what was entered before and must not change since. `address` is where it was
    asked from, `token` what the browser is known by: an own browser can't be shut out by what strangers ask for.
    """
    if not port.codes_ready():
        raise CodesUnavailable
    number = checked_mobile(mobile)
    found = account_by_mobile(number)
    device = known_device(found or UUID(int=0), token)
    limits = rules.code_limits(mobile=number, address=address, purpose=purpose.value, device=device)
    take_attempt(limits=limits, account_id=found, by=by, at=at)
    row = OneTimeCode(
        purpose=purpose.value,
        account_id=found,
        mobile=number,
        mobile_hash=keyed_hash(number, MOBILE),
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
    return CodeProof(row.pk, purpose, row.account_id, row.mobile, row.details)


@command("identity.carry_code")
def carry_code(*, code_id: UUID, by: Actor, at: datetime) -> bool:
    """Hand a code to what carries messages, once, while it is still good; whether it went. To a number without account
    a code goes only for registering.
    """
    row = OneTimeCode.objects.select_for_update().filter(pk=code_id).first()
    nobody = row is not None and row.account_id is None and row.purpose != CodePurpose.REGISTER
    if row is None or row.sent_at is not None or row.used_at is not None or at >= row.expires_at or nobody:
        note(SubjectRef("one_time_code", code_id), sent=False)
        return False
    row.sent_at = at
    row.save(update_fields=["sent_at"])
    port.carry_code(row.mobile, row.code, CodePurpose(row.purpose), int(LASTS.total_seconds() // 60))
    note(SubjectRef("one_time_code", row.pk), sent=True)
    return True


def checked_mobile(mobile: str) -> str:
    """The number in its one form. Raises InvalidIdentity."""
    try:
        return validate_mobile(clean_code(mobile[:40]))
    except InvalidCode as error:
        raise InvalidIdentity(fields={"mobile": str(error)}) from None


def account_by_mobile(mobile: str) -> UUID | None:
    """The one active resident's account of this number; none where several share it (they log in by ID number)."""
    owners = Account.objects.filter(
        person__mobile_hash__in=keyed_hashes(mobile, MOBILE), kind=AccountKind.PERSON.value, is_active=True
    )
    found = list(owners.values_list("pk", flat=True)[:2])
    return found[0] if len(found) == 1 else None
