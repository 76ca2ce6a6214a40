"""Real names: somebody says who they are, a register answers, where it can't an official decides.

The provider is asked between two commands, so that no transaction waits for it. What fails leaves a row, never an exception:
failed checks are counted, by account and by number.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from yiwang.commons.identity.commands.accounts import deactivate_account
from yiwang.commons.identity.contracts import ACCOUNT, AccountKind, InvalidIdentity, NotPermitted, UnknownRecord
from yiwang.commons.identity.contracts.real_names import (
    REAL_NAME_CHECK,
    Answer,
    Assurance,
    CheckClosed,
    CheckReason,
    CheckState,
    CheckWaits,
    Claim,
    ClaimInvalid,
    RealNameClaimed,
    RealNameConfirmed,
    RealNameDecided,
    TooManyChecks,
)
from yiwang.commons.identity.engine.realnames import Known, Match, is_name, match_names, outcome, typed_id_number
from yiwang.commons.identity.models import Account, Person, RealNameCheck
from yiwang.commons.identity.models.assurance import CLAIMED_NUMBER
from yiwang.commons.identity.models.person import ID_NUMBER
from yiwang.commons.identity.policies import real_names
from yiwang.commons.identity.registry import real_names as ports
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.codes import InvalidCode, validate_id_number
from yiwang.kernel.command import command, note
from yiwang.kernel.errors import Unauthenticated
from yiwang.kernel.fields import claimed_hashes, keyed_hash, keyed_hashes
from yiwang.kernel.outbox import publish
from yiwang.kernel.text import gettext_noop as _

WITHIN: Final = timedelta(days=1)
TRIES_OF_ACCOUNT: Final = 5
TRIES_OF_NUMBER: Final = 10
COUNTER: Final = "counter"


def claim_of(*, name: str, id_number: str) -> Claim:
    """What somebody typed, made plain. Raises ClaimInvalid naming each field that is wrong."""
    faults: dict[str, str] = {}
    number = ""
    if not is_name(name):
        faults["name"] = _("请填写身份证上的姓名。")
    try:
        number = typed_id_number(id_number)
    except InvalidCode as error:
        faults["id_number"] = str(error) if id_number.strip() else _("请填写身份证件号码。")
    if faults:
        raise ClaimInvalid(fields=faults)
    return Claim(" ".join(name.split()), number)


def check_real_name(
    *,
    name: str,
    id_number: str,
    method: str = ports.BY_REGISTER,
    given: Mapping[str, str] | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """Check by `method` who the actor is; the check's id, whose state tells what came of it.

    `given` answers what the method asks and is kept nowhere. Raises ClaimInvalid, CheckWaits, TooManyChecks, UnknownRecord.
    """
    claim = claim_of(name=name, id_number=id_number)
    check_id = begin_check(name=claim.name, id_number=claim.id_number, method=method, by=by, at=at)
    answer, _level = ports.prove(method, claim, given or {})
    _settle(check_id=check_id, answer=answer, by=by, at=at)
    return check_id


@command("identity.begin_real_name")
def begin_check(*, name: str, id_number: str, method: str, by: Actor, at: datetime) -> UUID:
    """Note the claim before a provider is asked. Raises Unauthenticated, CheckWaits, TooManyChecks, UnknownRecord."""
    if by.account_id is None:
        raise Unauthenticated
    levels = {ports.BY_REGISTER: Assurance.CHECKED} | {each.method.key: each.method.level for each in ports.methods()}
    if method not in levels:
        raise UnknownRecord(kind="method")
    account = Account.objects.select_for_update().get(pk=by.account_id)  # tries at the same time wait for each other
    mine = RealNameCheck.objects.filter(account=account)
    if mine.filter(state=CheckState.WAITING.value).exists():
        raise CheckWaits
    _check_tries(account.pk, id_number, at)
    row: RealNameCheck = RealNameCheck.objects.create(
        account=account,
        name=name,
        id_number=id_number,
        id_number_hash=keyed_hash(id_number, CLAIMED_NUMBER),
        method=method,
        level=levels[method].value,
        state=CheckState.ASKED.value,
        asked_at=at,
    )
    note(SubjectRef(REAL_NAME_CHECK, row.pk), method=method)
    return row.pk


def _check_tries(account_id: UUID, number: str, at: datetime) -> None:
    recent = RealNameCheck.objects.filter(asked_at__gt=at - WITHIN).exclude(state=CheckState.PASSED.value)
    of_number = recent.filter(id_number_hash__in=keyed_hashes(number, CLAIMED_NUMBER))
    if recent.filter(account_id=account_id).count() >= TRIES_OF_ACCOUNT or of_number.count() >= TRIES_OF_NUMBER:
        raise TooManyChecks


@command("identity.settle_real_name")
def _settle(*, check_id: UUID, answer: Answer, by: Actor, at: datetime) -> None:
    row = RealNameCheck.objects.select_for_update().filter(pk=check_id, account_id=by.account_id).first()
    if row is None or row.state != CheckState.ASKED.value:
        raise CheckClosed
    account = Account.objects.select_for_update().get(pk=row.account_id)
    level = Assurance(row.level)
    found = outcome(answer, _known(account, row), level)
    row.state, row.reason, row.reference = found.state.value, found.reason.value, answer.reference[:120]
    if found.state is CheckState.WAITING:
        row.save(update_fields=["state", "reason", "reference"])
        ports.review_opened(row.pk, at=at)
        claimed = _bearer(row.id_number, account) if found.reason is CheckReason.KNOWN_PERSON else None
        if claimed is not None:
            publish(RealNameClaimed(person_id=claimed.pk, check_id=row.pk))
    else:
        row.decided_at = at
        row.save(update_fields=["state", "reason", "reference", "decided_at"])
    moved = found.state is CheckState.PASSED and _confirm(account, row, level)
    note(SubjectRef(REAL_NAME_CHECK, row.pk), state=row.state, reason=row.reason, moved=moved)


def _known(account: Account, row: RealNameCheck) -> Known:
    person = account.person
    other = _bearer(row.id_number, account)
    if person is None or person.id_number is None:
        return Known(None, Match.SAME, other is not None)
    return Known(person.id_number == row.id_number, match_names(row.name, person.name), other is not None)


def _bearer(number: str, account: Account) -> Person | None:
    """Another person than the account's who bears the number."""
    hashes = claimed_hashes(number, ID_NUMBER)
    found: Person | None = Person.objects.filter(id_number_hash__in=hashes).exclude(pk=account.person_id).first()
    return found


