"""Who acts for whom: what one has given and holds, one's legal entities with their staff, one's children."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from yiwang.commons.identity import policies
from yiwang.commons.identity.contracts import (
    LEGAL_ENTITY,
    PERSON,
    ActingChoice,
    RepresentationKind,
    UnknownRecord,
)
from yiwang.commons.identity.contracts.real_names import (
    MANDATE,
    Assurance,
    BoundEntity,
    MandateParties,
    MandateRow,
    MandateState,
    ScopeChoice,
)
from yiwang.commons.identity.engine.realnames import Match, match_names
from yiwang.commons.identity.models import Account, LegalEntity, Mandate, Person, Representation
from yiwang.commons.identity.models.assurance import AGENT_NUMBER
from yiwang.commons.identity.models.person import ID_NUMBER
from yiwang.commons.identity.policies import real_names
from yiwang.commons.identity.queries.actors import acting_choices
from yiwang.commons.identity.registry import real_names as ports
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.fields import keyed_hashes
from yiwang.kernel.paging import Page, paginate

_WITH = ("person", "legal_entity", "agent", "given_by__person")
_OPEN = (MandateState.OFFERED.value, MandateState.ACCEPTED.value)


def mandates_given(
    *, viewer: Actor, entity_id: UUID | None = None, cursor: str | None = None, size: int = 20
) -> Page[MandateRow]:
    """What the viewer has given, or the entity whose legal representative they are; the newest first. Raises UnknownRecord."""
    if entity_id is not None:
        if not real_names.can_give(viewer, SubjectRef(LEGAL_ENTITY, entity_id)):
            raise UnknownRecord(kind=LEGAL_ENTITY)
        rows = Mandate.objects.filter(legal_entity_id=entity_id)
    else:
        rows = _own(viewer, Mandate.objects.filter(person_id=viewer.person_id))
    ordered = rows.select_related(*_WITH)
    return paginate(ordered, order=("-offered_at", "-id"), cursor=cursor, size=size).map(_given)


def mandates_held(*, viewer: Actor, cursor: str | None = None, size: int = 20) -> Page[MandateRow]:
    """The mandates that the viewer has accepted, ended ones too; the newest first."""
    rows = _own(viewer, Mandate.objects.filter(agent_id=viewer.person_id)).exclude(state=MandateState.DECLINED.value)
    return paginate(rows.select_related(*_WITH), order=("-offered_at", "-id"), cursor=cursor, size=size).map(_held)


def offers_to(*, viewer: Actor) -> tuple[MandateRow, ...]:
    """Who asks the viewer to act for them; none without a checked real name. At most 50, two queries."""
    if viewer.person_id is None or viewer.is_official or not real_names.has_real_name(viewer, Assurance.CHECKED):
        return ()
    number = Person.objects.filter(pk=viewer.person_id).values_list("id_number", flat=True).first()
    if number is None:
        return ()
    asked = Mandate.objects.filter(
        agent_number_hash__in=keyed_hashes(number, AGENT_NUMBER), valid_to__gte=clock.today()
    )
    rows = asked.filter(state=MandateState.OFFERED.value).select_related(*_WITH).order_by("-offered_at", "-id")
    return tuple(_held(row) for row in rows[:50])


def mandate(*, mandate_id: UUID, viewer: Actor) -> MandateRow:
    """One mandate, for either side and for who is asked. Raises UnknownRecord."""
    row = Mandate.objects.select_related(*_WITH).filter(pk=mandate_id).first()
    if row is not None and viewer.person_id is not None and not viewer.is_official:
        if real_names.can_give(viewer, _principal(row)):
            return _given(row)
        if row.agent_id == viewer.person_id or row.pk in {each.id for each in offers_to(viewer=viewer)}:
            return _held(row)
    raise UnknownRecord(kind=MANDATE)


def mandate_parties(*, mandate_id: UUID, viewer: Actor) -> MandateParties | None:
    """The persons on both sides, for the program that tells them. None where it is gone. At most four queries."""
    row = Mandate.objects.select_related("legal_entity", "ended_by").filter(pk=mandate_id).first()
    if row is None or not viewer.is_system:
        return None
    entity = row.legal_entity
    return MandateParties(
        principal=row.person_id or (entity.legal_representative_id if entity else None),
        agent=row.agent_id or _asked(row),
        agent_name=row.agent_name,
        state=MandateState(row.state),
        answered=row.agent_id is not None,
        ended_by=row.ended_by.person_id if row.ended_by else None,
    )


def offers_waiting(*, account_id: UUID, viewer: Actor) -> tuple[UUID, ...]:
    """The mandates that wait for the answer of an account's person, for the program that tells them. At most 50."""
    person = Person.objects.filter(accounts=account_id).first()
    if person is None or person.id_number is None or not viewer.is_system:
        return ()
    asked = Mandate.objects.filter(
        agent_number_hash__in=keyed_hashes(person.id_number, AGENT_NUMBER),
        valid_to__gte=clock.today(),
        state=MandateState.OFFERED.value,
    )
    return tuple(asked.order_by("-offered_at", "-id").values_list("pk", flat=True)[:50])


