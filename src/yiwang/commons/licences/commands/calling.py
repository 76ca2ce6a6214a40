"""Systems that ask over the sharing interface: registered, counted, closed."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from yiwang.commons.identity import queries as identity
from yiwang.commons.licences import policies
from yiwang.commons.licences.commands.using import SHARED, data_of, used
from yiwang.commons.licences.commands.writing import locked
from yiwang.commons.licences.contracts import (
    CALLERS,
    LICENCE,
    CallerQuotaUsed,
    CallerRefused,
    CallerUnknown,
    MayNotManage,
)
from yiwang.commons.licences.models import Licence, LicenceCaller
from yiwang.commons.privacy import commands as privacy
from yiwang.commons.privacy.contracts import STATUTORY_DUTY, AccessWay, NewAccess
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.ids import new_id

VERBS = ("catalogue", "query", "verify", "use")
ANY_TYPE = "*"


def token_hash(token: str) -> bytes:
    """What is kept of a token: 32 random bytes need no salt."""
    return hashlib.new("sm3", token.encode()).digest()


@command("licences.register_caller")
def register_caller(
    *,
    code: str,
    name: str,
    organisation_id: UUID,
    types: Sequence[str],
    verbs: Sequence[str],
    daily_quota: int = 10_000,
    by: Actor,
    at: datetime,
) -> str:
    """Register a system, or give a known one a new token and these rights; the token, told once. Raises MayNotManage."""
    if not (by.is_system or identity.holds(by, CALLERS, organisation_id=organisation_id)):
        raise MayNotManage
    token = secrets.token_urlsafe(32)
    row = LicenceCaller.objects.select_for_update().filter(code=code).first() or LicenceCaller(
        id=new_id(), code=code, created_at=at
    )
    if row.organisation_id and not (by.is_system or identity.holds(by, CALLERS, organisation_id=row.organisation_id)):
        raise MayNotManage  # it asks in the name of another organisation: nobody else's to take over
    row.name, row.organisation_id, row.token_hash = name[:120], organisation_id, token_hash(token)
    row.types, row.verbs, row.daily_quota = list(types), [each for each in verbs if each in VERBS], daily_quota
    row.active = True
    row.save()
    note(SubjectRef("licence_caller", row.pk), types=list(types), verbs=list(verbs))
    return token


@command("licences.close_caller")
def close_caller(*, code: str, by: Actor, at: datetime) -> None:
    """The system may ask no more. Raises CallerUnknown, MayNotManage."""
    del at
    row = LicenceCaller.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise CallerUnknown
    if not (by.is_system or identity.holds(by, CALLERS, organisation_id=row.organisation_id)):
        raise MayNotManage
    row.active = False
    row.save(update_fields=["active"])
    note(SubjectRef("licence_caller", row.pk), active=False)


_COUNT = """
INSERT INTO commons_licences_licencecallerday (id, caller_id, day, count) VALUES (%s, %s, %s, 1)
ON CONFLICT (caller_id, day) DO UPDATE SET count = commons_licences_licencecallerday.count + 1 RETURNING count
"""


@command("licences.admit_caller")
def admit_caller(*, token: str, verb: str, type_key: str = "", by: Actor, at: datetime) -> UUID:
    """Let a registered system do one thing, counted against its day whatever comes of it; its id.

    Raises CallerUnknown, CallerRefused, CallerQuotaUsed.
    """
    del by, at
    row = _known(token, verb)
    if type_key:
        _check_type(row, type_key)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [new_id(), row.pk, clock.today()])
        count = cursor.fetchone()[0]
    if count > row.daily_quota:
        raise CallerQuotaUsed(limit=row.daily_quota)
    note(SubjectRef("licence_caller", row.pk), verb=verb)
    return row.pk


def _known(token: str, verb: str) -> LicenceCaller:
    row: LicenceCaller | None = (
        LicenceCaller.objects.filter(token_hash=token_hash(token), active=True).first() if token else None
    )
    if row is None:
        raise CallerUnknown
    if verb not in row.verbs:
        raise CallerRefused(what=verb)
    return row


def _check_type(row: LicenceCaller, type_key: str) -> None:
    if type_key not in row.types and ANY_TYPE not in row.types:
        raise CallerRefused(what=type_key)


@command("licences.use_by_caller")
def use_by_caller(
    *,
    token: str,
    licence_id: UUID,
    words: str,
    basis: str = "",
    ground: str = "",
    consent_id: UUID | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """A registered system, admitted before, uses a licence on the holder's consent or a legal basis; the use's id.

    Raises CallerUnknown, CallerRefused, and what `use` raises.
    """
    row = _known(token, "use")
    licence = locked(licence_id)
    _check_type(row, licence.type.key)
    made = used(
        licence, subject=None, purpose=SHARED, basis=basis, ground=ground, consent_id=consent_id,
        organisation_id=row.organisation_id, words=words, caller=row, by=by, at=at,
    )  # fmt: skip
    note(SubjectRef(LICENCE, licence_id), use=str(made.pk), caller=row.code)
    return made.pk


@command("licences.note_asked")
def note_asked(*, caller_id: UUID, licence_ids: Sequence[UUID], by: Actor, at: datetime) -> None:
    """Leave an entry with each registered holder that a system asked whether they have these licences and how they stand."""
    caller = LicenceCaller.objects.get(pk=caller_id)
    rows = Licence.objects.select_related("type").filter(pk__in=licence_ids).defer("holder_code", "holder_hash")
    held = [(holder, row) for row in rows.order_by("id") if (holder := policies.holder_of(row)) is not None]
    entries = [
        NewAccess(
            holder=holder.subject, data=data_of(row), purpose=SHARED, way=AccessWay.CHECKED, basis=STATUTORY_DUTY,
            ground=f"证照共享接口：{caller.name}", organisation_id=caller.organisation_id,
        )
        for holder, row in held
    ]  # fmt: skip
    if entries:
        privacy.record_access(entries=entries, by=by, at=at)
    note(SubjectRef("licence_caller", caller_id), told=len(licence_ids), entries=len(entries))
