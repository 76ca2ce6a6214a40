"""How a legal step becomes a document: numbered in the step's transaction, with its text kept, and sent on its way."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from yiwang.kernel import calendars, evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.outbox import publish
from yiwang.serve.cases import rules
from yiwang.serve.cases.commands import journal, sealing
from yiwang.serve.cases.contracts import DeliveryChannel, DocumentDelivered, DocumentKind
from yiwang.serve.cases.models import Case, CaseDelivery, CaseDocument
from yiwang.serve.cases.queries import procedure, wording
from yiwang.serve.cases.queries.drafting import Said, data


def issue(
    case: Case,
    kind: DocumentKind,
    *,
    outer: Case | None,
    by: Actor,
    at: datetime,
    ground: str = "",
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
    delivers: bool = True,
) -> CaseDocument:
    """Write the document of a legal step and deliver it, or have it wait for the other results. Inside a command only.

    `outer` is the bundle that the case is a member of: its applicant's wish on delivery counts. The case is locked and
    already stands as the step left it. Three queries, some kinds one or two more.
    """
    day = rules.day_of(at)
    terms = procedure.terms(matter_id=case.matter_id)
    template = wording.template(kind=kind)
    issuer = procedure.authority(organisation_id=case.organisation_id).word + terms.word
    serial = journal.next_in(f"document:{issuer}:{template.word}:{day.year}")
    number = rules.document_number(issuer=issuer, kind=template.word, year=day.year, serial=serial)
    rendered = rules.render(template, data(case=case, kind=kind, said=Said(ground, reason, facts or {}), at=at))
    content = {
        "title": rendered.title,
        "authority": case.organisation_name,
        "to": case.applicant_name,
        "paragraphs": list(rendered.paragraphs),
        "ground": ground,
        "reason": reason,
        "day": day.isoformat(),
        "template": template.version,
        "nonce": secrets.token_hex(16),  # the digest is public: nobody shall guess the addressee from it
    }
    row = CaseDocument(
        case=case,
        kind=kind.value,
        number=number,
        title=rendered.title,
        template=template.version,
        organisation_id=case.organisation_id,
        organisation_name=case.organisation_name,
        addressee=case.applicant_name,
        ground=ground,
        content=content,
        day=day,
        issued_at=at,
        issuer_id=by.account_id if by.is_official else None,
        sample=terms.sample,
        digest=rules.document_digest(number=number, kind=kind.value, content=content),
        to_seal=kind.bears_seal and sealing.to_be_sealed(case.organisation_id),
    )
    row.save(force_insert=True)
    if row.to_seal:
        sealing.seal_later(case.pk)
    evidence.record(
        "case.document",
        SubjectRef("case", case.pk),
        {"case": case.number, "kind": kind.value, "number": number, "digest": bytes(row.digest).hex()},
    )
    if delivers:
        _deliver(row, case, outer or case, at)
    return row


def _deliver(row: CaseDocument, case: Case, outer: Case, at: datetime) -> None:
    kind = DocumentKind(row.kind)
    waits = kind.is_result
    channel = DeliveryChannel(outer.delivery_channel if waits else outer.notice_channel)
    at_once = channel is DeliveryChannel.ONLINE and not waits
    CaseDelivery(
        document=row,
        case=case,
        channel=channel.value,
        waits=waits,
        due=due_of(kind, at),
        delivered_at=at if at_once else None,
    ).save(force_insert=True)
    if at_once:
        told(row, case)


def due_of(kind: DocumentKind, at: datetime) -> date | None:
    """The last day of delivery: ten working days for what was granted (行政许可法 44); the others go at once."""
    return rules.delivery_due(at, calendars.current()) if kind.is_result else None


def told(row: CaseDocument, case: Case) -> None:
    """Tell others that the document has reached the applicant."""
    publish(DocumentDelivered(case.pk, case.number, row.pk, row.kind, case.parent_id))
