"""Mandates: a person asks an agent, a legal representative asks staff; who is asked accepts; either side ends it at once."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from yiwang.commons.identity.commands.assurance import claim_of
from yiwang.commons.identity.commands.binding import end_row
from yiwang.commons.identity.contracts import (
    PERSON,
    AlreadyHeld,
    RepresentationBegan,
    RepresentationKind,
    UnknownRecord,
)
from yiwang.commons.identity.contracts.real_names import (
    MANDATE,
    ClaimInvalid,
    MandateAnswered,
    MandateClosed,
    MandateEnded,
    MandateOffered,
    MandateState,
)
from yiwang.commons.identity.engine.realnames import Match, is_mandate_period, match_names
from yiwang.commons.identity.models import Account, LegalEntity, Mandate, Person, Representation
from yiwang.commons.identity.models.assurance import AGENT_NUMBER
from yiwang.commons.identity.policies import real_names
from yiwang.commons.identity.registry import real_names as ports
from yiwang.commons.identity.rules import ANY
from yiwang.kernel import clock, evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.errors import Unauthenticated
from yiwang.kernel.fields import keyed_hash, keyed_hashes
from yiwang.kernel.outbox import publish
from yiwang.kernel.text import gettext_noop as _

MOST_OPEN: Final = 500
MOST_SCOPES: Final = 50
_OPEN: Final = (MandateState.OFFERED.value, MandateState.ACCEPTED.value)


@command("identity.offer_mandate")
def offer_mandate(
    *,
    principal: SubjectRef,
    agent_name: str,
    agent_number: str,
    scopes: Sequence[str],
    valid_to: date,
    by: Actor,
    at: datetime,
) -> UUID:
    """Ask somebody, named by name and ID number, to act for `principal` within `scopes` until `valid_to`, that day included.

    Nothing tells whether that person is registered. Raises NotPermitted, RealNameNeeded, ClaimInvalid, AlreadyHeld.
    """
    real_names.check_give(by, principal)
    real_names.check_has_real_name(by)
    if by.account_id is None:
        raise Unauthenticated
    own = Person.objects.select_for_update().get(pk=by.person_id)
    claim = claim_of(name=agent_name, id_number=agent_number)
    wanted = tuple(dict.fromkeys(scopes))
    _check_bounds(wanted, valid_to, own.id_number == claim.id_number)
    person = principal.id if principal.kind == PERSON else None
    entity = None if person else principal.id
    given = Mandate.objects.filter(
        person_id=person, legal_entity_id=entity, state__in=_OPEN, valid_to__gte=clock.today()
    )
    hashes = keyed_hashes(claim.id_number, AGENT_NUMBER)
    if given.filter(agent_number_hash__in=hashes, scopes=list(wanted)).exists():
        raise AlreadyHeld
    if given.count() >= MOST_OPEN:
        raise ClaimInvalid(fields={"agent_number": _("正在生效的授权太多，请先撤回不用的。")})
    row: Mandate = Mandate.objects.create(
        person_id=person,
        legal_entity_id=entity,
        kind=(RepresentationKind.AGENT if person else RepresentationKind.STAFF).value,
        given_by_id=by.account_id,
        agent_name=claim.name,
        agent_number=claim.id_number,
        agent_number_hash=keyed_hash(claim.id_number, AGENT_NUMBER),
        scopes=list(wanted),
        valid_to=valid_to,
        state=MandateState.OFFERED.value,
        offered_at=at,
    )
    _record("identity.mandate_offered", row)
    publish(MandateOffered(mandate_id=row.pk))
    return row.pk


def _check_bounds(scopes: Sequence[str], valid_to: date, is_self: bool) -> None:
    faults: dict[str, str] = {}
    known = {ANY} | {each.key for each in ports.scopes()}
    if is_self:
        faults["agent_number"] = _("不能委托自己。")
    if not scopes or len(scopes) > MOST_SCOPES or not set(scopes) <= known or (ANY in scopes and len(scopes) > 1):
        faults["scopes"] = _("请选择可以代办的事项。")
    if not is_mandate_period(clock.today(), valid_to):
        faults["valid_to"] = _("截止日期要在今天以后、三年以内。")
    if faults:
        raise ClaimInvalid(fields=faults)


@command("identity.answer_mandate")
def answer_mandate(*, mandate_id: UUID, accept: bool, by: Actor, at: datetime) -> None:
    """Accept or decline, by the person who is asked, with a checked real name; accepted it holds at once.

    Raises RealNameNeeded, UnknownRecord for anybody else, MandateClosed.
    """
    real_names.check_has_real_name(by)
    row = Mandate.objects.select_for_update().filter(pk=mandate_id).first()
    own = Person.objects.filter(pk=by.person_id).first()
    if row is None or own is None or by.is_official or not _is_asked(row, own):
        raise UnknownRecord(kind=MANDATE)
    if row.state != MandateState.OFFERED.value or row.valid_to < clock.today() or not _still_gives(row):
        raise MandateClosed
    row.state = (MandateState.ACCEPTED if accept else MandateState.DECLINED).value
    row.agent, row.answered_at = own, at
    if not accept:
        row.ended_at, row.ended_by_id = at, by.account_id
    row.save(update_fields=["state", "agent", "answered_at", "ended_at", "ended_by"])
    for scope in row.scopes if accept else ():
        held = Representation.objects.create(
            representative=own,
            person_id=row.person_id,
            legal_entity_id=row.legal_entity_id,
            kind=row.kind,
            mandate=row,
            scope=scope,
            valid_from=clock.today(),
            valid_to=row.valid_to,
        )
        publish(RepresentationBegan(representation_id=held.pk))
    _record("identity.mandate_accepted" if accept else "identity.mandate_declined", row)
    publish(MandateAnswered(mandate_id=row.pk, accepted=accept))


def _still_gives(row: Mandate) -> bool:
    """Whoever offered it is in office still: the person themself, or the entity's legal representative of today."""
    giver = Account.objects.filter(pk=row.given_by_id, is_active=True).values_list("person_id", flat=True).first()
    if row.legal_entity_id is None:
        return bool(giver == row.person_id)
    entity = LegalEntity.objects.filter(pk=row.legal_entity_id)
    return giver is not None and bool(entity.filter(legal_representative_id=giver).exists())


