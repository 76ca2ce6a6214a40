"""Joiners, movers, leavers: each a command whose effect on rights, sessions and tokens stands when it commits."""

import secrets
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from yiwang.commons.identity import rules
from yiwang.commons.identity.commands import accounts, attempts, factors, openid, people, rights, sessions
from yiwang.commons.identity.contracts import (
    ACCOUNT,
    AccountDeactivated,
    AccountKind,
    InvalidIdentity,
    UnknownRecord,
)
from yiwang.commons.identity.contracts.entry import SessionEnd
from yiwang.commons.identity.contracts.people import (
    AccessEnded,
    AccountReactivated,
    LeaveGround,
    LinkSpent,
    NotAdmitted,
    OfficialExists,
)
from yiwang.commons.identity.engine.realnames import Match, match_names
from yiwang.commons.identity.models import Account, Appointment, Grant, Person, PersonnelSystem
from yiwang.commons.identity.models.person import ID_NUMBER
from yiwang.commons.identity.policies import administering
from yiwang.commons.identity.queries.links import link_of, opened
from yiwang.kernel import clock, evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.codes import InvalidCode, clean_code, upgrade_id_number
from yiwang.kernel.command import command, current, note
from yiwang.kernel.fields import keyed_hashes
from yiwang.kernel.outbox import publish
from yiwang.kernel.text import gettext_noop as _

PROGRAM: Final = Actor.system("joiners, movers, leavers")
"""For the steps inside: whoever called was judged before, and stands in the audit."""


