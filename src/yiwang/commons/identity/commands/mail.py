"""The e-mail address of an account, and the code that it asks for beside its password."""

from datetime import datetime

from django.db import IntegrityError, transaction

from yiwang.commons.identity.commands.registration import spend
from yiwang.commons.identity.contracts import (
    ACCOUNT,
    CodeProof,
    CodePurpose,
    CodeWay,
    CodeWrong,
    FactorChanged,
    MailTaken,
    WayMissing,
)
from yiwang.commons.identity.models import Account, MailAddress
from yiwang.commons.identity.models.person import MAIL
from yiwang.commons.identity.queries.ways import second_way
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.errors import Unauthenticated
from yiwang.kernel.fields import claimed_hashes
from yiwang.kernel.outbox import publish


@command("identity.set_mail")
def set_mail(*, proof: CodeProof, by: Actor, at: datetime) -> None:
    """Make the proved address the actor's, in place of a former one; the owner hears of it. Raises CodeWrong, MailTaken."""
    spend(proof, CodePurpose.MAIL)
    account = _own(by)
    if proof.account_id != account.pk or not proof.mail:
        raise CodeWrong
    hashes = claimed_hashes(proof.mail, MAIL)
    if MailAddress.objects.filter(address_hash__in=hashes).exclude(account=account).exists():
        raise MailTaken
    row = MailAddress.objects.filter(account=account).first() or MailAddress(account=account)
    row.address, row.address_hash, row.confirmed_at = proof.mail, hashes[0], at
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise MailTaken from None
    publish(FactorChanged(account_id=account.pk, factor="mail", change="added"))
    note(SubjectRef(ACCOUNT, account.pk))


@command("identity.remove_mail")
def remove_mail(*, by: Actor, at: datetime) -> None:
    """No code goes to the actor's address any more; where it was asked for beside the password, that ends. Again: nothing."""
    del at
    account = _own(by)
    gone, _models = MailAddress.objects.filter(account=account).delete()
    if account.second_code == CodeWay.MAIL.value:
        account.second_code = ""
        account.save(update_fields=["second_code"])
    if gone:
        publish(FactorChanged(account_id=account.pk, factor="mail", change="removed"))
    note(SubjectRef(ACCOUNT, account.pk), removed=bool(gone))


@command("identity.choose_second_code")
def choose_second_code(*, way: CodeWay | None, by: Actor, at: datetime) -> None:
    """Have a code sent this way asked for beside the password from now on, or none. Raises WayMissing."""
    del at
    account = _own(by)
    account.second_code = way.value if way else ""
    if way is not None and (second_way(account) is None or not account.has_usable_password()):
        raise WayMissing
    account.save(update_fields=["second_code"])
    publish(FactorChanged(account_id=account.pk, factor="second_code", change="added" if way else "removed"))
    note(SubjectRef(ACCOUNT, account.pk), way=account.second_code)


def _own(by: Actor) -> Account:
    if by.account_id is None:
        raise Unauthenticated
    rows = Account.objects.select_for_update(of=("self",)).select_related("person", "mail")
    account: Account = rows.get(pk=by.account_id)
    return account