def _is_asked(row: Mandate, own: Person) -> bool:
    same = own.id_number is not None and own.id_number == row.agent_number
    return same and match_names(own.name, row.agent_name) is not Match.DIFFERENT


@command("identity.end_mandate")
def end_mandate(*, mandate_id: UUID, by: Actor, at: datetime) -> None:
    """Withdraw it (who gave it), or lay it down (the agent): nothing more can be done with it from this moment on.

    Raises UnknownRecord for anybody else, MandateClosed.
    """
    row = Mandate.objects.select_for_update().filter(pk=mandate_id).first()
    if row is None or by.person_id is None:
        raise UnknownRecord(kind=MANDATE)
    gave = real_names.can_give(by, principal_of(row))
    if not gave and (row.agent_id != by.person_id or by.is_official):
        raise UnknownRecord(kind=MANDATE)
    if row.state not in _OPEN:
        raise MandateClosed
    close(row, MandateState.WITHDRAWN if gave else MandateState.ENDED, by, at)


@command("identity.end_run_out_mandate")
def end_run_out(*, mandate_id: UUID, by: Actor, at: datetime) -> bool:
    """Write the end of an accepted mandate whose last day is over, so that both sides hear of it; false where it is not.

    What could be done with it ended with the day, whether this runs or not. For the program alone: raises UnknownRecord.
    """
    row = Mandate.objects.select_for_update().filter(pk=mandate_id).first()
    if row is None or not by.is_system:
        raise UnknownRecord(kind=MANDATE)
    over = bool(row.state == MandateState.ACCEPTED.value and row.valid_to < clock.today())
    if over:
        close(row, MandateState.ENDED, by, at)
    else:
        note(SubjectRef(MANDATE, row.pk), over=False)
    return over


def close(row: Mandate, state: MandateState, by: Actor, at: datetime) -> None:
    """End a mandate and all that it gave, inside a command."""
    row.state, row.ended_at, row.ended_by_id = state.value, at, by.account_id
    row.save(update_fields=["state", "ended_at", "ended_by"])
    in_force = Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today())
    for held in Representation.objects.select_for_update().filter(in_force, mandate=row):
        end_row(held)
    _record(f"identity.mandate_{state.value}", row)
    publish(MandateEnded(mandate_id=row.pk))


def principal_of(row: Mandate) -> SubjectRef:
    if row.person_id is not None:
        return SubjectRef(PERSON, row.person_id)
    assert row.legal_entity_id is not None  # the table's constraint
    return SubjectRef("legal_entity", row.legal_entity_id)


def _record(kind: str, row: Mandate) -> None:
    reference = SubjectRef(MANDATE, row.pk)
    until = row.valid_to.isoformat()
    note(reference, kind=row.kind, scopes=row.scopes, until=until, principal=str(principal_of(row)))
    parties = evidence.salted_hash(f"{principal_of(row)} {row.agent_id or row.pk}")
    evidence.record(kind, reference, {"kind": row.kind, "scopes": list(row.scopes), "until": until, "parties": parties})
