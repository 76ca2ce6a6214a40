"""What asks for a real name, and who may decide on one by hand."""

from uuid import UUID

from yiwang.commons.identity.contracts import LEGAL_ENTITY, PERSON, NotPermitted
from yiwang.commons.identity.contracts.real_names import Assurance, RealNameNeeded
from yiwang.commons.identity.models import Account, LegalEntity
from yiwang.commons.identity.policies.reach import holds, stood_in_for
from yiwang.kernel.actor import Actor, SubjectRef

REVIEW = "identity.review"
CONFIRM = "identity.register"
REVIEWS = "process:real_name_review"
"""Scope of the tasks by which real names reach an inbox."""


def has_real_name(actor: Actor, level: Assurance = Assurance.CHECKED) -> bool:
    """Whether the account is surely enough its person. The program needs none."""
    return actor.is_system or actor.assurance >= level


def check_has_real_name(actor: Actor, level: Assurance = Assurance.CHECKED) -> None:
    if not has_real_name(actor, level):
        raise RealNameNeeded


def can_review(actor: Actor) -> bool:
    """See the queue of real names that wait for an official; a deputy where the absent one may, within the delegation."""
    return actor.is_official and holds(actor, REVIEW, scope_key=REVIEWS)


def check_review(actor: Actor) -> None:
    if not can_review(actor):
        raise NotPermitted


def can_decide(actor: Actor, *, account_id: UUID, person_id: UUID | None) -> bool:
    """Nobody decides on their own name, in whatever account, nor a deputy on that of whom they stand in for."""
    absent = stood_in_for(actor)
    own = account_id in {actor.account_id, absent}
    if person_id is not None and not own:
        own = actor.person_id == person_id
        if absent is not None and not own:
            own = Account.objects.filter(pk=absent, person_id=person_id).exists()
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
