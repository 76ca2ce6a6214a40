"""Take accounts and appointments in from a file, batch by batch: each batch is one transaction that copies rows.

No password is hashed: imported accounts have none until their owner follows a one-time link. A batch that was interrupted
is begun again; a line that is in already changes nothing.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from yiwang.commons.identity.commands.joiners import PROGRAM
from yiwang.commons.identity.contracts import (
    AccountCreated,
    AccountKind,
    Appointed,
    PersonRegistered,
    Tree,
)
from yiwang.commons.identity.contracts.people import ImportRefused, ImportState, ImportUnknown
from yiwang.commons.identity.engine import people_csv
from yiwang.commons.identity.engine.people_csv import Fault, Line
from yiwang.commons.identity.engine.realnames import Match, match_names
from yiwang.commons.identity.models import Account, AccountImport, AccountReject, Appointment, Organisation, Person
from yiwang.commons.identity.models.person import ID_NUMBER, MOBILE
from yiwang.commons.identity.policies import administering
from yiwang.commons.identity.policies.administering import Bounds
from yiwang.kernel import clock, evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.fields import keyed_hash, keyed_hashes
from yiwang.kernel.ids import new_id
from yiwang.kernel.jobs import defer
from yiwang.kernel.outbox import publish
from yiwang.kernel.text import gettext_noop as _
from yiwang.kernel.writes import copy_rows

IMPORT_JOB: Final = "identity.import_accounts"
LARGEST: Final = 32 * 1024 * 1024
BATCH: Final = 10_000
MOST_REJECTS: Final = 10_000
MOST_REFUSED: Final = 50
"""Numbers a day and subtree of which it is told that somebody outside bears them."""
NOT_ADMITTED: Final = _("不能用这个身份证件号码开户")
_PROGRESS: Final = ("reached", "created", "changed", "unchanged", "rejected", "state", "ended_at", "content")


@command("identity.begin_import")
def begin_import(
    *,
    organisation_id: UUID,
    tree: Tree = Tree.TERRITORY,
    content: bytes,
    file_name: str = "",
    dry_run: bool = False,
    later: bool = True,
    by: Actor,
    at: datetime,
) -> UUID:
    """Take a file (CSV, UTF-8, a header; columns in `engine.people_csv`) for the subtree of an organisation; the import's id.

    While it runs, the same file for the same subtree is the same import. `dry_run` judges and writes nothing; it does not
    look up whether somebody outside bears a number, which would leave no trace. `later`: a job
    does the work; else whoever calls runs `import_batch`. Raises NotPermitted, ImportRefused.
    """
    administering.check_bound(by, organisation_id, tree.value)
    if len(content) > LARGEST:
        raise ImportRefused(reason=f"文件超过 {LARGEST // 1024 // 1024} MB，请分成几个文件")
    try:
        text = people_csv.decoded(content)
        people_csv.header(text)
        total = people_csv.count(text)
    except people_csv.FileFault as fault:
        raise ImportRefused(reason=str(fault)) from None
    digest = hashlib.new("sm3", content).hexdigest()
    same = AccountImport.objects.filter(
        organisation_id=organisation_id, tree=tree.value, digest=digest, dry_run=dry_run
    )
    run = same.exclude(state=ImportState.DONE.value).select_for_update(of=("self",)).first()
    created = run is None
    if run is None:
        run = AccountImport.objects.create(
            organisation_id=organisation_id, tree=tree.value, account_id=by.account_id, file_name=file_name[:120],
            digest=digest, content=text, dry_run=dry_run, state=ImportState.WAITING.value, total=total, begun_at=at,
        )  # fmt: skip
    if later:
        defer(IMPORT_JOB, import_id=str(run.pk))
    note(SubjectRef("account_import", run.pk), dry_run=dry_run, again=not created, lines=total)
    found: UUID = run.pk
    return found


@command("identity.import_batch")
def import_batch(*, import_id: UUID, size: int = BATCH, by: Actor, at: datetime) -> bool:
    """Take in the next lines; whether any are left. Killed at any moment it goes on from the last whole batch.

    A dry run is judged in one piece. Only the program runs batches: what they may reach was asked when the file came.
    Raises ImportUnknown.
    """
    run = AccountImport.objects.select_for_update(of=("self",)).filter(pk=import_id).first()
    if run is None or not by.is_system:
        raise ImportUnknown
    subject = SubjectRef("account_import", import_id)
    if run.content is None:
        note(subject, state=run.state)
        return False
    batch = _Batch(run, at, clock.today())
    left = batch.read(people_csv.MOST_LINES if run.dry_run else size)
    batch.look_up()
    batch.judge()
    if not run.dry_run:
        batch.copy()
    room = max(0, MOST_REJECTS - run.rejected)
    faults = sorted(batch.faults, key=lambda each: each.number)
    AccountReject.objects.bulk_create(
        AccountReject(run=run, line=each.number, field=each.field, reason=each.reason[:200], mend=each.mend[:200])
        for each in faults[:room]
    )
    run.created, run.changed = run.created + len(batch.accounts), run.changed + batch.changed
    run.unchanged, run.rejected = run.unchanged + batch.unchanged, run.rejected + len(faults)
    run.state = ImportState.RUNNING.value if left else ImportState.DONE.value
    if not left:
        run.content, run.ended_at = None, at
    run.save(update_fields=_PROGRESS if not left else _PROGRESS[:-2])
    if not run.dry_run:
        batch.record(subject)
    note(subject, reached=run.reached, created=len(batch.accounts), rejected=len(faults), dry_run=run.dry_run)
    return left


@dataclass(slots=True)
class _Known:
    """What is there already under a user name."""

    id: UUID
    name: str
    number: bytes | None
    inside: bool
    offices: set[tuple[UUID, UUID]] = field(default_factory=set)


@dataclass(slots=True)
class _Batch:
    """What one batch makes of its lines."""

    run: AccountImport
    at: datetime
    today: date
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    places: dict[str, UUID] = field(default_factory=dict)
    roles: dict[str, UUID] = field(default_factory=dict)
    outside: frozenset[tuple[UUID, UUID | None]] = frozenset()
    known: dict[str, _Known] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()
    people: dict[str, tuple[UUID, str, bool]] = field(default_factory=dict)
    seen: set[UUID] = field(default_factory=set)
    untold: int = 0
    persons: list[Person] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    appointments: list[tuple[Appointment, str]] = field(default_factory=list)
    changed: int = 0
    unchanged: int = 0

    def read(self, size: int) -> bool:
        """Judge the next `size` rows by themselves; whether any are left."""
        assert self.run.content is not None
        columns = people_csv.header(self.run.content)
        for each in islice(people_csv.lines(self.run.content, columns, after=self.run.reached), size):
            self.run.reached += 1
            if isinstance(each, Fault):
                self.faults.append(each)
            elif each is not None:
                self.lines.append(each)
        return bool(self.run.reached < self.run.total)

    def look_up(self) -> None:
        """What the lines name: places, roles, accounts, people. A fixed number of queries."""
        bounds = Bounds(self.run.organisation_id, self.run.tree)
        inside = Organisation.objects.filter(pk__in=bounds.organisations().values("descendant_id"))
        self.places = dict(inside.values_list("code", "pk"))
        self.roles, self.outside = bounds.appointable(), bounds.reaching_out()
        self._look_up_accounts(bounds)
        numbers = {found: each.id_number for each in self.lines if each.id_number for found in _hashes(each.id_number)}
        rows = Person.objects.filter(id_number_hash__in=list(numbers)).values_list("id_number_hash", "pk", "name")
        registered = {numbers[bytes(found)]: (pk, name) for found, pk, name in rows}
        served = dict(
            Account.objects.filter(
                kind=AccountKind.OFFICIAL.value, person_id__in=[pk for pk, _name in registered.values()]
            ).values_list("person_id", "pk")
        )
        self.people = {number: (pk, name, pk in served) for number, (pk, name) in registered.items()}
        seen = administering.within(bounds, served.values())
        self.seen = {person for person, account in served.items() if account in seen}
        told = AccountReject.objects.filter(
            run__organisation_id=self.run.organisation_id, run__begun_at__gt=self.at - timedelta(days=1), reason=NOT_ADMITTED
        )  # fmt: skip
        self.untold = MOST_REFUSED - told.count()

    def _look_up_accounts(self, bounds: Bounds) -> None:
        names = [each.username for each in self.lines]
        rows = Account.objects.filter(username__in=names).values_list(
            "username", "pk", "person__name", "person__id_number_hash", "is_active"
        )
        found = list(rows)
        inside = administering.within(bounds, [pk for _username, pk, *_rest in found])
        self.known = {
            username: _Known(pk, name or "", bytes(number) if number else None, active and pk in inside)
            for username, pk, name, number, active in found
        }
        by_id = {each.id: each for each in self.known.values()}
        held = Appointment.objects.filter(account_id__in=list(by_id)).exclude(valid_to__lt=self.today)
        for account_id, organisation_id, role_id in held.values_list("account_id", "organisation_id", "role_id"):
            by_id[account_id].offices.add((organisation_id, role_id))

    def judge(self) -> None:
        """Make rows of the lines that fit; reject the others."""
        for each in self.lines:
            reason = self._refused(each)
            if reason is not None:
                self.faults.append(Fault(each.number, *reason))
                continue
            known = self.known.get(each.username)
            if known is None:
                known = self.known[each.username] = self._admit(each)
            elif (self.places[each.organisation], self.roles[each.role]) in known.offices:
                self.unchanged += 1
                continue
            else:
                self.changed += 1
            self._appoint(each, known)

    def _refused(self, line: Line) -> tuple[str, str, str] | None:
        place, role = self.places.get(line.organisation), self.roles.get(line.role)
        if place is None:
            return "organisation", _("没有这个单位，或不在导入范围内"), _("核对单位代码")
        if role is None:
            return "role", _("没有这个岗位，或不能批量授予"), _("核对岗位；管理账号和权限的岗位逐个办理")
        if (role, None) in self.outside or (role, place) in self.outside:
            return "role", _("这个岗位的权限超出导入范围"), _("由上级管理员办理")
        known = self.known.get(line.username)
        if known and known.id == self.run.account_id:
            return "username", _("这是导入者本人的账号"), _("本人的任职由另一位管理员办理")
        return self._not_the_same(line, known) if known else self._not_new(line)

    def _not_the_same(self, line: Line, known: _Known) -> tuple[str, str, str] | None:
        if not known.inside:
            return "username", _("用户名已被使用，且不在导入范围内或已停用"), _("换一个用户名，或由上级管理员办理")
        if known.name != line.name:
            return "name", _("这个用户名的姓名不是这样登记的"), _("核对用户名和姓名")
        if line.id_number and known.number not in _hashes(line.id_number):
            return "id_number", _("这个用户名登记的不是这个号码"), _("核对身份证件号码")
        return None

    def _not_new(self, line: Line) -> tuple[str, str, str] | None:
        """Of people outside nothing is told but that the line has to go to who stands above, and that not without end."""
        found = self.people.get(line.id_number) if line.id_number else None
        outside = found is None or found[0] not in self.seen
        if line.id_number and outside and not self.run.dry_run and self.untold <= 0:
            return "id_number", _("今天核对不上的号码太多"), _("请明天再导入，或由上级管理员办理")
        if found is None or (outside and self.run.dry_run):
            return None
        person, name, served = found
        agrees = match_names(name, line.name) is Match.SAME
        if agrees and not served:
            return None
        if person not in self.seen:
            self.untold -= 1
            return "id_number", NOT_ADMITTED, _("核对姓名和号码；核对无误的，由上级管理员办理")
        if not agrees:
            return "name", _("姓名与这个身份证件号码登记的姓名不一致"), _("核对姓名和号码")
        return "id_number", _("这个人已有工作人员账号"), _("用原来的用户名导入任职")

    def _admit(self, line: Line) -> _Known:
        number = keyed_hash(line.id_number, ID_NUMBER) if line.id_number else None
        person_id = self.people[line.id_number][0] if line.id_number in self.people else new_id()
        if line.id_number not in self.people:
            self.persons.append(
                Person(
                    id=person_id, name=line.name, id_number=line.id_number or None, id_number_hash=number, sex=line.sex,
                    birth_date=line.birth_date, mobile=line.mobile or None,
                    mobile_hash=keyed_hash(line.mobile, MOBILE) if line.mobile else None,
                )
            )  # fmt: skip
        if line.id_number:
            self.people[line.id_number] = (person_id, line.name, True)
            self.seen.add(person_id)
        account = Account(
            username=line.username, password=_none(), kind=AccountKind.OFFICIAL.value, person_id=person_id,
            created_at=self.at,
        )  # fmt: skip
        self.accounts.append(account)
        return _Known(account.pk, line.name, number, inside=True)

    def _appoint(self, line: Line, known: _Known) -> None:
        place, role = self.places[line.organisation], self.roles[line.role]
        known.offices.add((place, role))
        first = line.valid_from or min(self.today, line.valid_to or self.today)
        row = Appointment(
            account_id=known.id, organisation_id=place, role_id=role, valid_from=first, valid_to=line.valid_to
        )
        self.appointments.append((row, line.role))

    def copy(self) -> None:
        """Write the rows, and tell of each as if it had been made by hand."""
        copy_rows(Person, self.persons)
        copy_rows(Account, self.accounts)
        copy_rows(Appointment, [row for row, _role in self.appointments])
        for person in self.persons:
            publish(PersonRegistered(person_id=person.pk))
        for account in self.accounts:
            publish(AccountCreated(account_id=account.pk))
        for row, role in self.appointments:
            publish(Appointed(row.account_id, row.pk, row.organisation_id, role))

    def record(self, subject: SubjectRef) -> None:
        """One statement for a batch: a digest over its appointments in their order."""
        digest = hashlib.new("sm3")
        for row, _role in self.appointments:
            digest.update(row.pk.bytes)
        facts: dict[str, evidence.Fact] = {
            "organisation": str(self.run.organisation_id), "accounts": len(self.accounts),
            "appointments": len(self.appointments), "digest": digest.hexdigest(),
        }  # fmt: skip
        evidence.record("identity.taken_in", subject, facts)


def _none() -> str:
    """An unusable password, unlike any other: a one-time link is bound to it."""
    return UNUSABLE_PASSWORD_PREFIX + secrets.token_urlsafe(30)


def _hashes(number: str) -> tuple[bytes, ...]:
    return keyed_hashes(number, ID_NUMBER)


__all__ = ["BATCH", "IMPORT_JOB", "LARGEST", "PROGRAM", "begin_import", "import_batch"]
