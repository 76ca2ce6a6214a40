"""Processes: their drafts and versions, what runs in each, a dry run of carrying it over to another, and the order to do it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.flow import commands, queries
from yiwang.commons.flow.contracts import (
    ADMINISTER,
    DESIGN,
    InstanceStatus,
    MappingRefused,
    MigrationRow,
    Obstacle,
    PlannedInstance,
    ProcessDraftRow,
    UnknownVersion,
    VersionRow,
)
from yiwang.commons.flow.views import words
from yiwang.commons.flow.views.administration import frame
from yiwang.kernel import clock
from yiwang.web.components import (
    Button,
    Cell,
    Column,
    Crumbs,
    Dialog,
    Empty,
    ErrorSummary,
    Link,
    LinkButton,
    Note,
    Pagination,
    Progress,
    Row,
    Table,
    Tag,
    Text,
    Tone,
)
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.responses import go

_LARGEST = 20_000
_SEGMENTS = 20
_DIALOG = "begin-migration"


@login_required
@require_GET
def versions(request: HttpRequest) -> HttpResponse:
    """The open drafts, and all published versions with the number of instances that run in each."""
    viewer, held = words.viewer_of(request), frame.rights(request)
    page = queries.versions(viewer=viewer, cursor=request.GET.get("cursor"))
    columns = (Column(_("流程")), Column(_("版本"), number=True), Column(_("发布于")), Column(_("运行中"), number=True))
    pages = Pagination.of(page, path=request.path)
    table = Table.of(
        _("流程版本"),
        columns,
        tuple(_version(row, may_move=held.get(ADMINISTER, False)) for row in page.items),
        keys=True,
        boxed=True,
        empty=Empty(_("还没有发布流程"), _("装载配置包时会发布其中的流程。")),
        pages=pages if pages.needed else None,
    )
    begin = LinkButton(_("新建流程"), reverse("flow:begin_process"), "second", "plus") if DESIGN in held else None
    drafts = _drafts(queries.process_drafts(viewer=viewer)) if not request.GET.get("cursor") else None
    context = {
        "table": table,
        "drafts": drafts,
        "begin": begin,
        "crumbs": frame.crumbs(_("流程")),
        "side": frame.side(request, "versions"),
    }
    return render(request, "flow/versions.html", context)


def _drafts(rows: tuple[ProcessDraftRow, ...]) -> Table | None:
    if not rows:
        return None
    columns = (Column(_("流程")), Column(_("起草自")), Column(_("最近保存")))
    return Table.of(_("草稿"), columns, tuple(_draft(row) for row in rows), boxed=True)


def _draft(row: ProcessDraftRow) -> Row:
    base = _("第 %(version)d 版") % {"version": row.based_on} if row.based_on else _("新流程")
    cells = (
        Cell(row.title, row.key, reverse("flow:edit", args=[row.key])),
        base,
        Cell(words.moment_words(row.updated_at), row.updated_by),
    )
    return Row(cells, id=f"draft-{row.key}", label=row.title)


def _version(row: VersionRow, *, may_move: bool) -> Row:
    state = _("现行") if row.is_latest else ""
    running = reverse("flow:migration", args=[row.key, row.version]) if row.running and may_move else ""
    halted: Text = _("其中 %(count)d 件暂停") % {"count": row.halted} if row.halted else ""
    cells = (
        Cell(row.title, row.key, reverse("flow:process", args=[row.key])),
        Cell(str(row.version), state),
        words.moment_words(row.published_at),
        Cell(str(row.running), halted, running),
    )
    return Row(cells, id=str(row.definition_id), label=f"{row.title} {row.version}")


@login_required
@require_http_methods(["GET", "POST"])
def migration(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """The plan for one version: which instances can go to `to`, which stay and why; POST orders it."""
    viewer = words.viewer_of(request)
    others = [number for number, _pk in queries.process_versions(key=key, viewer=viewer)]
    if version not in others:
        raise UnknownVersion(key=key, version=version)
    others.remove(version)
    given = request.POST if request.method == "POST" else request.GET
    text = given.get("mapping", "")[:_LARGEST]
    target = _number(given.get("to", ""), others)
    mapping, fault = _mapping(text)
    if request.method == "POST" and target and not fault:
        try:
            begun = commands.migrate_instances(
                key=key, from_version=version, to_version=target, mapping=mapping, by=viewer, at=clock.now()
            )
        except MappingRefused as refused:
            fault = "；".join(f"{element} {reason}" for element, reason in (refused.fields or {}).items())
        else:
            done = queries.migration(migration_id=begun, viewer=viewer)
            messages.success(request, _said(done))
            return go(request, request.path)
    plan = None
    if target and not fault:
        plan = queries.plan_migration(
            key=key,
            from_version=version,
            to_version=target,
            mapping=mapping,
            viewer=viewer,
            cursor=request.GET.get("cursor"),
        )
        fault = "；".join(f"{each.element_id} {each.reason}" for each in plan.faults)
    fields = _fields(others, target, text, fault)
    earlier = queries.migrations(viewer=viewer, key=key, size=5).items
    under_way = any(row.ended_at is None and row.from_version == version for row in earlier)
    context = {
        "key": key,
        "version": version,
        "fields": fields,
        "errors": ErrorSummary.of(fields) if fault else "",
        "nowhere": "" if others else Note(_("这个流程只有一个版本，在办的都按它办理。")),
        "earlier": tuple(part for row in earlier for part in _told(row)),
        "crumbs": Crumbs(
            (Link(_("流程"), reverse("flow:versions")), Link(key, reverse("flow:process", args=[key]))), _("换版")
        ),
        "side": frame.side(request, "versions"),
        **(_planned(request, plan, text, under_way=under_way) if plan is not None and not fault else {}),
    }
    return render(request, "flow/migration.html", context, status=422 if fault else 200)


def _number(text: str, allowed: list[int]) -> int:
    """The version that was asked for, else the newest; 0 where there is no other."""
    asked = int(text) if text.isdecimal() and len(text) < 6 else 0
    return asked if asked in allowed else next(iter(allowed), 0)


def _mapping(text: str) -> tuple[dict[str, str], str]:
    """Lines `old = new`, and what is wrong with one of them."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        old, sign, new = (part.strip() for part in line.partition("="))
        if not (old and sign and new) or old in found:
            return {}, _("第 %(line)d 行应写成“原环节=新环节”，每个原环节一行。") % {"line": number}
        found[old] = new
    return found, ""


