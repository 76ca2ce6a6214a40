"""Second factors: what was used once is used up; allauth adds and removes them (its own tables), audited by the adapter."""

import hmac
from datetime import datetime
from typing import Final
from uuid import UUID

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from allauth.socialaccount.models import SocialAccount

from yiwang.commons.identity import policies
from yiwang.commons.identity.contracts import ACCOUNT, CLEARED, Factor, FactorChanged, UnknownRecord
from yiwang.commons.identity.models import Account, Device, MailAddress, OneTimeCode
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.codes import clean_code
from yiwang.kernel.command import command, note
from yiwang.kernel.errors import Unauthenticated
from yiwang.kernel.outbox import publish

_LAST_STEP: Final = "last_step"
_BY_CODE: Final = {
    Authenticator.Type.TOTP.value: Factor.TOTP,
    Authenticator.Type.RECOVERY_CODES.value: Factor.RECOVERY_CODE,
}


@command("identity.use_second_factor")
def use_second_factor(*, account_id: UUID, code: str, by: Actor, at: datetime) -> tuple[int, Factor] | None:
    """Use up a code of the authenticator app or a recovery code: which authenticator it is of; None where it is wrong.

    The rows are locked, so that of two tries with one code at the same moment one is right. Counting tries is the caller's.
    """
    rows = Authenticator.objects.select_for_update().filter(user_id=account_id, type__in=_BY_CODE).order_by("id")
    for row in rows:
        totp = row.type == Authenticator.Type.TOTP
        if _takes_step(row, code, at) if totp else row.wrap().validate_code(code):
            note(SubjectRef(ACCOUNT, account_id), factor=row.type, right=True)
            return row.pk, _BY_CODE[row.type]
    note(SubjectRef(ACCOUNT, account_id), right=False)
    return None


def _takes_step(row: Authenticator, code: str, at: datetime) -> bool:
    """Whether `code` is of a time step that comes after the last one used (RFC 6238 section 5.2); it is used now.

    allauth remembers a used code for thirty seconds, a third of the time for which it is good.
    """
    given, secret = clean_code(code).encode(), decrypt(row.data["secret"])
    now = int(at.timestamp()) // app_settings.TOTP_PERIOD
    around = range(now - app_settings.TOTP_TOLERANCE, now + app_settings.TOTP_TOLERANCE + 1)
    fits = [step for step in around if hmac.compare_digest(format_hotp_value(hotp_value(secret, step)).encode(), given)]
    if not fits or fits[-1] <= int(row.data.get(_LAST_STEP, -1)):
        return False
    row.data[_LAST_STEP] = fits[-1]
    row.save(update_fields=["data"])
    return True


@command("identity.tell_factor_change")
def tell_factor_change(*, factor: str, change: str, by: Actor, at: datetime) -> None:
    """A factor of the actor's account was `added`, `removed` or made anew (`reset`): audit it, and tell its owner."""
    del at
    if by.account_id is None:
        raise Unauthenticated
    publish(FactorChanged(account_id=by.account_id, factor=factor, change=change))
    note(SubjectRef(ACCOUNT, by.account_id), factor=factor, change=change)


@command("identity.clear_factors")
def clear_factors(*, account_id: UUID, spare_password: bool = False, by: Actor, at: datetime) -> dict[str, int]:
    """Take away all that opens the account: password, passkeys, app, recovery codes, e-mail, outside links, known browsers.

    For when somebody else vouches anew for who the owner is, or nobody is to enter at all (a closed account's owner is told
    so after the right password: `spare_password`). What there was, by kind; its owner hears of it. The number of the
    mobile stays: it is the person's. Raises NotPermitted, UnknownRecord.
    """
    del at
    policies.check_manage_account(by, account_id)
    account = Account.objects.select_for_update(of=("self",)).filter(pk=account_id).first()
    if account is None:
        raise UnknownRecord(kind=ACCOUNT)
    gone = {"password": int(account.has_usable_password() and not spare_password)}
    if not spare_password:
        account.set_unusable_password()
    account.second_code = ""
    account.save(update_fields=["password", "second_code"])
    for row in Authenticator.objects.filter(user_id=account_id):
        gone[row.type] = gone.get(row.type, 0) + 1
        row.delete()
    gone["mail"], _models = MailAddress.objects.filter(account_id=account_id).delete()
    gone["outside"], _models = SocialAccount.objects.filter(user_id=account_id).delete()
    gone["devices"] = Device.objects.filter(account_id=account_id).count()
    Device.objects.filter(account_id=account_id).delete()
    OneTimeCode.objects.filter(account_id=account_id).delete()
    found = {kind: number for kind, number in gone.items() if number}
    if found:
        publish(FactorChanged(account_id=account_id, factor=CLEARED, change="removed"))
    note(SubjectRef(ACCOUNT, account_id), cleared=found)
    return found
