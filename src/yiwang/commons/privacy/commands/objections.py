"""Objecting to an access, and the data officer's answer."""

from datetime import datetime
from uuid import UUID

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import LEGAL_ENTITY, PERSON
from yiwang.commons.privacy import policies, rules
from yiwang.commons.privacy.contracts import (
    AlreadyAnswered,
    AlreadyObjected,
    Finding,
    NoSuchAccess,
    ObjectionAnswered,
    ObjectionRaised,
)
from yiwang.commons.privacy.models import AccessEntry, Objection
from yiwang.kernel import calendars, clock, evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.outbox import publish
from yiwang.kernel.writes import insert


@command("privacy.raise_objection")
def raise_objection(*, entry_id: UUID, words: str, by: Actor, at: datetime) -> UUID:
    """Object to one access; the objection's id. The organisation that looked answers within ANSWER_DAYS.

    Raises NoSuchAccess, WordsMissing, AlreadyObjected.
    """
    whose = policies.holder(by)
    entry = AccessEntry.objects.filter(id=entry_id).first() if whose is not None else None
    if entry is None or whose != SubjectRef(entry.holder_kind, entry.holder_id):
        raise NoSuchAccess
    assert by.account_id is not None
    row = Objection(
        holder_kind=entry.holder_kind,
        holder_id=entry.holder_id,
        entry_id=entry.id,
        entry_at=entry.at,
        organisation_id=entry.organisation_id,
        words=rules.told(words, "words"),
        raised_at=at,
        raised_by=by.account_id,
        due_on=rules.answer_due(calendars.current(), at.astimezone(clock.CHINA).date()),
    )
    if not insert(row, conflict="ON CONFLICT (entry_id) DO NOTHING"):
        raise AlreadyObjected
    subject = SubjectRef("objection", row.pk)
    note(subject, entry=str(entry.id))
    publish(ObjectionRaised(row.pk, row.organisation_id))
    evidence.record(
        "objection.raised",
        subject,
        {
            "to": str(row.organisation_id),
            "entry": evidence.salted_hash(str(entry.id)),
            "due": row.due_on.isoformat(),
        },
    )
    return row.pk


@command("privacy.answer_objection")
def answer_objection(*, objection_id: UUID, finding: Finding, words: str, by: Actor, at: datetime) -> None:
    """Answer what was objected to. Raises NoSuchObjection, AlreadyAnswered, WordsMissing."""
    row = policies.check_answer(by, Objection.objects.select_for_update().filter(pk=objection_id).first())
    if row.finding:
        raise AlreadyAnswered
    row.finding, row.answer = finding.value, rules.told(words, "answer")
    row.answered_at, row.answered_by = max(at, row.raised_at), by.account_id
    row.save(update_fields=["finding", "answer", "answered_at", "answered_by"])
    subject = SubjectRef("objection", row.pk)
    note(subject, finding=finding.value)
    names = identity.organisation_names(organisation_ids=[row.organisation_id], viewer=by)
    publish(
        ObjectionAnswered(
            row.pk,
            row.holder_id if row.holder_kind == PERSON else None,
            row.holder_id if row.holder_kind == LEGAL_ENTITY else None,
            names[row.organisation_id].name,
        )
    )
    late = at.astimezone(clock.CHINA).date() > row.due_on
    evidence.record("objection.answered", subject, {"finding": finding.value, "late": late})