def run_out(*, viewer: Actor) -> tuple[UUID, ...]:
    """Accepted mandates whose last day is over and whose end nobody has heard of, for the program. At most 1,000."""
    if not viewer.is_system:
        return ()
    rows = Mandate.objects.filter(state=MandateState.ACCEPTED.value, valid_to__lt=clock.today())
    return tuple(rows.order_by("valid_to", "id").values_list("pk", flat=True)[:1000])


def _asked(row: Mandate) -> UUID | None:
    """Who is asked, where an account of theirs has a checked real name; others hear once theirs is checked."""
    found = Person.objects.filter(id_number_hash__in=keyed_hashes(row.agent_number, ID_NUMBER)).first()
    if found is None or match_names(found.name, row.agent_name) is Match.DIFFERENT:
        return None
    proven = Account.objects.filter(person=found, assurance__gte=Assurance.CHECKED.value, is_active=True)
    return found.pk if proven.exists() else None


def children(*, viewer: Actor) -> tuple[ActingChoice, ...]:
    """The children for whom the viewer acts as a parent."""
    return tuple(each for each in acting_choices(viewer=viewer) if each.kind is RepresentationKind.GUARDIAN)


def bound_entities(*, viewer: Actor) -> tuple[BoundEntity, ...]:
    """The entities whose legal representative the viewer is today, with how many act for each. One query, at most 50."""
    if viewer.person_id is None or viewer.is_official:
        return ()
    kind = RepresentationKind.LEGAL_REPRESENTATIVE.value
    own = Representation.objects.filter(policies.representations_in_force(viewer.person_id), kind=kind)
    today = Q(mandates_given__valid_to__gte=clock.today())
    rows = (
        LegalEntity.objects.filter(
            Exists(own.filter(legal_entity=OuterRef("pk"))), legal_representative=viewer.person_id
        )
        .annotate(
            since=own.filter(legal_entity=OuterRef("pk")).order_by("valid_from").values("valid_from")[:1],
            accepted=Count("mandates_given", filter=today & Q(mandates_given__state=MandateState.ACCEPTED.value)),
            offered=Count("mandates_given", filter=today & Q(mandates_given__state=MandateState.OFFERED.value)),
        )
        .order_by("name", "id")[:50]
    )
    return tuple(
        BoundEntity(row.pk, row.name, row.credit_code or "", row.since, row.accepted, row.offered) for row in rows
    )


def scope_choices(*, audience: str, viewer: Actor) -> tuple[ScopeChoice, ...]:
    """What a mandate of a `person` or a `legal_entity` can be bounded to."""
    del viewer
    return ports.scopes(audience=audience)


def scope_labels(*, scopes: Iterable[str], viewer: Actor) -> tuple[str, ...]:
    """The names of scopes; a scope that is offered no more keeps its key. `*` gives an empty text: everything."""
    del viewer
    known = {each.key: each.label for each in ports.scopes()}
    return tuple("" if scope == "*" else known.get(scope, scope) for scope in scopes)


def _own(viewer: Actor, rows: QuerySet[Mandate]) -> QuerySet[Mandate]:
    return rows if viewer.person_id is not None and not viewer.is_official else rows.none()


def _principal(row: Mandate) -> SubjectRef:
    if row.person_id is not None:
        return SubjectRef(PERSON, row.person_id)
    assert row.legal_entity_id is not None  # the table's constraint
    return SubjectRef(LEGAL_ENTITY, row.legal_entity_id)


def _given(row: Mandate) -> MandateRow:
    """As who gave it sees it: the agent's name as they wrote it, and what the agent has told by answering: nothing more."""
    return _row(row, agent=row.agent_name)


def _held(row: Mandate) -> MandateRow:
    return _row(row, agent=row.agent.name if row.agent else row.agent_name)


def _row(row: Mandate, *, agent: str) -> MandateRow:
    principal = row.person.name if row.person else row.legal_entity.name if row.legal_entity else ""
    giver = row.given_by.person.name if row.given_by.person else row.given_by.username
    state = MandateState(row.state)
    if state.value in _OPEN and row.valid_to < clock.today():
        state = MandateState.ENDED
    return MandateRow(
        id=row.pk,
        kind=RepresentationKind(row.kind),
        principal=principal,
        agent=agent,
        principal_ref=_principal(row),
        scopes=tuple(row.scopes),
        offered_at=row.offered_at,
        valid_to=row.valid_to,
        state=state,
        given_by=giver,
        ended_at=row.ended_at,
    )
