"""Imports of accounts: their progress and their rejects, for whoever reaches their subtree."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import QuerySet

from yiwang.commons.identity.contracts.people import ImportRow, ImportState, ImportUnknown, RejectRow
from yiwang.commons.identity.models import AccountImport, AccountReject
from yiwang.commons.identity.policies import administering
from yiwang.commons.identity.queries.csv_text import csv_line
from yiwang.commons.identity.queries.places import organisation_ref
from yiwang.kernel.actor import Actor
from yiwang.kernel.paging import Page, paginate

TEMPLATE = ("username", "name", "id_number", "mobile", "organisation", "role", "valid_from", "valid_to")


def imports(*, viewer: Actor, cursor: str | None = None, size: int = 20) -> Page[ImportRow]:
    """The latest first. One query."""
    return paginate(_seen(viewer), order=("-begun_at", "-id"), cursor=cursor, size=size).map(_row)


def import_row(*, import_id: UUID, viewer: Actor) -> ImportRow:
    """One import. Raises ImportUnknown. One query."""
    found = _seen(viewer).filter(pk=import_id).first()
    if found is None:
        raise ImportUnknown
    return _row(found)


def rejects(*, import_id: UUID, viewer: Actor, cursor: str | None = None, size: int = 50) -> Page[RejectRow]:
    """Lines that were not taken in, in their order. Two queries. Raises ImportUnknown."""
    import_row(import_id=import_id, viewer=viewer)
    rows = AccountReject.objects.filter(run_id=import_id)
    return paginate(rows, order=("line", "id"), cursor=cursor, size=size).map(_reject)


def rejects_csv(*, import_id: UUID, viewer: Actor) -> Iterator[str]:
    """The rejects as CSV, page by page. Raises ImportUnknown."""
    import_row(import_id=import_id, viewer=viewer)
    yield "\ufeff" + csv_line(("行", "列", "原因", "怎么改"))
    cursor: str | None = None
    while True:
        page = rejects(import_id=import_id, viewer=viewer, cursor=cursor, size=1000)
        for each in page.items:
            yield csv_line((str(each.line), each.field, each.reason, each.mend))
        cursor = page.next_cursor
        if cursor is None:
            return


def _seen(viewer: Actor) -> "QuerySet[AccountImport]":
    administering.check_look(viewer)
    rows: QuerySet[AccountImport] = AccountImport.objects.defer("content").select_related("organisation")
    return rows.filter(administering.in_reach(viewer))


def _row(row: AccountImport) -> ImportRow:
    return ImportRow(
        id=row.pk, organisation=organisation_ref(row.organisation), file_name=row.file_name,
        state=ImportState(row.state), dry_run=row.dry_run, total=row.total, lines=row.reached, created=row.created,
        changed=row.changed, unchanged=row.unchanged, rejected=row.rejected, begun_at=row.begun_at,
        ended_at=row.ended_at,
    )  # fmt: skip


def _reject(row: AccountReject) -> RejectRow:
    return RejectRow(row.line, row.field, row.reason, row.mend)
