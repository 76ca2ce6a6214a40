"""Register residents and legal entities, and keep their contact data."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from yiwang.commons.identity import policies
from yiwang.commons.identity.contracts import (
    LEGAL_ENTITY,
    PERSON,
    InvalidIdentity,
    LegalEntityExists,
    LegalEntityKind,
    LegalEntityRegistered,
    PersonExists,
    PersonRegistered,
    RepresentationKind,
    Sex,
    UnknownRecord,
)
from yiwang.commons.identity.models import LegalEntity, Person, Region, Representation
from yiwang.commons.identity.models.person import ID_NUMBER, MOBILE
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.codes import InvalidCode, clean_code, upgrade_id_number, validate_credit_code, validate_id_number
from yiwang.kernel.codes import validate_mobile as _validate_mobile
from yiwang.kernel.command import command, note
from yiwang.kernel.fields import claimed_hashes, keyed_hash
from yiwang.kernel.outbox import publish
from yiwang.kernel.text import gettext_noop as _

T = TypeVar("T")


def _checked(faults: dict[str, str], field: str, parse: Callable[[], T]) -> T | None:
    try:
        return parse()
    except InvalidCode as error:
        faults[field] = str(error)
        return None


def _check_region(faults: dict[str, str], region_id: UUID | None) -> None:
    if region_id is not None and not Region.objects.filter(pk=region_id).exists():
        faults["region"] = _("没有这个地区。")


@command("identity.register_person")
def register_person(
    *,
    name: str,
    id_number: str | None = None,
    sex: Sex = Sex.UNKNOWN,
    birth_date: date | None = None,
    nation: str = "",
    mobile: str | None = None,
    region_id: UUID | None = None,
    address: str | None = None,
    sample: bool = False,
    by: Actor,
    at: datetime,
) -> UUID:
    """Register a resident; an ID number gives sex and date of birth. Raises InvalidIdentity, PersonExists.

    15-digit numbers are stored in their 18-character form (GB 11643).
    """
    del at
    policies.check_register(by)
    faults: dict[str, str] = {}
    if not name.strip():
        faults["name"] = _("请填写姓名。")
    number: str | None = None
    if id_number:
        parsed = _checked(faults, "id_number", lambda: validate_id_number(clean_code(id_number)))
        if parsed is not None:
            number = upgrade_id_number(parsed.value)
            if birth_date not in {None, parsed.birth_date}:
                faults["birth_date"] = _("出生日期与身份证件号码不一致。")
            if sex not in {Sex.UNKNOWN, Sex(parsed.sex.value)}:
                faults["sex"] = _("性别与身份证件号码不一致。")
            birth_date, sex = parsed.birth_date, Sex(parsed.sex.value)
    phone = _checked(faults, "mobile", lambda: _validate_mobile(clean_code(mobile))) if mobile else None
    _check_region(faults, region_id)
    if faults:
        raise InvalidIdentity(fields=faults)
    hashes = claimed_hashes(number, ID_NUMBER) if number else (None,)
    if len(hashes) > 1 and Person.objects.filter(id_number_hash__in=hashes).exists():
        raise PersonExists
    person = Person(
        name=name.strip(),
        id_number=number,
        id_number_hash=hashes[0],
        sex=sex.value,
        birth_date=birth_date,
        nation=nation,
        mobile=phone,
        mobile_hash=keyed_hash(phone, MOBILE) if phone else None,
        region_id=region_id,
        address=address or None,
        sample=sample,
    )
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise PersonExists from None
    note(SubjectRef(PERSON, person.pk), with_id_number=number is not None, sample=sample)
    publish(PersonRegistered(person_id=person.pk))
    return person.pk


@command("identity.update_contact")
def update_contact(
    *, person_id: UUID, mobile: str | None, address: str | None, region_id: UUID | None, by: Actor, at: datetime
) -> None:
    """Replace a person's contact data: by who registers people, or by the person, but for the mobile number, which opens
    accounts and so is nobody's to claim. Raises InvalidIdentity.
    """
    del at
    own = by.person_id == person_id and not by.is_official
    if not own:
        policies.check_register(by)
    faults: dict[str, str] = {}
    phone = _checked(faults, "mobile", lambda: _validate_mobile(clean_code(mobile))) if mobile else None
    _check_region(faults, region_id)
    if faults:
        raise InvalidIdentity(fields=faults)
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None:
        raise UnknownRecord
    if own and phone != person.mobile:
        raise InvalidIdentity(fields={"mobile": _("更换手机号码请带身份证到服务窗口办理。")})
    person.mobile, person.mobile_hash = phone, keyed_hash(phone, MOBILE) if phone else None
    person.address, person.region_id = address or None, region_id
    person.save(update_fields=["mobile", "mobile_hash", "address", "region"])
    note(SubjectRef(PERSON, person_id), fields=["mobile", "address", "region"])


@command("identity.register_legal_entity")
def register_legal_entity(
    *,
    name: str,
    kind: LegalEntityKind,
    credit_code: str | None = None,
    legal_representative_id: UUID | None = None,
    region_id: UUID | None = None,
    address: str = "",
    sample: bool = False,
    by: Actor,
    at: datetime,
) -> UUID:
    """Register a legal entity (without a code while it is being founded); its legal representative may act for it.

    Raises InvalidIdentity, LegalEntityExists.
    """
    del at
    policies.check_register(by)
    faults: dict[str, str] = {}
    if not name.strip():
        faults["name"] = _("请填写名称。")
    code = None
    if credit_code:
        parsed = _checked(faults, "credit_code", lambda: validate_credit_code(clean_code(credit_code)))
        code = clean_code(credit_code) if parsed is not None else None
    if legal_representative_id is not None and not Person.objects.filter(pk=legal_representative_id).exists():
        faults["legal_representative"] = _("没有这个人的登记信息。")
    _check_region(faults, region_id)
    if faults:
        raise InvalidIdentity(fields=faults)
    entity = LegalEntity(
        name=name.strip(),
        kind=kind.value,
        credit_code=code,
        legal_representative_id=legal_representative_id,
        region_id=region_id,
        address=address,
        sample=sample,
    )
    try:
        with transaction.atomic():
            entity.save()
    except IntegrityError:
        raise LegalEntityExists from None
    if legal_representative_id is not None:
        Representation.objects.create(
            representative_id=legal_representative_id,
            legal_entity=entity,
            kind=RepresentationKind.LEGAL_REPRESENTATIVE.value,
            valid_from=clock.today(),
        )
    note(SubjectRef(LEGAL_ENTITY, entity.pk), credit_code=code or "", sample=sample)
    publish(LegalEntityRegistered(legal_entity_id=entity.pk))
    return entity.pk
