"""Taking over a foreign list of matters: every row becomes an entry or is kept with its reason, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.serve.matters import models, policies, queries, rules
from yiwang.serve.matters.commands import indexing
from yiwang.serve.matters.contracts import ImportReport, ListedSpec, MatterKind, MatterState

_SIZE = 500


@command("matters.import_list")
def import_list(*, file: str, data: bytes, by: Actor, at: datetime) -> ImportReport:
    """Take over the CSV `data`. A second time it changes nothing. Raises ListUnreadable, Forbidden.

    Entries are listed: told to the public, not handled here. A changed entry is a new version; rejected and repaired
    rows are kept with their line, reason and original.
    """
    policies.check_publish(by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('matters.import_list', 11))")
    plan = queries.plan_import(file=file, data=data, viewer=by)
    report = plan.report(dry_run=False)
    run_id = None
    if plan.fresh or not models.CatalogueImport.objects.filter(digest=plan.digest).exists():
        items = _items([each.spec for each in plan.fresh])
        _retire([each.spec.code for each in plan.fresh if each.version], at)
        rows = [_row(each, items[each.spec.catalogue_code], at) for each in plan.fresh]
        models.Matter.objects.bulk_create(rows, batch_size=_SIZE)
        indexing.index_listed([each.spec for each in plan.fresh], by=by, at=at)
        run_id = _keep(plan, report, by, at)
    counts = {name: getattr(report, name) for name in ("rows", "imported", "unchanged", "changed", "rejected")}
    note(SubjectRef("catalogue_import", run_id or UUID(int=0)), file=file[:200], **counts)
    return report


def _items(specs: Sequence[ListedSpec]) -> dict[str, models.CatalogItem]:
    """The lines of the basic catalogue, made where they are missing; known ones keep their names."""
    wanted = {spec.catalogue_code: spec for spec in specs}
    models.CatalogItem.objects.bulk_create(
        [
            models.CatalogItem(code=code, name=spec.main_item or spec.name, type=spec.type)
            for code, spec in wanted.items()
        ],
        ignore_conflicts=True,
        batch_size=_SIZE,
    )
    return {item.code: item for item in models.CatalogItem.objects.filter(code__in=list(wanted))}


def _retire(codes: Sequence[str], at: datetime) -> None:
    listed = models.Matter.objects.filter(code__in=list(codes), state=MatterState.LISTED.value)
    listed.update(state=MatterState.WITHDRAWN.value, withdrawn_at=at)


def _row(fresh: queries.Fresh, item: models.CatalogItem, at: datetime) -> models.Matter:
    spec = fresh.spec
    return models.Matter(
        item=item,
        code=spec.code,
        implementation_code=spec.code,
        version=fresh.version + 1,
        state=MatterState.LISTED.value,
        name=spec.name,
        department=spec.department,
        department_code=spec.authority_code,
        region_code=spec.region_code,
        kind=MatterKind.PROMISED.value,
        definition=rules.listed_definition(spec),
        digest=fresh.digest,
        published_at=at,
    )


def _keep(plan: queries.ImportPlan, report: ImportReport, by: Actor, at: datetime) -> UUID:
    run = models.CatalogueImport(
        file=plan.file[:200],
        digest=plan.digest,
        at=at,
        account_id=by.account_id,
        encoding=report.encoding,
        rows=report.rows,
        imported=report.imported,
        unchanged=report.unchanged,
        changed=report.changed,
        rejected=report.rejected,
    )
    run.save(force_insert=True)
    models.ImportedRow.objects.bulk_create(
        [
            models.ImportedRow(
                run=run,
                line=each.line,
                verdict=each.verdict.value,
                rule=each.rule,
                field=each.column,
                before=each.before,
                after=each.after,
                message=each.message,
                name=each.name,
                original=dict(each.original),
            )
            for each in report.findings
        ],
        batch_size=_SIZE,
    )
    return run.pk
