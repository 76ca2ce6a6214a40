"""Acting for others: who may, until when, in what; and choosing to."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from yiwang.commons.identity import policies
from yiwang.commons.identity.commands.agency import close
from yiwang.commons.identity.commands.binding import end_row
from yiwang.commons.identity.contracts import (
    FOR_ENTITIES,
    FOR_PERSONS,
    LEGAL_ENTITY,
    PERSON,
    AgentBasis,
    AlreadyHeld,
    InvalidIdentity,
    MayNotRepresent,
    RepresentationBegan,
    RepresentationKind,
    UnknownRecord,
)
from yiwang.commons.identity.contracts.real_names import MandateState
from yiwang.commons.identity.engine.realnames import last_day_as_child
from yiwang.commons.identity.models import LegalEntity, Mandate, Person, Representation
from yiwang.kernel import clock, evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.outbox import publish
from yiwang.kernel.text import gettext_noop as _


@command("identity.represent")
def represent(
    *,
    representative_id: UUID,
    subject: SubjectRef,
    kind: RepresentationKind,
    scope: str = "*",
    valid_from: date | None = None,
    valid_to: date | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """Let a person act for `subject` (`person` or `legal_entity`) within a scope, until the end date if there is one.

    A guardian acts until the day before the child is eighteen, or until an earlier end date.

    Nobody is asked: for the program, and for the counter where both stand with their papers. Others offer a mandate.
    Raises NotPermitted, UnknownRecord, InvalidIdentity, AlreadyHeld.
    """
    del at
    policies.check_represent(by)
    first = valid_from or clock.today()
    _check_fit(representative_id, subject, kind, first, valid_to)
    if kind is RepresentationKind.GUARDIAN:
        valid_to = _until_of_age(subject.id, first, valid_to)
    row = Representation(
        representative_id=representative_id,
        person_id=subject.id if subject.kind == PERSON else None,
        legal_entity_id=subject.id if subject.kind == LEGAL_ENTITY else None,
        kind=kind.value,
        scope=scope,
        valid_from=first,
        valid_to=valid_to,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "representation_once" in str(error):
            raise AlreadyHeld from None
        raise InvalidIdentity(fields={"scope": _("代办范围有误。")}) from None
    _record("identity.representation_began", row, subject)
    publish(RepresentationBegan(representation_id=row.pk))
    return row.pk


def _check_fit(
    representative_id: UUID, subject: SubjectRef, kind: RepresentationKind, first: date, last: date | None
) -> None:
    faults: dict[str, str] = {}
    fitting = {PERSON: FOR_PERSONS, LEGAL_ENTITY: FOR_ENTITIES}.get(subject.kind, frozenset())
    if kind not in fitting:
        faults["kind"] = _("这种代办关系不适用于该对象。")
    if subject == SubjectRef(PERSON, representative_id):
        faults["representative"] = _("不能代自己办理。")
    if last is not None and last < first:
        faults["valid_to"] = _("截止日期不能早于起始日期。")
    if faults:
        raise InvalidIdentity(fields=faults)
    subjects = Person.objects if subject.kind == PERSON else LegalEntity.objects
    known = subjects.filter(pk=subject.id).exists() and Person.objects.filter(pk=representative_id).exists()
    if not known:
        raise UnknownRecord


def _until_of_age(child_id: UUID, first: date, wanted: date | None) -> date:
    birth = Person.objects.filter(pk=child_id).values_list("birth_date", flat=True).get()
    if birth is None:
        raise InvalidIdentity(fields={"kind": _("请先登记孩子的出生日期，再登记监护关系。")})
    last = last_day_as_child(birth)
    if last < first:
        raise InvalidIdentity(fields={"kind": _("已满十八周岁，监护人不能再代办；请本人委托代办人。")})
    return min(last, wanted or last)


@command("identity.end_representation")
def end_representation(*, representation_id: UUID, by: Actor, at: datetime) -> None:
    """End it as of now; a mandate of which nothing is left ends with it. Raises NotPermitted, UnknownRecord."""
    mandate = Representation.objects.filter(pk=representation_id).values_list("mandate_id", flat=True).first()
    if mandate is not None:  # the mandate first, as whoever withdraws it does
        Mandate.objects.select_for_update().filter(pk=mandate).first()
    row = Representation.objects.select_for_update(of=("self",)).filter(pk=representation_id).first()
    if row is None:
        raise UnknownRecord
    subject = _subject(row)
    policies.check_end_representation(by, representative_id=row.representative_id, subject=subject)
    end_row(row)
    _record("identity.representation_ended", row, subject)
    if (
        mandate is not None
        and not Representation.objects.filter(policies.period_covers_today(), mandate_id=mandate).exists()
    ):
        ended = Mandate.objects.select_for_update().filter(pk=mandate, state=MandateState.ACCEPTED.value).first()
        if ended is not None:
            close(ended, MandateState.ENDED, by, at)


def _subject(row: Representation) -> SubjectRef:
    if row.person_id is not None:
        return SubjectRef(PERSON, row.person_id)
    assert row.legal_entity_id is not None  # the table's constraint
    return SubjectRef(LEGAL_ENTITY, row.legal_entity_id)


def _record(kind: str, row: Representation, subject: SubjectRef) -> None:
    reference = SubjectRef("representation", row.pk)
    until = row.valid_to.isoformat() if row.valid_to else ""
    note(
        reference, kind=row.kind, scope=row.scope, until=until, acts_for=str(subject), person=str(row.representative_id)
    )
    parties = evidence.salted_hash(f"{row.representative_id} {subject}")
    evidence.record(kind, reference, {"kind": row.kind, "scope": row.scope, "until": until, "parties": parties})


@command("identity.serve")
def serve(*, person_id: UUID, by: Actor, at: datetime) -> None:
    """Begin to serve a person at the counter; the page keeps whom in the session, each request asks the right again.

    From then on the clerk's acts name both. Raises NotPermitted, UnknownRecord.
    """
    del at
    policies.check_serve(by)
    if not Person.objects.filter(pk=person_id).exists():
        raise UnknownRecord(kind=PERSON)
    note(SubjectRef(PERSON, person_id))


@command("identity.serve_entity")
def serve_entity(*, entity_id: UUID, agent_id: UUID, basis: AgentBasis, by: Actor, at: datetime) -> None:
    """Begin to serve a legal entity whose agent stands at the counter; the clerk has looked at the credit code, at the
    agent's ID card and at what the agent acts on. Who came for whom is left as evidence.

    Raises NotPermitted, UnknownRecord, MayNotRepresent for whoever is not the legal representative they say they are.
    """
    del at
    policies.check_serve(by)
    entity = LegalEntity.objects.filter(pk=entity_id).first()
    if entity is None or not Person.objects.filter(pk=agent_id).exists():
        raise UnknownRecord(kind=LEGAL_ENTITY if entity is None else PERSON)
    known = entity.legal_representative_id
    if basis is AgentBasis.LEGAL_REPRESENTATIVE and known is not None and known != agent_id:
        raise MayNotRepresent
    subject = SubjectRef(LEGAL_ENTITY, entity_id)
    note(subject, agent=str(agent_id), basis=basis.value)
    parties = evidence.salted_hash(f"{agent_id} {subject}")
    evidence.record("identity.agent_presented", subject, {"basis": basis.value, "parties": parties})


@command("identity.act_for")
def act_for(*, subject: SubjectRef | None, by: Actor, at: datetime) -> None:
    """Begin to act for `subject`, or for oneself again; the page keeps the choice in the session.

    Raises MayNotRepresent. Each later request checks the representation again.
    """
    del at
    if subject is not None:
        policies.check_act_for(by, subject)
    assert by.account_id is not None or subject is None
    note(subject or SubjectRef("account", by.account_id or UUID(int=0)), acting=subject is not None)
