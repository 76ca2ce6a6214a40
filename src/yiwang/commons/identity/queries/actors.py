"""Who asks: the account of a request in its present office, or acting for somebody, checked anew on each request."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import F, Q
from django.http import HttpRequest

from yiwang.commons.identity import policies, registry
from yiwang.commons.identity.contracts import (
    ACCOUNT,
    LEGAL_ENTITY,
    PERSON,
    AccountKind,
    ActingChoice,
    AgentBasis,
    Office,
    RepresentationKind,
    ServedAgent,
)
from yiwang.commons.identity.engine.realnames import last_day_as_child
from yiwang.commons.identity.models import Account, Appointment, LegalEntity, Person, Representation
from yiwang.commons.identity.policies import reach
from yiwang.commons.identity.queries.entry import authentication
from yiwang.commons.identity.queries.places import organisation_ref
from yiwang.commons.identity.registry import StandIn
from yiwang.kernel.actor import Actor, ActorKind, SubjectRef
from yiwang.kernel.fields import keyed_hash

SESSION_OFFICE = "identity.office"
SESSION_ACTING = "identity.acting"
SESSION_STAND_IN = "identity.stand_in"
SESSION_SERVING = "identity.serving"
_CACHED = "_identity_standing"
_PATTERNS = "_identity_patterns"


@dataclass(frozen=True, slots=True)
class Standing:
    """A request's actor with what the page shell shows of it.

    `acting_ended`: the session acts for somebody for whom it may act no more. `served`: whom a clerk serves at the counter,
    `agent`: who stands there for a legal entity. `absent`: for whom the official stands in as a deputy.
    """

    actor: Actor
    name: str = ""
    offices: tuple[Office, ...] = ()
    office: Office | None = None
    acting: ActingChoice | None = None
    acting_ended: bool = False
    served: str = ""
    agent: ServedAgent | None = None
    absent: StandIn | None = None


def actor_of(request: HttpRequest, /) -> Actor:
    """Who asks. Anonymous: no query; else the account's (Django's own) and one more, once a request."""
    return standing_of(request).actor


def standing_of(request: HttpRequest, /) -> Standing:
    """The actor with names and offices, worked out once a request."""
    found: Standing | None = getattr(request, _CACHED, None)
    if found is None:
        found = _standing(request)
        setattr(request, _CACHED, found)
    return found


def forget_standing(request: HttpRequest, /) -> None:
    """Work the actor out again (the session was changed)."""
    for kept in (_CACHED, _PATTERNS):
        if hasattr(request, kept):
            delattr(request, kept)


def held_in_menu(request: HttpRequest, /, *actions: str) -> dict[str, bool]:
    """`held_among` for whoever asks, for menus: one query a request however many entries ask, none for residents."""
    viewer = actor_of(request)
    if not viewer.is_official:
        return {}
    patterns: tuple[tuple[str, bool], ...] | None = getattr(request, _PATTERNS, None)
    if patterns is None:
        patterns = reach.patterns_held(viewer)
        setattr(request, _PATTERNS, patterns)
    return reach.among(viewer, patterns, actions)


def device_of(request: HttpRequest, /) -> str:
    """A short keyed hash of the browser's name: tells devices apart without saying whose they are."""
    agent = request.headers.get("User-Agent", "")
    return keyed_hash(agent, "device").hex()[:16] if agent else ""


def _standing(request: HttpRequest) -> Standing:
    account = getattr(request, "user", None)
    if not isinstance(account, Account) or not account.is_authenticated or not account.is_active:
        return Standing(Actor.anonymous(device_of(request)))
    if account.kind == AccountKind.OFFICIAL:
        return _official(request, account)
    return _resident(request, account)


def _official(request: HttpRequest, account: Account) -> Standing:
    found = _offices(account.pk)
    if not found:
        return _out_of_office(request, account)
    chosen = request.session.get(SESSION_OFFICE, "")
    name, office = next(((name, office) for name, office in found if str(office.appointment_id) == chosen), found[0])
    actor = Actor(
        kind=ActorKind.OFFICIAL,
        account_id=account.pk,
        person_id=account.person_id,
        organisation_id=office.organisation.id,
        role=office.role,
        assurance=account.assurance,
        factors=authentication(request).methods,
        device=device_of(request),
    )
    known = tuple(each for _, each in found)
    absent, ended = _absent(request, account.pk)
    if absent is not None:
        return Standing(_deputy(actor, absent), name or account.username, known, office, absent=absent)
    subject, served, agent = _served(request, actor)
    if subject is not None:
        actor = replace(actor, on_behalf=subject)
    return Standing(actor, name or account.username, known, office, acting_ended=ended, served=served, agent=agent)


def _out_of_office(request: HttpRequest, account: Account) -> Standing:
    """An official's account without a post: whoever opened it knew a name and a number, which are no secret. So it stands
    for nobody's own affairs; the person has an account of their own for those.
    """
    actor = Actor(
        kind=ActorKind.PERSON,
        account_id=account.pk,
        assurance=account.assurance,
        factors=authentication(request).methods,
        device=device_of(request),
    )
    person = Person.objects.filter(pk=account.person_id).values_list("name", flat=True).first()
    return Standing(actor, person or account.username, acting_ended=bool(request.session.get(SESSION_ACTING)))


def _absent(request: HttpRequest, account_id: UUID) -> tuple[StandIn | None, bool]:
    """For whom the session stands in, asked anew at each request; and whether that has ended."""
    chosen = request.session.get(SESSION_STAND_IN, "")
    if not chosen:
        return None, False
    found = registry.stand_in(account_id, UUID(chosen))
    return found, found is None


