"""Issue, change, replace: a decision makes a version, a job seals it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from yiwang.commons.identity import queries as identity
from yiwang.commons.licences import policies, rules
from yiwang.commons.licences.commands.holders import holder_card
from yiwang.commons.licences.commands.writing import PROGRAM, locked, next_state, stepped, told
from yiwang.commons.licences.contracts import (
    LICENCE,
    FieldsInvalid,
    Ground,
    Holder,
    HolderKind,
    LicenceChanged,
    LicenceIssued,
    LicenceState,
    LifeVerb,
    NotSealedYet,
    NumberTaken,
    Origin,
    ReasonMissing,
    TrustGrade,
    TypeSpec,
)
from yiwang.commons.licences.models import HOLDER_CODE, Licence, LicenceType, LicenceTypeVersion, LicenceVersion
from yiwang.commons.licences.queries.types import newest, version_spec
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.fields import keyed_hash
from yiwang.kernel.ids import new_id
from yiwang.kernel.jobs import defer

SEAL_JOB = "licences.seal"


@dataclass(frozen=True, slots=True)
class Issuer:
    """The organisation in whose name a licence is issued."""

    id: UUID
    name: str
    code: str
    region: str


def issuer_of(organisation_id: UUID) -> Issuer:
    """The issuer with the codes that numbers and identifiers need."""
    found = identity.organisation(organisation_id=organisation_id, viewer=PROGRAM)
    code = rules.issuer_code(found.credit_code, found.code)
    return Issuer(found.id, found.name, code, identity.division_code(code=found.region.code, viewer=PROGRAM))


@command("licences.issue")
def issue(
    *,
    type_key: str,
    holder: Holder,
    values: Mapping[str, str],
    organisation_id: UUID,
    subject: SubjectRef | None = None,
    number: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
    replaces: UUID | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """Issue a licence: numbered and decided here, sealed by a job; until then it is `making`.

    `values`: text by fact; facts that the type does not know are left out. `subject`: the case whose result it is (its
    context has checked who may). `number`: empty lets the type's pattern give one. `valid_from`: today where it is not
    said; `valid_until`: by the type's years where it is not said. `replaces`: the licence that ends when this one is sealed.
    Raises TypeNotFound, FieldsInvalid, NumberTaken, MayNotManage.
    """
    row = newest(key=type_key)
    spec = version_spec(row=row)
    policies.check_issue(by, organisation_id=organisation_id, type_key=type_key, subject=subject)
    if spec.holder is not None and holder.kind is not spec.holder:
        raise FieldsInvalid(names=_holder_words(spec.holder))
    check_fields(spec, values)
    issuer = issuer_of(organisation_id)
    begins = valid_from or clock.today()
    name, code = holder_card(holder=holder)
    licence = Licence(
        id=new_id(),
        type=row.type,
        title=spec.title,
        number=number.strip() or next_number(row.type, spec, issuer, begins.year),
        organisation_id=issuer.id,
        issuer_name=issuer.name,
        scope_key=policies.scope_key(type_key),
        holder_kind=holder.kind.value,
        holder_name=name,
        holder_code=code or None,
        holder_hash=_hashed(code),
        state=LicenceState.MAKING.value,
        grade=TrustGrade.D.value,
        origin=Origin.CASE.value,
        valid_from=begins,
        valid_until=valid_until or rules.valid_until(spec, begins),
        subject_kind=subject.kind if subject else "",
        subject_id=subject.id if subject else None,
        replaces_id=replaces,
        created_at=at,
        changed_at=at,
        sample=spec.sample,
    )
    _give(licence, holder)
    version = made_version(licence, row, issuer.code, values, 1, at)
    licence.pending = version
    try:
        with transaction.atomic():
            licence.save(force_insert=True)
    except IntegrityError as error:
        if "licence_number_once" in str(error):
            raise NumberTaken(number=licence.number) from error
        raise
    version.save(force_insert=True)
    stepped(licence, LifeVerb.ISSUE, before="", version=1, by=by, at=at)
    told(licence, LicenceIssued, version=1)
    defer(SEAL_JOB, licence_id=str(licence.pk))
    note(SubjectRef(LICENCE, licence.pk), type=type_key, version=1)
    return licence.pk


@command("licences.change")
def change(
    *,
    licence_id: UUID,
    values: Mapping[str, str],
    reason: str,
    ground: Ground = Ground.CHANGED,
    valid_from: date | None = None,
    valid_until: date | None = None,
    subject: SubjectRef | None = None,
    by: Actor,
    at: datetime,
) -> int:
    """Make the next version with the changed `values`; it supersedes when it is sealed. The version's number.

    The version before stays in force until then and is kept for good. A first version that could not be sealed is given up
    for the corrected one. Raises LicenceNotFound, MayNotManage, LicenceStateRefused, NotSealedYet, ReasonMissing, FieldsInvalid.
    """
    licence = locked(licence_id)
    policies.check_manage(by, licence, subject=subject)
    _demand_reason(reason)
    next_state(licence, LifeVerb.CHANGE)
    before = _changeable(licence)
    row = newest(key=licence.type.key)
    merged = {**before.values, **values}
    check_fields(version_spec(row=row), merged)
    version = made_version(
        licence, row, rules.parse_identifier(before.identifier).issuer, merged, _next_version(licence), at, reason=reason,
        valid_from=valid_from or before.valid_from, valid_until=valid_until or before.valid_until,
    )  # fmt: skip
    version.save(force_insert=True)
    licence.pending, licence.tries, licence.problem, licence.changed_at = version, 0, "", at
    licence.save(update_fields=["pending", "tries", "problem", "changed_at"])
    stepped(licence, LifeVerb.CHANGE, before=licence.state, version=version.number, by=by, at=at, ground=ground,
            reason=reason)  # fmt: skip
    told(licence, LicenceChanged, version=version.number)
    defer(SEAL_JOB, licence_id=str(licence.pk))
    note(SubjectRef(LICENCE, licence.pk), version=version.number, ground=ground.value)
    return version.number


def _next_version(licence: Licence) -> int:
    """One more than any that was ever decided, also of those that were given up: an identifier names one version."""
    last = LicenceVersion.objects.filter(licence=licence).aggregate(last=Max("number"))["last"]
    return int(last) + 1


def _changeable(licence: Licence) -> LicenceVersion:
    """The version that a change starts from. Raises NotSealedYet while one is being sealed."""
    pending: LicenceVersion | None = licence.pending
    current: LicenceVersion | None = licence.current
    if pending is not None and licence.state == LicenceState.MAKING.value and licence.tries:
        return pending
    if pending is not None or current is None:
        raise NotSealedYet
    return current


@command("licences.replace")
def replace(
    *,
    licence_id: UUID,
    values: Mapping[str, str],
    reason: str,
    number: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
    subject: SubjectRef | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """Issue another licence in the place of this one (换发、补发), which ends when the new one is sealed. The new one's id.

    Raises what `issue` raises, LicenceNotFound, LicenceStateRefused, NotSealedYet, ReasonMissing.
    """
    old = locked(licence_id)
    policies.check_manage(by, old, subject=subject)
    _demand_reason(reason)
    next_state(old, LifeVerb.REPLACE)
    holder = policies.holder_of(old)
    waits = Licence.objects.filter(replaces=old, state=LicenceState.MAKING.value).exists()
    if waits or old.pending is not None or old.current is None or holder is None:
        raise NotSealedYet
    made = issue(
        type_key=old.type.key, holder=holder, values={**old.current.values, **values}, number=number,
        organisation_id=old.organisation_id, subject=subject, valid_from=valid_from, valid_until=valid_until,
        replaces=old.pk, by=by if subject else PROGRAM, at=at,
    )  # fmt: skip
    note(SubjectRef(LICENCE, old.pk), replaced_by=str(made))
    return made


def check_fields(spec: TypeSpec, values: Mapping[str, str]) -> None:
    """Raises FieldsInvalid that names each fault."""
    faults = rules.faults(spec, values)
    if faults:
        raise FieldsInvalid(names="；".join(faults.values()), fields=faults)


def made_version(
    licence: Licence,
    row: LicenceTypeVersion,
    issuer_code: str,
    values: Mapping[str, str],
    number: int,
    at: datetime,
    *,
    reason: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> LicenceVersion:
    """A version of the licence, not saved yet."""
    return LicenceVersion(
        licence=licence,
        number=number,
        type_version=row,
        identifier=rules.identifier(
            type_code=row.code, issuer=issuer_code, serial=licence.pk.hex.upper(), version=number
        ),
        values=rules.known(version_spec(row=row), values),
        valid_from=valid_from or licence.valid_from,
        valid_until=valid_until or licence.valid_until,
        decided_at=at,
        reason=reason[:500],
    )


_NEXT = """
INSERT INTO commons_licences_licenceserial (id, type_id, organisation_id, year, last) VALUES (%s, %s, %s, %s, 1)
ON CONFLICT (type_id, organisation_id, year) DO UPDATE SET last = commons_licences_licenceserial.last + 1 RETURNING last
"""


def next_number(kind: LicenceType, spec: TypeSpec, issuer: Issuer, year: int) -> str:
    """The next number of the issuer for the type, locked until the transaction ends: none twice, none lost but by rollback."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [new_id(), kind.pk, issuer.id, year])
        return rules.numbered(spec.number, year=year, region=issuer.region, serial=cursor.fetchone()[0])


def _give(licence: Licence, holder: Holder) -> None:
    if holder.kind is HolderKind.PERSON:
        licence.person_id = holder.id
    else:
        licence.legal_entity_id = holder.id


def _hashed(code: str) -> bytes | None:
    return keyed_hash(code, HOLDER_CODE) if code else None


def _holder_words(kind: HolderKind) -> str:
    return "持有人应为个人" if kind is HolderKind.PERSON else "持有人应为单位"


def _demand_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing
