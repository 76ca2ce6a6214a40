"""People, legal entities and accounts: full data for those who may see it, masked names for the others."""

from collections.abc import Iterable
from uuid import UUID

from yiwang.commons.identity import policies
from yiwang.commons.identity.contracts import (
    LEGAL_ENTITY,
    PERSON,
    AccountCard,
    AccountKind,
    EntityCard,
    LegalEntityKind,
    PersonCard,
    Sex,
    UnknownRecord,
)
from yiwang.commons.identity.models import Account, Appointment, LegalEntity, Person
from yiwang.commons.identity.models.person import ID_NUMBER
from yiwang.commons.identity.queries.places import region_ref
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.codes import InvalidCode, clean_code, mask_name, upgrade_id_number
from yiwang.kernel.fields import keyed_hashes
from yiwang.kernel.paging import Page, paginate


def person(*, person_id: UUID, viewer: Actor) -> PersonCard:
    """A resident's data: for the resident, who acts for them now, the program, and officials with that grant.

    Raises UnknownRecord, also for those who may not know.
    """
    policies.check_see_person(viewer, person_id)
    row = Person.objects.select_related("region").filter(pk=person_id).first()
    if row is None:
        raise UnknownRecord(kind=PERSON)
    return _person(row)


def find_person(*, id_number: str, viewer: Actor) -> PersonCard | None:
    """By ID number (15 or 18 characters), through its keyed hash. None: not registered, or not for this viewer."""
    try:
        number = upgrade_id_number(clean_code(id_number))
    except InvalidCode:
        return None
    row = Person.objects.select_related("region").filter(id_number_hash__in=keyed_hashes(number, ID_NUMBER)).first()
    if row is None or not policies.can_see_person(viewer, row.pk):
        return None
    return _person(row)


def people_by_number(*, id_numbers: Iterable[str], viewer: Actor) -> dict[str, tuple[UUID, str]]:
    """Id and name of those registered under these ID numbers (18 characters). Only for the program. One query."""
    if not viewer.is_system:
        raise UnknownRecord(kind=PERSON)
    wanted = {found: number for number in set(id_numbers) for found in keyed_hashes(number, ID_NUMBER)}
    rows = Person.objects.filter(id_number_hash__in=list(wanted)).values_list("id_number_hash", "pk", "name")
    return {wanted[bytes(found)]: (pk, name) for found, pk, name in rows}


def entities_by_code(*, credit_codes: Iterable[str], viewer: Actor) -> dict[str, tuple[UUID, str]]:
    """Id and name of the legal entities with these credit codes. Only for the program. One query."""
    if not viewer.is_system:
        raise UnknownRecord(kind=LEGAL_ENTITY)
    rows = LegalEntity.objects.filter(credit_code__in=set(credit_codes)).values_list("credit_code", "pk", "name")
    return {str(code): (pk, name) for code, pk, name in rows}


def _person(row: Person) -> PersonCard:
    return PersonCard(
        id=row.pk,
        name=row.name,
        id_number=row.id_number,
        sex=Sex(row.sex),
        birth_date=row.birth_date,
        nation=row.nation,
        mobile=row.mobile,
        region=region_ref(row.region) if row.region else None,
        address=row.address,
        sample=row.sample,
    )


def entity(*, entity_id: UUID, viewer: Actor) -> EntityCard:
    """A legal entity's data, for those who may act for it, the program, and officials with that grant."""
    policies.check_see_entity(viewer, entity_id)
    row = LegalEntity.objects.select_related("region").filter(pk=entity_id).first()
    if row is None:
        raise UnknownRecord(kind=LEGAL_ENTITY)
    return _entity(row)


def entity_by_credit_code(*, credit_code: str, viewer: Actor) -> EntityCard | None:
    """By unified social credit code. None: not registered, or not for this viewer."""
    row = LegalEntity.objects.select_related("region").filter(credit_code=clean_code(credit_code)).first()
    if row is None or not policies.can_see_entity(viewer, row.pk):
        return None
    return _entity(row)


