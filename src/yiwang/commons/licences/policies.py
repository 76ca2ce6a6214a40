"""Who may see, issue and decide about licences. The button and the server use the same function."""

from uuid import UUID

from django.db.models import Q

from yiwang.commons.files import registry as files
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import PERSON
from yiwang.commons.licences.contracts import (
    IMPORT,
    MANAGE,
    OWN,
    VIEW,
    Holder,
    LicenceNotFound,
    MayNotManage,
)
from yiwang.commons.licences.models import Licence
from yiwang.kernel.actor import Actor, ActorKind, SubjectRef


def scope_key(type_key: str) -> str:
    """The scope of a type in grants: `licence:business_licence`."""
    return f"licence:{type_key}"


def own(viewer: Actor) -> Holder | None:
    """In whose name the viewer looks: for whom they act in everything, else themselves. None for officials and strangers.

    An agent for single matters neither sees nor shows the wallet of whom they act for. One query for who acts for somebody.
    """
    if viewer.kind is not ActorKind.PERSON:
        return None
    if viewer.on_behalf is not None:
        return Holder.of(viewer.on_behalf) if identity.acts_within(scope_key=OWN, viewer=viewer) else None
    return Holder.of(SubjectRef(PERSON, viewer.person_id)) if viewer.person_id else None


def holder_of(licence: Licence) -> Holder | None:
    """The holder, None while nobody of that code is registered."""
    if licence.person_id:
        return Holder.of(SubjectRef(PERSON, licence.person_id))
    return Holder.of(SubjectRef("legal_entity", licence.legal_entity_id)) if licence.legal_entity_id else None


def is_holder(viewer: Actor, licence: Licence) -> bool:
    """Whether it is the viewer's own, or of whom they act for."""
    mine = own(viewer)
    return mine is not None and mine == holder_of(licence)


def held_by(holder: Holder) -> Q:
    """The rows of one holder."""
    return Q(person_id=holder.id) if holder.kind.value == PERSON else Q(legal_entity_id=holder.id)


def scope(viewer: Actor, action: str = VIEW) -> Q:
    """The rows that an official's grants reach."""
    return identity.scope(viewer=viewer, action=action, grade=None)


def granted(viewer: Actor, action: str, *, organisation_id: UUID, type_key: str) -> bool:
    """Whether a grant reaches this issuer and type."""
    return identity.holds(viewer, action, organisation_id=organisation_id, scope_key=scope_key(type_key))


def can_see(viewer: Actor, licence: Licence) -> bool:
    """The holder, officials with a grant, the program, and who may read what it was issued for (the case's officials)."""
    if viewer.is_system or is_holder(viewer, licence):
        return True
    if viewer.is_official and identity.holds(
        viewer, VIEW, organisation_id=licence.organisation_id, scope_key=licence.scope_key
    ):
        return True
    return reads_subject(viewer, licence)


def reads_subject(viewer: Actor, licence: Licence) -> bool:
    """Whether the viewer may read the record that the licence was issued for."""
    if licence.subject_id is None:
        return False
    rule = files.reader_of(licence.subject_kind)
    return rule is not None and rule(viewer, SubjectRef(licence.subject_kind, licence.subject_id))


def check_see(viewer: Actor, licence: Licence) -> None:
    """Raises LicenceNotFound: who may not see it learns nothing."""
    if not can_see(viewer, licence):
        raise LicenceNotFound


def check_issue(actor: Actor, *, organisation_id: UUID, type_key: str, subject: SubjectRef | None) -> None:
    """The program, officials with a grant, and a context that has checked its own record's rule (`subject`, a case).

    Raises MayNotManage.
    """
    if actor.is_system or subject is not None:
        return
    if not granted(actor, MANAGE, organisation_id=organisation_id, type_key=type_key):
        raise MayNotManage


def can_manage(actor: Actor, licence: Licence) -> bool:
    """Change, suspend, resume, revoke: the issuer's officials with that grant, and the program."""
    return actor.is_system or (
        actor.is_official
        and identity.holds(actor, MANAGE, organisation_id=licence.organisation_id, scope_key=licence.scope_key)
    )


def check_manage(actor: Actor, licence: Licence, *, subject: SubjectRef | None = None) -> None:
    """Raises LicenceNotFound, MayNotManage. `subject`: the case whose decision it is, checked by its context."""
    if subject is not None or can_manage(actor, licence):
        return
    check_see(actor, licence)
    raise MayNotManage


def check_import(actor: Actor, *, organisation_id: UUID, type_key: str) -> None:
    """Raises MayNotManage."""
    if not (actor.is_system or granted(actor, IMPORT, organisation_id=organisation_id, type_key=type_key)):
        raise MayNotManage
