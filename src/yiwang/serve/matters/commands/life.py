"""The life of a version after it was published: suspended, resumed, cancelled. Cases that began go on."""

from datetime import date, datetime, timedelta

from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.clock import CHINA
from yiwang.kernel.command import command, note
from yiwang.serve.matters import models, policies, rules
from yiwang.serve.matters.commands import indexing
from yiwang.serve.matters.contracts import (
    BundleNotFound,
    DatesOutOfOrder,
    MatterNotFound,
    MatterState,
    MatterStateRefused,
)

_PUBLISHED = MatterState.PUBLISHED.value


@command("matters.suspend_matter")
def suspend_matter(*, code: str, since: date, until: date | None, reason: str, by: Actor, at: datetime) -> None:
    """Take no new applications from `since` to `until` (both included; None: until it is resumed); `reason` is shown.

    Raises MatterNotFound, DatesOutOfOrder, Forbidden.
    """
    policies.check_publish(by)
    if since < at.astimezone(CHINA).date() or (until is not None and until < since):
        raise DatesOutOfOrder(first=since.isoformat(), last=until.isoformat() if until else "")
    row = _offered(code, rules.MatterAction.SUSPEND, at)
    row.suspended_from, row.suspended_until, row.reason = since, until, reason.strip()
    row.save(update_fields=["suspended_from", "suspended_until", "reason"])
    note(SubjectRef("matter", row.pk), code=code, since=since.isoformat(), until=until.isoformat() if until else "")


@command("matters.resume_matter")
def resume_matter(*, code: str, by: Actor, at: datetime) -> None:
    """Take applications again from now on. Does nothing where it is not suspended. Raises MatterNotFound, Forbidden."""
    policies.check_publish(by)
    row = _offered(code, None, at)
    changed = row.suspended_from is not None
    if changed:
        row.suspended_from, row.suspended_until, row.reason = None, None, ""
        row.save(update_fields=["suspended_from", "suspended_until", "reason"])
    note(SubjectRef("matter", row.pk), code=code, changed=changed)


@command("matters.cancel_matter")
def cancel_matter(*, code: str, on: date, reason: str, by: Actor, at: datetime) -> None:
    """Offer the matter no more from the day `on`; today means at once. A version that waits for its day is dropped.

    Raises MatterNotFound, DatesOutOfOrder, Forbidden.
    """
    policies.check_publish(by)
    today = at.astimezone(CHINA).date()
    if on < today:
        raise DatesOutOfOrder(first=on.isoformat(), last="")
    row = _offered(code, rules.MatterAction.CANCEL, at)
    row.reason = reason.strip()
    if on == today:
        row.state, row.withdrawn_at = MatterState.WITHDRAWN.value, at
        indexing.forget(kind="matter", keys=[code], by=by, at=at)
    else:
        if row.effective_from is not None and on <= row.effective_from:
            raise DatesOutOfOrder(first=row.effective_from.isoformat(), last=on.isoformat())
        row.effective_to = on - timedelta(days=1)
    row.save(update_fields=["state", "withdrawn_at", "effective_to", "reason"])
    waiting = models.Matter.objects.filter(code=code, state=MatterState.DRAFT.value)
    waiting.update(state=MatterState.WITHDRAWN.value, withdrawn_at=at)
    note(SubjectRef("matter", row.pk), code=code, version=row.version, on=on.isoformat())


@command("matters.withdraw_matter")
def withdraw_matter(*, code: str, by: Actor, at: datetime) -> None:
    """Offer the matter no more; cases that began go on. Raises MatterNotFound, Forbidden."""
    policies.check_publish(by)
    row = models.Matter.objects.select_for_update().filter(code=code, state__in=rules.OFFERED).first()
    if row is None:
        raise MatterNotFound(code=code)
    row.state, row.withdrawn_at = MatterState.WITHDRAWN.value, at
    row.save(update_fields=["state", "withdrawn_at"])
    indexing.forget(kind="matter", keys=[code], by=by, at=at)
    note(SubjectRef("matter", row.pk), code=code, version=row.version)


@command("matters.withdraw_bundle")
def withdraw_bundle(*, key: str, by: Actor, at: datetime) -> None:
    """Offer the bundle no more; cases that began go on. Raises BundleNotFound, Forbidden."""
    policies.check_publish(by)
    row = models.Bundle.objects.select_for_update().filter(key=key, state=_PUBLISHED).first()
    if row is None:
        raise BundleNotFound(key=key)
    row.state, row.withdrawn_at = MatterState.WITHDRAWN.value, at
    row.save(update_fields=["state", "withdrawn_at"])
    indexing.forget(kind="bundle", keys=[key], by=by, at=at)
    note(SubjectRef("bundle", row.pk), key=key, version=row.version)


def _offered(code: str, action: rules.MatterAction | None, at: datetime) -> models.Matter:
    """The version in force or listed, locked. Raises MatterNotFound, MatterStateRefused."""
    row: models.Matter | None = (
        models.Matter.objects.select_for_update().filter(code=code, state__in=rules.OFFERED).first()
    )
    if row is None:
        raise MatterNotFound(code=code)
    day = at.astimezone(CHINA).date()
    state = rules.state_on(MatterState(row.state), day, row.suspended_from, row.suspended_until)
    if action is not None and rules.next_state(state, action) is None:
        raise MatterStateRefused
    return row
