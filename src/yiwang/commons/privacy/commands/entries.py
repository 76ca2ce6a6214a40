"""Leaving access entries: all of one call go out in one statement with its audit, and no news is made of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from yiwang.commons.privacy import registry, rules
from yiwang.commons.privacy.contracts import (
    CONSENT,
    ConsentEnded,
    ConsentMissing,
    ConsentState,
    DataRef,
    GroundMissing,
    NewAccess,
    UnknownPurpose,
)
from yiwang.commons.privacy.models import AccessEntry, Consent
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, current, keep, note


@command("privacy.record_access")
def record_access(*, entries: Sequence[NewAccess], by: Actor, at: datetime) -> None:
    """Leave an entry for each of these looks; call it in the transaction that shows or uses the data.

    Raises GroundMissing where a basis asks for its provision or no organisation is known, UnknownPurpose, ConsentMissing
    where the consent named does not cover the data, the organisation and the purpose, ConsentEnded where it was taken
    back or is past its date: then nobody may use the data. A consent is held until the transaction ends, so a
    withdrawal comes wholly before or wholly after.
    """
    given = [(each, _organisation(each, by)) for each in entries]
    for each, _at in given:
        _check(each)
    _check_consents(given, at)
    run = current()
    for each, organisation_id in given:
        keep(_row(each, organisation_id, by, at, run.id))
    subject = entries[0].case or entries[0].holder if entries else SubjectRef("account", by.account_id or UUID(int=0))
    note(subject, entries=len(entries))


def _organisation(each: NewAccess, by: Actor) -> UUID:
    found = each.organisation_id or by.organisation_id
    if found is None:
        raise GroundMissing
    return found


def _check(each: NewAccess) -> None:
    basis = registry.basis_of(each.basis)
    if basis is None or not registry.purpose_words(each.purpose):
        raise UnknownPurpose(key=each.basis if basis is None else each.purpose)
    if basis.needs_ground and not each.ground:
        raise GroundMissing
    if (each.basis == CONSENT) != (each.consent_id is not None):
        raise ConsentMissing


def _check_consents(given: Sequence[tuple[NewAccess, UUID]], at: datetime) -> None:
    """One query that locks, none where nothing is used by consent."""
    wanted = {each.consent_id for each, _organisation in given if each.consent_id is not None}
    if not wanted:
        return
    rows = Consent.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    found = {row.pk: row for row in rows.defer("text")}
    for each, organisation_id in given:
        if each.consent_id is not None:
            _check_consent(found.get(each.consent_id), each, organisation_id, at)


def _check_consent(row: Consent | None, each: NewAccess, organisation_id: UUID, at: datetime) -> None:
    if row is None or not (
        SubjectRef(row.holder_kind, row.holder_id) == each.holder
        and row.organisation_id == organisation_id
        and row.purpose == each.purpose
        and rules.covers(DataRef(row.data_kind, row.data_id, row.data_key), each.data)
    ):
        raise ConsentMissing
    if rules.state(withdrawn_at=row.withdrawn_at, until=row.until, at=at) is not ConsentState.IN_FORCE:
        raise ConsentEnded


def _row(each: NewAccess, organisation_id: UUID, by: Actor, at: datetime, run: UUID) -> AccessEntry:
    return AccessEntry(
        at=at,
        holder_kind=each.holder.kind,
        holder_id=each.holder.id,
        way=each.way.value,
        data_kind=each.data.kind,
        data_id=each.data.id,
        data_key=each.data.key,
        data_words=each.data.words[:120],
        purpose=each.purpose,
        basis=each.basis,
        ground=each.ground[:200],
        consent_id=each.consent_id,
        case_kind=each.case.kind if each.case else "",
        case_id=each.case.id if each.case else None,
        case_words=each.case_words[:120],
        organisation_id=organisation_id,
        actor_kind=by.kind.value,
        account_id=by.account_id,
        role=by.role,
        run=run,
    )
