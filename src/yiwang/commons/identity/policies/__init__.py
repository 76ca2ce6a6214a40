"""Who may administer identities. Each rule is a pair: `can_x` answers, `check_x` refuses with a reason."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from yiwang.commons.identity import rules
from yiwang.commons.identity.contracts import (
    LEGAL_ENTITY,
    PERSON,
    AccountKind,
    MayNotRepresent,
    NotPermitted,
    RepresentationKind,
    UnknownRecord,
)
from yiwang.commons.identity.engine.realnames import born_when_of_age
from yiwang.commons.identity.models import (
    Account,
    Appointment,
    Grant,
    HeldGrant,
    LegalEntity,
    OrganisationAncestry,
    Representation,
)
from yiwang.commons.identity.policies.reach import held_among, holds, holds_throughout, scope
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef

__all__ = [
    "can_act_for",
    "can_act_within",
    "can_appoint",
    "can_end_representation",
    "can_grant",
    "can_manage_account",
    "can_register",
    "can_represent",
    "can_see_entity",
    "can_see_person",
    "can_serve",
    "check_act_for",
    "check_act_within",
    "check_appoint",
    "check_define",
    "check_end_representation",
    "check_grant",
    "check_manage_account",
    "check_register",
    "check_represent",
    "check_see_entity",
    "check_see_person",
    "check_serve",
    "holds",
    "lasts",
    "period_covers_today",
    "representations_in_force",
    "scope",
]

REGISTER = "identity.register"
MANAGE_ACCOUNTS = "identity.manage_accounts"
APPOINT = "identity.appoint"
GRANT = "identity.grant"
REPRESENT = "identity.represent"
READ_PERSON = "identity.read_person"
SERVE = "counter.serve"


def period_covers_today() -> Q:
    """Filter of dated rows: in force today, both ends included."""
    day = clock.today()
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def lasts() -> Q:
    """Filter of dated rows: in force today or to come."""
    return Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today())


def can_define(actor: Actor) -> bool:
    """Regions, organisations and roles come from the pack, so only the program defines them."""
    return actor.is_system


def check_define(actor: Actor) -> None:
    if not can_define(actor):
        raise NotPermitted


def can_register(actor: Actor) -> bool:
    """Register people and legal entities: the program and officials with that grant, at any organisation."""
    return holds(actor, REGISTER)


def check_register(actor: Actor) -> None:
    if not can_register(actor):
        raise NotPermitted


def can_manage_account(actor: Actor, account_id: UUID | None = None) -> bool:
    """Create accounts, or manage one: an official's, all of whose offices and rights, also those to come, are in reach.

    Whoever sets a password has what the account has. An account without any office is for who reaches all.
    """
    if actor.is_system:
        return True
    if not holds(actor, MANAGE_ACCOUNTS):
        return False
    if account_id is None:
        return True
    within = scope(viewer=actor, action=MANAGE_ACCOUNTS, scope_key=None, grade=None)
    offices = Appointment.objects.filter(account_id=account_id)
    beyond = offices.filter(lasts()).exclude(within)
    rights = HeldGrant.objects.filter(lasts(), account_id=account_id).exclude(within)
    official = Account.objects.filter(pk=account_id, kind=AccountKind.OFFICIAL.value)
    if beyond.exists() or rights.exists() or not official.exists():
        return False
    whole = held_among(actor, [MANAGE_ACCOUNTS]).get(MANAGE_ACCOUNTS, False)
    return offices.filter(within).exists() or (whole and not offices.exists())


def check_manage_account(actor: Actor, account_id: UUID | None = None) -> None:
    if not can_manage_account(actor, account_id):
        raise NotPermitted


def can_set_password(actor: Actor, account_id: UUID) -> bool:
    """Everybody their own; a manager those of the accounts in reach."""
    return actor.account_id == account_id or can_manage_account(actor, account_id)


def check_set_password(actor: Actor, account_id: UUID) -> None:
    if not can_set_password(actor, account_id):
        raise NotPermitted


def can_appoint(actor: Actor, *, account_id: UUID, organisation_id: UUID, role_id: UUID | None = None) -> bool:
    """Nobody appoints themself, nor to a role whose grants reach beyond where the appointer may appoint, in either tree."""
    if actor.is_system:
        return True
    if actor.account_id == account_id or not holds(actor, APPOINT, organisation_id=organisation_id):
        return False
    return role_id is None or not _beyond(actor, organisation_id=organisation_id, role_id=role_id)


def _beyond(actor: Actor, *, organisation_id: UUID, role_id: UUID) -> bool:
    """Whether the role would reach, in either tree, an organisation where the actor may not appoint. One query."""
    given = Grant.objects.filter(
        Q(holder_id=organisation_id) | Q(holder_id__isnull=True), lasts(), role_id=role_id, tree=OuterRef("tree")
    )
    rooted = Q(organisation_id=OuterRef("ancestor_id"))
    here = Q(ancestor_id=organisation_id) & Exists(given.filter(organisation_id__isnull=True))
    reached = OrganisationAncestry.objects.filter(here | Exists(given.filter(rooted)))
    in_reach = scope(viewer=actor, action=APPOINT, organisation="descendant_id", scope_key=None, grade=None)
    return bool(reached.exclude(in_reach).exists())


def check_appoint(actor: Actor, *, account_id: UUID, organisation_id: UUID, role_id: UUID | None = None) -> None:
    if not can_appoint(actor, account_id=account_id, organisation_id=organisation_id, role_id=role_id):
        raise NotPermitted


def can_grant(
    actor: Actor, *, organisation_id: UUID | None, tree: str, scope_pattern: str, action: str, grade: int
) -> bool:
    """Nobody gives more than they hold: every organisation of the subtree, for this action, scope and grade.

    A grant over "wherever the role is held" has no bound, so only the program (the pack) gives it.
    """
    if actor.is_system:
        return True
    if organisation_id is None:
        return False
    return holds_throughout(actor, (GRANT, action), root=organisation_id, tree=tree, scope=scope_pattern, grade=grade)


def check_grant(
    actor: Actor, *, organisation_id: UUID | None, tree: str, scope_pattern: str, action: str, grade: int
) -> None:
    if not can_grant(
        actor, organisation_id=organisation_id, tree=tree, scope_pattern=scope_pattern, action=action, grade=grade
    ):
        raise NotPermitted


def can_represent(actor: Actor) -> bool:
    """Enter who acts for whom without asking the agent: the program and who looks at the papers at a counter.

    Everybody else asks by a mandate, which the agent accepts.
    """
    return actor.is_system or holds(actor, REPRESENT)


def check_represent(actor: Actor) -> None:
    if not can_represent(actor):
        raise NotPermitted


def can_end_representation(actor: Actor, *, representative_id: UUID, subject: SubjectRef) -> bool:
    """Either side ends it, a legal representative for the entity, or an official with the grant."""
    if actor.is_system:
        return True
    if actor.person_id is not None and (
        actor.person_id == representative_id or (subject.kind == PERSON and subject.id == actor.person_id)
    ):
        return True
    return _is_legal_representative(actor, subject) or holds(actor, REPRESENT)


def check_end_representation(actor: Actor, *, representative_id: UUID, subject: SubjectRef) -> None:
    if not can_end_representation(actor, representative_id=representative_id, subject=subject):
        raise NotPermitted


def representations_in_force(person_id: UUID, subject: SubjectRef | None = None) -> Q:
    """Filter of Representation: by which `person_id` may act today, for anybody or for `subject`.

    Nobody is a guardian of who is eighteen (民法典 17, 18, 27), whatever a row says, nor of somebody of unknown age.
    """
    minor = ~Q(kind=RepresentationKind.GUARDIAN.value) | Q(person__birth_date__gt=born_when_of_age(clock.today()))
    found = period_covers_today() & minor & Q(representative_id=person_id)
    if subject is None:
        return found
    if subject.kind == PERSON:
        return found & Q(person_id=subject.id)
    if subject.kind == LEGAL_ENTITY:
        return found & Q(legal_entity_id=subject.id)
    return Q(pk__in=[])


def can_act_for(actor: Actor, subject: SubjectRef) -> bool:
    """Whether a representation in force lets the actor act for `subject`. Officials in office act for nobody else."""
    if actor.person_id is None or actor.is_official:
        return False
    return bool(Representation.objects.filter(representations_in_force(actor.person_id, subject)).exists())


def check_act_for(actor: Actor, subject: SubjectRef) -> None:
    if not can_act_for(actor, subject):
        raise MayNotRepresent


def can_act_within(actor: Actor, scope_key: str) -> bool:
    """Whether acting for somebody now covers this (`matter:birth`); for oneself and in office always."""
    if actor.on_behalf is None or actor.person_id is None or actor.is_official:
        return True
    in_force = representations_in_force(actor.person_id, actor.on_behalf)
    return bool(Representation.objects.filter(in_force, scope__in=rules.covering(scope_key, ":")).exists())


def check_act_within(actor: Actor, scope_key: str) -> None:
    if not can_act_within(actor, scope_key):
        raise MayNotRepresent


def can_serve(actor: Actor) -> bool:
    """Work at a counter: handle in the name of the person who stands there. Officials with that grant."""
    return actor.is_official and holds(actor, SERVE)


def check_serve(actor: Actor) -> None:
    if not can_serve(actor):
        raise NotPermitted


def can_see_person(viewer: Actor, person_id: UUID) -> bool:
    """Oneself, the one acted for at the moment, and officials with that grant."""
    if viewer.is_system or (viewer.person_id == person_id and not viewer.is_official):
        return True
    return viewer.on_behalf == SubjectRef(PERSON, person_id) or holds(viewer, READ_PERSON)


def check_see_person(viewer: Actor, person_id: UUID) -> None:
    if not can_see_person(viewer, person_id):
        raise UnknownRecord


def can_see_entity(viewer: Actor, entity_id: UUID) -> bool:
    """The one acted for at the moment, one's own as legal representative, and officials with that grant."""
    subject = SubjectRef(LEGAL_ENTITY, entity_id)
    return (
        viewer.is_system
        or viewer.on_behalf == subject
        or _is_legal_representative(viewer, subject)
        or holds(viewer, READ_PERSON)
    )


def check_see_entity(viewer: Actor, entity_id: UUID) -> None:
    if not can_see_entity(viewer, entity_id):
        raise UnknownRecord


def _is_legal_representative(actor: Actor, subject: SubjectRef) -> bool:
    if actor.person_id is None or subject.kind != LEGAL_ENTITY:
        return False
    return bool(LegalEntity.objects.filter(pk=subject.id, legal_representative_id=actor.person_id).exists())
