"""Suspend, resume, revoke, expire: each with its ground, its evidence, and news to whoever uses the licence."""

from datetime import datetime
from uuid import UUID

from yiwang.commons.licences import policies
from yiwang.commons.licences.commands.writing import locked, next_state, stepped, told
from yiwang.commons.licences.contracts import (
    LICENCE,
    Ground,
    LicenceEnded,
    LicenceExpired,
    LicenceResumed,
    LicenceRevoked,
    LicenceState,
    LicenceStateRefused,
    LicenceSuspended,
    LifeVerb,
    ReasonMissing,
)
from yiwang.commons.licences.models import Licence
from yiwang.commons.licences.rules.wording import STATE_WORDS, VERB_WORDS
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note

_BATCH = 500


@command("licences.suspend")
def suspend(
    *,
    licence_id: UUID,
    reason: str,
    ground: Ground = Ground.INVESTIGATION,
    subject: SubjectRef | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """It may not be used until it is resumed. Raises LicenceNotFound, MayNotManage, LicenceStateRefused, ReasonMissing."""
    _step(licence_id, LifeVerb.SUSPEND, LicenceSuspended, ground, reason, subject, by, at)
    note(SubjectRef(LICENCE, licence_id), ground=ground.value)


@command("licences.resume")
def resume(
    *,
    licence_id: UUID,
    reason: str,
    ground: Ground = Ground.OTHER,
    subject: SubjectRef | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """It may be used again. Raises as `suspend`."""
    _step(licence_id, LifeVerb.RESUME, LicenceResumed, ground, reason, subject, by, at)
    note(SubjectRef(LICENCE, licence_id), ground=ground.value)


@command("licences.revoke")
def revoke(
    *,
    licence_id: UUID,
    reason: str,
    ground: Ground,
    subject: SubjectRef | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """It is no licence any more, for good; a version that was being sealed is given up. Raises as `suspend`."""
    _step(licence_id, LifeVerb.REVOKE, LicenceRevoked, ground, reason, subject, by, at)
    note(SubjectRef(LICENCE, licence_id), ground=ground.value)


@command("licences.abandon_change")
def abandon_change(*, licence_id: UUID, reason: str, ground: Ground = Ground.OTHER, by: Actor, at: datetime) -> None:
    """Take back a version that waits for its seal: the one before stays as it is. Raises as `suspend`."""
    licence = locked(licence_id)
    policies.check_manage(by, licence)
    if not reason.strip():
        raise ReasonMissing
    next_state(licence, LifeVerb.ABANDON)
    if licence.pending is None:
        raise LicenceStateRefused(state=STATE_WORDS[LicenceState(licence.state)], verb=VERB_WORDS[LifeVerb.ABANDON])
    number = licence.pending.number
    stepped(licence, LifeVerb.ABANDON, before=licence.state, version=number, by=by, at=at, ground=ground,
            reason=reason.strip())  # fmt: skip
    licence.pending, licence.tries, licence.problem, licence.changed_at = None, 0, "", at
    licence.save(update_fields=["pending", "tries", "problem", "changed_at"])
    note(SubjectRef(LICENCE, licence_id), version=number)


def _step(
    licence_id: UUID,
    verb: LifeVerb,
    news: type[LicenceEnded],
    ground: Ground,
    reason: str,
    subject: SubjectRef | None,
    by: Actor,
    at: datetime,
) -> None:
    licence = locked(licence_id)
    policies.check_manage(by, licence, subject=subject)
    if not reason.strip():
        raise ReasonMissing
    after = next_state(licence, verb)
    before, licence.state, licence.changed_at = licence.state, after.value, at
    decided = licence.current or licence.pending
    version = decided.number if decided else 0
    changed = ["state", "changed_at"]
    stepped(licence, verb, before=before, version=version, by=by, at=at, ground=ground, reason=reason.strip())
    if after is LicenceState.REVOKED and licence.pending_id is not None:
        licence.pending = None
        changed.append("pending")
    licence.save(update_fields=changed)
    told(licence, news, version=version, ground=ground.value)


@command("licences.expire")
def expire(*, by: Actor, at: datetime) -> int:
    """Mark some of those whose last day of validity is over; how many. Run again until none is left.

    One with a version that waits for its seal is left until then: the version may give it more time. It can't be used meanwhile.
    """
    due = Licence.objects.select_for_update(skip_locked=True, of=("self",)).select_related("type", "current", "pending")
    open_states = [LicenceState.IN_FORCE.value, LicenceState.SUSPENDED.value]
    rows = list(
        due.filter(state__in=open_states, pending__isnull=True, valid_until__lt=clock.today()).order_by("valid_until")[
            :_BATCH
        ]
    )
    for licence in rows:
        before, licence.state, licence.changed_at = licence.state, LicenceState.EXPIRED.value, at
        version = licence.current.number if licence.current else 0
        stepped(licence, LifeVerb.EXPIRE, before=before, version=version, by=by, at=at, ground=Ground.LAPSED)
        told(licence, LicenceExpired, version=version, ground=Ground.LAPSED.value)
    Licence.objects.bulk_update(rows, ["state", "changed_at"])
    note(SubjectRef(LICENCE, UUID(int=0)), expired=len(rows))
    return len(rows)
