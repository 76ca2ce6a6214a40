"""An organisation's seal officer applies for a seal; the registering office approves or refuses."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from yiwang.commons.identity import queries as identity
from yiwang.commons.seals import policies, rules
from yiwang.commons.seals.commands.keys import prepare_key
from yiwang.commons.seals.commands.steps import locked, said, take, written
from yiwang.commons.seals.contracts import SealExists, SealId, SealKind, SealState, SealVerb, UseRule
from yiwang.commons.seals.models import Seal
from yiwang.kernel.actor import Actor
from yiwang.kernel.command import command


@command("seals.apply_for_seal")
def apply_for_seal(
    *, organisation_id: UUID, kind: SealKind, rule: UseRule, reason: str, sample: bool = False, by: Actor, at: datetime
) -> SealId:
    """Ask for a seal of an organisation. Raises MayNotApply, ReasonMissing, SealExists."""
    policies.check_apply(by, organisation_id)
    words = said(reason, SealVerb.APPLY)
    organisation = identity.organisation(organisation_id=organisation_id, viewer=by)
    taken = Seal.objects.filter(organisation_id=organisation_id, kind=kind.value).exclude(
        state__in=[each.value for each in rules.ENDED]
    )
    if taken.exists():
        raise SealExists
    row = Seal(
        code=_next_code(identity.division_code(code=organisation.region.code, viewer=by)),
        kind=kind.value,
        name=rules.seal_name(organisation.name, kind, sample=sample),
        organisation_id=organisation_id,
        state=SealState.APPLIED.value,
        rule=rule.value,
        reason=words,
        applied_by_id=by.account_id,
        applied_at=at,
        changed_at=at,
        sample=sample,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise SealExists from None
    written(row, SealVerb.APPLY, "", by, at, words)
    return SealId(row.pk)


def _next_code(region: str) -> str:
    """The next number of a region; whoever comes next waits until this one is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('seals.code'))")
    last = Seal.objects.filter(code__startswith=region[:6]).aggregate(last=Max("code"))["last"]
    return rules.seal_code(region, int(last[6:]) + 1 if last else 1)


@command("seals.approve_seal")
def approve_seal(*, seal_id: SealId, reason: str = "", by: Actor, at: datetime) -> None:
    """Approve an application; the seal's key is made now, so that a certificate can be asked for.

    By another person than who applied. Raises SealNotFound, MayNotApprove, SamePerson, StepRefused.
    """
    seal = locked(seal_id)
    take(seal, SealVerb.APPROVE, by, at, reason, approved_by_id=by.account_id)
    prepare_key(seal, at)


@command("seals.refuse_seal")
def refuse_seal(*, seal_id: SealId, reason: str, by: Actor, at: datetime) -> None:
    """Refuse an application with a reason. Raises SealNotFound, MayNotApprove, SamePerson, StepRefused, ReasonMissing."""
    take(locked(seal_id), SealVerb.REFUSE, by, at, reason)
