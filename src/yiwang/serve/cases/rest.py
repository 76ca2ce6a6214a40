"""REST: the cases in one's reach, and one of them by its number. Read only; cases are filed through the portal."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema

from yiwang.commons.identity.queries import actor_of
from yiwang.serve.cases import queries
from yiwang.serve.cases.contracts import CaseRow, CaseView, DocumentView, ResultView

router = Router(tags=["cases"])


class CaseOut(Schema):
    """A case in a list."""

    id: UUID
    number: str
    kind: str
    title: str
    applicant: str
    organisation: str
    status: str
    status_label: str
    result: str | None
    submitted_at: datetime
    promised_due: date | None
    closed_at: datetime | None


class CasePage(Schema):
    """One page; `next` is the cursor of the following one."""

    items: list[CaseOut]
    next: str | None


class ResultOut(Schema):
    """A result of a decision; `sealed` is false until it bears the electronic seal."""

    id: UUID
    number: str
    title: str
    issued_by: str
    issued_at: datetime
    sealed: bool


class DocumentOut(Schema):
    """A legal document of a case, without its text; `digest` is the SM3 of number, kind and content."""

    id: UUID
    case: str
    kind: str
    number: str
    title: str
    authority: str
    day: date
    delivery: str
    channel: str
    delivered_at: datetime | None
    confirmed_at: datetime | None
    digest: str
    sealed: bool


class EventOut(Schema):
    """A line of the history."""

    seq: int
    kind: str
    label: str
    at: datetime
    status: str
    note: str


class CaseDetail(CaseOut):
    """A case with its members, results and history."""

    parent: str
    members: list[CaseOut]
    results: list[ResultOut]
    documents: list[DocumentOut]
    events: list[EventOut]
    promised_days: int
    statutory_due: date | None


@router.get("/cases", response=CasePage, summary="办件")
def cases(
    request: HttpRequest,
    search: Annotated[str, Query(max_length=80)] = "",
    open_only: bool = False,
    cursor: str | None = None,
    size: Annotated[int, Query(ge=1, le=100)] = 20,
) -> CasePage:
    """One's own cases; for officials those that their grants reach. Newest first."""
    page = queries.cases(viewer=actor_of(request), search=search, open_only=open_only, cursor=cursor, size=size)
    return CasePage(items=[_case(row) for row in page.items], next=page.next_cursor)


@router.get("/cases/{number}", response=CaseDetail, summary="一个办件")
def case(request: HttpRequest, number: str) -> CaseDetail:
    """A case by its number; 404 also for one of somebody else."""
    view = queries.case(number=number, viewer=actor_of(request))
    return CaseDetail(
        id=view.id,
        number=view.number,
        kind=view.kind.value,
        title=view.title,
        applicant=view.applicant,
        organisation=view.organisation,
        status=view.status.value,
        status_label=view.status.label,
        result=view.result.value if view.result else None,
        submitted_at=view.submitted_at,
        promised_due=view.promised_due,
        closed_at=view.closed_at,
        parent=view.parent_number,
        members=[_case(member.case) for member in view.members],
        results=[_result(result) for result in _results(view)],
        documents=[_document(each) for each in _documents(view)],
        events=[
            EventOut(
                seq=event.seq,
                kind=event.kind.value,
                label=event.kind.label,
                at=event.at,
                status=event.to_status,
                note=event.note,
            )
            for event in view.events
        ],
        promised_days=view.promised_days,
        statutory_due=view.statutory_due,
    )


def _results(view: CaseView) -> list[ResultView]:
    return [*view.results, *(result for member in view.members for result in member.results)]


def _documents(view: CaseView) -> list[DocumentView]:
    return [*view.documents, *(each for member in view.members for each in member.documents)]


def _document(found: DocumentView) -> DocumentOut:
    delivery = found.delivery
    return DocumentOut(
        id=found.id,
        case=found.case_number,
        kind=found.kind.value,
        number=found.number,
        title=found.title,
        authority=found.authority,
        day=found.day,
        delivery=delivery.state.value if delivery else "",
        channel=delivery.channel.value if delivery else "",
        delivered_at=delivery.delivered_at if delivery else None,
        confirmed_at=delivery.confirmed_at if delivery else None,
        digest=found.digest,
        sealed=found.sealed,
    )


def _result(result: ResultView) -> ResultOut:
    return ResultOut(
        id=result.id,
        number=result.number,
        title=result.title,
        issued_by=result.issued_by,
        issued_at=result.issued_at,
        sealed=result.sealed,
    )


def _case(row: CaseRow) -> CaseOut:
    return CaseOut(
        id=row.id,
        number=row.number,
        kind=row.kind.value,
        title=row.title,
        applicant=row.applicant,
        organisation=row.organisation,
        status=row.status.value,
        status_label=row.status.label,
        result=row.result.value if row.result else None,
        submitted_at=row.submitted_at,
        promised_due=row.promised_due,
        closed_at=row.closed_at,
    )
