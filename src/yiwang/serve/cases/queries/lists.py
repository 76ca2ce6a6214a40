"""Lists of cases: for officials by grants, for residents their own."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, Q

from yiwang.kernel.actor import Actor
from yiwang.kernel.paging import Page, paginate
from yiwang.serve.cases import policies
from yiwang.serve.cases.contracts import CaseKind, CaseRow, CaseStatus, ResultKind
from yiwang.serve.cases.models import Case

_LIGHT = (
    "number", "kind", "title", "applicant_name", "organisation_name", "status", "result", "submitted_at", "promised_due",
    "closed_at", "beneficiary",
)  # fmt: skip
_FINAL = sorted(status.value for status in CaseStatus if status.is_final)


def cases(
    *,
    viewer: Actor,
    status: CaseStatus | None = None,
    open_only: bool = False,
    matter_code: str = "",
    search: str = "",
    cursor: str | None = None,
    size: int = 20,
) -> Page[CaseRow]:
    """The cases in the viewer's reach, newest first; a resident's are the outermost ones only. One query.

    `search` is a number or its beginning, or part of the applicant's name.
    """
    rows = Case.objects.filter(policies.visible(viewer)).only(*_LIGHT)
    if not viewer.is_official:
        rows = rows.filter(parent__isnull=True)
    if status is not None:
        rows = rows.filter(status=status.value)
    if open_only:
        rows = rows.exclude(status__in=_FINAL)
    if matter_code:
        rows = rows.filter(matter_code=matter_code)
    if search:
        rows = rows.filter(Q(number__startswith=search) | Q(applicant_name__contains=search))
    rows = rows.annotate(
        member_count=Count("members"), member_done=Count("members", filter=Q(members__status__in=_FINAL))
    )
    return paginate(rows, order=("-submitted_at", "-id"), cursor=cursor, size=size).map(lambda row: case_row(row=row))


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
