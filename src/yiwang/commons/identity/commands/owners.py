"""Numbers change hands: who holds one now tells what its registered owner knows, and the next holder does not.

A carrier gives a number to another person three months after it was laid down. A code proves the number, not the person.
"""

import hmac
import unicodedata
from datetime import datetime
from typing import Final
from uuid import UUID

from yiwang.commons.identity import rules
from yiwang.commons.identity.commands.attempts import counted
from yiwang.commons.identity.contracts import ACCOUNT, CodeProof, CodePurpose, CodeWrong, OwnerWrong
from yiwang.commons.identity.engine.realnames import Match, is_name, match_names, plain_name
from yiwang.commons.identity.models import Account, OneTimeCode, Person
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.codes import clean_code
from yiwang.kernel.command import command, note

OWNER_PROVED: Final = "owner_proved"
TAIL: Final = 4


def prove_owner(*, proof: CodeProof, name: str, tail: str, by: Actor, at: datetime) -> UUID:
    """Who has proved a number tells the name and the last four characters of the ID number of the account's owner.

    Answers the account. A code for LOGIN is used up by it; one for RECOVER may then set a password. An account whose person
    has no ID number yet is asked for it all the same: the page tells nothing of it. Five wrong answers a day, committed
    before they are judged. Raises OwnerWrong, TooManyAttempts, CodeWrong.
    """
    account_id = proof.account_id
    if account_id is None:
        raise CodeWrong
    limits = rules.owner_limits(str(account_id))
    with counted(limits, wrong=(OwnerWrong,), account_id=account_id, by=by, at=at):
        return _prove(proof=proof, account_id=account_id, name=name[:80], tail=tail[:40], by=by, at=at)


@command("identity.prove_owner")
def _prove(*, proof: CodeProof, account_id: UUID, name: str, tail: str, by: Actor, at: datetime) -> UUID:
    del at
    of_purpose = OneTimeCode.objects.select_for_update(of=("self",)).filter(purpose=proof.purpose.value)
    row = of_purpose.filter(pk=proof.id, used_at__isnull=False, account_id=account_id).first()
    owner = Account.objects.select_related("person").filter(pk=account_id, is_active=True).first()
    if row is None or owner is None or proof.purpose not in {CodePurpose.LOGIN, CodePurpose.RECOVER}:
        raise CodeWrong
    if owner.person is None or not _is_of(owner.person, name, clean_code(tail)):
        raise OwnerWrong
    if proof.purpose is CodePurpose.LOGIN:
        row.delete()
    else:
        row.details = {**row.details, OWNER_PROVED: "1"}
        row.save(update_fields=["details"])
    note(SubjectRef(ACCOUNT, owner.pk), purpose=proof.purpose.value)
    return owner.pk


def _is_of(person: Person, name: str, tail: str) -> bool:
    same = _is_name_of(person.name, name)
    if person.id_number is None:
        return same
    return same and hmac.compare_digest(person.id_number[-TAIL:].encode(), tail[-TAIL:].encode())


def _is_name_of(registered: str, told: str) -> bool:
    """The same name, or another writing of it. What is told holds no placeholder, which would stand for any character."""
    found = match_names(told, registered)
    if found is Match.VARIANT and plain_name(told) != plain_name(registered):
        return is_name(told) and not any(unicodedata.category(each) in {"Co", "Cn"} for each in told)
    return found is not Match.DIFFERENT
