"""`/work/accounts/imports/`: files of accounts, their progress, and the lines that were not taken in."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.identity.commands import imports as writing
from yiwang.commons.identity.contracts import Tree
from yiwang.commons.identity.contracts.people import ImportRefused, ImportRow, ImportState, Reach, RejectRow
from yiwang.commons.identity.queries import accounts_admin, actor_of
from yiwang.commons.identity.queries import imports as reading
from yiwang.commons.identity.queries.csv_text import csv_line
from yiwang.commons.identity.views.people import words
from yiwang.kernel import clock
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
    Progress,
    Row,
    Table,
    Tag,
    Tone,
)
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.responses import go

_TONES = {ImportState.WAITING: Tone.BLUE, ImportState.RUNNING: Tone.BLUE, ImportState.DONE: Tone.OK}
_PARTS = 20


@words.for_administrators
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """Imports in reach, and the form for a new one."""
    viewer = actor_of(request)
    known = accounts_admin.reaches(viewer=viewer)
    given, faults = words.asked(request, "reach", "dry_run"), dict[str, str]()
    if request.method == "POST":
        upload, chosen = request.FILES.get("file"), chosen_reach(known, given["reach"])
        faults = {} if upload else {"file": _("请选择文件。")}
        if chosen is None:
            faults["reach"] = _("请选择导入到哪里。")
        if upload is not None and chosen is not None:
            try:
                made = writing.begin_import(
                    organisation_id=chosen.organisation.id, tree=chosen.tree, content=upload.read(),
                    file_name=upload.name or "", dry_run=given["dry_run"] == "yes", by=viewer, at=clock.now(),
                )  # fmt: skip
            except ImportRefused as refused:
                faults["file"] = refused.sentence(_)
            else:
                return go(request, reverse("people:import", args=[made]))
    page = reading.imports(viewer=viewer, cursor=request.GET.get("cursor"))
    pages = Pagination.of(page, path=request.path, params={})
    columns = (
        Column(_("文件")), Column(_("范围")), Column(_("状态")), Column(_("新开"), number=True),
        Column(_("增加任职"), number=True), Column(_("未导入"), number=True), Column(_("开始")),
    )  # fmt: skip
    table = Table.of(
        _("批量导入"), columns, tuple(_row(each) for each in page.items), boxed=True,
        empty=Empty(_("还没有导入过"), _("下载模板，填好后上传，在这里看进度。")), pages=pages if pages.needed else None,
    )  # fmt: skip
    fields = _fields(known, given, faults)
    context = {
        "tabs": words.tabs("imports"), "table": table, "fields": fields, "errors": ErrorSummary.of(fields) if faults else None,
    }  # fmt: skip
    return render(request, "identity/people/imports.html", context, status=422 if faults else 200)


def reach_choices(known: tuple[Reach, ...]) -> tuple[Choice, ...]:
    """Subtrees for a picker."""
    trees = {Tree.TERRITORY: _("按属地"), Tree.LINE: _("按条线")}
    return tuple(
        Choice(f"{each.organisation.id}:{each.tree.value}", f"{words.place(each.organisation)}（{trees[each.tree]}）")
        for each in known
    )


def chosen_reach(known: tuple[Reach, ...], text: str) -> Reach | None:
    """Which of them was chosen."""
    return next((each for each in known if text == f"{each.organisation.id}:{each.tree.value}"), None)


def _fields(known: tuple[Reach, ...], given: dict[str, str], faults: dict[str, str]) -> tuple[Field, ...]:
    choices = reach_choices(known)
    first = choices[0].value if choices else ""
    return (
        Field("reach", _("导入到哪里"), FieldKind.SELECT, value=given["reach"] or first, options=choices,
              error=faults.get("reach", ""), hint=_("只接受这个单位及其下级单位的任职。")),
        Field("file", _("文件"), FieldKind.FILE, error=faults.get("file", ""), accept=".csv",
              hint=_("CSV，UTF-8 编码，第一行是列名；单位和岗位填代码。")),
        Field("dry_run", _("只检查，不导入"), FieldKind.YES_NO, value=given["dry_run"] or "no",
              hint=_("先看看哪些行有问题，什么都不写入。")),
    )  # fmt: skip


def _row(row: ImportRow) -> Row:
    file = Cell(
        row.file_name or _("未命名"), _("只检查") if row.dry_run else "", reverse("people:import", args=[row.id])
    )
    return Row((
        file, words.place(row.organisation), _state(row), row.created, row.changed, row.rejected,
        words.moment(row.begun_at),
    ))  # fmt: skip


def _state(row: ImportRow) -> Tag:
    return Tag(_(row.state.label), _TONES[row.state])


@words.for_administrators
@require_GET
def one(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """One import; while it runs the page asks again by itself."""
    viewer = actor_of(request)
    row = reading.import_row(import_id=import_id, viewer=viewer)
    page = reading.rejects(import_id=import_id, viewer=viewer, cursor=request.GET.get("cursor"))
    pages = Pagination.of(page, path=request.path, params={})
    columns = (Column(_("行"), number=True), Column(_("列")), Column(_("原因")), Column(_("怎么改")))
    table = Table.of(
        _("未导入的行"), columns, tuple(_reject(each) for each in page.items), boxed=True,
        empty=Empty(_("没有未导入的行") if row.state is ImportState.DONE else _("正在导入")), pages=pages if pages.needed else None,
    )  # fmt: skip
    told = _("已处理 %(done)d 行，共 %(all)d 行") % {"done": row.lines, "all": row.total}
    facts = (
        Fact(_("范围"), words.place(row.organisation)), Fact(_("新开账号"), str(row.created), number=True),
        Fact(_("增加任职"), str(row.changed), number=True), Fact(_("已有、未变"), str(row.unchanged), number=True),
        Fact(_("未导入"), str(row.rejected), number=True), Fact(_("开始"), words.moment(row.begun_at)),
        Fact(_("结束"), words.moment(row.ended_at) or "—"),
    )  # fmt: skip
    context = {
        "row": row, "state": _state(row), "running": row.state is not ImportState.DONE, "table": table,
        "facts": Facts(facts, tight=True),
        "progress": Progress(_PARTS * row.lines // max(1, row.total), _PARTS, told, small=True), "told": told,
        "crumbs": Crumbs((Link(_("批量导入"), reverse("people:imports")),), row.file_name or _("未命名")),
    }  # fmt: skip
    return render(request, "identity/people/import.html", context)


def _reject(row: RejectRow) -> Row:
    return Row((row.line, row.field, _(row.reason), _(row.mend)))


@words.for_administrators
@require_GET
def rejects(request: HttpRequest, import_id: UUID) -> StreamingHttpResponse:
    """The lines that were not taken in, as CSV."""
    viewer = actor_of(request)
    reading.import_row(import_id=import_id, viewer=viewer)
    return _csv(reading.rejects_csv(import_id=import_id, viewer=viewer), "rejects.csv")


@words.for_administrators
@require_GET
def template(request: HttpRequest) -> StreamingHttpResponse:
    """An empty file with the columns."""
    return _csv(["\ufeff" + csv_line(reading.TEMPLATE)], "accounts-template.csv")


def _csv(lines: object, name: str) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")  # type: ignore[arg-type]  # Django's stubs want bytes
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
