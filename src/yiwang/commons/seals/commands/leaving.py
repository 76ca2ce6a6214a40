"""Who leaves keeps no seal and signs with no key: whoever comes back is handed both anew."""

from datetime import datetime
from uuid import UUID

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import ACCOUNT
from yiwang.commons.seals.commands.steps import locked, seal_id_of, written
from yiwang.commons.seals.contracts import USE, MayNotUse, SealVerb
from yiwang.commons.seals.models import SealKeeper, SignatureKey
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.text import gettext_noop as _

_LEFT = _("保管人离开了岗位")


@command("seals.end_custody")
def end_custody(*, account_id: UUID, by: Actor, at: datetime) -> int:
    """End the custody of seals that the account may use no more; how many. Only the program, after an office has ended."""
    if not by.is_system:
        raise MayNotUse
    kept = SealKeeper.objects.filter(account_id=account_id, until__isnull=True)
    ended = 0
    for row in kept.select_related("seal").order_by("seal_id"):
        seal = locked(seal_id_of(row.seal))
        if identity.may_reach(
            account_id=account_id, action=USE, organisation_id=seal.organisation_id, scope_key="*", grade=1, viewer=by
        ):
            continue
        if kept.filter(pk=row.pk).update(until=at):
            written(seal, SealVerb.HAND_OVER, seal.state, by, at, _LEFT)
            ended += 1
    note(SubjectRef(ACCOUNT, account_id), seals=ended)
    return ended


@command("seals.end_signature_key")
def end_signature_key(*, account_id: UUID, by: Actor, at: datetime) -> None:
    """The account signs with its key no more; what it signed is verified as before. Only the program."""
    if not by.is_system:
        raise MayNotUse
    ended = SignatureKey.objects.filter(account_id=account_id, ended_at__isnull=True).update(ended_at=at)
    note(SubjectRef(ACCOUNT, account_id), keys=ended)
