"""One process: the version in force drawn, all versions with who published them and why."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiwang.commons.flow.contracts import VersionRow
from yiwang.commons.flow.views import words
from yiwang.commons.flow.views.designs.frame import Frame, frame_of
from yiwang.web.components import Cell, Column, Link, ProcessDiagram, Row, Table, Text


@login_required
@require_GET
def process(request: HttpRequest, key: str) -> HttpResponse:
    """`v` asks for an older version."""
    frame = frame_of(request, key, "process")
    asked = request.GET.get("v", "")[:6]
    found = [row for row in frame.page.versions if asked.isdecimal() and row.version == int(asked)]
    shown = found[0] if found else frame.page.newest
    context = {"frame": frame, "drawing": drawing_of(shown) if shown else None, "table": _table(frame)}
    return render(request, "flow/design/process.html", context)


def drawing_of(row: VersionRow) -> ProcessDiagram:
    """A published version, without marks."""
    src = reverse("flow:bpmn", args=[row.definition_id])
    return ProcessDiagram(
        f"version-{row.version}", row.title, src, {}, words=_("第 %(version)d 版") % {"version": row.version}
    )


def _table(frame: Frame) -> Table | None:
    if not frame.page.versions:
        return None
    columns = (
        Column(_("版本"), number=True),
        Column(_("发布")),
        Column(_("理由")),
        Column(_("运行中"), number=True),
        Column(_("操作"), hidden=True),
    )
    return Table.of(_("版本"), columns, tuple(_row(frame, row) for row in frame.page.versions), boxed=True)


def _row(frame: Frame, row: VersionRow) -> Row:
    key = frame.page.key
    shown = reverse("flow:process", args=[key]) + f"?v={row.version}"
    halted: Text = _("其中 %(count)d 件暂停") % {"count": row.halted} if row.halted else ""
    carry = frame.may_administer and row.running and len(frame.page.versions) > 1
    move = Link(_("换版"), reverse("flow:migration", args=[key, row.version]), about=str(row.version)) if carry else ""
    cells = (
        Cell(str(row.version), _("现行") if row.is_latest else "", shown),
        Cell(words.moment_words(row.published_at), row.by or _("配置包")),
        row.reason or "—",
        Cell(str(row.running), halted),
        move,
    )
    return Row(cells, id=str(row.definition_id), label=str(row.version))
