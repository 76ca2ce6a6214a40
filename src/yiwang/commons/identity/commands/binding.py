"""The legal representative binds a legal entity, a parent a child: by the registers, never by what somebody says."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from yiwang.commons.identity import rules
from yiwang.commons.identity.commands.attempts import counted
from yiwang.commons.identity.contracts import (
    LEGAL_ENTITY,
    PERSON,
    AlreadyHeld,
    LegalEntityKind,
    LegalEntityRegistered,
    PersonRegistered,
    RepresentationBegan,
    RepresentationEnded,
    RepresentationKind,
    Sex,
    TooManyAttempts,
)
from yiwang.commons.identity.contracts.real_names import (
    BindingRefused,
    ClaimInvalid,
    RegisteredChild,
    RegisteredEntity,
    RegisterUnavailable,
    TooManyChecks,
)
from yiwang.commons.identity.engine.realnames import Match, is_name, last_day_as_child, match_names, typed_id_number
from yiwang.commons.identity.models import LegalEntity, Person, Representation
from yiwang.commons.identity.models.person import ID_NUMBER
from yiwang.commons.identity.policies import real_names, representations_in_force
from yiwang.commons.identity.registry import real_names as ports
from yiwang.kernel import clock, evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.codes import InvalidCode, clean_code, validate_credit_code
from yiwang.kernel.command import command, note
from yiwang.kernel.fields import claimed_hashes, keyed_hashes
from yiwang.kernel.outbox import publish
from yiwang.kernel.text import gettext_noop as _

_ASKED: Final = 3
_BIND: Final = "identity.bind_legal_entity"
_CHILD: Final = "identity.bind_child"


def bind_legal_entity(*, credit_code: str, name: str, by: Actor, at: datetime) -> UUID:
    """Let the actor act for the entity whose legal representative they are; the entity's id.

    The register is asked before the transaction, and once more where somebody else has bound the entity meanwhile: its
    answer may be older than that. Raises RealNameNeeded, ClaimInvalid, RegisterUnavailable, BindingRefused,
    TooManyChecks after five refusals in a day.
    """
    real_names.check_has_real_name(by)
    faults: dict[str, str] = {}
    code = clean_code(credit_code[:40])
    try:
        validate_credit_code(code)
    except InvalidCode as error:
        faults["credit_code"] = str(error) if code else _("请填写统一社会信用代码。")
    if not name.strip():
        faults["name"] = _("请填写营业执照上的名称。")
    if faults:
        raise ClaimInvalid(fields=faults)
    with _counted("entity", by, at):
        for _again in range(_ASKED):
            held = LegalEntity.objects.filter(credit_code=code).values_list("legal_representative_id", flat=True)
            before, found = held.first(), ports.entity(credit_code=code)
            bound = _bind_entity(found=found, before=before, name=name, by=by, at=at)
            if bound is not None:
                return bound
    raise RegisterUnavailable


@contextmanager
def _counted(what: str, by: Actor, at: datetime) -> Iterator[None]:
    """A refused claim counts, before the register is asked. Raises TooManyChecks."""
    limits = rules.binding_limits(str(by.account_id or by.person_id), what)
    try:
        with counted(limits, wrong=(BindingRefused,), account_id=by.account_id, by=by, at=at):
            yield
    except TooManyAttempts:
        raise TooManyChecks from None


@command(_BIND)
def _bind_entity(
    *, found: RegisteredEntity | None, before: UUID | None, name: str, by: Actor, at: datetime
) -> UUID | None:
    """The entity's id; None where it is represented by another than `before` and the actor now."""
    person = Person.objects.select_for_update().filter(pk=by.person_id).first()
    if found is None or person is None or not _is_representative(found, name, person):
        raise BindingRefused
    entity = LegalEntity.objects.select_for_update().filter(credit_code=found.credit_code).first()
    known = entity is not None
    entity = entity or LegalEntity(credit_code=found.credit_code, kind=LegalEntityKind(found.kind).value)
    former = entity.legal_representative_id
    entity.name, entity.address, entity.legal_representative = found.name[:120], found.address[:200], person
    if former not in {before, person.pk} or not _saved(entity):
        note(SubjectRef(PERSON, person.pk), overtaken=True)
        return None
    subject = SubjectRef(LEGAL_ENTITY, entity.pk)
    began = _succeed(entity, person)
    parties = evidence.salted_hash(f"{person.pk} {subject}")
    changed = former not in {None, person.pk}
    facts: dict[str, evidence.Fact] = {"credit_code": found.credit_code, "changed": changed, "parties": parties}
    evidence.record("identity.entity_bound", subject, facts)
    note(subject, known=known, began=began is not None, former=str(former or ""))
    if not known:
        publish(LegalEntityRegistered(legal_entity_id=entity.pk))
    if began is not None:
        publish(RepresentationBegan(representation_id=began))
    return entity.pk


def _saved(entity: LegalEntity) -> bool:
    """False where somebody has registered the same credit code in this moment."""
    try:
        with transaction.atomic():
            entity.save()
    except IntegrityError:
        return False
    return True


def _is_representative(found: RegisteredEntity, name: str, person: Person) -> bool:
    try:
        number = typed_id_number(found.representative_number)
    except InvalidCode:
        return False
    same_name = match_names(name, found.name) is Match.SAME
    own_name = match_names(person.name, found.representative_name) is not Match.DIFFERENT
    return found.in_business and same_name and own_name and number == person.id_number


