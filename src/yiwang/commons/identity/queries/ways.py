"""Where codes reach an account, and what a confirmation asks of it."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _

from yiwang.commons.identity.contracts import CodeWay, Confirmation, OwnWays
from yiwang.commons.identity.models import Account, OneTimeCode
from yiwang.kernel.actor import Actor


def second_way(account: Account, /) -> CodeWay | None:
    """How a code is sent that this account asks for beside its password; None where it asks for none.

    Nothing is asked for where it could reach nobody any more: a clerk who takes the number away has seen the ID card.
    """
    way = CodeWay(account.second_code) if account.second_code else None
    if way is CodeWay.SMS and (account.person is None or not account.person.mobile):
        return None
    if way is CodeWay.MAIL and not hasattr(account, "mail"):
        return None
    return way


def asks_message(account_id: UUID, /) -> CodeWay | None:
    """The way of a code that the password alone is not enough without; None where an app or a passkey is asked for."""
    account = Account.objects.select_related("person", "mail").filter(pk=account_id).first()
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    if account is None or Authenticator.objects.filter(user_id=account_id, type__in=kinds).exists():
        return None
    return second_way(account)


def confirmation(*, viewer: Actor) -> Confirmation:
    """What `commands.confirm_password` asks the viewer for beside the password, and whether `confirm_passkey` will do."""
    if viewer.account_id is None:
        return Confirmation()
    kinds = set(Authenticator.objects.filter(user_id=viewer.account_id).values_list("type", flat=True))
    passkey = Authenticator.Type.WEBAUTHN in kinds
    if Authenticator.Type.TOTP in kinds:
        return Confirmation(_("动态口令或备用码"), None, passkey)
    if passkey:
        return Confirmation(_("备用码"), None, passkey)
    way = asks_message(viewer.account_id)
    return Confirmation(_(way.factor.label) if way else "", way)


def own_ways(*, viewer: Actor) -> OwnWays:
    """Where codes reach the viewer's account."""
    whose = viewer.account_id or UUID(int=0)
    account = Account.objects.select_related("person", "mail").filter(pk=whose).first()
    if account is None:
        return OwnWays()
    number = account.person.mobile if account.person is not None else None
    mail = account.mail.address if hasattr(account, "mail") else ""
    return OwnWays((number or "")[-4:], masked_mail(mail), second_way(account))


def code_target(*, code_id: UUID, viewer: Actor) -> str:
    """Where a code went, as its receiver knows it: the end of the number, or the masked address. For the program."""
    row = OneTimeCode.objects.filter(pk=code_id).first() if viewer.is_system else None
    if row is None:
        return ""
    return masked_mail(row.mail) if row.mail else (row.mobile or "")[-4:]


def masked_mail(mail: str, /) -> str:
    """The first letter and the host: enough for its owner to know it."""
    name, at, host = mail.partition("@")
    return f"{name[:1]}***{at}{host}" if at else ""
