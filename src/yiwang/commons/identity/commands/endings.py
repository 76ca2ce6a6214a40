"""What ends by itself: a guardianship when the child is eighteen, acting for an entity when its register says so."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from yiwang.commons.identity.commands.agency import close
from yiwang.commons.identity.commands.binding import end_row
from yiwang.commons.identity.contracts import LEGAL_ENTITY, RepresentationEnded, RepresentationKind, UnknownRecord
from yiwang.commons.identity.contracts.endings import EntityLapsed, GuardianshipEnded, GuardianshipEndNeared, Lapse
from yiwang.commons.identity.contracts.real_names import MandateState, RegisteredEntity
from yiwang.commons.identity.engine.realnames import lapse_of, last_day_as_child
from yiwang.commons.identity.models import LegalEntity, Mandate, Person, Representation
from yiwang.commons.identity.queries.endings import BEFORE, NEARED, OVER, reaches_full_age
from yiwang.kernel import clock, evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.models import AuditEntry
from yiwang.kernel.outbox import publish

_REPRESENTATION = "representation"


@command(NEARED)
def announce_guardianship_end(*, representation_id: UUID, by: Actor, at: datetime) -> bool:
    """Thirty days before: parent and child are to hear of it, once. False where that is not so. For the program alone."""
    del at
    row = _guardianship(representation_id, by)
    last = last_day_as_child(row.person.birth_date) if row.person and row.person.birth_date else None
    today = clock.today()
    if last is None or not last - BEFORE < today <= last or _done(NEARED, row) or not _stands(row):
        note(SubjectRef(_REPRESENTATION, row.pk), near=False)
        return False
    publish(GuardianshipEndNeared(representation_id=row.pk))
    note(SubjectRef(_REPRESENTATION, row.pk), last=last.isoformat())
    return True


@command(OVER)
def end_guardianship(*, representation_id: UUID, by: Actor, at: datetime) -> bool:
    """Write that it has ended with the child's majority (民法典 17, 39), leave evidence, tell both; false where it has not.

    Nothing could be done with it from the birthday on, whether this runs or not. For the program alone.
    """
    del at
    row = _guardianship(representation_id, by)
    last = last_day_as_child(row.person.birth_date) if row.person and row.person.birth_date else None
    if last is None or clock.today() <= last or _done(OVER, row) or not _stands(row):
        note(SubjectRef(_REPRESENTATION, row.pk), over=False)
        return False
    if row.valid_to != last and row.valid_from <= last:
        row.valid_to = last
        row.save(update_fields=["valid_to"])
    reference = SubjectRef(_REPRESENTATION, row.pk)
    parties = evidence.salted_hash(f"{row.representative_id} {row.person_id}")
    evidence.record("identity.guardianship_ended", reference, {"last": last.isoformat(), "parties": parties})
    publish(RepresentationEnded(representation_id=row.pk))
    publish(GuardianshipEnded(representation_id=row.pk))
    note(reference, last=last.isoformat(), acts_for=str(row.person_id), person=str(row.representative_id))
    return True


def _guardianship(representation_id: UUID, by: Actor) -> Representation:
    rows = Representation.objects.select_for_update(of=("self",)).select_related("person")
    row: Representation | None = rows.filter(pk=representation_id, kind=RepresentationKind.GUARDIAN.value).first()
    if row is None or not by.is_system:
        raise UnknownRecord(kind=_REPRESENTATION)
    return row


def _stands(row: Representation) -> bool:
    birth = row.person.birth_date if row.person else None
    return birth is not None and reaches_full_age(birth, row.valid_to)


def _done(name: str, row: Representation) -> bool:
    """Told before. What changed nothing is noted with another answer and does not count."""
    told = AuditEntry.objects.filter(subject_kind=_REPRESENTATION, subject_id=row.pk, command=name)
    return bool(told.filter(details__has_key="last").exists())


@command("identity.lapse_entity")
def lapse_entity(
    *, entity_id: UUID, found: RegisteredEntity | None, before: UUID | None, by: Actor, at: datetime
) -> Lapse | None:
    """End what the register's answer leaves no ground for; None: nothing, or somebody else has bound the entity since `before`.

    A dissolved entity has no representative, no staff and no agents any more. Where another is its legal representative
    now, the former one represents it no more; the mandates of the entity stay. For the program alone.
    """
    entity = LegalEntity.objects.select_for_update(of=("self",)).filter(pk=entity_id).first()
    if entity is None or not by.is_system:
        raise UnknownRecord(kind=LEGAL_ENTITY)
    subject = SubjectRef(LEGAL_ENTITY, entity_id)
    former = Person.objects.filter(pk=entity.legal_representative_id).first()
    reason = lapse_of(found, former.id_number if former else None)
    if reason is None or entity.legal_representative_id != before:
        note(subject, lapsed="")
        return None
    gone = _mandates(entity, by, at) if reason is Lapse.DISSOLVED else 0
    told = _representations(entity, reason, former)
    entity.legal_representative = None
    entity.save(update_fields=["legal_representative"])
    facts: dict[str, evidence.Fact] = {
        "credit_code": entity.credit_code or "",
        "reason": reason.value,
        "mandates": gone,
    }
    note(subject, former=str(former.pk if former else ""), ended=[str(each) for each in told], **facts)
    parties = evidence.salted_hash(" ".join(sorted(map(str, told))))
    evidence.record("identity.entity_lapsed", subject, {**facts, "parties": parties})
    for person_id in told:
        publish(EntityLapsed(entity_id=entity_id, person_id=person_id, reason=reason.value))
    return reason


def _mandates(entity: LegalEntity, by: Actor, at: datetime) -> int:
    states = [MandateState.OFFERED.value, MandateState.ACCEPTED.value]
    rows = list(Mandate.objects.select_for_update().filter(legal_entity=entity, state__in=states).order_by("pk"))
    for row in rows:
        answered = row.state == MandateState.ACCEPTED.value
        close(row, MandateState.ENDED if answered else MandateState.WITHDRAWN, by, at)
    return len(rows)


def _representations(entity: LegalEntity, reason: Lapse, former: Person | None) -> Iterable[UUID]:
    """End those in force; who is to hear of it: those who hear of no mandate, the former legal representative always."""
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today())
    rows = Representation.objects.select_for_update(of=("self",)).filter(lasting, legal_entity=entity)
    if reason is Lapse.REPLACED:
        rows = rows.filter(kind=RepresentationKind.LEGAL_REPRESENTATIVE.value, representative=former)
    told = {former.pk} if former else set[UUID]()
    for row in rows.order_by("pk"):
        told.add(row.representative_id)
        end_row(row)
    return sorted(told)