def join(
    *,
    name: str,
    username: str,
    organisation_id: UUID,
    role: str,
    id_number: str = "",
    mobile: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """Open an account for somebody who joins, without a password (`access_link` gives the way in), and appoint them.

    A person known by ID number is taken as they are registered, where the name agrees. Numbers that are refused count by
    administrator, ten a day; never inside another transaction. Raises NotPermitted, InvalidIdentity, UsernameTaken,
    OfficialExists (within reach), NotAdmitted (whatever lies outside), TooManyAttempts, UnknownRecord.
    """
    limits = rules.admission_limits(str(by.account_id or by.kind)) if id_number else ()
    with attempts.counted(limits, wrong=(NotAdmitted,), account_id=None, by=by, at=at):
        return _join(
            name=name, username=username, organisation_id=organisation_id, role=role, id_number=id_number, mobile=mobile,
            valid_from=valid_from, valid_to=valid_to, by=by, at=at,
        )  # fmt: skip


@command("identity.join")
def _join(
    *,
    name: str,
    username: str,
    organisation_id: UUID,
    role: str,
    id_number: str,
    mobile: str,
    valid_from: date | None,
    valid_to: date | None,
    by: Actor,
    at: datetime,
) -> UUID:
    administering.check_admit(by, organisation_id)
    person_id = person_of(name, id_number, mobile, at, sees=administering.officials_in_reach(by))
    account_id = accounts.create_account(
        username=username, password=None, kind=AccountKind.OFFICIAL, person_id=person_id, by=PROGRAM, at=at
    )
    appointment = rights.appoint(
        account_id=account_id, organisation_id=organisation_id, role=role, valid_from=valid_from, valid_to=valid_to,
        by=by, at=at,
    )  # fmt: skip
    subject = SubjectRef("appointment", appointment)
    note(SubjectRef(ACCOUNT, account_id), appointment=str(appointment), organisation=str(organisation_id), role=role)
    _record("identity.joined", subject, account_id, organisation=str(organisation_id), role=role)
    return account_id


def person_of(name: str, id_number: str, mobile: str, at: datetime, /, *, sees: "QuerySet[Account]") -> UUID:
    """Who joins: known by ID number, else registered now. Inside a command.

    `sees` are the accounts that the asker knows of anyway: of others nothing is told. Raises InvalidIdentity,
    OfficialExists, NotAdmitted.
    """
    known = _known(id_number)
    if known is None:
        return people.register_person(name=name, id_number=id_number or None, mobile=mobile or None, by=PROGRAM, at=at)
    agrees = match_names(known.name, name) is Match.SAME
    if agrees and not Account.objects.filter(person=known, kind=AccountKind.OFFICIAL.value).exists():
        return known.pk
    if not sees.filter(person=known).exists():
        raise NotAdmitted
    if not agrees:
        raise InvalidIdentity(fields={"name": _("姓名与这个身份证件号码登记的姓名不一致。")})
    raise OfficialExists


def _known(id_number: str) -> Person | None:
    if not id_number:
        return None
    try:
        number = upgrade_id_number(clean_code(id_number))
    except InvalidCode:
        return None  # register_person says what is wrong with it
    found: Person | None = Person.objects.filter(id_number_hash__in=keyed_hashes(number, ID_NUMBER)).first()
    return found


@command("identity.move")
def move(*, appointment_id: UUID, organisation_id: UUID, role: str, by: Actor, at: datetime) -> UUID:
    """Leave one office for another: the old appointment and all rights given by name in its subtree end, sessions too.

    The id of the new appointment. Raises NotInReach, NotPermitted, UnknownRecord, AlreadyHeld.
    """
    left = Appointment.objects.select_for_update(of=("self",)).filter(pk=appointment_id).first()
    if left is None:
        raise UnknownRecord(kind="appointment")
    administering.check_administer(by, left.account_id)
    rights.end_appointment(appointment_id=appointment_id, by=PROGRAM, at=at)
    below = Q(organisation__above__ancestor_id=left.organisation_id, organisation__above__tree="territory")
    ended = _revoke(left.account_id, below, at)
    appointed = rights.appoint(account_id=left.account_id, organisation_id=organisation_id, role=role, by=by, at=at)
    _end_access(left.account_id, at)
    tokens = _void_tokens(left.account_id)
    note(
        SubjectRef(ACCOUNT, left.account_id), left=str(appointment_id), appointment=str(appointed),
        organisation=str(organisation_id), role=role, grants=ended, tokens=tokens,
    )  # fmt: skip
    _record(
        "identity.moved", SubjectRef("appointment", appointed), left.account_id, organisation=str(organisation_id),
        role=role, left=str(left.organisation_id),
    )  # fmt: skip
    return appointed


@command("identity.leave")
def leave(*, account_id: UUID, ground: LeaveGround, by: Actor, at: datetime) -> None:
    """End all offices, all rights given by name, all sessions and tokens; whatever opened the account is gone.

    What the person may do as a resident or for others stays theirs, with an account of their own. A second call changes
    nothing. Raises NotInReach, UnknownRecord.
    """
    account = _locked(account_id)
    administering.check_administer(by, account_id)
    offices = _offices(account_id)
    for each in offices:
        rights.end_appointment(appointment_id=each.pk, by=PROGRAM, at=at)
    ended = _revoke(account_id, Q(), at)
    was_active = account.is_active
    account.is_active = False
    account.save(update_fields=["is_active"])
    if was_active:
        publish(AccountDeactivated(account_id=account_id))
    _end_access(account_id, at)
    factors.clear_factors(account_id=account_id, by=PROGRAM, at=at)
    tokens = _void_tokens(account_id)
    note(SubjectRef(ACCOUNT, account_id), ground=ground.value, appointments=len(offices), grants=ended, tokens=tokens)
    places = sorted({str(each.organisation_id) for each in offices})
    subject = SubjectRef("leaving", current().id)
    _record("identity.left", subject, account_id, ground=ground.value, organisations=places, grants=ended)


@command("identity.reinstate")
def reinstate(*, account_id: UUID, organisation_id: UUID, role: str, by: Actor, at: datetime) -> UUID:
    """Somebody who left comes back: the account opens again with one appointment and no password.

    Raises NotInReach, NotPermitted, UnknownRecord, AlreadyHeld.
    """
    account = _locked(account_id)
    administering.check_administer(by, account_id)
    if not account.is_active:
        account.is_active = True
        account.save(update_fields=["is_active"])
        publish(AccountReactivated(account_id=account_id))
    appointed = rights.appoint(account_id=account_id, organisation_id=organisation_id, role=role, by=by, at=at)
    note(SubjectRef(ACCOUNT, account_id), appointment=str(appointed), organisation=str(organisation_id), role=role)
    subject = SubjectRef("appointment", appointed)
    _record("identity.reinstated", subject, account_id, organisation=str(organisation_id), role=role)
    return appointed


@command("identity.access_link")
def access_link(*, account_id: UUID, by: Actor, at: datetime) -> str:
    """A one-time link's token to set a new password; whatever opened the account is gone at once and every session ends.

    Also passkeys, the app, recovery codes, the e-mail address and known browsers: the administrator vouches anew for who
    the owner is, and a thief who had added one of these would keep the account. Good for `queries.links.LASTS`; another link makes this one void. Raises NotInReach, UnknownRecord.
    """
    account = _locked(account_id)
    administering.check_administer(by, account_id)
    if not account.is_active:
        raise UnknownRecord(kind=ACCOUNT)
    _end_access(account_id, at)
    factors.clear_factors(account_id=account_id, by=PROGRAM, at=at)
    account.refresh_from_db(fields=["password"])
    note(SubjectRef(ACCOUNT, account_id))
    return link_of(account_id, account.password, at)


@command("identity.redeem_link")
def redeem_link(*, token: str, password: str, by: Actor, at: datetime) -> None:
    """Set the first password, or a new one, by a one-time link. Raises LinkSpent, InvalidIdentity."""
    held = opened(token, at)
    if held is None:
        raise LinkSpent
    account = _locked(held.account_id)
    if not account.is_active or not held.fits(account.password):
        raise LinkSpent
    accounts.set_password(account_id=account.pk, password=password, by=PROGRAM, at=at)
    note(SubjectRef(ACCOUNT, account.pk))


@command("identity.unlock_official")
def unlock(*, account_id: UUID, by: Actor, at: datetime) -> None:
    """Forget failed log-ins, so that the owner need not wait. Raises NotInReach, UnknownRecord."""
    _locked(account_id)
    administering.check_administer(by, account_id)
    count = attempts.unlock(account_id=account_id, by=PROGRAM, at=at)
    note(SubjectRef(ACCOUNT, account_id), counts=count)


def _offices(account_id: UUID) -> list[Appointment]:
    current_or_coming = Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today())
    return list(
        Appointment.objects.select_for_update(of=("self",))
        .filter(current_or_coming, account_id=account_id)
        .order_by("id")
    )


