"""Reads of documents and deliveries: of a case, one by its id, what is due, and whether all is as it was written."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Q

from yiwang.commons.identity import queries as identity
from yiwang.kernel import calendars, clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.evidence import hidden_hash
from yiwang.kernel.models import EvidenceRow
from yiwang.serve.cases import policies, rules
from yiwang.serve.cases.contracts import (
    SEALED_WITHIN,
    CaseNotFound,
    CaseStatus,
    DeferredView,
    DeliveryChannel,
    DeliveryState,
    DeliveryView,
    DocumentKind,
    DocumentNotFound,
    DocumentView,
    PledgeView,
    SealStatus,
    Verification,
)
from yiwang.serve.cases.models import (
    Case,
    CaseDelivery,
    CaseDocument,
    CaseEvent,
    CasePledge,
    CaseResult,
    DeferredMaterial,
)

_BEFORE_DECISION = [CaseStatus.ACCEPTED.value, CaseStatus.REVIEWING.value]


def documents_of(*, cases: Sequence[Case], viewer: Actor) -> dict[UUID, list[DocumentView]]:
    """The documents of these cases with their delivery, oldest first. One query, without the texts."""
    rows = (
        CaseDocument.objects.filter(case__in=cases).select_related("delivery__receipt", "sealed_paper").defer("content")
    )
    found: dict[UUID, list[DocumentView]] = {}
    now, by_id = clock.now(), {each.pk: each for each in cases}
    for row in sorted(rows, key=attrgetter("issued_at", "pk")):
        row.case = by_id[row.case_id]
        found.setdefault(row.case_id, []).append(_view(row, now, {}, texts=False))
    del viewer
    return found


def document(*, document_id: UUID, viewer: Actor) -> tuple[DocumentView, str]:
    """A document with its text, and the number of its case. Raises DocumentNotFound, also for those who may not know."""
    row = (
        CaseDocument.objects.select_related("delivery__receipt", "case", "sealed_paper").filter(pk=document_id).first()
    )
    if row is None or not Case.objects.filter(policies.visible(viewer), pk=row.case_id).exists():
        raise DocumentNotFound
    names = identity.account_names(account_ids={row.issuer_id}, viewer=viewer) if row.issuer_id else {}
    return _view(row, clock.now(), names, texts=True), row.case.number


def parcel_of(*, document_id: UUID, viewer: Actor) -> tuple[tuple[UUID, str, str], ...]:
    """(id, title, number) of the documents that are delivered together with one, itself included. One query."""
    del viewer
    wanted = CaseDelivery.objects.filter(document_id=document_id).values("parcel")
    rows = CaseDocument.objects.filter(delivery__parcel__in=wanted).order_by("pk")
    return tuple(rows.values_list("pk", "title", "number"))


def _view(row: CaseDocument, now: datetime, names: Mapping[UUID, str], *, texts: bool) -> DocumentView:
    content: Mapping[str, Any] = row.content if texts else {}
    return DocumentView(
        id=row.pk,
        case_id=row.case_id,
        case_number=row.case.number,
        kind=DocumentKind(row.kind),
        number=row.number,
        title=row.title,
        authority=row.organisation_name,
        addressee=row.addressee,
        ground=row.ground,
        paragraphs=tuple(content.get("paragraphs", ())),
        day=row.day,
        issued_at=row.issued_at,
        issuer=names.get(row.issuer_id, "") if row.issuer_id else "",
        template=row.template,
        digest=bytes(row.digest).hex(),
        sample=row.sample,
        delivery=_delivery(row.delivery, now) if hasattr(row, "delivery") else None,
        seal=seal_status(row=row),
    )


def seal_status(*, row: CaseDocument | CaseResult) -> SealStatus:
    """How far the seal of a document or result is; no query where `sealed_paper` came along."""
    if not row.to_seal:
        return SealStatus.NONE
    return SealStatus.SEALED if hasattr(row, "sealed_paper") else seal_awaited(row.issued_at)


def seal_awaited(since: datetime, /) -> SealStatus:
    """How it stands with a seal that is not on yet."""
    return SealStatus.LATE if clock.now() - since > SEALED_WITHIN else SealStatus.WAITING


def _delivery(row: CaseDelivery, now: datetime) -> DeliveryView:
    today, left = rules.day_of(now), None
    if row.due is not None and row.delivered_at is None:
        left = calendars.current().working_days_between(today, row.due)
    return DeliveryView(
        id=row.pk,
        channel=DeliveryChannel(row.channel),
        state=_state(row, now),
        due=row.due,
        delivered_at=row.delivered_at,
        confirmed_at=row.confirmed_at,
        signer=row.signer,
        detail=row.detail or "",
        overdue=row.due is not None and rules.day_of(row.delivered_at or now) > row.due,
        left=left,
        receipt_id=row.receipt_id,
        receipt_number=row.receipt.number if row.receipt else "",
    )


def _state(row: CaseDelivery, now: datetime) -> DeliveryState:
    if row.confirmed_at is not None:
        return DeliveryState.CONFIRMED
    if row.delivered_at is not None:
        return DeliveryState.DELIVERED if row.delivered_at <= now else DeliveryState.SENT
    if row.sent_at is not None:
        return DeliveryState.SENT
    return DeliveryState.WAITING if row.waits else DeliveryState.READY


def deferred_of(*, case: Case) -> tuple[DeferredView, ...]:
    """What may follow after conditional acceptance. No query where nothing ever was to."""
    today = clock.today()
    rows = DeferredMaterial.objects.filter(case=case).order_by("due", "material")
    return tuple(
        DeferredView(row.material, row.name, row.due, row.supplied_at, row.supplied_at is None and today > row.due)
        for row in rows
    )


def pledges_of(*, case: Case) -> tuple[PledgeView, ...]:
    """The pledges of a case. One query."""
    return tuple(
        PledgeView(
            id=row.pk,
            material=row.material,
            name=row.name,
            signed_at=row.signed_at,
            signer=row.signer,
            consequences=row.consequences,
            check_due=row.check_due,
            checked_at=row.checked_at,
            kept=row.kept,
            finding=row.finding or "",
            restored_at=row.restored_at,
        )
        for row in CasePledge.objects.filter(case=case).order_by("pk")
    )


def is_pledged(*, case_id: UUID) -> bool:
    """Whether a pledge stands for a material of the case; for operations inside the step only. One query."""
    return bool(CasePledge.objects.filter(case_id=case_id).exists())


def lapsed_deferrals(*, viewer: Actor) -> tuple[UUID, ...]:
    """Open cases whose materials did not follow in time. One query."""
    rows = Case.objects.filter(policies.visible(viewer), deferred_until__lt=clock.today(), status__in=_BEFORE_DECISION)
    return tuple(rows.values_list("pk", flat=True))


def results_due(*, viewer: Actor) -> tuple[UUID, ...]:
    """Outer cases with results that wait for others and whose last day of delivery has come. One query."""
    rows = CaseDelivery.objects.filter(waits=True, due__lte=clock.today())
    rows = rows.filter(case__in=Case.objects.filter(policies.visible(viewer)))
    found = rows.values_list("case_id", "case__parent_id")
    return tuple(dict.fromkeys(parent or case for case, parent in found))


def verify(*, number: str, viewer: Actor) -> Verification:
    """Hash every event, document and result number of a case and its members anew; compare with the chain and the evidence.

    Raises CaseNotFound.
    """
    cases = list(Case.objects.filter(policies.visible(viewer)).filter(Q(number=number) | Q(parent__number=number)))
    if not any(case.number == number for case in cases):
        raise CaseNotFound
    faults: list[str] = []
    events = 0
    for case in sorted(cases, key=lambda each: each.number):
        chain = list(CaseEvent.objects.filter(case=case).order_by("seq"))
        events += len(chain)
        faults += _broken(case, chain)
    rows = list(CaseDocument.objects.filter(case__in=cases).order_by("pk"))
    faults += _changed(rows, [case.pk for case in cases])
    faults += _renumbered(cases)
    return Verification(number, events, len(rows), tuple(faults))


def event_digest(*, event: CaseEvent, previous: bytes) -> bytes:
    """The hash that an event should have."""
    return rules.event_hash(
        case_id=event.case_id,
        seq=event.seq,
        kind=event.kind,
        at=event.at,
        actor={
            "kind": event.actor_kind,
            "account": event.account_id,
            "person": event.person_id,
            "organisation": event.organisation_id,
            "role": event.role,
        },
        from_status=event.from_status,
        to_status=event.to_status,
        note=f"{event.note or ''}\x1f{event.opinion or ''}",
        data=event.data,
        nonce=bytes(event.nonce),
        previous=previous,
    )


def first_broken(*, case: Case, chain: Iterable[CaseEvent]) -> int:
    """The first event that is not as it was written, 0: all are."""
    previous, last = rules.GENESIS, 0
    for event in chain:
        if bytes(event.prev_hash) != previous or event_digest(event=event, previous=previous) != bytes(event.hash):
            return event.seq
        previous, last = bytes(event.hash), event.seq
    return 0 if previous == bytes(case.last_hash) else max(last, case.events_count)


def _broken(case: Case, chain: Sequence[CaseEvent]) -> list[str]:
    at = first_broken(case=case, chain=chain)
    return [f"{case.number}：第 {at} 条办理记录"] if at else []


def _changed(rows: Sequence[CaseDocument], case_ids: Sequence[UUID]) -> list[str]:
    told: dict[str, str] = {}
    evidence = EvidenceRow.objects.filter(kind="case.document", subject_kind="case", subject_id__in=case_ids)
    for statement in evidence.values_list("statement", flat=True):
        told[statement["facts"]["number"]] = statement["facts"]["digest"]
    faults = []
    for row in rows:
        digest = rules.document_digest(number=row.number, kind=row.kind, content=row.content)
        if digest != bytes(row.digest) or told.get(row.number) != digest.hex():
            faults.append(f"{row.number}：文书内容")
    missing = sorted(set(told) - {row.number for row in rows})
    return [*faults, *(f"{number}：文书缺失" for number in missing)]


def _renumbered(cases: Sequence[Case]) -> list[str]:
    """Results whose number is not the one in the evidence, and evidence whose result is not there."""
    numbers = {case.pk: case.number for case in cases}
    evidence = EvidenceRow.objects.filter(kind="case.result", subject_kind="case", subject_id__in=numbers)
    told = {
        (case_id, statement["facts"]["result"], statement["facts"]["number"])
        for case_id, statement in evidence.values_list("subject_id", "statement")
    }
    faults = []
    for row in CaseResult.objects.filter(case__in=cases).order_by("pk"):
        found = (row.case_id, row.kind, hidden_hash(row.number, bytes(row.salt)))
        if found not in told:
            faults.append(f"{numbers[row.case_id]}：{row.title}的编号")
        told.discard(found)
    return [*faults, *(f"{numbers[case_id]}：结果缺失" for case_id, _kind, _number in sorted(told))]
