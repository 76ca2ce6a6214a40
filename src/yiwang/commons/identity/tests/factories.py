"""People, organisations and accounts for the tests of every context, made through the commands. All are samples."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY

from yiwang.commons.identity import commands, queries
from yiwang.commons.identity.contracts import (
    AccountKind,
    CodeSystem,
    Grade,
    LegalEntityKind,
    OrganisationKind,
    OrganisationRow,
    RegionLevel,
    RegionRow,
    RepresentationKind,
    Sex,
    Tree,
)
from yiwang.commons.identity.models import Account, Person, Role
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, ActorKind, SubjectRef
from yiwang.kernel.codes.synthetic import synthetic_credit_code, synthetic_id_number, synthetic_mobile
from yiwang.kernel.guard import opened

SYSTEM = Actor.system("tests")
PASSWORD = "Sample-pass-2026"
_serial = count(1)
_BIRTHDAYS, _SIBLINGS = 360, 4
_DISTRICTS = ("320402", "320404", "320411", "320412", "320413", "320481")

_REGIONS = (
    ("320400", CodeSystem.GB2260, RegionLevel.CITY, "样例市", None),
    ("320402", CodeSystem.GB2260, RegionLevel.DISTRICT, "样例东区", "320400"),
    ("320404", CodeSystem.GB2260, RegionLevel.DISTRICT, "样例西区", "320400"),
    ("320402001", CodeSystem.GBT10114, RegionLevel.STREET, "样例一街道", "320402"),
    ("320404001", CodeSystem.GBT10114, RegionLevel.STREET, "样例二街道", "320404"),
    ("320402001001", CodeSystem.NBS_STATISTICAL, RegionLevel.COMMUNITY, "样例社区", "320402001"),
)


@dataclass(frozen=True)
class Grants:
    """What `make_official` is granted; `scope` and `grade` as in `commands.grant`."""

    action: str
    scope: str = "*"
    grade: Grade = Grade.GENERAL_4
    tree: Tree = Tree.TERRITORY
    organisation_id: UUID | None = None


@dataclass(frozen=True)
class MadeAccount:
    """An account with the actor it acts as."""

    account_id: UUID
    person_id: UUID
    username: str
    actor: Actor


def make_regions() -> dict[str, UUID]:
    """A city with two districts, two streets and a community; ids by code. A second call changes nothing."""
    system_of = {code: system for code, system, *_ in _REGIONS}
    known = queries.regions_by_code(codes=system_of, viewer=SYSTEM)
    if len(known) < len(system_of):
        rows = [
            RegionRow(code, system, level, name, (system_of[parent], parent) if parent else None)
            for code, system, level, name, parent in _REGIONS
        ]
        commands.define_regions(rows=rows, by=SYSTEM, at=clock.now())
        known = queries.regions_by_code(codes=system_of, viewer=SYSTEM)
    return {code: ref.id for code, ref in known.items()}


def make_organisation(
    code: str | None = None,
    *,
    name: str | None = None,
    kind: OrganisationKind = OrganisationKind.BUREAU,
    region: str = "320400",
    parent: str | None = None,
    line_parent: str | None = None,
    line: str = "",
    covers: tuple[str, ...] | None = None,
    duties: tuple[str, ...] = (),
) -> UUID:
    """An organisation that covers its region unless it is an office; `parent` and `line_parent` are codes."""
    make_regions()
    code = code or f"sample-{next(_serial)}"
    row = OrganisationRow(
        code=code,
        name=name or f"样例机构{code}",
        kind=kind,
        region=region,
        territorial_parent=parent,
        line_parent=line_parent,
        line=line,
        covers=(() if kind is OrganisationKind.OFFICE else (region,)) if covers is None else covers,
        duties=duties,
        sample=True,
    )
    commands.define_organisations(rows=[row], by=SYSTEM, at=clock.now())
    return queries.organisation_by_code(code=code, viewer=SYSTEM).id


def make_person(
    name: str = "样例甲",
    *,
    id_number: str | None = None,
    birth_date: date = date(1990, 1, 1),
    sex: Sex = Sex.FEMALE,
    with_id_number: bool = True,
) -> UUID:
    """A resident with an ID number that nobody bears, another one at each call."""
    serial = next(_serial)
    if id_number is None and with_id_number:
        # A year of birthdays at most, then another district, then a sibling's number: however many came before, a child of
        # five years is none that will be born.
        block, day = divmod(serial, _BIRTHDAYS)
        sibling, district = divmod(block, len(_DISTRICTS))
        birth = date.fromordinal(birth_date.toordinal() + day)
        id_number = synthetic_id_number(
            division_code=_DISTRICTS[district], birth_date=birth, sex=sex, serial=sibling % _SIBLINGS
        )
    return commands.register_person(
        name=name,
        id_number=id_number,
        sex=Sex.UNKNOWN if id_number else sex,
        mobile=synthetic_mobile(serial % 10_000),
        address="样例路 1 号",
        sample=True,
        by=SYSTEM,
        at=clock.now(),
    )


def make_legal_entity(name: str | None = None, *, legal_representative_id: UUID | None = None) -> UUID:
    """An enterprise with a credit code that nobody bears."""
    serial = next(_serial)
    return commands.register_legal_entity(
        name=name or f"样例企业{serial}",
        kind=LegalEntityKind.ENTERPRISE,
        credit_code=synthetic_credit_code(division_code="320402", serial=serial % 10_000),
        legal_representative_id=legal_representative_id,
        sample=True,
        by=SYSTEM,
        at=clock.now(),
    )


def make_resident(
    name: str = "样例甲",
    *,
    person_id: UUID | None = None,
    username: str | None = None,
    password: str | None = None,
    sample: bool = False,
) -> MadeAccount:
    """A resident's account; without a password use `login`."""
    person_id = person_id or make_person(name)
    username = username or f"resident{next(_serial)}"
    account_id = commands.create_account(
        username=username,
        password=password,
        kind=AccountKind.PERSON,
        person_id=person_id,
        sample=sample,
        by=SYSTEM,
        at=clock.now(),
    )
    actor = Actor(kind=ActorKind.PERSON, account_id=account_id, person_id=person_id, assurance=1, factors=("password",))
    return MadeAccount(account_id, person_id, username, actor)