def _revoke(account_id: UUID, where: Q, at: datetime) -> int:
    """End rights given by name; those through a role end with the office."""
    held = Grant.objects.filter(where, Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today()), account_id=account_id)
    found = list(held.values_list("pk", flat=True))
    for each in found:
        rights.revoke(grant_id=each, by=PROGRAM, at=at)
    return len(found)


def _end_access(account_id: UUID, at: datetime) -> None:
    """Log-ins here and, also of those that outlive a session, at other systems: now, not when the news has gone round."""
    sessions.end_sessions(account_id=account_id, reason=SessionEnd.CLOSED, by=PROGRAM, at=at)
    openid.end_client_logins(account_id=account_id, reason=SessionEnd.CLOSED.value, by=PROGRAM, at=at)
    publish(AccessEnded(account_id=account_id))


def _void_tokens(account_id: UUID) -> int:
    """Tokens of personnel systems that this account was shown serve no more; another administrator makes new ones."""
    shown = PersonnelSystem.objects.select_for_update(of=("self",)).filter(account_id=account_id, ended_at__isnull=True)
    found = list(shown)
    for row in found:
        row.token_hash, row.valid_to = secrets.token_bytes(32), min(row.valid_to, clock.today() - timedelta(days=1))
        row.save(update_fields=["token_hash", "valid_to"])
    return len(found)


def _record(kind: str, subject: SubjectRef, account_id: UUID, **facts: evidence.Fact) -> None:
    evidence.record(kind, subject, {**facts, "account": evidence.salted_hash(str(account_id))})


def _locked(account_id: UUID) -> Account:
    account = Account.objects.select_for_update(of=("self",)).filter(pk=account_id).first()
    if account is None:
        raise UnknownRecord(kind=ACCOUNT)
    return account
