"""Use of a licence by a case or a caller: with the holder's consent or on a legal basis, recorded, visible to the holder."""

from datetime import datetime
from uuid import UUID

from yiwang.commons.licences import policies
from yiwang.commons.licences.commands.writing import locked
from yiwang.commons.licences.contracts import (
    LICENCE,
    LicenceState,
    MayNotManage,
    NoConsentOrBasis,
    NotUsable,
    PurposeMissing,
)
from yiwang.commons.licences.models import Licence, LicenceCaller, LicenceUse
from yiwang.commons.licences.rules import states
from yiwang.commons.licences.rules.wording import STATE_WORDS
from yiwang.commons.privacy import commands as privacy
from yiwang.commons.privacy import registry as grounds
from yiwang.commons.privacy.contracts import CONSENT, SHOWN, AccessWay, DataRef, NewAccess
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.evidence import record as leave_evidence

SHARED = "licence_shared"
"""The purpose of a use over the sharing interface, registered with privacy; the caller's own words stand beside it."""


@command("licences.use")
def use(
    *,
    licence_id: UUID,
    subject: SubjectRef,
    purpose: str,
    basis: str = "",
    ground: str = "",
    consent_id: UUID | None = None,
    organisation_id: UUID | None = None,
    words: str = "",
    by: Actor,
    at: datetime,
) -> UUID:
    """Use a licence for `subject` (a case, whose context has checked that it is the holder's); the use's id.

    `purpose` and `basis` are keys registered with privacy; `consent_id` names the holder's consent (then `basis` is
    `consent`, also when empty), else `basis` with its `ground` (the provision). `words`: the number of the case, which the
    holder reads. `organisation_id`: for whom, where `by` has no office. An open use of the same licence by the same subject
    is returned as it is. Raises LicenceNotFound, NotUsable, NoConsentOrBasis, PurposeMissing, MayNotManage, and what
    privacy raises for a consent that does not cover it.
    """
    licence = locked(licence_id)
    if not (by.is_system or by.is_known):
        raise MayNotManage
    known = _open(licence, subject)
    if known is None:
        known = used(
            licence, subject=subject, purpose=purpose, basis=basis, ground=ground, consent_id=consent_id,
            organisation_id=organisation_id, words=words, caller=None, by=by, at=at,
        )  # fmt: skip
    note(SubjectRef(LICENCE, licence_id), use=str(known.pk), used_for=str(subject))
    return known.pk


def _open(licence: Licence, subject: SubjectRef) -> LicenceUse | None:
    found: LicenceUse | None = LicenceUse.objects.filter(
        licence=licence, subject_kind=subject.kind, subject_id=subject.id, ended_at__isnull=True
    ).first()
    return found


def used(
    licence: Licence,
    *,
    subject: SubjectRef | None,
    purpose: str,
    basis: str,
    ground: str,
    consent_id: UUID | None,
    organisation_id: UUID | None,
    words: str,
    caller: LicenceCaller | None,
    by: Actor,
    at: datetime,
) -> LicenceUse:
    """Write one use with its access entry and its evidence."""
    basis = basis or (CONSENT if consent_id else "")
    if not purpose or not grounds.purpose_words(purpose):
        raise PurposeMissing
    _check_ground(licence, basis, ground, consent_id)
    check_usable(licence)
    assert licence.current is not None
    row = LicenceUse(
        licence=licence,
        version=licence.current.number,
        at=at,
        subject_kind=subject.kind if subject else "",
        subject_id=subject.id if subject else None,
        purpose=purpose,
        basis=basis,
        ground=ground[:200],
        words=words[:120],
        consent_id=consent_id,
        caller=caller,
        account_id=by.account_id,
        organisation_id=organisation_id or by.organisation_id,
        state_at_use=licence.state,
        grade_at_use=licence.grade,
    )
    row.save(force_insert=True)
    _tell_privacy(licence, row, AccessWay.SHARED if caller else AccessWay.USED, by, at)
    leave_evidence(
        "licence.use",
        SubjectRef(LICENCE, licence.pk),
        {"identifier": licence.current.identifier, "purpose": purpose, "basis": basis, "for": str(subject or "")},
    )
    return row


def _check_ground(licence: Licence, basis: str, ground: str, consent_id: UUID | None) -> None:
    """Refuse here what privacy refuses with the entry too: nothing is entered where the holder is not registered.

    Only the holder can have consented and only the holder can have shown it, so neither stands where nobody is registered.
    """
    if not basis or grounds.basis_of(basis) is None or (basis == CONSENT) != (consent_id is not None):
        raise NoConsentOrBasis
    if basis == CONSENT and policies.holder_of(licence) is None:
        raise NoConsentOrBasis
    if basis != CONSENT and (basis == SHOWN or not ground.strip()):
        raise NoConsentOrBasis


def _tell_privacy(licence: Licence, row: LicenceUse, way: AccessWay, by: Actor, at: datetime) -> None:
    holder = policies.holder_of(licence)
    if holder is None:  # nobody is registered under the holder's code: nobody could read the entry
        return
    entry = NewAccess(
        holder=holder.subject,
        data=data_of(licence),
        purpose=row.purpose,
        way=way,
        basis=row.basis,
        ground=row.ground,
        consent_id=row.consent_id,
        case=SubjectRef(row.subject_kind, row.subject_id) if row.subject_id else None,
        case_words=row.words,
        organisation_id=row.organisation_id,
    )
    privacy.record_access(entries=[entry], by=by, at=at)


def data_of(licence: Licence) -> DataRef:
    """How consents and access entries name a licence."""
    return DataRef(LICENCE, licence.pk, licence.type.key, licence.title)


def check_usable(licence: Licence) -> None:
    """In force today, begun, not over. Raises NotUsable."""
    today = clock.today()
    state = states.stands(
        LicenceState(licence.state), valid_from=licence.valid_from, valid_until=licence.valid_until, today=today
    )
    if state not in states.USABLE or not states.begun(licence.valid_from, today):
        raise NotUsable(state=STATE_WORDS[state])


@command("licences.end_uses")
def end_uses(*, subject: SubjectRef, by: Actor, at: datetime) -> int:
    """The case is over: news of its licences concerns it no more. How many uses ended; again changes nothing."""
    del by
    ended: int = LicenceUse.objects.filter(
        subject_kind=subject.kind, subject_id=subject.id, ended_at__isnull=True
    ).update(ended_at=at)
    note(subject, ended=ended)
    return ended
