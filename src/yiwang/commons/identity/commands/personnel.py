"""Personnel systems: let one keep accounts of a subtree by SCIM, and what it then does, bounded to subtree and roles."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from yiwang.commons.identity import policies, rules
from yiwang.commons.identity.commands import accounts, attempts, joiners, rights
from yiwang.commons.identity.contracts import ACCOUNT, AccountKind, InvalidIdentity, NotPermitted, Tree, UnknownRecord
from yiwang.commons.identity.contracts.people import AccountReactivated, LeaveGround, NotAdmitted, NotInReach
from yiwang.commons.identity.models import Account, Appointment, PersonnelRecord, PersonnelSystem
from yiwang.commons.identity.policies import administering
from yiwang.commons.identity.policies.administering import Bounds
from yiwang.kernel import clock, evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.outbox import publish
from yiwang.kernel.text import gettext_noop as _

LONGEST: Final = timedelta(days=366)
MOST_REFUSED: Final = 50
_MARK: Final = "yws_"


@dataclass(frozen=True, slots=True)
class NewToken:
    """The token is told once; afterwards only its hash is known."""

    system_id: UUID
    token: str


@command("identity.register_system")
def register_system(
    *,
    name: str,
    organisation_id: UUID,
    tree: Tree = Tree.TERRITORY,
    roles: Iterable[str],
    valid_to: date,
    by: Actor,
    at: datetime,
) -> NewToken:
    """Let a personnel system keep the accounts of a subtree and give these roles, for at most a year.

    Roles that administer accounts are never among them. Raises NotPermitted, InvalidIdentity.
    """
    administering.check_bound(by, organisation_id, tree.value)
    chosen, faults = sorted(set(roles)), dict[str, str]()
    if not name.strip():
        faults["name"] = _("请填写系统名称。")
    if not clock.today() <= valid_to <= clock.today() + LONGEST:
        faults["valid_to"] = _("有效期最长一年。")
    if not chosen or not set(chosen) <= set(Bounds(organisation_id, tree.value).appointable()):
        faults["roles"] = _("请选择可以授予的岗位；管理账号和权限的岗位不能由系统授予。")
    if faults:
        raise InvalidIdentity(fields=faults)
    token = _fresh()
    row = PersonnelSystem.objects.create(
        name=name.strip()[:60], organisation_id=organisation_id, tree=tree.value, roles=chosen, token_hash=_hash(token),
        valid_to=valid_to, account_id=by.account_id, created_at=at,
    )  # fmt: skip
    _record("identity.system_registered", row, by)
    return NewToken(row.pk, token)


@command("identity.renew_token")
def renew_token(*, system_id: UUID, valid_to: date, by: Actor, at: datetime) -> NewToken:
    """Another token; the former one is void at once. Raises NotPermitted, UnknownRecord, InvalidIdentity."""
    row = _administered(system_id, by)
    if not clock.today() <= valid_to <= clock.today() + LONGEST:
        raise InvalidIdentity(fields={"valid_to": _("有效期最长一年。")})
    token = _fresh()
    row.token_hash, row.valid_to, row.account_id = _hash(token), valid_to, by.account_id
    row.save(update_fields=["token_hash", "valid_to", "account"])
    _record("identity.system_renewed", row, by)
    return NewToken(row.pk, token)


@command("identity.end_system")
def end_system(*, system_id: UUID, by: Actor, at: datetime) -> None:
    """The system keeps no accounts any more; the accounts stay as they are. Raises NotPermitted, UnknownRecord."""
    row = _administered(system_id, by)
    if row.ended_at is None:
        row.ended_at, row.token_hash = at, secrets.token_bytes(32)
        row.save(update_fields=["ended_at", "token_hash"])
    _record("identity.system_ended", row, by)


def _administered(system_id: UUID, by: Actor) -> PersonnelSystem:
    row: PersonnelSystem | None = PersonnelSystem.objects.select_for_update(of=("self",)).filter(pk=system_id).first()
    if row is None:
        raise UnknownRecord(kind="personnel_system")
    administering.check_bound(by, row.organisation_id, row.tree)
    return row


def _fresh() -> str:
    return _MARK + secrets.token_urlsafe(32)


def _hash(token: str) -> bytes:
    """256 random bits need no slow hash and no salt."""
    return hashlib.new("sm3", token.encode()).digest()


def _record(kind: str, row: PersonnelSystem, by: Actor) -> None:
    subject = SubjectRef("personnel_system", row.pk)
    facts: dict[str, evidence.Fact] = {
        "organisation": str(row.organisation_id), "tree": row.tree, "roles": row.roles, "until": row.valid_to.isoformat()
    }  # fmt: skip
    note(subject, **facts)
    evidence.record(kind, subject, {**facts, "by": evidence.salted_hash(str(by.account_id or ""))})


def provision(
    *,
    system_id: UUID,
    username: str,
    name: str,
    external_id: str | None = None,
    id_number: str = "",
    mobile: str = "",
    active: bool = True,
    by: Actor,
    at: datetime,
) -> UUID:
    """A personnel system opens an account, without password and without a post yet.

    Numbers that are refused count by system, fifty a day; never inside another transaction. Raises NotPermitted,
    InvalidIdentity, UsernameTaken, OfficialExists (of its own), NotAdmitted (whatever lies outside), TooManyAttempts.
    """
    limits = rules.admission_limits(str(system_id), MOST_REFUSED) if id_number else ()
    with attempts.counted(limits, wrong=(NotAdmitted,), account_id=None, by=by, at=at):
        return _provision(
            system_id=system_id, username=username, name=name, external_id=external_id, id_number=id_number, mobile=mobile,
            active=active, by=by, at=at,
        )  # fmt: skip


@command("identity.provision")
def _provision(
    *,
    system_id: UUID,
    username: str,
    name: str,
    external_id: str | None,
    id_number: str,
    mobile: str,
    active: bool,
    by: Actor,
    at: datetime,
) -> UUID:
    system = _in_force(system_id, by)
    _check_external(system, external_id, None)
    back = _taken_back(system, username, name, external_id, active)
    if back is not None:
        note(SubjectRef(ACCOUNT, back), system=str(system_id), active=active, again=True)
        return back
    person_id = joiners.person_of(name, id_number, mobile, at, sees=_seen(system))
    account_id = accounts.create_account(
        username=username, password=None, kind=AccountKind.OFFICIAL, person_id=person_id, by=joiners.PROGRAM, at=at
    )
    if not active:
        accounts.deactivate_account(account_id=account_id, by=joiners.PROGRAM, at=at)
    PersonnelRecord.objects.create(system=system, account_id=account_id, external_id=external_id)
    note(SubjectRef(ACCOUNT, account_id), system=str(system_id), active=active)
    return account_id


def _seen(system: PersonnelSystem) -> "QuerySet[Account]":
    """Accounts that the system keeps, or whose post lies in its subtree."""
    posts = Appointment.objects.filter(policies.lasts(), bounds_of(system).inside())
    kept = PersonnelRecord.objects.filter(system=system, removed_at__isnull=True)
    mine = Q(pk__in=posts.values("account_id")) | Q(pk__in=kept.values("account_id"))
    found: QuerySet[Account] = Account.objects.filter(mine)
    return found


def _taken_back(
    system: PersonnelSystem, username: str, name: str, external_id: str | None, active: bool
) -> UUID | None:
    """Somebody whom the system had deleted comes back under the same user name and name: the same account."""
    former = PersonnelRecord.objects.filter(
        system=system, removed_at__isnull=False, account__username=username.strip().lower(), account__person__name=name
    ).first()
    if former is None:
        return None
    account = _inside(system, former.account_id)
    former.removed_at, former.external_id = None, external_id
    former.save(update_fields=["removed_at", "external_id"])
    if active and not account.is_active:
        account.is_active = True
        account.save(update_fields=["is_active"])
        publish(AccountReactivated(account_id=account.pk))
    found: UUID = account.pk
    return found


@command("identity.keep")
def keep(
    *, system_id: UUID, account_id: UUID, change: Callable[[], tuple[str | None, bool]], by: Actor, at: datetime
) -> None:
    """What the system says of an account that it keeps: `change` tells its own name for it, and whether it is in service.

    Out of service is leaving, with all that follows; back in service the account has no post and no password.
    `change` is asked once nobody else can write. Raises NotPermitted, NotInReach, InvalidIdentity and what `change` raises.
    """
    system = _in_force(system_id, by)
    account = _inside(system, account_id)
    external_id, active = change()
    _check_external(system, external_id, account_id)
    PersonnelRecord.objects.update_or_create(
        system=system, account_id=account_id, defaults={"external_id": external_id}
    )
    if account.is_active and not active:
        joiners.leave(account_id=account_id, ground=LeaveGround.OTHER, by=joiners.PROGRAM, at=at)
    elif active and not account.is_active:
        account.is_active = True
        account.save(update_fields=["is_active"])
        publish(AccountReactivated(account_id=account_id))
    note(SubjectRef(ACCOUNT, account_id), system=str(system_id), active=active)


@command("identity.discharge")
def discharge(
    *, system_id: UUID, account_id: UUID, check: Callable[[], None] = lambda: None, by: Actor, at: datetime
) -> None:
    """The system deletes an account: the person leaves, the system sees the account no more; what was done stays.

    `check` may refuse once nobody else can write. Raises NotPermitted, NotInReach and what `check` raises.
    """
    system = _in_force(system_id, by)
    _inside(system, account_id)
    check()
    joiners.leave(account_id=account_id, ground=LeaveGround.OTHER, by=joiners.PROGRAM, at=at)
    PersonnelRecord.objects.update_or_create(system=system, account_id=account_id, defaults={"removed_at": at})
    note(SubjectRef(ACCOUNT, account_id), system=str(system_id))


@command("identity.assign")
def assign(
    *,
    system_id: UUID,
    organisation_id: UUID,
    role: str,
    change: Callable[[], tuple[set[UUID], set[UUID]]],
    by: Actor,
    at: datetime,
) -> None:
    """Appoint some to a post and end the appointments of others, all or none: `change` tells both sets.

    It is asked once nobody else can write. Raises NotPermitted, NotInReach, InvalidIdentity and what `change` raises.
    """
    system = _in_force(system_id, by)
    bounds = bounds_of(system)
    role_id = bounds.appointable().get(role)
    reaching = bounds.reaching_out()
    if (
        role_id is None
        or (role_id, None) in reaching
        or (role_id, organisation_id) in reaching
        or not bounds.organisations().filter(descendant_id=organisation_id).exists()
    ):
        raise NotPermitted
    joining, leaving = change()
    if _kept(system, joining | leaving) != joining | leaving:
        raise NotInReach
    held = Appointment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today()), organisation_id=organisation_id, role_id=role_id
    )
    for pk in held.filter(account_id__in=leaving).values_list("pk", flat=True):
        rights.end_appointment(appointment_id=pk, by=joiners.PROGRAM, at=at)
    present = set(held.filter(account_id__in=joining).values_list("account_id", flat=True))
    if system.account_id in joining:  # who was given the token would appoint themself
        raise NotPermitted
    if Account.objects.filter(pk__in=joining - present, is_active=False).exists():
        raise InvalidIdentity(fields={"members": _("已停用的账号不能任职。")})
    for account_id in sorted(joining - present):
        rights.appoint(account_id=account_id, organisation_id=organisation_id, role=role, by=joiners.PROGRAM, at=at)
    where = SubjectRef("organisation", organisation_id)
    note(where, system=str(system_id), role=role, added=len(joining - present), removed=len(leaving))


def bounds_of(system: PersonnelSystem) -> Bounds:
    """What a system is kept to."""
    return Bounds(system.organisation_id, system.tree, frozenset(system.roles))


def _in_force(system_id: UUID, by: Actor) -> PersonnelSystem:
    """SCIM's own actor is the program, for a system whose token was good; asked again inside the transaction.

    Locked: what one system writes is written one after the other, so versions and external ids hold.
    """
    rows = PersonnelSystem.objects.select_for_update(of=("self",)).filter(
        pk=system_id, ended_at__isnull=True, valid_to__gte=clock.today()
    )
    row: PersonnelSystem | None = rows.first()
    if row is None or not by.is_system:
        raise NotPermitted
    return row


def _inside(system: PersonnelSystem, account_id: UUID) -> Account:
    account = Account.objects.select_for_update(of=("self",)).filter(pk=account_id).first()
    if account is None or account_id not in _kept(system, {account_id}, removed=True):
        raise NotInReach
    return account


def _kept(system: PersonnelSystem, account_ids: set[UUID], *, removed: bool = False) -> set[UUID]:
    """Of these accounts those that the system keeps (by its record, or by a post inside) and that reach nowhere else.

    An account without any post lies in no subtree: without a record it is not the system's to take.
    """
    bounds = bounds_of(system)
    found = administering.within(bounds, account_ids)
    records = PersonnelRecord.objects.filter(system=system, account_id__in=found)
    if not removed:
        records = records.filter(removed_at__isnull=True)
    posts = Appointment.objects.filter(policies.lasts(), bounds.inside(), account_id__in=found)
    return set(records.values_list("account_id", flat=True)) | set(posts.values_list("account_id", flat=True))


def _check_external(system: PersonnelSystem, external_id: str | None, account_id: UUID | None) -> None:
    same = PersonnelRecord.objects.filter(system=system, external_id=external_id, removed_at__isnull=True)
    if external_id is not None and same.exclude(account_id=account_id).exists():
        raise InvalidIdentity(fields={"externalId": _("这个外部编号已用于另一个账号。")})
