"""The log of uses: searched, counted, exported; requests for uses that wait or are settled."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from yiwang.commons.identity import queries as identity
from yiwang.commons.seals import policies
from yiwang.commons.seals.contracts import (
    RequestNotFound,
    RequestRow,
    RequestState,
    SealId,
    UseMode,
    UseRow,
)
from yiwang.commons.seals.models import SealUse, SealUseRequest
from yiwang.commons.seals.queries.seals import view_of_row
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.paging import Page, paginate

MOST_EXPORTED = 100_000
_BATCH = 2000


def uses(
    *,
    viewer: Actor,
    seal_id: UUID | None = None,
    text: str = "",
    mode: str = "",
    since: date | None = None,
    until: date | None = None,
    cursor: str | None = None,
    size: int = 20,
) -> Page[UseRow]:
    """Uses of the seals in reach, the newest first, found by seal, reason, kind, or the SM3 of a file (hex).

    `since` and `until`: days in China, both included. Three queries. Raises MayNotSee.
    """
    rows = _found(viewer, seal_id, text, mode, since, until)
    page = paginate(rows, order=("-at", "-id"), cursor=cursor, size=size)
    names = _names(page.items, viewer)
    return page.map(lambda row: _use(row, names))


def _found(
    viewer: Actor, seal_id: UUID | None, text: str, mode: str, since: date | None, until: date | None
) -> "QuerySet[SealUse]":
    policies.check_view(viewer)
    rows: QuerySet[SealUse] = (
        SealUse.objects.filter(policies.visible(viewer)).select_related("seal", "organisation").defer(
            "seal__data", "seal__picture", "seal__certificate"
        )
    )  # fmt: skip
    if seal_id is not None:
        rows = rows.filter(seal_id=seal_id)
    if text:
        said = Q(reason__icontains=text) | Q(seal__name__icontains=text) | Q(seal__code=text) | Q(kind=text)
        if len(text) == 64:
            said = Q(document=text.lower()) | Q(sealed=text.lower())
        rows = rows.filter(said)
    if mode in set(UseMode):
        rows = rows.filter(mode=mode)
    if since is not None:
        rows = rows.filter(at__gte=_midnight(since))
    if until is not None:
        rows = rows.filter(at__lt=_midnight(until + timedelta(days=1)))
    return rows


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.CHINA)


def _names(rows: Any, viewer: Actor) -> dict[UUID, str]:
    wanted = {each for row in rows for each in (row.requested_by_id, row.approved_by_id) if each is not None}
    return identity.account_names(account_ids=wanted, viewer=viewer) if wanted else {}


def _use(row: SealUse, names: dict[UUID, str]) -> UseRow:
    return UseRow(
        id=row.pk,
        at=row.at,
        seal_id=SealId(row.seal_id),
        seal=row.seal.name,
        organisation=row.organisation.name,
        mode=UseMode(row.mode),
        kind=row.kind,
        subject=SubjectRef(row.subject_kind, row.subject_id),
        reason=row.reason,
        requested_by=names.get(row.requested_by_id, "") if row.requested_by_id else "",
        approved_by=names.get(row.approved_by_id, "") if row.approved_by_id else "",
        document=row.document,
        sealed=row.sealed,
    )


def uses_of(*, subject: SubjectRef, viewer: Actor) -> tuple[UseRow, ...]:
    """The uses of seals for one record, oldest first: for whoever may see the record. One query."""
    del viewer
    rows = SealUse.objects.filter(subject_kind=subject.kind, subject_id=subject.id)
    return tuple(_use(row, {}) for row in rows.select_related("seal", "organisation").order_by("at", "id")[:200])


def uses_csv(
    *,
    viewer: Actor,
    heads: tuple[str, ...],
    seal_id: UUID | None = None,
    text: str = "",
    mode: str = "",
    since: date | None = None,
    until: date | None = None,
) -> Iterator[str]:
    """The same as CSV, line by line, with `heads` above (eleven of them); at most 100,000 uses. Raises MayNotSee.

    A field that a table program would take for a formula gets an apostrophe before it.
    """
    rows = _found(viewer, seal_id, text, mode, since, until).order_by("-at", "-id")[:MOST_EXPORTED]
    return _lines(rows, viewer, heads)


def _lines(rows: "QuerySet[SealUse]", viewer: Actor, heads: tuple[str, ...]) -> Iterator[str]:
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + _line(heads)
    batch: list[SealUse] = []
    for row in rows.iterator(chunk_size=_BATCH):
        batch.append(row)
        if len(batch) == _BATCH:
            yield _exported(batch, viewer)
            batch = []
    if batch:
        yield _exported(batch, viewer)


def _exported(batch: list[SealUse], viewer: Actor) -> str:
    names = _names(batch, viewer)
    return "".join(
        _line(
            (
                f"{timezone.localtime(use.at, clock.CHINA):%Y-%m-%d %H:%M:%S}", row.seal.code, use.seal, use.organisation,
                use.mode.value, use.kind, use.reason, use.requested_by, use.approved_by, use.document, use.sealed,
            )
        )
        for row in batch
        for use in (_use(row, names),)
    )  # fmt: skip


def _line(cells: tuple[str, ...]) -> str:
    into = StringIO()
    csv.writer(into).writerow(f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell for cell in cells)
    return into.getvalue()


def requests(
    *, viewer: Actor, state: str = RequestState.WAITING.value, cursor: str | None = None, size: int = 20
) -> Page[RequestRow]:
    """Requests that the viewer made, or may decide on as a keeper; the newest first. Three queries."""
    rows = _own(viewer)
    if state in set(RequestState):
        rows = rows.filter(state=state)
    page = paginate(rows, order=("-asked_at", "-id"), cursor=cursor, size=size)
    names = _asked(page.items, viewer)
    return page.map(lambda row: _request(row, names, viewer, keeps=None))


def waiting_requests(*, viewer: Actor) -> int:
    """How many requests wait for the viewer as a keeper. One query."""
    if not viewer.is_official:
        return 0
    rows = SealUseRequest.objects.filter(policies.kept_by(viewer), state=RequestState.WAITING.value)
    return int(rows.exclude(asked_by_id=viewer.account_id).count())


def request(*, request_id: UUID, viewer: Actor) -> RequestRow:
    """One request: for who asked, the keepers, and who sees the organisation's seals. Raises RequestNotFound."""
    row = SealUseRequest.objects.select_related("seal__organisation").filter(pk=request_id).first()
    if row is None or not may_see_request(viewer, row):
        raise RequestNotFound
    return _request(row, _asked([row], viewer), viewer, keeps=policies.can_use(viewer, row.seal))


