"""Residents make their own account, and come back into one whose password is lost: both by a code to a mobile number.

A name and an ID number are no secret, so they alone never lead to what is known of a person: the mobile number that was
proved must be the one registered for that person. Otherwise the account gets a record of its own, which the real-name
check joins to the right one later.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection

from yiwang.commons.identity import rules
from yiwang.commons.identity.commands.accounts import create_account, set_password
from yiwang.commons.identity.commands.attempts import forget
from yiwang.commons.identity.commands.codes import account_by_mobile, checked_mobile
from yiwang.commons.identity.commands.owners import OWNER_PROVED
from yiwang.commons.identity.commands.people import register_person
from yiwang.commons.identity.contracts import (
    ACCOUNT,
    AccountKind,
    CodeProof,
    CodePurpose,
    CodeWrong,
    FactorChanged,
    InvalidIdentity,
    UsernameTaken,
)
from yiwang.commons.identity.engine.realnames import Match, match_names
from yiwang.commons.identity.models import Account, OneTimeCode, Person
from yiwang.commons.identity.models.person import ID_NUMBER, MOBILE
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.codes import InvalidCode, clean_code, upgrade_id_number, validate_id_number
from yiwang.kernel.command import command, note
from yiwang.kernel.fields import keyed_hash, keyed_hashes
from yiwang.kernel.outbox import publish
from yiwang.kernel.text import gettext_noop as _

_NAME = 40
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another


def check_entered(*, name: str, id_number: str, mobile: str) -> dict[str, str]:
    """What was entered, each in its one form. Raises InvalidIdentity naming every field at fault."""
    faults: dict[str, str] = {}
    told = {"name": " ".join(name.split()), "id_number": "", "mobile": ""}
    if not 1 < len(told["name"]) <= _NAME:
        faults["name"] = _("请填写身份证件上的姓名。")
    try:
        told["id_number"] = upgrade_id_number(validate_id_number(clean_code(id_number[:40])).value)
    except InvalidCode as error:
        faults["id_number"] = str(error) if id_number.strip() else _("请填写身份证号码。")
    try:
        told["mobile"] = checked_mobile(mobile)
    except InvalidIdentity as error:
        faults |= error.fields if mobile.strip() else {"mobile": _("请填写手机号码。")}
    if faults:
        raise InvalidIdentity(fields=faults)
    return told


@command("identity.register_resident")
def register_resident(*, proof: CodeProof, password: str, by: Actor, at: datetime) -> UUID:
    """Make the account of who has proved the mobile number; its id. Raises CodeWrong, UsernameTaken, InvalidIdentity.

    `proof` is of `try_code` for REGISTER with name and ID number as `check_entered` gives them. UsernameTaken: the number,
    or the person, has an account already; only the holder of the number gets to know.
    """
    spend(proof, CodePurpose.REGISTER)
    with connection.cursor() as cursor:  # two codes for one number, used at once, make one account
        mark = keyed_hash(proof.mobile, MOBILE).hex()
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"identity.register_resident:{mark}"])
    if account_by_mobile(proof.mobile) is not None:
        raise UsernameTaken
    program = Actor.system("identity.register_resident")
    person = _same_person(proof)
    if person is None:
        # The ID number waits, unproved, for the real-name check: here it would keep its true holder from registering.
        person = register_person(name=proof.details["name"], mobile=proof.mobile, by=program, at=at)
    elif Account.objects.filter(person_id=person, kind=AccountKind.PERSON.value, is_active=True).exists():
        raise UsernameTaken
    made = create_account(
        username=_fresh_name(), password=password, kind=AccountKind.PERSON, person_id=person, by=program, at=at
    )
    subject = SubjectRef(ACCOUNT, made)
    evidence.record("identity.account_registered", subject, {"by": "mobile"})
    note(subject, by="mobile")
    return made


@command("identity.recover_account")
def recover_account(*, proof: CodeProof, password: str, address: str = "", by: Actor, at: datetime) -> UUID:
    """Set a new password after a code for RECOVER and `prove_owner`; every log-in ends. Raises CodeWrong.

    Passwords may be tried anew (from `address` at once), but neither second factors, which stay as they are (who lost
    them too goes to the counter), nor codes. Raises InvalidIdentity (the password).
    """
    details = spend(proof, CodePurpose.RECOVER)
    owner = Account.objects.filter(pk=proof.account_id or UUID(int=0), is_active=True).first()
    if owner is None or not details.get(OWNER_PROVED):
        raise CodeWrong
    program = Actor.system("identity.recover_account")
    set_password(account_id=owner.pk, password=password, by=program, at=at)
    forget(rules.login_limits(name=str(owner.pk), address=address)[:2])
    publish(FactorChanged(account_id=owner.pk, factor="password", change="recovered"))
    note(SubjectRef(ACCOUNT, owner.pk), by="mobile")
    return owner.pk


def spend(proof: CodeProof, purpose: CodePurpose) -> Mapping[str, str]:
    """The code was tried right, for this, within ten minutes, and nothing was done with it yet: what was kept with it."""
    rows = OneTimeCode.objects.select_for_update().filter(pk=proof.id, purpose=purpose.value, used_at__isnull=False)
    row = rows.first()
    if proof.purpose is not purpose or row is None:
        raise CodeWrong
    row.delete()
    details: Mapping[str, str] = row.details
    return details


def _same_person(proof: CodeProof) -> UUID | None:
    known = Person.objects.filter(id_number_hash__in=keyed_hashes(proof.details["id_number"], ID_NUMBER)).first()
    same = (
        known is not None
        and known.mobile == proof.mobile
        and match_names(known.name, proof.details["name"]) is Match.SAME
    )
    return known.pk if known is not None and same else None


def _fresh_name() -> str:
    return "r" + "".join(secrets.choice(_LETTERS) for _each in range(11))
