"""Foreign lists: hand one in, try it first, and see of each reading which rows were rejected or repaired and why."""

from collections import Counter
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.identity.queries import actor_of
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.serve.matters import commands, policies, queries, rules
from yiwang.serve.matters.contracts import ImportReport, ImportRun, KeptRow, ListUnreadable, RowFinding, RowVerdict
from yiwang.serve.matters.views.words import verdict_tag
from yiwang.web.components import Crumbs, Empty, ErrorSummary, Link, Pagination
from yiwang.web.components.lists import Cell, Column, Row, Table
from yiwang.web.fields import Field, FieldKind

_SHOWN = 60


@login_required
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """All imports, and the form to hand in another list."""
    viewer = actor_of(request)
    policies.check_publish(viewer)
    if request.method == "POST":
        return _take(request, viewer)
    return _page(request, viewer)


def _take(request: HttpRequest, viewer: Actor) -> HttpResponse:
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        return _page(request, viewer, error=_("请选择一个 CSV 文件"))
    data = given.read(rules.LARGEST + 1)
    name = given.name or "list.csv"
    try:
        if "try" in request.POST:
            report = queries.plan_import(file=name, data=data, viewer=viewer).report(dry_run=True)
            return _page(request, viewer, report=report)
        done = commands.import_list(file=name, data=data, by=viewer, at=clock.now())
    except ListUnreadable as refused:
        return _page(request, viewer, error=str(refused))
    messages.success(request, _counts(done))
    return redirect("matters:imports")


def _page(request: HttpRequest, viewer: Actor, *, report: ImportReport | None = None, error: str = "") -> HttpResponse:
    page = queries.import_runs(viewer=viewer, cursor=request.GET.get("cursor"))
    field = Field(
        name="file",
        label=_("事项清单（CSV）"),
        kind=FieldKind.FILE,
        hint=_("第一行是表头；UTF-8、GB 18030 或 UTF-16 编码，不超过 50 MB。"),
        error=error,
        accept=".csv,text/csv",
    )
    context = {
        "crumbs": Crumbs((Link(_("事项清单"), reverse("matters:catalogue")),), _("导入清单")),
        "field": field,
        "errors": ErrorSummary.of((field,)),
        "report": _counts(report) if report else "",
        "tallies": _tallies(report.findings) if report else None,
        "findings": _findings(report.findings) if report else None,
        "runs": Table.of(
            _("历次导入"),
            (Column(_("文件")), Column(_("时间")), Column(_("行数"), number=True), Column(_("导入"), number=True),
             Column(_("有变化"), number=True), Column(_("没有变化"), number=True), Column(_("未导入"), number=True)),
            tuple(_run_row(run) for run in page.items),
            empty=Empty(_("还没有导入过清单"), boxed=False),
            pages=Pagination.of(page, path=request.path),
        ),
    }  # fmt: skip
    return render(request, "matters/imports.html", context, status=422 if error else 200)


@login_required
@require_GET
def run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The rows of one import that were rejected, repaired or noticed, each with its reason and the original."""
    viewer = actor_of(request)
    found = queries.import_run(run_id=run_id, viewer=viewer)
    verdict = request.GET.get("verdict", RowVerdict.REJECTED.value)
    verdict = verdict if verdict in set(RowVerdict) else RowVerdict.REJECTED.value
    page = queries.import_rows(run_id=run_id, viewer=viewer, verdict=verdict, cursor=request.GET.get("cursor"))
    context = {
        "crumbs": Crumbs(
            (Link(_("事项清单"), reverse("matters:catalogue")), Link(_("导入清单"), reverse("matters:imports"))),
            found.file,
        ),
        "run": found,
        "counts": _run_counts(found),
        "verdicts": [(each.value, verdict_tag(each).words, each.value == verdict) for each in RowVerdict],
        "rows": Table.of(
            _("各行"),
            (Column(_("行"), number=True), Column(_("事项")), Column(_("原因")), Column(_("原文"))),
            tuple(_kept(row) for row in page.items),
            empty=Empty(_("没有这样的行"), boxed=False),
            pages=Pagination.of(page, path=request.path, params={"verdict": verdict}),
        ),
    }
    return render(request, "matters/run.html", context)


def _counts(report: ImportReport) -> str:
    words = _(
        "共 %(rows)d 行：导入 %(imported)d，有变化 %(changed)d，没有变化 %(unchanged)d，未导入 %(rejected)d。"
    ) % {name: getattr(report, name) for name in ("rows", "imported", "changed", "unchanged", "rejected")}
    return _("试运行，没有写入。") + words if report.dry_run else words


def _run_counts(found: ImportRun) -> str:
    report = ImportReport(
        found.file, found.encoding, found.rows, found.imported, found.unchanged, found.changed, found.rejected
    )
    return _counts(report)


def _run_row(found: ImportRun) -> Row:
    at = date_format(found.at.astimezone(clock.CHINA), "DATETIME_FORMAT")
    return Row(
        (
            Cell(found.file, note=found.encoding, href=reverse("matters:run", args=[found.id])),
            at,
            found.rows,
            found.imported,
            found.changed,
            found.unchanged,
            found.rejected,
        )
    )


def _tallies(findings: tuple[RowFinding, ...]) -> Table:
    counted = Counter((each.verdict, each.message.split("（第")[0]) for each in findings)
    rows = tuple(Row((verdict_tag(verdict), message, count)) for (verdict, message), count in counted.most_common())
    columns = (Column(_("结果")), Column(_("规则")), Column(_("次数"), number=True))
    return Table.of(_("修正和原因"), columns, rows, empty=Empty(_("每一行都没有问题"), boxed=False), show_caption=True)


def _findings(findings: tuple[RowFinding, ...]) -> Table:
    rejected = [each for each in findings if each.verdict is RowVerdict.REJECTED][:_SHOWN]
    rows = tuple(Row((each.line, each.name or "—", Cell(each.message, note=each.before))) for each in rejected)
    columns = (Column(_("行"), number=True), Column(_("事项")), Column(_("原因")))
    return Table.of(_("不能导入的行"), columns, rows, empty=Empty(_("没有"), boxed=False), show_caption=True)


def _kept(row: KeptRow) -> Row:
    change = f"{row.before} → {row.after}" if row.after or row.verdict is RowVerdict.REPAIRED else row.before
    original = "；".join(f"{name}：{value}" for name, value in row.original.items() if value)
    return Row((row.line, row.name or "—", Cell(row.message, note=change), Cell("", note=original)))