def _entity(row: LegalEntity) -> EntityCard:
    return EntityCard(
        id=row.pk,
        name=row.name,
        kind=LegalEntityKind(row.kind),
        credit_code=row.credit_code,
        legal_representative_id=row.legal_representative_id,
        region=region_ref(row.region) if row.region else None,
        address=row.address,
        sample=row.sample,
    )


def subject_names(*, subjects: Iterable[SubjectRef], viewer: Actor) -> dict[SubjectRef, str]:
    """Names of people and legal entities for a list, in at most two queries; unknown ones are left out.

    Officials and the program read full names (the list was scoped before); anybody else reads their own and masked
    ones (王**).
    """
    wanted = set(subjects)
    people = [subject.id for subject in wanted if subject.kind == PERSON]
    entities = [subject.id for subject in wanted if subject.kind == LEGAL_ENTITY]
    clear = viewer.is_official or viewer.is_system
    names: dict[SubjectRef, str] = {}
    if people:
        for pk, name in Person.objects.filter(pk__in=people).values_list("pk", "name"):
            subject = SubjectRef(PERSON, pk)
            own = pk == viewer.person_id or subject == viewer.on_behalf
            names[subject] = name if clear or own else mask_name(name)
    if entities:
        for pk, name in LegalEntity.objects.filter(pk__in=entities).values_list("pk", "name"):
            names[SubjectRef(LEGAL_ENTITY, pk)] = name
    return names


def account(*, account_id: UUID, viewer: Actor) -> AccountCard:
    """One account, for its owner and those who manage it. Raises UnknownRecord."""
    row = Account.objects.select_related("person").filter(pk=account_id).first()
    if row is None or not (viewer.account_id == account_id or policies.can_manage_account(viewer, account_id)):
        raise UnknownRecord(kind="account")
    return _account(row)


def account_by_username(*, username: str, viewer: Actor) -> AccountCard | None:
    """By user name. None: there is none, or not for this viewer."""
    row = Account.objects.select_related("person").filter(username=username.strip().lower()).first()
    if row is None or not (viewer.account_id == row.pk or policies.can_manage_account(viewer, row.pk)):
        return None
    return _account(row)


def _account(row: Account) -> AccountCard:
    name = row.person.name if row.person else row.username
    return AccountCard(row.pk, row.username, AccountKind(row.kind), name, row.person_id, row.is_active, row.sample)


def account_names(*, account_ids: Iterable[UUID], viewer: Actor) -> dict[UUID, str]:
    """Who handled it, for a list or a timeline: officials by name, residents masked for other residents. One query."""
    clear = viewer.is_official or viewer.is_system
    rows = Account.objects.filter(pk__in=set(account_ids)).values_list("pk", "kind", "username", "person__name")
    return {
        pk: name if clear or kind == AccountKind.OFFICIAL or pk == viewer.account_id else mask_name(name)
        for pk, kind, username, person_name in rows
        for name in [person_name or username]
    }


def account_name(*, account_id: UUID | None, viewer: Actor) -> str:
    """One of `account_names`; empty for nobody (a pack published it) and for one that is unknown."""
    return account_names(account_ids=[account_id], viewer=viewer).get(account_id, "") if account_id else ""


def officials(
    *, viewer: Actor, organisation_id: UUID, role: str | None = None, cursor: str | None = None, size: int = 50
) -> Page[AccountCard]:
    """Active accounts appointed to an organisation today (for assigning a task); only for officials. One query."""
    if not (viewer.is_official or viewer.is_system):
        raise UnknownRecord
    held = Appointment.objects.filter(policies.period_covers_today(), organisation_id=organisation_id)
    if role is not None:
        held = held.filter(role__key=role)
    rows = Account.objects.select_related("person").filter(is_active=True, pk__in=held.values("account_id"))
    return paginate(rows, order=("username",), cursor=cursor, size=size).map(_account)