def _bears(person_id: UUID, number: str) -> bool:
    return bool(Person.objects.filter(pk=person_id, id_number_hash__in=keyed_hashes(number, ID_NUMBER)).exists())


def _confirm(account: Account, row: RealNameCheck, level: Assurance) -> bool:
    """Give the account its level and its person the number; whether the account moved to a person known before."""
    other = _bearer(row.id_number, account)
    if other is not None:
        account.person = other
    else:
        _name_person(account, row)
    account.assurance = level.value if other is not None else max(account.assurance, level.value)
    account.save(update_fields=["person", "assurance"])
    reference = SubjectRef(REAL_NAME_CHECK, row.pk)
    facts = {"level": level.value, "method": row.method, "by_hand": row.decided_by_id is not None}
    evidence.record(
        "identity.real_name_confirmed", reference, facts | {"person": evidence.salted_hash(str(account.person_id))}
    )
    publish(RealNameConfirmed(account_id=account.pk, level=account.assurance))
    _put_out(account, level, row.decided_at or row.asked_at)
    return other is not None


def _put_out(account: Account, level: Assurance, at: datetime) -> None:
    """Name and number open a new account of anybody; who shows more is the person, and no weaker account acts as them."""
    if level < Assurance.CONFIRMED or account.kind != AccountKind.PERSON or account.person_id is None:
        return
    weaker = Account.objects.filter(person_id=account.person_id, kind=AccountKind.PERSON.value, is_active=True)
    for found in weaker.filter(assurance__lt=level.value).exclude(pk=account.pk).values_list("pk", flat=True):
        deactivate_account(account_id=found, by=Actor.system("identity.real_name"), at=at)


def _name_person(account: Account, row: RealNameCheck) -> None:
    person = account.person or Person(name=row.name)
    if person.id_number is None:
        parsed = validate_id_number(row.id_number)
        person.id_number, person.id_number_hash = row.id_number, keyed_hash(row.id_number, ID_NUMBER)
        person.birth_date, person.sex = parsed.birth_date, parsed.sex.value
        person.name = row.name
        person.save()
    account.person = person


