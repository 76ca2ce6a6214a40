"""What officials and operators read: licences in reach, imports with their rejects, what is stuck."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from yiwang.commons.identity import queries as identity
from yiwang.commons.licences import policies
from yiwang.commons.licences.contracts import (
    IMPORT,
    MANAGE,
    ImportNotFound,
    ImportRow,
    ImportState,
    LicenceBrief,
    LicenceState,
    StuckRow,
)
from yiwang.commons.licences.models import HOLDER_CODE, Licence, LicenceImport, LicenceReject
from yiwang.commons.licences.queries.wallet import brief
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.fields import keyed_hashes
from yiwang.kernel.paging import Page, paginate

_STUCK_AFTER = timedelta(minutes=10)


def licences(
    *,
    viewer: Actor,
    text: str = "",
    holder: str = "",
    state: str = "",
    type_key: str = "",
    cursor: str | None = None,
    size: int = 20,
) -> Page[LicenceBrief]:
    """Licences that the viewer's grants reach, the newest first. One query. Raises BadCursor.

    `text`: the beginning of the number; `holder`: the beginning of a name, or a whole ID number or credit code.
    """
    rows = Licence.objects.filter(policies.scope(viewer)).select_related("current__file")
    rows = rows.defer("current__values", "holder_code", "holder_hash")
    if text:
        rows = rows.filter(number__startswith=text)
    if holder:
        hashes = keyed_hashes(holder.upper(), HOLDER_CODE)
        rows = rows.filter(Q(holder_name__startswith=holder) | Q(holder_hash__in=hashes))
    if state in {each.value for each in LicenceState}:
        rows = rows.filter(state=state)
    if type_key:
        rows = rows.filter(scope_key=policies.scope_key(type_key))
    return paginate(rows, order=("-id",), cursor=cursor, size=size).map(lambda row: brief(row=row))


def holder_names(*, licence_ids: list[UUID], viewer: Actor) -> dict[UUID, str]:
    """Whose the licences are, of those in the viewer's reach. One query."""
    rows = Licence.objects.filter(policies.scope(viewer), pk__in=licence_ids)
    return dict(rows.values_list("pk", "holder_name"))


def imports(*, viewer: Actor, cursor: str | None = None, size: int = 20) -> Page[ImportRow]:
    """Imports of organisations in the viewer's reach, the newest first. One query."""
    return paginate(_imports(viewer), order=("-begun_at", "-id"), cursor=cursor, size=size).map(_import)


def import_row(*, import_id: UUID, viewer: Actor) -> ImportRow:
    """One import. Raises ImportNotFound."""
    row = _imports(viewer).filter(pk=import_id).first()
    if row is None:
        raise ImportNotFound
    return _import(row)


def _imports(viewer: Actor) -> Any:
    reach = identity.scope(viewer=viewer, action=IMPORT, scope_key=None, grade=None)
    return LicenceImport.objects.filter(reach).select_related("type", "organisation").defer("content")


def _import(row: Any) -> ImportRow:
    return ImportRow(
        id=row.pk,
        type_key=row.type.key,
        organisation=row.organisation.name,
        file_name=row.file_name,
        state=ImportState(row.state),
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        lines=row.reached,
        created=row.created,
        repeated=row.repeated,
        rejected=row.rejected,
        problem=row.problem,
    )


def rejects_csv(*, import_id: UUID, viewer: Actor) -> Iterator[str]:
    """The rejected lines as CSV, with what to do: line, field, reason, advice. Raises ImportNotFound."""
    run = import_row(import_id=import_id, viewer=viewer)
    yield _csv("行", "字段", "原因", "怎么改")
    rows = LicenceReject.objects.filter(run_id=import_id).order_by("line")
    told = 0
    for row in rows.values_list("line", "field", "reason", "mend").iterator():
        told += 1
        yield _csv(*(str(each) for each in row))
    if told < run.rejected:
        yield _csv("", "", f"还有 {run.rejected - told} 行没有列出", "先改正列出的行，再导入一次")


def _csv(*cells: str) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def stuck(*, viewer: Actor, size: int = 50) -> tuple[StuckRow, ...]:
    """Versions that wait for their seal for more than ten minutes or failed before, the oldest first. One query."""
    waits = Q(tries__gt=0) | Q(changed_at__lt=clock.now() - _STUCK_AFTER)
    rows = Licence.objects.filter(policies.scope(viewer, MANAGE), waits, pending__isnull=False)
    return tuple(
        StuckRow(
            licence_id=row.pk,
            title=row.title,
            number=row.number,
            issuer_name=row.issuer_name,
            since=row.created_at,
            tries=row.tries,
            problem=row.problem,
        )
        for row in rows.order_by("created_at")[:size]
    )
