"""Lists of cases: for officials by grants, for residents their own."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, OuterRef, Q, Subquery

from yiwang.commons.identity import queries as identity
from yiwang.kernel.actor import Actor
from yiwang.kernel.clock import CHINA
from yiwang.kernel.codes import clean_code
from yiwang.kernel.paging import Page, paginate
from yiwang.serve.cases import policies
from yiwang.serve.cases.contracts import Attention, CaseAction, CaseKind, CaseRow, CaseSearch, CaseStatus, ResultKind
from yiwang.serve.cases.models import Case, CaseDelivery, CaseEvent, CasePledge

_LIGHT = (
    "number", "kind", "title", "applicant_name", "organisation_name", "status", "result", "submitted_at", "promised_due",
    "closed_at", "beneficiary",
)  # fmt: skip
_ID_NUMBER = re.compile(r"[0-9A-Z]{18}")
_FINAL = sorted(status.value for status in CaseStatus if status.is_final)


def cases(
    *,
    viewer: Actor,
    wanted: CaseSearch | None = None,
    status: CaseStatus | None = None,
    open_only: bool = False,
    matter_code: str = "",
    search: str = "",
    cursor: str | None = None,
    size: int = 20,
) -> Page[CaseRow]:
    """The cases in the viewer's reach, newest first; a resident's are the outermost ones only. One query.

    `wanted` says all at once what the other arguments say singly. An ID number or a credit code costs one query more.
    """
    wanted = wanted or CaseSearch(search, status, open_only, matter_code)
    rows = Case.objects.filter(policies.visible(viewer)).only(*_LIGHT)
    if not viewer.is_official:
        rows = rows.filter(parent__isnull=True)
    rows = rows.filter(_matching(wanted, viewer))
    rows = rows.annotate(
        member_count=Count("members"), member_done=Count("members", filter=Q(members__status__in=_FINAL))
    )
    return paginate(rows, order=("-submitted_at", "-id"), cursor=cursor, size=size).map(lambda row: case_row(row=row))


def _matching(wanted: CaseSearch, viewer: Actor) -> Q:
    found = Q()
    if wanted.status is not None:
        found &= Q(status=wanted.status.value)
    if wanted.open_only:
        found &= ~Q(status__in=_FINAL)
    if wanted.matter_code:
        found &= Q(matter_code=wanted.matter_code)
    if wanted.since is not None:
        found &= Q(submitted_at__gte=datetime.combine(wanted.since, time.min, CHINA))
    if wanted.until is not None:
        found &= Q(submitted_at__lt=datetime.combine(wanted.until + timedelta(days=1), time.min, CHINA))
    if wanted.attention is not None:
        found &= _ATTENTION[wanted.attention]()
    return found & _said(wanted.text, viewer) if wanted.text else found


def _undelivered() -> Q:
    ready = CaseDelivery.objects.filter(delivered_at__isnull=True, waits=False)
    return Q(pk__in=ready.values("case_id"))


def _under_special_procedure() -> Q:
    """The last stop of the clock came after its last resumption."""
    moves = CaseEvent.objects.filter(case=OuterRef("pk"), kind__in=_CLOCK_MOVES).order_by("-seq")
    stopped = Case.objects.annotate(moved=Subquery(moves.values("kind")[:1])).filter(moved=CaseAction.STOP_CLOCK.value)
    return Q(status__in=_BEFORE_DECISION) & Q(pk__in=stopped.filter(status__in=_BEFORE_DECISION).values("pk"))


_BEFORE_DECISION = [CaseStatus.ACCEPTED.value, CaseStatus.REVIEWING.value]
_CLOCK_MOVES = [CaseAction.STOP_CLOCK.value, CaseAction.RESUME_CLOCK.value]
_ATTENTION: Mapping[Attention, Callable[[], Q]] = {
    Attention.DELIVERY: _undelivered,
    Attention.DEFERRED: lambda: Q(deferred_until__isnull=False, status__in=_BEFORE_DECISION),
    Attention.PLEDGE: lambda: Q(
        pk__in=CasePledge.objects.filter(kept__isnull=True).values("case_id"), accepted_at__isnull=False
    ),
    Attention.SPECIAL: _under_special_procedure,
}


def _said(text: str, viewer: Actor) -> Q:
    """A case number, part of a name, or somebody's whole number, which is looked up by its keyed hash."""
    code = clean_code(text)
    if _ID_NUMBER.fullmatch(code):
        person = identity.find_person(id_number=code, viewer=viewer)
        entity = None if person else identity.entity_by_credit_code(credit_code=code, viewer=viewer)
        if person or entity:
            return Q(person_id=person.id) if person else Q(entity_id=entity.id)  # type: ignore[union-attr]
    return Q(number__startswith=text) | Q(applicant_name__contains=text)


def matters_of(*, viewer: Actor) -> tuple[tuple[str, str], ...]:
    """(code, name) of the matters that occur among the viewer's cases, for a filter. One query."""
    rows = Case.objects.filter(policies.visible(viewer)).exclude(matter_code="").order_by("matter_code")
    return tuple(dict(rows.values_list("matter_code", "title").distinct()[:300]).items())


def rows_of(*, case_ids: Sequence[UUID], viewer: Actor) -> tuple[CaseRow, ...]:
    """The visible ones of these cases, with how many members there are and are done. One query."""
    rows = Case.objects.filter(policies.visible(viewer), pk__in=case_ids).only(*_LIGHT)
    rows = rows.annotate(
        member_count=Count("members"), member_done=Count("members", filter=Q(members__status__in=_FINAL))
    )
    return tuple(case_row(row=row) for row in rows)


def case_row(*, row: Case) -> CaseRow:
    """The row as a frozen value."""
    return CaseRow(
        id=row.pk,
        number=row.number,
        kind=CaseKind(row.kind),
        title=row.title,
        applicant=row.applicant_name,
        organisation=row.organisation_name,
        status=CaseStatus(row.status),
        result=ResultKind(row.result) if row.result else None,
        submitted_at=row.submitted_at,
        promised_due=row.promised_due,
        closed_at=row.closed_at,
        members=getattr(row, "member_count", 0),
        members_done=getattr(row, "member_done", 0),
        beneficiary=row.beneficiary,
    )


def ids_of(*, number: str, viewer: Actor) -> tuple[UUID, ...]:
    """The visible case with that number, and its members. One query."""
    rows = Case.objects.filter(policies.visible(viewer)).filter(Q(number=number) | Q(parent__number=number))
    return tuple(rows.values_list("pk", flat=True))


def number_of(*, case_id: UUID, viewer: Actor) -> str | None:
    """The number of a case that the viewer may see."""
    rows = Case.objects.filter(policies.visible(viewer), pk=case_id)
    found: str | None = rows.values_list("number", flat=True).first()
    return found
