"""Show a licence by a one-time code, and check a code that somebody shows."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from yiwang.commons.identity import queries as identity
from yiwang.commons.licences import policies, rules
from yiwang.commons.licences.commands.using import check_usable, data_of
from yiwang.commons.licences.commands.writing import PROGRAM, locked
from yiwang.commons.licences.contracts import (
    LICENCE,
    Checked,
    CheckResult,
    LicenceNotFound,
    MadeCode,
    MinutesInvalid,
    PurposeMissing,
    TooManyShowings,
)
from yiwang.commons.licences.models import Licence, LicenceCheckTry, LicenceShowing
from yiwang.commons.licences.queries.shown import checked_view, purpose_of, watermark_of
from yiwang.commons.privacy import commands as privacy
from yiwang.commons.privacy.contracts import AccessWay, NewAccess
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.evidence import record as leave_evidence
from yiwang.kernel.fields import keyed_hash, keyed_hashes

SHOWN = "licence_shown"
"""The purpose of an access that the holder brought about by showing; registered with privacy."""
_LONGEST = 60
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


@command("licences.show")
def show(
    *, licence_id: UUID, purpose: str, purpose_key: str = "", minutes: int = 5, by: Actor, at: datetime
) -> MadeCode:
    """A code that shows the holder's licence once, within `minutes` (1 to 30), for a purpose.

    `purpose_key`: one of the type's purposes, which says what the checker sees; without it `purpose` in the holder's words
    and only name, number, issuer and state. Raises LicenceNotFound (also where it is not the viewer's own), NotUsable,
    PurposeMissing, MinutesInvalid, TooManyShowings.
    """
    licence = locked(licence_id)
    if not policies.is_holder(by, licence):
        raise LicenceNotFound
    if not rules.showing.minutes_allowed(minutes):
        raise MinutesInvalid(least=rules.showing.LEAST_MINUTES, most=rules.showing.MOST_MINUTES)
    check_usable(licence)
    assert licence.current is not None
    defined = purpose_of(version=licence.current, key=purpose_key)
    words = defined.name if defined else purpose.strip()[:_LONGEST]
    if not words:
        raise PurposeMissing
    open_ones = LicenceShowing.objects.filter(
        account_id=by.account_id, checked_at__isnull=True, withdrawn_at__isnull=True, ends_at__gt=at
    ).count()
    if open_ones >= rules.showing.MOST_OPEN:
        raise TooManyShowings(count=open_ones)
    code = rules.showing.new_code()
    row = LicenceShowing(
        licence=licence,
        version=licence.current.number,
        account_id=by.account_id,
        code_hash=keyed_hash(code, rules.showing.HASH_PURPOSE),
        purpose_key=defined.key if defined else "",
        purpose=words,
        at=at,
        ends_at=at + timedelta(minutes=minutes),
    )
    row.save(force_insert=True)
    note(SubjectRef(LICENCE, licence_id), showing=str(row.pk), minutes=minutes)
    return MadeCode(row.pk, code, words, watermark_of(row=row), row.ends_at)


@command("licences.withdraw_showing")
def withdraw_showing(*, showing_id: UUID, by: Actor, at: datetime) -> None:
    """The holder takes a code back; again, or after it was used, changes nothing. Raises LicenceNotFound."""
    row = LicenceShowing.objects.select_for_update(of=("self",)).select_related("licence").filter(pk=showing_id).first()
    if row is None or not policies.is_holder(by, row.licence):
        raise LicenceNotFound
    if row.checked_at is None and row.withdrawn_at is None:
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
    note(SubjectRef(LICENCE, row.licence_id), withdrawn=str(showing_id))


@command("licences.check_shown")
def check_shown(*, code: str, address: str, checker_name: str = "", by: Actor, at: datetime) -> Checked:
    """What a code shows, once. `address`: whence it is asked, to slow down who guesses; `checker_name`: as the checker says.

    An unknown, used, withdrawn or ended code is one and the same answer, and is counted against the address: after ten
    within ten minutes the answer is TOO_MANY. Never raises for the code's sake.
    """
    whose = keyed_hash(str(by.account_id or address), "licences.checker")
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME, [f"licences.check|{whose.hex()}"])
    tried = LicenceCheckTry.objects.filter(checker=whose, at__gt=at - rules.showing.TRIES_WITHIN).count()
    nothing = SubjectRef("licence_check", UUID(int=0))
    if tried >= rules.showing.MOST_TRIES:
        note(nothing, result=CheckResult.TOO_MANY.value)
        return Checked(CheckResult.TOO_MANY)
    row = _found(rules.showing.clean(code), at)
    if row is None:
        LicenceCheckTry(checker=whose, at=at).save(force_insert=True)
        note(nothing, result=CheckResult.UNKNOWN.value)
        return Checked(CheckResult.UNKNOWN)
    row.checked_at, row.checker_id, row.checker_organisation_id = at, by.account_id, by.organisation_id
    row.checker_name = _called(by, checker_name)
    row.save(update_fields=["checked_at", "checker", "checker_organisation", "checker_name"])
    licence = locked(row.licence_id)
    _tell_privacy(licence, row, by, at)
    leave_evidence(
        "licence.show",
        SubjectRef(LICENCE, licence.pk),
        {"purpose": row.purpose_key, "checker": str(by.organisation_id or ""), "state": licence.state},
    )
    note(SubjectRef(LICENCE, licence.pk), showing=str(row.pk), result=CheckResult.SHOWN.value)
    return checked_view(licence=licence, row=row)


@command("licences.forget_tries")
def forget_tries(*, by: Actor, at: datetime) -> int:
    """Delete what is too old to slow anybody down; how many."""
    del by
    gone: int = LicenceCheckTry.objects.filter(at__lt=at - rules.showing.TRIES_WITHIN).delete()[0]
    note(SubjectRef("licence_check", UUID(int=0)), forgotten=gone)
    return gone


def _found(code: str, at: datetime) -> LicenceShowing | None:
    if not code:
        return None
    hashes = keyed_hashes(code, rules.showing.HASH_PURPOSE)
    row = LicenceShowing.objects.select_for_update().filter(code_hash__in=hashes).first()
    holds = row is not None and rules.showing.open_at(
        at, ends_at=row.ends_at, checked_at=row.checked_at, withdrawn_at=row.withdrawn_at
    )
    return row if holds else None


def _called(by: Actor, said: str) -> str:
    if by.organisation_id is not None:
        names = identity.organisation_names(organisation_ids=[by.organisation_id], viewer=PROGRAM)
        return names[by.organisation_id].name if by.organisation_id in names else ""
    return said.strip()[:_LONGEST]


def _tell_privacy(licence: Licence, row: LicenceShowing, by: Actor, at: datetime) -> None:
    """An access entry where an organisation looked; who else looked stands with the licence."""
    holder = policies.holder_of(licence)
    if holder is None or by.organisation_id is None:
        return
    entry = NewAccess(
        holder=holder.subject, data=data_of(licence), purpose=SHOWN, way=AccessWay.CHECKED, basis="shown",
        ground=row.purpose, organisation_id=by.organisation_id,
    )  # fmt: skip
    privacy.record_access(entries=[entry], by=by, at=at)
