"""Agreeing and taking back. Using a consent locks it against its withdrawal, so that one of the two comes first."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yiwang.commons.privacy import policies, registry
from yiwang.commons.privacy.contracts import ConsentAsk, ConsentTextChanged, ConsentWithdrawn, UnknownPurpose
from yiwang.commons.privacy.models import Consent
from yiwang.commons.privacy.queries.offering import Offered, offered
from yiwang.commons.privacy.rules import check_ask, data_label
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.outbox import publish

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


@command("privacy.give_consent")
def give_consent(*, ask: ConsentAsk, digest: str, by: Actor, at: datetime) -> UUID:
    """Keep that the holder agrees to `ask` in the words whose `digest` the offer named; the consent's id.

    The same consent in force already is returned and nothing is written. Raises MayNotConsent, ConsentFaulty,
    ConsentTextChanged where the words are no longer those that were shown, UnknownPurpose.
    """
    policies.check_consent(by, ask.holder, ask.scope_key)
    check_ask(ask, at)
    if not registry.purpose_words(ask.purpose):
        raise UnknownPurpose(key=ask.purpose)
    offer = offered(ask=ask)
    if offer.offer.digest != digest:
        raise ConsentTextChanged
    known = _in_force(ask, at)
    subject = SubjectRef("consent", known) if known else None
    if subject is None:
        row = _new(ask, offer, by, at)
        row.save(force_insert=True)
        subject = SubjectRef("consent", row.pk)
        evidence.record("consent.given", subject, _statement(row, offer.offer.text))
    note(subject, purpose=ask.purpose, data=data_label(ask.data.kind, None, ask.data.key), again=known is not None)
    return subject.id


def _in_force(ask: ConsentAsk, at: datetime) -> UUID | None:
    """The same consent that somebody gave before; two clicks at once wait here for each other."""
    same: dict[str, Any] = {
        "holder_kind": ask.holder.kind,
        "holder_id": ask.holder.id,
        "organisation_id": ask.organisation_id,
        "purpose": ask.purpose,
        "data_kind": ask.data.kind,
        "data_id": ask.data.id,
        "data_key": ask.data.key,
        "subject_kind": ask.subject.kind if ask.subject else "",
        "subject_id": ask.subject.id if ask.subject else None,
        "text_key": ask.text_key,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME, ["|".join(str(each) for each in same.values())])
    rows = Consent.objects.filter(withdrawn_at__isnull=True, until__gte=ask.until, **same)
    found: UUID | None = rows.filter(until__gt=at).values_list("pk", flat=True).first()
    return found


def _new(ask: ConsentAsk, offer: Offered, by: Actor, at: datetime) -> Consent:
    assert by.account_id is not None
    return Consent(
        holder_kind=ask.holder.kind,
        holder_id=ask.holder.id,
        organisation_id=ask.organisation_id,
        purpose=ask.purpose,
        data_kind=ask.data.kind,
        data_id=ask.data.id,
        data_key=ask.data.key,
        data_words=ask.data.words,
        separate=offer.offer.separate,
        is_sensitive=offer.sensitive,
        subject_kind=ask.subject.kind if ask.subject else "",
        subject_id=ask.subject.id if ask.subject else None,
        subject_words=ask.subject_words,
        text_key=ask.text_key,
        text_version=offer.offer.version,
        language=offer.language,
        text=offer.offer.text,
        salt=evidence.new_salt(),
        given_at=at,
        given_by=by.account_id,
        at_counter=by.is_official,
        until=ask.until,
    )


def _statement(row: Consent, text: str) -> dict[str, evidence.Fact]:
    return {
        "to": str(row.organisation_id),
        "purpose": row.purpose,
        "data": data_label(row.data_kind, None, row.data_key),
        "holder": evidence.salted_hash(str(row.holder_id)),
        "text": evidence.hidden_hash(text, bytes(row.salt)),
        "version": row.text_version,
        "until": row.until.isoformat(),
    }


@command("privacy.withdraw_consent")
def withdraw_consent(*, consent_id: UUID, by: Actor, at: datetime) -> None:
    """Take a consent back, at once; again changes nothing. What was done under it before stays lawful (PIPL art. 15).

    Raises NoSuchConsent.
    """
    row = policies.check_withdraw(by, Consent.objects.select_for_update().filter(pk=consent_id).first())
    subject = SubjectRef("consent", row.pk)
    note(subject, purpose=row.purpose, again=row.withdrawn_at is not None)
    if row.withdrawn_at is not None:
        return
    row.withdrawn_at, row.withdrawn_by = max(at, row.given_at), by.account_id
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    publish(ConsentWithdrawn(row.pk, row.data_kind, row.data_id, row.subject_kind, row.subject_id))
    evidence.record(
        "consent.withdrawn", subject, {"purpose": row.purpose, "holder": evidence.salted_hash(str(row.holder_id))}
    )
