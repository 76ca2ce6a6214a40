"""Link an account with one at an outside provider, and unlink it. Only residents log in from outside."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction

from yiwang.commons.identity.contracts import ACCOUNT, AlreadyHeld, NotPermitted, UnknownRecord
from yiwang.commons.identity.contracts.outside import LastWayIn
from yiwang.commons.identity.models import Account
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note


@command("identity.link_outside")
def link_outside(*, provider: str, uid: str, by: Actor, at: datetime) -> None:
    """From now on whoever the provider calls `uid` logs in to the actor's account. Of theirs we keep the name only.

    Raises NotPermitted (officials log in here), AlreadyHeld (linked with another account).
    """
    del at
    if by.account_id is None:
        raise NotPermitted
    account = Account.objects.select_for_update(of=("self",)).filter(pk=by.account_id, is_active=True).first()
    if account is None or by.is_official or account.appointments.exists():
        raise NotPermitted
    held = SocialAccount.objects.filter(provider=provider, uid=uid).first()
    if held is not None and held.user_id != account.pk:
        raise AlreadyHeld
    if held is None:
        try:
            with transaction.atomic():
                SocialAccount.objects.create(user=account, provider=provider, uid=uid, extra_data={})
        except IntegrityError:
            raise AlreadyHeld from None
    note(SubjectRef(ACCOUNT, account.pk), provider=provider)
    facts: dict[str, evidence.Fact] = {"provider": provider, "account": evidence.salted_hash(str(account.pk))}
    evidence.record("identity.outside_linked", SubjectRef(ACCOUNT, account.pk), facts)


@command("identity.unlink_outside")
def unlink_outside(*, link_id: int, by: Actor, at: datetime) -> None:
    """The provider opens the account no more. By its owner. Raises UnknownRecord, LastWayIn."""
    del at
    if by.account_id is None:
        raise UnknownRecord
    account = Account.objects.select_for_update(of=("self",)).filter(pk=by.account_id).first()
    held = SocialAccount.objects.filter(pk=link_id, user_id=by.account_id).first()
    if held is None or account is None:
        raise UnknownRecord
    if not _other_ways(account, link_id):
        raise LastWayIn
    held.delete()
    note(SubjectRef(ACCOUNT, by.account_id), provider=held.provider)


def _other_ways(account: Account, link_id: int) -> bool:
    """Whether the owner could still log in: by password, passkey, a code to the mobile, another provider."""
    if account.has_usable_password() or (account.person is not None and account.person.mobile_hash is not None):
        return True
    passkeys = Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.WEBAUTHN)
    return bool(passkeys.exists() or SocialAccount.objects.filter(user_id=account.pk).exclude(pk=link_id).exists())
