"""What asks for a real name, and who may decide on one by hand."""

from uuid import UUID

from yiwang.commons.identity.contracts import LEGAL_ENTITY, PERSON, NotPermitted
from yiwang.commons.identity.contracts.real_names import Assurance, RealNameNeeded
from yiwang.commons.identity.models import LegalEntity
from yiwang.commons.identity.policies.reach import holds
from yiwang.kernel.actor import Actor, SubjectRef

REVIEW = "identity.review"
CONFIRM = "identity.register"


def has_real_name(actor: Actor, level: Assurance = Assurance.CHECKED) -> bool:
    """Whether the account is surely enough its person. The program needs none."""
    return actor.is_system or actor.assurance >= level


def check_has_real_name(actor: Actor, level: Assurance = Assurance.CHECKED) -> None:
    if not has_real_name(actor, level):
        raise RealNameNeeded


def can_review(actor: Actor) -> bool:
    """See the queue of real names that wait for an official."""
    return actor.is_official and holds(actor, REVIEW)


def check_review(actor: Actor) -> None:
    if not can_review(actor):
        raise NotPermitted


def can_decide(actor: Actor, *, account_id: UUID, person_id: UUID | None) -> bool:
    """Nobody decides on their own name, in whatever account."""
    own = actor.account_id == account_id or (person_id is not None and actor.person_id == person_id)
    return can_review(actor) and not own


def check_decide(actor: Actor, *, account_id: UUID, person_id: UUID | None) -> None:
    if not can_decide(actor, account_id=account_id, person_id=person_id):
        raise NotPermitted


def can_confirm_in_person(actor: Actor) -> bool:
    """Look at somebody's ID card at the counter: who may register people."""
    return actor.is_official and holds(actor, CONFIRM)


def check_confirm_in_person(actor: Actor) -> None:
    if not can_confirm_in_person(actor):
        raise NotPermitted


def can_give(actor: Actor, principal: SubjectRef) -> bool:
    """Give a mandate: a person for themself, the legal representative for the entity; nobody for whom they act as an agent."""
    if actor.person_id is None or actor.is_official:
        return False
    if principal.kind == PERSON:
        return principal.id == actor.person_id and actor.on_behalf is None
    if principal.kind != LEGAL_ENTITY or actor.on_behalf not in {None, principal}:
        return False
    return bool(LegalEntity.objects.filter(pk=principal.id, legal_representative_id=actor.person_id).exists())


def check_give(actor: Actor, principal: SubjectRef) -> None:
    if not can_give(actor, principal):
        raise NotPermitted