def _fields(others: list[int], target: int, text: str, fault: str) -> tuple[Field, ...]:
    choices = tuple(Choice(str(each), _("第 %(version)d 版") % {"version": each}) for each in others)
    return (
        Field("to", _("换到"), FieldKind.SELECT, value=str(target), options=choices),
        Field(
            "mapping",
            _("环节对应"),
            FieldKind.TEXTAREA,
            value=text,
            hint=_("只写标识有变化的环节，每行一个：原环节=新环节。其余按相同标识对应。"),
            error=fault,
            required=False,
        ),
    )


def _planned(request: HttpRequest, plan: queries.MigrationPlan, text: str, *, under_way: bool) -> dict[str, object]:
    columns = (Column(_("流程")), Column(_("停在")), Column(_("能否换版")), Column(_("原因")))
    asked = {"to": str(plan.to_version), "mapping": text}
    table = Table.of(
        _("在办流程"),
        columns,
        tuple(_instance(row) for row in plan.page.items),
        boxed=True,
        empty=Empty(_("这个版本没有在办的流程"), _("都已办结或已换版。")),
        pages=pages if (pages := Pagination.of(plan.page, path=request.path, params=asked)).needed else None,
    )
    ask = _("共 %(total)d 件在办。能换的改按第 %(to)d 版办理，不能换的仍按原版本办到底；换版后不能撤回。")
    sentence = ask % {"total": plan.total, "to": plan.to_version}
    confirm = Button(_("开始换版"))
    dialog = Dialog(_DIALOG, _("开始换版？"), sentence, confirm, request.path, hidden=tuple(asked.items()))
    begin = Button(_("开始换版"), opens=_DIALOG, type="button")
    asks = plan.total > 0 and not under_way
    return {"table": table, "total": sentence, "dialog": dialog if asks else "", "begin": begin if asks else ""}


def _instance(row: PlannedInstance) -> Row:
    state = Tag(_("可以"), Tone.OK) if row.is_safe else Tag(_("不换"), Tone.WARN)
    halted = _("暂停") if row.status is InstanceStatus.HALTED else ""
    reasons = tuple(_reason(each) for each in row.obstacles)
    cells = (
        Cell(row.title, words.moment_words(row.started_at)),
        Cell("、".join(dict.fromkeys(row.stages)), halted),
        state,
        "；".join(reasons),
    )
    return Row(cells, id=str(row.id), label=row.title)


def _reason(obstacle: Obstacle) -> str:
    name = obstacle.name or obstacle.element_id
    return f"{name}：{obstacle.reason}" if name else obstacle.reason


def _told(row: MigrationRow) -> tuple[Note | Progress, ...]:
    if row.ended_at is None:
        stroke = Progress(row.done * _SEGMENTS // max(row.total, 1), _SEGMENTS, _said(row))
        return Note(_said(row), _title(row)), stroke
    return (Note(_said(row), _title(row), Tone.OK if not row.refused else Tone.WARN),)


def _title(row: MigrationRow) -> Text:
    versions = {"source": row.from_version, "target": row.to_version, "moment": words.moment_words(row.started_at)}
    return _("第 %(source)d 版换到第 %(target)d 版，%(moment)s") % versions


def _said(row: MigrationRow) -> str:
    counts = {"moved": row.moved, "refused": row.refused, "left": max(row.total - row.done, 0)}
    if row.ended_at is None:
        return _("正在换版：已换 %(moved)d 件，不换 %(refused)d 件，还有 %(left)d 件。") % counts
    return _("已换 %(moved)d 件，%(refused)d 件仍按原版本办理。") % counts