def _deputy(actor: Actor, absent: StandIn) -> Actor:
    return replace(
        actor,
        on_behalf=SubjectRef(ACCOUNT, absent.account_id),
        organisation_id=absent.organisation_id,
        role=absent.role,
        within=absent.scope,
    )


def serving_entity(*, entity_id: UUID, agent: ServedAgent) -> str:
    """What the session keeps (SESSION_SERVING) while a legal entity's agent is served; of a person it keeps the id."""
    return f"{LEGAL_ENTITY}:{entity_id}:{agent.person_id}:{agent.basis.value}"


def _served(request: HttpRequest, clerk: Actor) -> tuple[SubjectRef | None, str, ServedAgent | None]:
    """Whom the session serves at the counter. No query without somebody; the right is asked anew at each request."""
    stored = str(request.session.get(SESSION_SERVING, ""))
    if not stored or not policies.can_serve(clerk):
        return None, "", None
    if stored.startswith(LEGAL_ENTITY):
        return _served_entity(stored)
    chosen = _subject(f"{PERSON}:{stored}")
    name = Person.objects.filter(pk=chosen.id).values_list("name", flat=True).first() if chosen else None
    return (chosen, name, None) if name else (None, "", None)


def _served_entity(stored: str) -> tuple[SubjectRef | None, str, ServedAgent | None]:
    kind, entity, agent, basis = (*stored.split(":"), "", "", "")[:4]
    chosen, person = _subject(f"{kind}:{entity}"), _subject(f"{PERSON}:{agent}")
    if chosen is None or person is None or basis not in set(AgentBasis):
        return None, "", None
    name = LegalEntity.objects.filter(pk=chosen.id).values_list("name", flat=True).first()
    who = Person.objects.filter(pk=person.id).values_list("name", flat=True).first()
    return (chosen, name, ServedAgent(person.id, who, AgentBasis(basis))) if name and who else (None, "", None)


def _offices(account_id: UUID) -> list[tuple[str, Office]]:
    rows = (
        Appointment.objects.filter(policies.period_covers_today(), account_id=account_id)
        .select_related("organisation", "role")
        .annotate(person_name=F("account__person__name"))
        .order_by("valid_from", "id")
    )
    return [
        (
            row.person_name or "",
            Office(row.pk, organisation_ref(row.organisation), row.role.key, row.role.title, row.role.title_en),
        )
        for row in rows
    ]


def offices(*, viewer: Actor) -> tuple[Office, ...]:
    """The viewer's appointments in force."""
    if viewer.account_id is None:
        return ()
    return tuple(office for _, office in _offices(viewer.account_id))


def _resident(request: HttpRequest, account: Account) -> Standing:
    acting, ended = None, False
    wanted = _subject(request.session.get(SESSION_ACTING, ""))
    name = ""
    if wanted is not None and account.person_id is not None:
        in_force = policies.representations_in_force(account.person_id, wanted)
        rows = _choices(in_force)
        acting, name = rows[0] if rows else (None, "")
        ended = acting is None
    if not name and account.person_id is not None:
        name = Person.objects.filter(pk=account.person_id).values_list("name", flat=True).first() or ""
    actor = Actor(
        kind=ActorKind.PERSON,
        account_id=account.pk,
        person_id=account.person_id,
        on_behalf=acting.subject if acting else None,
        assurance=account.assurance,
        factors=authentication(request).methods,
        device=device_of(request),
    )
    return Standing(actor, name or account.username, acting=acting, acting_ended=ended)


def acting_choices(*, viewer: Actor) -> tuple[ActingChoice, ...]:
    """Everybody for whom the viewer may act today. One query; none for officials in office."""
    if viewer.person_id is None or viewer.is_official:
        return ()
    return tuple(choice for choice, _ in _choices(policies.representations_in_force(viewer.person_id)))


def acts_within(*, scope_key: str, viewer: Actor) -> bool:
    """Whether the viewer may file `scope_key` (`matter:birth`) in the name of whom they act for; for oneself always."""
    return policies.can_act_within(viewer, scope_key)


def _choices(condition: Q) -> list[tuple[ActingChoice, str]]:
    """Each choice with the name of the representative."""
    rows = Representation.objects.filter(condition).order_by("kind", "id")
    found = rows.values_list(
        "pk", "person_id", "person__name", "legal_entity_id", "legal_entity__name", "kind", "scope", "valid_to",
        "representative__name", "person__birth_date",
    )  # fmt: skip
    return [
        (
            ActingChoice(
                representation_id=pk,
                subject=SubjectRef(PERSON, person_id) if person_id else SubjectRef(LEGAL_ENTITY, entity_id),
                name=person_name or entity_name,
                kind=RepresentationKind(kind),
                scope=scope,
                valid_to=_last_day(RepresentationKind(kind), valid_to, birth),
            ),
            representative,
        )
        for pk, person_id, person_name, entity_id, entity_name, kind, scope, valid_to, representative, birth in found
    ]


def _last_day(kind: RepresentationKind, valid_to: date | None, birth: date | None) -> date | None:
    """A guardian's last day is the child's before it is eighteen, also where the row names a later one or none."""
    if kind is not RepresentationKind.GUARDIAN or birth is None:
        return valid_to
    last = last_day_as_child(birth)
    return min(last, valid_to or last)


def _subject(stored: str) -> SubjectRef | None:
    kind, found, identifier = stored.partition(":")
    if not found:
        return None
    try:
        return SubjectRef(kind, UUID(identifier))
    except ValueError:
        return None
