"""Log-ins as records: begun, ended one by one or all at once, each end told to whatever stood on it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction

from yiwang.commons.identity import policies
from yiwang.commons.identity.contracts import (
    ACCOUNT,
    NewDeviceUsed,
    SessionEnd,
    SessionEnded,
    UnknownRecord,
)
from yiwang.commons.identity.models import AttemptCount, Device, LoginSession, OneTimeCode
from yiwang.commons.identity.queries.entry import token_hash
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, current, note
from yiwang.kernel.outbox import publish


@dataclass(frozen=True, slots=True)
class Begun:
    """A log-in was recorded; `token` is what the browser shows from now on to be known again."""

    session_id: UUID
    token: str
    new_device: bool


@command("identity.begin_session")
def begin_session(
    *,
    account_id: UUID,
    session_key: str,
    token: str,
    browser: str,
    address: str,
    methods: Sequence[str],
    by: Actor,
    at: datetime,
) -> Begun:
    """Record a log-in that has just succeeded. A browser without a `token` that the account knows gets a new one."""
    device = Device.objects.select_for_update().filter(account_id=account_id, token_hash=token_hash(token)).first()
    known_others = device is None and Device.objects.filter(account_id=account_id).exists()
    if device is None:
        token = secrets.token_urlsafe(32)
        device = Device(account_id=account_id, token_hash=token_hash(token), name=browser, first_at=at, last_at=at)
        device.save(force_insert=True)
    else:
        device.name, device.last_at = browser, at
        device.save(update_fields=["name", "last_at"])
    row = LoginSession(
        account_id=account_id,
        device=device,
        session_key=session_key,
        address=address or None,
        methods=list(methods),
        began_at=at,
    )
    row.save(force_insert=True)
    if known_others:
        publish(NewDeviceUsed(account_id=account_id, session_id=row.pk))
    note(SubjectRef(ACCOUNT, account_id), session=str(row.pk), known=not known_others, methods=list(methods))
    return Begun(row.pk, token, known_others)


@command("identity.continue_session")
def continue_session(*, session_id: UUID, session_key: str, by: Actor, at: datetime) -> None:
    """The session has got another key (its password was changed): the record follows."""
    del at
    LoginSession.objects.filter(pk=session_id, ended_at__isnull=True).update(session_key=session_key)
    note(SubjectRef(ACCOUNT, by.account_id or current().id), session=str(session_id))


@command("identity.end_session")
def end_session(*, session_id: UUID, reason: SessionEnd = SessionEnd.REVOKED, by: Actor, at: datetime) -> None:
    """End one log-in, by its owner or by who manages the account; again changes nothing. Raises UnknownRecord."""
    row = LoginSession.objects.select_for_update().filter(pk=session_id).first()
    if row is None or (row.account_id != by.account_id and not policies.can_manage_account(by, row.account_id)):
        raise UnknownRecord
    _end([row], reason, at)
    note(SubjectRef(ACCOUNT, row.account_id), session=str(session_id), reason=reason.value)


@command("identity.end_sessions")
def end_sessions(
    *, account_id: UUID, reason: SessionEnd = SessionEnd.REVOKED, keep: UUID | None = None, by: Actor, at: datetime
) -> int:
    """End all log-ins of an account but `keep`; how many. By its owner or by who manages the account."""
    if by.account_id != account_id:
        policies.check_manage_account(by, account_id)
    rows = LoginSession.objects.select_for_update().filter(account_id=account_id, ended_at__isnull=True)
    ended = _end([row for row in rows if row.pk != keep], reason, at)
    note(SubjectRef(ACCOUNT, account_id), sessions=ended, reason=reason.value)
    return ended


@command("identity.forget_device")
def forget_device(*, device_id: UUID, by: Actor, at: datetime) -> None:
    """The account knows this browser no more; its log-ins there end. By its owner. Raises UnknownRecord."""
    device = Device.objects.select_for_update().filter(pk=device_id, account_id=by.account_id).first()
    if device is None:
        raise UnknownRecord
    rows = LoginSession.objects.select_for_update().filter(device=device, ended_at__isnull=True)
    ended = _end(list(rows), SessionEnd.REVOKED, at)
    device.delete()
    note(SubjectRef(ACCOUNT, device.account_id), device=str(device_id), sessions=ended)


@command("identity.sweep_sessions")
def sweep_sessions(*, by: Actor, at: datetime) -> int:
    """End the log-ins whose session has run out, and forget codes and counts that are over. At most 5,000 at a time."""
    policies.check_define(by)
    over = LoginSession.objects.select_for_update(skip_locked=True).filter(ended_at__isnull=True)
    today = at - clock.lead()  # Django dates its sessions by the system's clock, which never runs ahead
    alive = Session.objects.filter(expire_date__gt=today).values("session_key")
    rows = list(over.exclude(session_key__in=alive).order_by("began_at")[:5000])
    ended = _end(rows, SessionEnd.EXPIRED, at)
    AttemptCount.objects.filter(until__lte=at).delete()
    OneTimeCode.objects.filter(expires_at__lte=at - timedelta(hours=1)).delete()
    Session.objects.filter(expire_date__lte=today).delete()
    note(SubjectRef("sessions", current().id), ended=ended)
    return ended


def _end(rows: Sequence[LoginSession], reason: SessionEnd, at: datetime) -> int:
    open_ones = [row for row in rows if row.ended_at is None]
    keys = [row.session_key for row in open_ones if row.session_key]
    if keys:
        with transaction.atomic():
            Session.objects.filter(session_key__in=keys).delete()
    for row in open_ones:
        row.session_key, row.ended_at, row.end_reason = "", at, reason.value
        publish(SessionEnded(account_id=row.account_id, session_id=row.pk, reason=reason.value))
    if open_ones:
        LoginSession.objects.bulk_update(open_ones, ["session_key", "ended_at", "end_reason"], batch_size=500)
    return len(open_ones)
