"""Versions side by side, quality findings, imports with their rows: what the steward of the catalogue looks at."""

from collections.abc import Iterator
from uuid import UUID

from yiwang.kernel.actor import Actor
from yiwang.kernel.paging import Page, paginate
from yiwang.serve.matters import models, policies, rules
from yiwang.serve.matters.contracts import (
    CatalogueRow,
    Difference,
    ImportRun,
    KeptRow,
    MatterNotFound,
    QualityFinding,
    RowVerdict,
)
from yiwang.serve.matters.queries.browsing import row_of

_CHUNK = 200


def versions(*, code: str, viewer: Actor) -> tuple[CatalogueRow, ...]:
    """All versions of a code, the newest first. Raises MatterNotFound, Forbidden. One query."""
    policies.check_publish(viewer)
    rows = models.Matter.objects.filter(code=code.replace("\x00", "")).select_related("item").order_by("-version")
    found = tuple(row_of(row) for row in rows)
    if not found:
        raise MatterNotFound(code=code)
    return found


def differences(*, code: str, before: int, after: int, viewer: Actor) -> tuple[Difference, ...]:
    """Every field of two versions; `before` 0 compares with nothing. Raises MatterNotFound, Forbidden. One query."""
    policies.check_publish(viewer)
    rows = models.Matter.objects.filter(code=code, version__in=[before, after])
    found = {row.version: row.definition for row in rows}
    if after not in found or (before and before not in found):
        raise MatterNotFound(code=code)
    return rules.differences(found.get(before, {}), found[after])


def quality(*, matter_id: UUID, viewer: Actor) -> tuple[QualityFinding, ...]:
    """What the quality rules say of a version. Raises MatterNotFound, Forbidden. One query."""
    policies.check_publish(viewer)
    row = models.Matter.objects.filter(pk=matter_id).first()
    if row is None:
        raise MatterNotFound
    return rules.quality(rules.facts_of(row.definition))


def quality_of_all(*, viewer: Actor) -> Iterator[tuple[CatalogueRow, tuple[QualityFinding, ...]]]:
    """Every version offered with what the quality rules say of it, by code; read in chunks. Raises Forbidden."""
    policies.check_publish(viewer)
    rows = models.Matter.objects.filter(state__in=rules.OFFERED).select_related("item").order_by("code")
    for row in rows.iterator(chunk_size=_CHUNK):
        yield row_of(row), rules.quality(rules.facts_of(row.definition))


def national_rows(*, table: str, viewer: Actor) -> Iterator[dict[str, str]]:
    """The catalogue in the national exchange format (事项清单): `basic`, `material`, `fee` or `qa`; read in chunks."""
    policies.check_publish(viewer)
    rows = models.Matter.objects.filter(state__in=rules.OFFERED).select_related("item", "organisation").order_by("code")
    for row in rows.iterator(chunk_size=_CHUNK):
        yield from rules.national_rows(table, rules.NationalEntry(row.definition, _kept(row)))


def _kept(row: models.Matter) -> dict[str, str]:
    """What the row says beside its definition."""
    return {
        "code": row.implementation_code or row.code,
        "state": row_of(row).state.value,
        "version": str(row.version),
        "department": row.organisation.name if row.organisation else row.department,
        "credit_code": (row.organisation.credit_code or "") if row.organisation else row.department_code,
    }


def import_runs(*, viewer: Actor, cursor: str | None = None, size: int = 20) -> Page[ImportRun]:
    """Imports that changed something, the newest first. Raises Forbidden. One query a page."""
    policies.check_publish(viewer)
    return paginate(models.CatalogueImport.objects.all(), order=("-at", "-id"), cursor=cursor, size=size).map(_run)


def import_run(*, run_id: UUID, viewer: Actor) -> ImportRun:
    """One import. Raises MatterNotFound, Forbidden."""
    policies.check_publish(viewer)
    row = models.CatalogueImport.objects.filter(pk=run_id).first()
    if row is None:
        raise MatterNotFound
    return _run(row)


def import_rows(
    *, run_id: UUID, viewer: Actor, verdict: str = "", rule: str = "", cursor: str | None = None, size: int = 50
) -> Page[KeptRow]:
    """Rows of an import that were rejected, repaired or noticed, by line. Raises Forbidden. One query a page."""
    policies.check_publish(viewer)
    rows = models.ImportedRow.objects.filter(run_id=run_id)
    if verdict:
        rows = rows.filter(verdict=verdict)
    if rule:
        rows = rows.filter(rule=rule)
    return paginate(rows, order=("line", "id"), cursor=cursor, size=size).map(_kept_row)


def _run(row: models.CatalogueImport) -> ImportRun:
    return ImportRun(
        row.pk, row.file, row.at, row.encoding, row.rows, row.imported, row.unchanged, row.changed, row.rejected
    )


def _kept_row(row: models.ImportedRow) -> KeptRow:
    return KeptRow(
        row.pk,
        row.line,
        RowVerdict(row.verdict),
        row.rule,
        row.field,
        row.before,
        row.after,
        row.message,
        row.name,
        row.original,
    )