def make_role(key: str = "clerk", title: str = "经办人") -> str:
    """A role; its key."""
    if not Role.objects.filter(key=key).exists():
        commands.define_role(key=key, title=title, by=SYSTEM, at=clock.now())
    return key


def make_official(
    organisation_id: UUID,
    *,
    role: str = "clerk",
    grants: Iterable[Grants | str] = (),
    name: str = "样例经办",
    username: str | None = None,
    password: str | None = None,
    sample: bool = False,
) -> MadeAccount:
    """An official appointed to `organisation_id`; each grant (or action name) reaches its subtree by default."""
    make_role(role)
    person_id = make_person(name, birth_date=date(1980, 1, 1))
    username = username or f"official{next(_serial)}"
    at = clock.now()
    account_id = commands.create_account(
        username=username,
        password=password,
        kind=AccountKind.OFFICIAL,
        person_id=person_id,
        sample=sample,
        by=SYSTEM,
        at=at,
    )
    commands.appoint(account_id=account_id, organisation_id=organisation_id, role=role, by=SYSTEM, at=at)
    for given in grants:
        row = Grants(given) if isinstance(given, str) else given
        commands.grant(
            account_id=account_id,
            action=row.action,
            organisation_id=row.organisation_id or organisation_id,
            tree=row.tree,
            scope=row.scope,
            highest_grade=row.grade,
            by=SYSTEM,
            at=at,
        )
    actor = Actor(
        kind=ActorKind.OFFICIAL,
        account_id=account_id,
        person_id=person_id,
        organisation_id=organisation_id,
        role=role,
        assurance=1,
        factors=("password",),
    )
    return MadeAccount(account_id, person_id, username, actor)


def make_representation(
    representative_id: UUID,
    subject: SubjectRef,
    *,
    kind: RepresentationKind = RepresentationKind.AGENT,
    scope: str = "*",
    valid_to: date | None = None,
) -> UUID:
    """Let a person act for `subject`."""
    return commands.represent(
        representative_id=representative_id,
        subject=subject,
        kind=kind,
        scope=scope,
        valid_to=valid_to,
        by=SYSTEM,
        at=clock.now(),
    )


def login(client: Any, account_id: UUID) -> None:
    """Log a Django test client in without a password; the session says that it was given."""
    account = Account.objects.get(pk=account_id)
    client.force_login(account)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": clock.now().timestamp()}]
    session["account_authentication_methods_user"] = str(account.pk)
    session.save()


def person_row(person_id: UUID) -> Person:
    """The row, for tests that point at it by foreign key."""
    return Person.objects.get(pk=person_id)


def make_proven(name: str, level: int = 2) -> MadeAccount:
    """A resident whose real name is checked."""
    made = make_resident(name)
    with opened("tests"):
        Account.objects.filter(pk=made.account_id).update(assurance=level)
    return MadeAccount(made.account_id, made.person_id, made.username, replace(made.actor, assurance=level))
