"""Leave: an official, or the administrator of their office, lets a deputy do their work for some days.

What a deputy may do is asked at each request from the absent official's own grants, so a delegation never gives more than
they hold then; and since it counts only grants of their own, a deputy passes nothing on.
"""

import re
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from yiwang.commons.flow import policies
from yiwang.commons.flow.contracts import DelegationRefused, UnknownDelegation
from yiwang.commons.flow.models import Delegation
from yiwang.commons.identity import queries as identity
from yiwang.kernel import clock, evidence
from yiwang.kernel.actor import Actor, ActorKind, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.text import gettext_noop as _

LONGEST = timedelta(days=366)
_SCOPE = re.compile(r"\*|[a-z][a-z_]*:(\*|[^*:][^*]*)")


@command("flow.delegate")
def delegate(
    *,
    from_account: UUID,
    to_account: UUID,
    organisation_id: UUID,
    role: str,
    valid_from: date,
    valid_to: date,
    reason: str,
    scope: str = "*",
    by: Actor,
    at: datetime,
) -> UUID:
    """Let `to_account` do the work of `from_account` in one office, from a day to a day.

    Raises NotYourTask (neither one's own leave nor the administrator of the office), DelegationRefused with the field.
    """
    creator = policies.check_official(by)
    policies.check_delegate(by, from_account=from_account, organisation_id=organisation_id)
    faults = _faults(from_account, to_account, organisation_id, role, valid_from, valid_to, reason, scope, by)
    if faults:
        raise DelegationRefused(fields=faults)
    row = Delegation(
        from_account_id=from_account,
        to_account_id=to_account,
        organisation_id=organisation_id,
        role=role,
        scope=scope,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=" ".join(reason.split()),
        created_at=at,
        created_by_id=creator,
    )
    row.save(force_insert=True)
    _record("flow.delegated", row)
    return row.pk


@command("flow.revoke_delegation")
def revoke_delegation(*, delegation_id: UUID, by: Actor, at: datetime) -> None:
    """End it as of now: by the absent, the deputy or the administrator. Raises UnknownDelegation."""
    row = Delegation.objects.select_for_update().filter(pk=delegation_id, revoked_at__isnull=True).first()
    if row is None or row.valid_to < clock.today() or not policies.can_revoke(by, row):
        raise UnknownDelegation
    row.revoked_at, row.revoked_by_id = at, by.account_id
    row.save(update_fields=["revoked_at", "revoked_by"])
    _record("flow.delegation_revoked", row)


@command("flow.stand_in")
def stand_in(*, delegation_id: UUID | None, by: Actor, at: datetime) -> None:
    """Begin to work for the absent official, or as oneself again; the page keeps the choice in the session.

    Raises UnknownDelegation. Each later request asks the delegation again.
    """
    del at
    if delegation_id is None:
        note(SubjectRef("account", by.account_id or UUID(int=0)), standing_in=False)
        return
    if policies.stands_in(by) or not Delegation.objects.filter(policies.delegated_to(by), pk=delegation_id).exists():
        raise UnknownDelegation
    note(SubjectRef("delegation", delegation_id), standing_in=True)


def _faults(
    from_account: UUID,
    to_account: UUID,
    organisation_id: UUID,
    role: str,
    valid_from: date,
    valid_to: date,
    reason: str,
    scope: str,
    by: Actor,
) -> dict[str, str]:
    faults: dict[str, str] = {}
    held = identity.offices(viewer=Actor(kind=ActorKind.OFFICIAL, account_id=from_account))
    if not any(office.organisation.id == organisation_id and office.role == role for office in held):
        faults["post"] = _("这个岗位现在不是请假人的")
    if to_account == from_account:
        faults["to"] = _("不能由本人代理自己")
    elif not identity.offices(viewer=Actor(kind=ActorKind.OFFICIAL, account_id=to_account)):
        faults["to"] = _("代理人现在没有岗位，不能代理")
    if valid_to < valid_from:
        faults["valid_to"] = _("结束日期不能早于开始日期")
    elif valid_to < clock.today():
        faults["valid_to"] = _("结束日期已经过去")
    elif valid_to - valid_from > LONGEST:
        faults["valid_to"] = _("一次代理最长一年")
    if not reason.strip():
        faults["reason"] = _("请写明原因，例如“年休假”")
    if not _SCOPE.fullmatch(scope):
        faults["scope"] = _("代理范围有误")
    if not faults:
        faults |= _clashes(from_account, to_account, organisation_id, role, scope, valid_from, valid_to)
    del by
    return faults


def _clashes(
    from_account: UUID, to_account: UUID, organisation_id: UUID, role: str, scope: str, first: date, last: date
) -> dict[str, str]:
    """No two deputies for the same work on one day; and nobody deputises who is away themself."""
    then = Delegation.objects.select_for_update().filter(
        Q(from_account_id__in=[from_account, to_account]),
        revoked_at__isnull=True,
        valid_from__lte=last,
        valid_to__gte=first,
    )
    for row in then:
        if row.from_account_id == to_account:
            return {"to": _("代理人那几天也请假，请另选一位")}
        same = row.organisation_id == organisation_id and row.role == role
        if same and (row.scope == scope or "*" in {row.scope, scope}):
            return {"valid_from": _("这几天已经有代理，请先撤销原来的")}
    return {}


def _record(kind: str, row: Delegation) -> None:
    parties = {"from": str(row.from_account_id), "to": str(row.to_account_id)}
    statement: dict[str, evidence.Fact] = {
        "organisation": str(row.organisation_id),
        "role": row.role,
        "scope": row.scope,
        "first": row.valid_from.isoformat(),
        "last": row.valid_to.isoformat(),
    }
    subject = SubjectRef("delegation", row.pk)
    note(subject, **statement, **parties)
    evidence.record(kind, subject, {**statement, "parties": evidence.salted_hash(" ".join(parties.values()))})
