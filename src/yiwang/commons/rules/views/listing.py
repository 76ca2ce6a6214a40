"""`/work/rules/`: all decisions, and beginning a new one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.rules import commands, queries, rules
from yiwang.commons.rules.contracts import EDIT, DecisionRow, KeyRefused, KeyTaken, MayNotEdit
from yiwang.commons.rules.views import words
from yiwang.kernel import clock
from yiwang.web.components import (
    Cell,
    Column,
    Crumbs,
    Empty,
    ErrorSummary,
    Link,
    LinkButton,
    Pagination,
    Row,
    Table,
    Tag,
    Tone,
)
from yiwang.web.fields import Field, FieldKind
from yiwang.web.responses import go

_LARGEST_FILE = 5 * 1024 * 1024


@login_required
@require_GET
def decisions(request: HttpRequest) -> HttpResponse:
    """Decisions found by words and state, the last changed first."""
    viewer = words.viewer_of(request)
    asked = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "state")}
    page = queries.decisions(viewer=viewer, text=asked["q"], state=asked["state"], cursor=request.GET.get("cursor"))
    columns = (
        Column(_("决策")),
        Column(_("现行版本")),
        Column(_("用例"), number=True),
        Column(_("草稿")),
        Column(_("最近改动")),
    )
    pages = Pagination.of(page, path=request.path, params=asked)
    table = Table.of(
        _("决策"),
        columns,
        tuple(_row(row) for row in page.items),
        keys=True,
        boxed=True,
        empty=_empty(any(asked.values())),
        pages=pages if pages.needed else None,
    )
    context = {
        "asked": asked,
        "table": table,
        "states": (
            ("in_force", _("现行有效")),
            ("draft", _("有草稿")),
            ("scheduled", _("待施行")),
            ("none", _("没有现行版本")),
        ),
        "begin": LinkButton(_("新建决策"), reverse("rules:begin"), "second", "plus")
        if EDIT in queries.rights(viewer=viewer)
        else None,
    }
    return render(request, "rules/list.html", context)


def _row(row: DecisionRow) -> Row:
    version: str | Tag = Tag(_("没有现行版本"), Tone.PLAIN)
    note = ""
    if row.version:
        version = _("第 %(version)d 版") % {"version": row.version}
        note = (
            _("%(since)s起") % {"since": words.day_words(row.valid_from)}
            if row.valid_from and row.valid_from.year > 1
            else ""
        )
    if row.scheduled:
        note = _("第 %(version)d 版待施行") % {"version": row.scheduled}
    cells = (
        Cell(row.title, row.key, reverse("rules:decision", args=[row.key])),
        Cell(version, note),
        row.examples,
        words.DRAFTS[row.draft] if row.draft else "",
        words.moment_words(row.changed_at),
    )
    return Row(cells, id=str(row.id), label=row.title)


def _empty(filtered: bool) -> Empty:
    if filtered:
        return Empty(_("没有符合条件的决策"), _("换个词，或放宽条件再找。"))
    return Empty(_("还没有决策"), _("装载配置包会发布其中的决策；有编辑权限的可以新建。"))


@login_required
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a new decision, empty or from a DMN file."""
    viewer = words.viewer_of(request)
    if EDIT not in queries.rights(viewer=viewer):
        raise MayNotEdit
    given = {name: request.POST.get(name, "").strip()[:200] for name in ("title", "key")}
    faults: dict[str, str] = {}
    if request.method == "POST":
        xml = ""
        file = request.FILES.get("file")
        if file is not None:
            if file.size and file.size > _LARGEST_FILE:
                faults["file"] = _("文件超过 5 MB。")
            else:
                xml, faults = _text(file.read(_LARGEST_FILE), given["key"])
        if not given["title"]:
            faults["title"] = _("请填写名称。")
        if not faults:
            try:
                commands.begin_decision(key=given["key"], title=given["title"], xml=xml, by=viewer, at=clock.now())
            except (KeyRefused, KeyTaken) as refused:
                faults["key"] = refused.sentence(_)
            else:
                messages.success(request, _("已新建，现在可以编辑。"))
                return go(request, reverse("rules:edit", args=[given["key"]]))
    fields = (
        Field("title", _("名称"), value=given["title"], error=faults.get("title", ""), hint=_("办事群众看得懂的说法，例如：失业保险稳岗返还资格与比例。"), maxlength=120),
        Field("key", _("编号"), value=given["key"], error=faults.get("key", ""), hint=_("小写字母、数字和下划线，发布后不能再改。与 DMN 文件中决策的 id 相同。"), maxlength=60, attrs=()),
        Field("file", _("DMN 文件"), FieldKind.FILE, required=False, error=faults.get("file", ""), hint=_("已有模型的可以上传，没有就从一张空表开始。"), accept=".dmn,.xml", accept_words=_(".dmn，不超过 5 MB"), max_bytes=_LARGEST_FILE),
    )  # fmt: skip
    context = {
        "fields": fields,
        "errors": ErrorSummary.of(fields) if faults else "",
        "crumbs": Crumbs((Link(_("规则"), reverse("rules:list")),), _("新建决策")),
    }
    return render(request, "rules/begin.html", context, status=422 if faults else 200)


def _text(content: bytes, key: str) -> tuple[str, dict[str, str]]:
    try:
        xml = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "", {"file": _("文件不是 UTF-8 编码的 DMN。")}
    if rules.layout_of(xml, key) is None:
        return "", {"file": _("文件不是 DMN，或其中没有 id 为“%(key)s”的决策。") % {"key": key}}
    return xml, {}
