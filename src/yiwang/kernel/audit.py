"""Reading the audit trail: who did what, in which capacity, on what, when. Who may read which rows is said from above."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from yiwang.kernel.actor import ActorKind, SubjectRef
from yiwang.kernel.models import AuditEntry
from yiwang.kernel.paging import Page, paginate

_ORDER = ("-at", "-id")
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line of the trail; `error_code` is set where the command was refused."""

    id: UUID
    run: UUID
    at: datetime
    command: str
    error_code: str
    actor: ActorKind
    account_id: UUID | None
    organisation_id: UUID | None
    role: str
    on_behalf: SubjectRef | None
    purpose: str
    zone: str
    subject: SubjectRef | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AuditSearch:
    """What is looked for; None and "" ask nothing. `command` is a name or its beginning (`cases.`), `until` is not included."""

    subjects: tuple[UUID, ...] | None = None
    account_id: UUID | None = None
    command: str = ""
    since: datetime | None = None
    until: datetime | None = None
    refused_only: bool = False


def search(*, wanted: AuditSearch, reach: Q, cursor: str | None = None, size: int = 50) -> Page[AuditRow]:
    """The latest first, within `reach` (a filter of AuditEntry). One query."""
    return paginate(_rows(wanted, reach), order=_ORDER, cursor=cursor, size=size).map(_shown)


def exceeds(*, wanted: AuditSearch, reach: Q, limit: int) -> bool:
    """Whether more than `limit` lines are found. One query that counts no further."""
    return bool(_rows(wanted, reach).order_by(*_ORDER).values("pk")[limit : limit + 1])


def batches(*, wanted: AuditSearch, reach: Q, size: int = _BATCH) -> Iterator[tuple[AuditRow, ...]]:
    """Everything that is found, page by page, so that no transaction stays open. One query a batch."""
    cursor: str | None = None
    while True:
        page = search(wanted=wanted, reach=reach, cursor=cursor, size=size)
        if page.items:
            yield page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def _rows(wanted: AuditSearch, reach: Q) -> "QuerySet[AuditEntry]":
    rows: QuerySet[AuditEntry] = AuditEntry.objects.filter(reach)
    if wanted.subjects is not None:
        rows = rows.filter(subject_id__in=wanted.subjects)
    if wanted.account_id is not None:
        rows = rows.filter(account_id=wanted.account_id)
    if wanted.command:
        rows = rows.filter(command__startswith=wanted.command)
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(at__lt=wanted.until)
    if wanted.refused_only:
        rows = rows.filter(outcome=AuditEntry.Outcome.REFUSED)
    return rows


def _shown(row: AuditEntry) -> AuditRow:
    return AuditRow(
        id=row.pk,
        run=row.run,
        at=row.at,
        command=row.command,
        error_code=row.error_code,
        actor=ActorKind(row.actor_kind),
        account_id=row.account_id,
        organisation_id=row.organisation_id,
        role=row.role,
        on_behalf=SubjectRef(row.on_behalf_kind, row.on_behalf_id) if row.on_behalf_id else None,
        purpose=row.purpose,
        zone=row.zone,
        subject=SubjectRef(row.subject_kind, row.subject_id) if row.subject_id else None,
        details=row.details,
    )
