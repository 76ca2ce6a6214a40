"""`/work/licences/imports/`: files of licences taken in, their progress and their rejects."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.licences import commands, queries
from yiwang.commons.licences.contracts import ImportRow, ImportState
from yiwang.commons.licences.rules.wording import IMPORT_WORDS
from yiwang.commons.licences.views import words
from yiwang.commons.licences.views.desk import official, tabs
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import DomainError
from yiwang.web.components import (
    Cell,
    Column,
    Crumbs,
    Empty,
    ErrorSummary,
    Fact,
    Facts,
    Link,
    Pagination,
    Row,
    Table,
    Tag,
    Tone,
)
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.responses import go


@login_required
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Imports with their progress, and the form for a new one."""
    viewer = official(request)
    given = {name: request.POST.get(name, "") for name in ("type", "seals", "checked")}
    faults: dict[str, str] = {}
    if request.method == "POST":
        upload = request.FILES.get("file")
        if upload is None or viewer.organisation_id is None:
            faults["file"] = _("请选择文件。")
        elif (upload.size or 0) > commands.LARGEST:
            faults["file"] = _("文件太大，请分成几个文件。")
        else:
            try:
                made = commands.begin_import(
                    type_key=given["type"], organisation_id=viewer.organisation_id, content=upload.read(),
                    file_name=upload.name or "", seals=given["seals"] == "yes",
                    checked=given["checked"] != "no", by=viewer, at=clock.now(),
                )  # fmt: skip
            except DomainError as refused:
                if refused.kind not in {404, 422}:
                    raise
                faults["file"] = refused.sentence(_)
            else:
                return go(request, reverse("licences:import_one", args=[made]))
    page = queries.imports(viewer=viewer, cursor=request.GET.get("cursor"))
    pages = Pagination.of(page, path=request.path, params={})
    columns = (
        Column(_("文件")),
        Column(_("颁发机构")),
        Column(_("状态")),
        Column(_("入库"), number=True),
        Column(_("退回"), number=True),
        Column(_("开始")),
    )
    table = Table.of(
        _("批量归集"), columns, tuple(_import_row(each) for each in page.items), boxed=True,
        empty=Empty(_("还没有归集过"), _("选择证照类型和文件，在这里看进度。")), pages=pages if pages.needed else None,
    )  # fmt: skip
    fields = _import_fields(viewer, given, faults)
    context = {
        "tabs": tabs("imports"),
        "table": table,
        "fields": fields,
        "errors": ErrorSummary.of(fields) if faults else None,
    }
    return render(request, "licences/imports.html", context, status=422 if faults else 200)


def _import_fields(viewer: Actor, given: dict[str, str], faults: dict[str, str]) -> tuple[Field, ...]:
    types = tuple(
        Choice(spec.key, spec.name if words.chinese() else spec.name_en or spec.name)
        for spec in queries.types(viewer=viewer)
    )
    return (
        Field("type", _("证照类型"), FieldKind.SELECT, value=given["type"], options=types),
        Field("file", _("文件"), FieldKind.FILE, error=faults.get("file", ""), accept=".csv,.jsonl,.ndjson",
              hint=_("CSV（第一行是列名）或每行一个 JSON，UTF-8 或 GBK 编码。列：number、holder_name、holder_code、valid_from、valid_until 和这种证照的内容。")),
        Field("checked", _("已经和原件或登记核对过"), FieldKind.YES_NO, value=given["checked"] or "yes", hint=_("选“否”，证照按没有核对的（C 级）入库，办事时要核对原件。")),
        Field("seals", _("马上制作盖章文件"), FieldKind.YES_NO, value=given["seals"] or "no", hint=_("选“否”，证照按主管部门核验过的（B 级）入库。")),
    )  # fmt: skip


def _import_row(row: ImportRow) -> Row:
    return Row((
        Cell(row.file_name or row.type_key, row.type_key, reverse("licences:import_one", args=[row.id])), row.organisation,
        _import_state(row.state), row.created, row.rejected, words.moment(row.begun_at),
    ))  # fmt: skip


def _import_state(state: ImportState) -> Tag:
    tones = {
        ImportState.WAITING: Tone.BLUE,
        ImportState.RUNNING: Tone.BLUE,
        ImportState.DONE: Tone.OK,
        ImportState.FAILED: Tone.BAD,
    }
    return Tag(_(IMPORT_WORDS[state]), tones[state])


@login_required
@require_GET
def import_one(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """How far an import is; its rejects to take along."""
    row = queries.import_row(import_id=import_id, viewer=official(request))
    facts = Facts(
        (
            Fact(_("状态"), _import_state(row.state)),
            Fact(_("已读到"), _("第 %(line)d 行") % {"line": row.lines}),
            Fact(_("入库"), str(row.created), number=True),
            Fact(_("已有"), str(row.repeated), number=True),
            Fact(_("退回"), str(row.rejected), number=True),
            Fact(_("开始"), words.moment(row.begun_at)),
            Fact(_("结束"), words.moment(row.ended_at) or "—"),
            *(
                (Fact(_("没有完成"), _("会自动再试；也可以重新导入同一个文件，从断开的地方继续。")),)
                if row.state is ImportState.FAILED
                else ()
            ),
        ),
        tight=True,
    )
    context = {
        "row": row,
        "facts": facts,
        "running": row.state in {ImportState.WAITING, ImportState.RUNNING},
        "crumbs": Crumbs((Link(_("批量归集"), reverse("licences:imports")),), row.file_name or row.type_key),
    }
    return render(request, "licences/import.html", context)


@login_required
@require_GET
def rejects(request: HttpRequest, import_id: UUID) -> StreamingHttpResponse:
    """The rejected lines as CSV."""
    viewer = official(request)
    queries.import_row(import_id=import_id, viewer=viewer)
    lines = ("\ufeff", *queries.rejects_csv(import_id=import_id, viewer=viewer))
    response = StreamingHttpResponse((each.encode() for each in lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rejects-{import_id}.csv"'
    return response