@command("identity.decide_real_name")
def decide_check(*, check_id: UUID, passed: bool, words: str = "", by: Actor, at: datetime) -> None:
    """Decide by hand on a check that waits; a refusal says why in `words` (200 characters), which its owner reads.

    By hand an account reaches the level CHECKED. Raises NotPermitted, UnknownRecord, CheckClosed, InvalidIdentity.
    """
    row = RealNameCheck.objects.select_for_update(of=("self",)).select_related("account").filter(pk=check_id).first()
    real_names.check_review(by)
    if row is None:
        raise UnknownRecord(kind=REAL_NAME_CHECK)
    real_names.check_decide(by, account_id=row.account_id, person_id=row.account.person_id)
    if row.state != CheckState.WAITING.value:
        raise CheckClosed
    if not passed and not words.strip():
        raise InvalidIdentity(fields={"words": _("请写明不通过的原因，申请人会看到。")})
    row.state = (CheckState.PASSED if passed else CheckState.REFUSED).value
    row.level, row.words = Assurance.CHECKED.value, words.strip()[:200]
    row.reason = "" if passed else CheckReason.BY_HAND.value
    row.decided_at, row.decided_by_id = at, by.account_id
    row.save(update_fields=["state", "level", "words", "reason", "decided_at", "decided_by"])
    moved = False
    if passed:
        moved = _confirm(Account.objects.select_for_update().get(pk=row.account_id), row, Assurance.CHECKED)
    ports.review_closed(row.pk, by=by, at=at)
    publish(RealNameDecided(account_id=row.account_id, check_id=row.pk, passed=passed))
    note(SubjectRef(REAL_NAME_CHECK, row.pk), state=row.state, moved=moved)


@command("identity.reveal_claim")
def reveal_claim(*, check_id: UUID, by: Actor, at: datetime) -> None:
    """Note that an official has the whole number of a waiting check shown, to look it up. Raises NotPermitted, UnknownRecord."""
    del at
    real_names.check_review(by)
    if not RealNameCheck.objects.filter(pk=check_id).exists():
        raise UnknownRecord(kind=REAL_NAME_CHECK)
    note(SubjectRef(REAL_NAME_CHECK, check_id))


@command("identity.confirm_in_person")
def confirm_in_person(*, username: str, name: str, id_number: str, by: Actor, at: datetime) -> UUID:
    """At the counter a clerk has looked at the original ID card: the account reaches the highest level.

    A check that waited is decided by this. Raises NotPermitted, ClaimInvalid, UnknownRecord, InvalidIdentity.
    """
    real_names.check_confirm_in_person(by)
    claim = claim_of(name=name, id_number=id_number)
    account = Account.objects.select_for_update(of=("self",)).filter(username=username.strip().lower()).first()
    if account is None or account.pk == by.account_id or not account.is_active:
        raise UnknownRecord(kind=ACCOUNT)
    if by.person_id is not None and (by.person_id == account.person_id or _bears(by.person_id, claim.id_number)):
        raise NotPermitted
    person = account.person
    if person is not None and person.id_number not in {None, claim.id_number}:
        raise InvalidIdentity(fields={"id_number": _("身份证件号码和这个账号登记的不一致。")})
    _check_named(claim)
    row = RealNameCheck.objects.filter(account=account, state=CheckState.WAITING.value).first()
    waited = row is not None
    row = row or RealNameCheck(account=account, asked_at=at)
    row.name, row.id_number = claim.name, claim.id_number
    row.id_number_hash = keyed_hash(claim.id_number, CLAIMED_NUMBER)
    row.method, row.level, row.state, row.reason = COUNTER, Assurance.IN_PERSON.value, CheckState.PASSED.value, ""
    row.decided_at, row.decided_by_id = at, by.account_id
    row.save()
    moved = _confirm(account, row, Assurance.IN_PERSON)
    if waited:
        ports.review_closed(row.pk, by=by, at=at)
    note(SubjectRef(REAL_NAME_CHECK, row.pk), state=row.state, moved=moved)
    return row.pk


def _check_named(claim: Claim) -> None:
    """Whoever bears the number bears the name: a number mistyped at the counter may be a stranger's. Raises InvalidIdentity."""
    bearers = Person.objects.filter(id_number_hash__in=keyed_hashes(claim.id_number, ID_NUMBER))
    if any(match_names(claim.name, each.name) is Match.DIFFERENT for each in bearers):
        raise InvalidIdentity(fields={"name": _("姓名与这个身份证件号码登记的姓名不一致。")})
