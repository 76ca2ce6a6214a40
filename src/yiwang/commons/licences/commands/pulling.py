"""Licences that a department keeps: asked for when they are needed, kept with the moment of the asking."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection

from yiwang.commons.identity import queries as identity
from yiwang.commons.licences import policies, registry, rules
from yiwang.commons.licences.commands.holders import holder_card
from yiwang.commons.licences.commands.issuing import Issuer, issuer_of, made_version
from yiwang.commons.licences.commands.writing import PROGRAM, stepped, told
from yiwang.commons.licences.contracts import (
    LICENCE,
    Found,
    Ground,
    Holder,
    HolderKind,
    LicenceExpired,
    LicenceResumed,
    LicenceRevoked,
    LicenceState,
    LicenceSuspended,
    LifeVerb,
    Origin,
    PulledLicence,
    PullFailed,
    TypeSpec,
)
from yiwang.commons.licences.models import HOLDER_CODE, Licence, LicenceTypeVersion
from yiwang.commons.licences.queries.types import newest, types, version_spec
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.codes import clean_code
from yiwang.kernel.command import command, note
from yiwang.kernel.fields import keyed_hash
from yiwang.kernel.ids import new_id
from yiwang.kernel.writes import copy_rows

_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
FRESH: Final = timedelta(hours=12)
"""How long what a department said is taken without asking again."""
_NEWS = {
    LicenceState.SUSPENDED: (LifeVerb.SUSPEND, LicenceSuspended),
    LicenceState.REVOKED: (LifeVerb.REVOKE, LicenceRevoked),
    LicenceState.EXPIRED: (LifeVerb.EXPIRE, LicenceExpired),
    LicenceState.IN_FORCE: (LifeVerb.RESUME, LicenceResumed),
}


def fetch(*, type_key: str, holder: Holder, at: datetime, by: Actor) -> int | None:
    """Ask the department for the holder's licences of a type and keep them; how many.

    None: not pulled, fresh enough, or a holder without a code, under which a department could answer anybody's.

    The network is asked outside any transaction; what it said is then kept by one command. Raises PullFailed: what was
    kept before stays as it was, with its age.
    """
    found = registry.puller_of(type_key)
    if found is None or _is_fresh(type_key, holder, at):
        return None
    puller, issuer = found
    _name, code = holder_card(holder=holder)
    if not code:
        return None
    said = puller.pull(type_key, holder, code)
    where = identity.organisation_by_code(code=issuer, viewer=PROGRAM)
    return keep_pulled(type_key=type_key, holder=holder, organisation_id=where.id, pulled=said, by=by, at=at)


def find_own(*, by: Actor, at: datetime) -> Found:
    """Ask every department for the licences of the actor, or of whom they act for, where nothing fresh is kept.

    One that fails is told with its reason; what the others said is kept. Nobody's for officials and agents of single matters.
    """
    holder = policies.own(by)
    kept, failed = 0, list[tuple[str, str]]()
    if holder is None:
        return Found()
    specs = {spec.key: spec for spec in types(viewer=by) if spec.holder in {None, holder.kind}}
    for key in registry.pulled_types():
        if key not in specs:
            continue
        try:
            kept += fetch(type_key=key, holder=holder, at=at, by=by) or 0
        except PullFailed as fault:
            failed.append((specs[key].title, fault.sentence()))
    return Found(kept, tuple(failed))


def _is_fresh(type_key: str, holder: Holder, at: datetime) -> bool:
    rows = Licence.objects.filter(policies.held_by(holder), type__key=type_key, origin=Origin.PULL.value)
    return bool(rows.filter(as_of__gt=at - FRESH).exists())


@command("licences.keep_pulled")
def keep_pulled(
    *,
    type_key: str,
    holder: Holder,
    organisation_id: UUID,
    pulled: Sequence[PulledLicence],
    by: Actor,
    at: datetime,
) -> int:
    """Keep what a department said now: new ones come in as checked (B), known ones get its values, state and moment.

    One that the department does not name any more is revoked. How many it named. Raises PullFailed where an answer is not
    about this holder, is twice there, or is not what the type asks for: then nothing of it is kept.
    """
    kind, issuer = newest(key=type_key), issuer_of(organisation_id)
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME, [f"licences.pull|{type_key}|{holder.id}"])
    _check_said(holder, version_spec(row=kind), pulled)
    mine = Licence.objects.select_for_update(of=("self",)).select_related(
        "type", "current__type_version__type", "pending"
    )
    known = {row.number: row for row in mine.filter(type=kind.type, organisation_id=organisation_id)
             .filter(policies.held_by(holder), origin=Origin.PULL.value)}  # fmt: skip
    elsewhere = _elsewhere(kind, organisation_id, holder, [each.number for each in pulled if each.number not in known])
    for each in pulled:
        if each.number in elsewhere:
            continue
        row = known.pop(each.number, None)
        if row is None:
            _taken(kind, issuer, holder, each, by, at)
        else:
            _renewed(row, kind, issuer, each, by, at)
    for row in known.values():
        if row.state in {LicenceState.IN_FORCE.value, LicenceState.SUSPENDED.value}:
            _moved(row, LicenceState.REVOKED, by, at)
    note(holder.subject, type=type_key, pulled=len(pulled))
    return len(pulled)


def _check_said(holder: Holder, spec: TypeSpec, pulled: Sequence[PulledLicence]) -> None:
    name, code = holder_card(holder=holder)
    numbers = [each.number for each in pulled]
    if len(set(numbers)) != len(numbers):
        raise PullFailed(reason="同一个编号返回了两次")
    for each in pulled:
        if not (each.holder_name or each.holder_code):
            raise PullFailed(reason="返回的证照没有写明持有人")
        if (each.holder_name and each.holder_name != name) or (
            each.holder_code and clean_code(each.holder_code) != clean_code(code)
        ):
            raise PullFailed(reason="返回了别人的证照")
        wrong = rules.faults(spec, each.values)
        if wrong:
            raise PullFailed(reason=next(iter(wrong.values())))


def _elsewhere(kind: LicenceTypeVersion, organisation_id: UUID, holder: Holder, numbers: Sequence[str]) -> set[str]:
    """The numbers under which the holder's licence came in another way. Raises PullFailed where one is somebody else's."""
    rows = list(Licence.objects.filter(type=kind.type, organisation_id=organisation_id, number__in=numbers))
    if any(policies.holder_of(row) != holder for row in rows):
        raise PullFailed(reason="返回的编号已经登记在别人名下")
    return {row.number for row in rows}


def _taken(
    kind: LicenceTypeVersion, issuer: Issuer, holder: Holder, said: PulledLicence, by: Actor, at: datetime
) -> None:
    spec, person = version_spec(row=kind), holder.kind is HolderKind.PERSON
    name, code = holder_card(holder=holder)
    row = Licence(
        id=new_id(), type=kind.type, title=spec.title, number=said.number, organisation_id=issuer.id,
        issuer_name=issuer.name, scope_key=policies.scope_key(spec.key), holder_kind=holder.kind.value,
        person_id=holder.id if person else None, legal_entity_id=None if person else holder.id, holder_name=name,
        holder_code=code or None, holder_hash=keyed_hash(code, HOLDER_CODE) if code else None, state=said.state.value,
        grade=rules.trust.grade_of(origin=Origin.PULL, sealed=False, checked=True).value, origin=Origin.PULL.value,
        valid_from=said.valid_from, valid_until=said.valid_until, as_of=at, created_at=at, changed_at=at,
        sample=spec.sample,
    )  # fmt: skip
    version = made_version(row, kind, issuer.code, said.values, 1, at)
    row.current_id = version.pk
    copy_rows(Licence, [row])
    copy_rows(type(version), [version])
    row.current = version
    stepped(row, LifeVerb.TAKE_IN, before="", version=1, by=by, at=at)


def _renewed(
    row: Licence, kind: LicenceTypeVersion, issuer: Issuer, said: PulledLicence, by: Actor, at: datetime
) -> None:
    assert row.current is not None
    changed = ["as_of"]
    row.as_of = at
    wanted = rules.known(version_spec(row=kind), said.values)
    before = row.state
    if before == LicenceState.EXPIRED.value and said.state is LicenceState.IN_FORCE:
        row.state = said.state.value  # prolonged by the department
        changed.append("state")
    if wanted != row.current.values or (said.valid_from, said.valid_until) != (row.valid_from, row.valid_until):
        row.valid_from, row.valid_until, row.changed_at = said.valid_from, said.valid_until, at
        version = made_version(row, kind, issuer.code, said.values, row.current.number + 1, at, reason="颁发机构已更新")
        version.save(force_insert=True)
        row.current = version
        changed += ["valid_from", "valid_until", "changed_at", "current"]
        stepped(row, LifeVerb.CHANGE, before=before, version=version.number, by=by, at=at, ground=Ground.CHANGED)
    row.save(update_fields=changed)
    if said.state.value != row.state:
        _moved(row, said.state, by, at)


def _moved(row: Licence, state: LicenceState, by: Actor, at: datetime) -> None:
    """The department says another state: follow it where the table allows. What it replaced is no licence any more."""
    state = LicenceState.REVOKED if state is LicenceState.REPLACED else state
    if state not in _NEWS:
        return
    verb, news = _NEWS[state]
    if rules.states.after(verb, LicenceState(row.state)) is not state:
        return
    before, row.state, row.changed_at, row.as_of = row.state, state.value, at, at
    row.save(update_fields=["state", "changed_at", "as_of"])
    version = row.current.number if row.current else 0
    stepped(row, verb, before=before, version=version, by=by, at=at, reason="颁发机构的系统如此记载")
    told(row, news, version=version, ground=Ground.OTHER.value)
    note(SubjectRef(LICENCE, row.pk), state=state.value)