def _succeed(entity: LegalEntity, person: Person) -> UUID | None:
    """Former legal representatives act no more as of now; the new representation's id, None where it was there."""
    kind = RepresentationKind.LEGAL_REPRESENTATIVE.value
    rows = Representation.objects.select_for_update().filter(legal_entity=entity, kind=kind)
    in_force = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today()))
    own = False
    for row in in_force:
        if row.representative_id == person.pk:
            own = True
        else:
            end_row(row)
    if own:
        return None
    began: Representation = Representation.objects.create(
        representative=person, legal_entity=entity, kind=kind, valid_from=clock.today()
    )
    return began.pk


def end_row(row: Representation) -> None:
    """End a representation as of now, inside a command: its last day was yesterday, and what began today never was."""
    key, last = row.pk, clock.today() - timedelta(days=1)
    if row.valid_from > last:
        row.delete()
        row.pk = key
    else:
        row.valid_to = last
        row.save(update_fields=["valid_to"])
    publish(RepresentationEnded(representation_id=key))


def bind_child(*, name: str, id_number: str = "", birth_certificate: str = "", by: Actor, at: datetime) -> UUID:
    """Let a parent act for the child until it is eighteen; the representation's id.

    By the child's ID number, or by its birth certificate while it has none. Raises RealNameNeeded, ClaimInvalid,
    RegisterUnavailable, BindingRefused, AlreadyHeld, TooManyChecks.
    """
    real_names.check_has_real_name(by)
    faults: dict[str, str] = {}
    number, certificate = "", clean_code(birth_certificate[:40])
    if not is_name(name):
        faults["name"] = _("请填写孩子的姓名。")
    if id_number.strip() or not certificate:
        try:
            number = typed_id_number(id_number)
        except InvalidCode as error:
            faults["id_number"] = (
                str(error) if id_number.strip() else _("请填写孩子的身份证件号码或者出生医学证明编号。")
            )
    if faults:
        raise ClaimInvalid(fields=faults)
    own = Person.objects.filter(pk=by.person_id).first()
    parent = own.id_number if own is not None else None
    with _counted("child", by, at):
        found = None
        if parent is not None:
            found = ports.child(name=name, id_number=number, birth_certificate=certificate, parent_number=parent)
        return _bind_child(found=found, by=by, at=at)


@command(_CHILD)
def _bind_child(*, found: RegisteredChild | None, by: Actor, at: datetime) -> UUID:
    last = last_day_as_child(found.birth_date) if found is not None else date.min
    if found is None or last < clock.today() or by.person_id is None:
        raise BindingRefused
    _lock_parents(found, by.person_id)
    guardian = RepresentationKind.GUARDIAN.value
    child = _child(found)
    mine = representations_in_force(by.person_id, SubjectRef(PERSON, child.pk))
    if Representation.objects.filter(mine, kind=guardian).exists():
        raise AlreadyHeld
    row: Representation = Representation.objects.create(
        representative_id=by.person_id, person=child, kind=guardian, valid_from=clock.today(), valid_to=last
    )
    reference = SubjectRef("representation", row.pk)
    parties = evidence.salted_hash(f"{by.person_id} {child.pk}")
    evidence.record("identity.child_bound", reference, {"until": last.isoformat(), "parties": parties})
    note(reference, until=last.isoformat(), acts_for=str(child.pk))
    publish(RepresentationBegan(representation_id=row.pk))
    return row.pk


def _lock_parents(found: RegisteredChild, own: UUID) -> None:
    """Requests at once, also of both parents, make one child."""
    hashes = [each for number in found.parents for each in keyed_hashes(number, ID_NUMBER)]
    rows = Person.objects.select_for_update().filter(Q(pk=own) | Q(id_number_hash__in=hashes))
    list(rows.order_by("pk").values_list("pk"))


def _child(found: RegisteredChild) -> Person:
    """The child as a person: known by its number, else by name and day of birth among its parents' own, else new.

    A child that was bound as a newborn gets its number now.
    """
    number = typed_id_number(found.id_number) if found.id_number else None
    number_hash = None
    child: Person | None = None
    if number is not None:
        hashes = claimed_hashes(number, ID_NUMBER)
        number_hash = hashes[0]
        child = Person.objects.filter(id_number_hash__in=hashes).first()
    child = child or _newborn(found)
    if child is not None and (number is None or child.id_number is not None):
        if child.birth_date is None:
            child.birth_date = found.birth_date
            child.save(update_fields=["birth_date"])
        return child
    fresh = child is None
    child = child or Person(name=found.name[:80], sex=Sex(found.sex).value, birth_date=found.birth_date)
    child.id_number, child.id_number_hash = number, number_hash
    child.save()
    if fresh:
        publish(PersonRegistered(person_id=child.pk))
    return child


def _newborn(found: RegisteredChild) -> Person | None:
    """The child without a number whom either parent has bound before."""
    parents = [each for number in found.parents for each in keyed_hashes(number, ID_NUMBER)]
    bound: Person | None = Person.objects.filter(
        represented_by__kind=RepresentationKind.GUARDIAN.value,
        represented_by__representative__id_number_hash__in=parents,
        name=found.name,
        birth_date=found.birth_date,
        id_number__isnull=True,
    ).first()
    return bound
