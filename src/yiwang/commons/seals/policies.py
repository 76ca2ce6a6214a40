"""Who may see, apply for, approve, keep and use seals, and see or sign a document. States are a matter of the rules."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from yiwang.commons.identity import queries as identity
from yiwang.commons.seals.contracts import (
    APPLY,
    APPROVE,
    AUTHORISE,
    USE,
    VIEW,
    MayNotApply,
    MayNotApprove,
    MayNotAuthorise,
    MayNotSee,
    MayNotUse,
    SamePerson,
    SealNotFound,
    SealVerb,
)
from yiwang.commons.seals.models import Seal, SealKeeper
from yiwang.kernel.actor import Actor

_VERBS = {
    SealVerb.APPLY: APPLY,
    SealVerb.APPROVE: APPROVE,
    SealVerb.REFUSE: APPROVE,
    SealVerb.MAKE: APPROVE,
    SealVerb.HAND_OVER: APPLY,
    SealVerb.RESUME: APPROVE,
    SealVerb.ASK_DESTRUCTION: APPLY,
    SealVerb.SPARE: APPROVE,
    SealVerb.DESTROY: APPROVE,
}
"""The grant that a step takes; SUSPEND is open to all who answer for the seal."""


def can_view(viewer: Actor) -> bool:
    """Whether the pages of seals open."""
    return viewer.is_system or identity.holds(viewer, VIEW)


def check_view(viewer: Actor) -> None:
    """Raises MayNotSee."""
    if not can_view(viewer):
        raise MayNotSee


def visible(viewer: Actor, organisation: str = "organisation_id") -> Q:
    """Rows of seals, uses and requests that the viewer may see: those of the organisations that a grant reaches."""
    return identity.scope(viewer=viewer, action=VIEW, organisation=organisation, scope_key=None, grade=None)


def check_see(viewer: Actor, seal: Seal) -> None:
    """Raises SealNotFound: who may not see a seal learns nothing of it."""
    if not identity.holds(viewer, VIEW, organisation_id=seal.organisation_id):
        raise SealNotFound


def can_step(viewer: Actor, seal: Seal, verb: SealVerb) -> bool:
    """Whether the viewer may take a step with a seal, its state apart; two persons where the rule asks for two."""
    if viewer.is_system:
        return True
    if verb is SealVerb.SUSPEND:
        reaches = any(identity.holds(viewer, each, organisation_id=seal.organisation_id) for each in (APPROVE, APPLY))
        return reaches or keeps(viewer, seal.pk)
    return identity.holds(viewer, _VERBS[verb], organisation_id=seal.organisation_id) and not _again(viewer, seal, verb)


def _again(viewer: Actor, seal: Seal, verb: SealVerb) -> bool:
    if verb in {SealVerb.APPROVE, SealVerb.REFUSE}:
        return viewer.account_id == seal.applied_by_id
    return verb is SealVerb.DESTROY and viewer.account_id == seal.ending_by_id


def check_step(viewer: Actor, seal: Seal, verb: SealVerb) -> None:
    """Raises MayNotApply, MayNotApprove, MayNotUse, SamePerson."""
    if can_step(viewer, seal, verb):
        return
    if _again(viewer, seal, verb) and identity.holds(viewer, APPROVE, organisation_id=seal.organisation_id):
        raise SamePerson
    wanted = _VERBS.get(verb)
    if wanted is None:
        raise MayNotUse
    raise MayNotApply if wanted == APPLY else MayNotApprove


def check_apply(viewer: Actor, organisation_id: UUID) -> None:
    """The organisation's seal officer. Raises MayNotApply."""
    if not identity.holds(viewer, APPLY, organisation_id=organisation_id):
        raise MayNotApply


def keeps(viewer: Actor, seal_id: UUID) -> bool:
    """Whether the viewer is a keeper of the seal by its custody. No query for residents."""
    if not viewer.is_official or viewer.account_id is None:
        return False
    return bool(SealKeeper.objects.filter(seal_id=seal_id, account_id=viewer.account_id, until__isnull=True).exists())


def can_use(viewer: Actor, seal: Seal) -> bool:
    """A keeper whose grant still reaches the organisation: who leaves office keeps nothing."""
    return keeps(viewer, seal.pk) and identity.holds(viewer, USE, organisation_id=seal.organisation_id)


def check_use(viewer: Actor, seal: Seal) -> None:
    """Raises MayNotUse."""
    if not can_use(viewer, seal):
        raise MayNotUse


def can_ask(viewer: Actor, seal: Seal) -> bool:
    """Whether the viewer may ask a keeper for a use."""
    return viewer.is_official and identity.holds(viewer, USE, organisation_id=seal.organisation_id)


def check_ask(viewer: Actor, seal: Seal) -> None:
    """Raises MayNotUse."""
    if not can_ask(viewer, seal):
        raise MayNotUse


def can_authorise(viewer: Actor, seal: Seal) -> bool:
    """Whether the viewer decides how the organisation's seal is used."""
    return viewer.is_system or identity.holds(viewer, AUTHORISE, organisation_id=seal.organisation_id)


def check_authorise(viewer: Actor, seal: Seal) -> None:
    """Raises MayNotAuthorise."""
    if not can_authorise(viewer, seal):
        raise MayNotAuthorise


def kept_by(viewer: Actor, seal: str = "seal_id") -> Q:
    """Rows of seals that the viewer keeps."""
    if viewer.account_id is None:
        return Q(pk__in=())
    held = SealKeeper.objects.filter(seal_id=OuterRef(seal), account_id=viewer.account_id, until__isnull=True)
    return Q(Exists(held))