def may_see_request(viewer: Actor, row: SealUseRequest, /) -> bool:
    """Who asked, who keeps the seal, who sees the organisation's seals."""
    if viewer.account_id is not None and viewer.account_id == row.asked_by_id:
        return True
    from yiwang.commons.seals.contracts import VIEW

    return policies.keeps(viewer, row.seal_id) or identity.holds(viewer, VIEW, organisation_id=row.organisation_id)


def reads_request_files(viewer: Actor, subject: SubjectRef, /) -> bool:
    """The rule for the files of a request (commons.files)."""
    row = SealUseRequest.objects.filter(pk=subject.id).first()
    return row is not None and may_see_request(viewer, row)


def reads_seal_files(viewer: Actor, subject: SubjectRef, /) -> bool:
    """The rule for the record of a destruction."""
    from yiwang.commons.seals.contracts import VIEW
    from yiwang.commons.seals.models import Seal

    row = Seal.objects.filter(pk=subject.id).first()
    return row is not None and identity.holds(viewer, VIEW, organisation_id=row.organisation_id)


def _own(viewer: Actor) -> "QuerySet[SealUseRequest]":
    mine = Q(asked_by_id=viewer.account_id) if viewer.account_id else Q(pk__in=())
    rows: QuerySet[SealUseRequest] = SealUseRequest.objects.filter(mine | policies.kept_by(viewer))
    return rows.select_related("seal__organisation").defer("seal__data", "seal__picture", "seal__certificate")


def _asked(rows: Any, viewer: Actor) -> dict[UUID, str]:
    wanted = {each for row in rows for each in (row.asked_by_id, row.decided_by_id) if each is not None}
    return identity.account_names(account_ids=wanted, viewer=viewer) if wanted else {}


def _request(row: Any, names: dict[UUID, str], viewer: Actor, *, keeps: bool | None) -> RequestRow:
    waits, own = row.state == RequestState.WAITING.value, row.asked_by_id == viewer.account_id
    return RequestRow(
        id=row.pk,
        seal=view_of_row(row.seal),
        name=row.name,
        digest=row.digest,
        page=row.page,
        x=row.x,
        y=row.y,
        reason=row.reason,
        state=RequestState(row.state),
        asked_by=names.get(row.asked_by_id, ""),
        asked_at=row.asked_at,
        decided_by=names.get(row.decided_by_id, "") if row.decided_by_id else "",
        decided_at=row.decided_at,
        answer=row.answer,
        document_id=row.document_id,
        sealed_id=row.sealed_id,
        may_decide=waits and not own and (keeps is None or keeps),
        may_withdraw=waits and own,
    )
