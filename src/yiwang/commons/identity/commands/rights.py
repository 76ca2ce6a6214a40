"""Appointments and grants: who holds which role where, and what it reaches."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from yiwang.commons.identity import policies
from yiwang.commons.identity.contracts import (
    AlreadyHeld,
    Appointed,
    AppointmentEnded,
    Grade,
    InvalidIdentity,
    Tree,
    UnknownRecord,
)
from yiwang.commons.identity.models import Account, Appointment, Grant, Organisation, Role
from yiwang.kernel import clock, evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.outbox import publish
from yiwang.kernel.text import gettext_noop as _


@command("identity.appoint")
def appoint(
    *,
    account_id: UUID,
    organisation_id: UUID,
    role: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """Give an account a role (by key) in an organisation, from today unless said otherwise.

    Raises NotPermitted, UnknownRecord, InvalidIdentity, AlreadyHeld.
    """
    del at
    role_id: UUID | None = Role.objects.filter(key=role).values_list("pk", flat=True).first()
    policies.check_appoint(by, account_id=account_id, organisation_id=organisation_id, role_id=role_id)
    if role_id is None:
        raise UnknownRecord(kind="role", code=role)
    if not Account.objects.filter(pk=account_id).exists():
        raise UnknownRecord(kind="account")
    if not Organisation.objects.filter(pk=organisation_id).exists():
        raise UnknownRecord(kind="organisation")
    first = valid_from or clock.today()
    _check_period(first, valid_to)
    appointment = Appointment(
        account_id=account_id, organisation_id=organisation_id, role_id=role_id, valid_from=first, valid_to=valid_to
    )
    try:
        with transaction.atomic():
            appointment.save()
    except IntegrityError:
        raise AlreadyHeld from None
    note(
        SubjectRef("account", account_id),
        appointment=str(appointment.pk),
        organisation=str(organisation_id),
        role=role,
        until=valid_to.isoformat() if valid_to else "",
    )
    publish(Appointed(account_id=account_id, appointment_id=appointment.pk, organisation_id=organisation_id, role=role))
    return appointment.pk


def _check_period(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise InvalidIdentity(fields={"valid_to": _("截止日期不能早于起始日期。")})


@command("identity.end_appointment")
def end_appointment(*, appointment_id: UUID, by: Actor, at: datetime) -> None:
    """End an appointment as of now (yesterday was its last day; one that began today is removed)."""
    del at
    found = Appointment.objects.select_for_update(of=("self",)).select_related("role").filter(pk=appointment_id).first()
    if found is None:
        raise UnknownRecord
    policies.check_appoint(by, account_id=found.account_id, organisation_id=found.organisation_id)
    last = clock.today() - timedelta(days=1)
    if found.valid_from > last:
        found.delete()
    else:
        found.valid_to = last
        found.save(update_fields=["valid_to"])
    note(
        SubjectRef("account", found.account_id),
        appointment=str(appointment_id),
        organisation=str(found.organisation_id),
        role=found.role.key,
    )
    publish(
        AppointmentEnded(
            account_id=found.account_id,
            appointment_id=appointment_id,
            organisation_id=found.organisation_id,
            role=found.role.key,
        )
    )


@command("identity.grant")
def grant(
    *,
    action: str,
    organisation_id: UUID | None,
    account_id: UUID | None = None,
    role: str | None = None,
    holder_id: UUID | None = None,
    tree: Tree = Tree.TERRITORY,
    scope: str = "*",
    highest_grade: Grade = Grade.GENERAL_4,
    valid_from: date | None = None,
    valid_to: date | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """Grant an action over an organisation's subtree, to an account or to a role (at `holder_id`, or wherever held).

    A role's grant without `organisation_id` reaches the subtree of the organisation in which the role is held.
    Raises NotPermitted (nobody gives more than they hold), UnknownRecord, InvalidIdentity, AlreadyHeld.
    """
    del at
    policies.check_grant(
        by, organisation_id=organisation_id, tree=tree, scope_pattern=scope, action=action, grade=highest_grade
    )
    role_id = _role(role)
    first = valid_from or clock.today()
    _check_period(first, valid_to)
    values = {
        "account_id": account_id,
        "role_id": role_id,
        "holder_id": holder_id,
        "organisation_id": organisation_id,
        "tree": tree.value,
        "scope": scope,
        "action": action,
        "highest_grade": highest_grade.value,
    }
    _check_once(values, first, valid_to)
    row = Grant(**values, valid_from=first, valid_to=valid_to)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "grant_once" in str(error):  # somebody else gave the same at the same moment
            raise AlreadyHeld from None
        raise InvalidIdentity(
            fields={"grant": _("授权须写明一个账号或岗位、范围（*、matter:*、matter:编码）和操作。")}
        ) from None
    _record("identity.granted", row)
    return row.pk


def _check_once(values: dict[str, Any], first: date, last: date | None) -> None:
    """Raises AlreadyHeld where the same is given without an end, or for a time that includes these days.

    Givers of a time wait for each other at whom it is given to; of two without an end the database refuses one.
    """
    if last is not None:
        holder = Account.objects.filter(pk=values["account_id"]) if values["account_id"] else None
        rows = holder if holder is not None else Role.objects.filter(pk=values["role_id"])
        list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))
    same = Grant.objects.filter(**values)
    covering = Q(valid_to__gte=last, valid_from__lte=first) if last is not None else Q(pk__in=())
    if same.filter(Q(valid_to__isnull=True) | covering).exists():
        raise AlreadyHeld


def _role(key: str | None) -> UUID | None:
    if key is None:
        return None
    found: UUID | None = Role.objects.filter(key=key).values_list("pk", flat=True).first()
    if found is None:
        raise UnknownRecord(kind="role", code=key)
    return found


@command("identity.revoke")
def revoke(*, grant_id: UUID, by: Actor, at: datetime) -> None:
    """End a grant as of now. Raises NotPermitted, UnknownRecord."""
    del at
    row = Grant.objects.select_for_update(of=("self",)).filter(pk=grant_id).first()
    if row is None:
        raise UnknownRecord
    policies.check_grant(
        by,
        organisation_id=row.organisation_id,
        tree=row.tree,
        scope_pattern=row.scope,
        action=row.action,
        grade=row.highest_grade,
    )
    last = clock.today() - timedelta(days=1)
    if row.valid_from > last:
        row.delete()
        row.pk = grant_id
    else:
        row.valid_to = last
        row.save(update_fields=["valid_to"])
    _record("identity.revoked", row)


def _record(kind: str, row: Grant) -> None:
    statement: dict[str, evidence.Fact] = {
        "action": row.action,
        "scope": row.scope,
        "tree": row.tree,
        "organisation": str(row.organisation_id or ""),
        "grade": int(row.highest_grade),
        "until": row.valid_to.isoformat() if row.valid_to else "",
        "role": str(row.role_id or ""),
    }
    parties = {"account": str(row.account_id or ""), "holder": str(row.holder_id or "")}
    subject = SubjectRef("grant", row.pk)
    note(subject, **statement, **parties)
    evidence.record(kind, subject, {**statement, "parties": evidence.salted_hash(" ".join(parties.values()))})
