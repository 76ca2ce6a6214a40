"""`/work/archives/`: archives found by words, one archive with the four properties as a table, the fixity run."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.archives import commands, policies, queries
from yiwang.commons.archives.contracts import ArchiveRow, ArchiveView, CheckView, Retention, State
from yiwang.commons.archives.engine import ACCEPTABLE, Outcome, Property, Report, Stage
from yiwang.commons.archives.views import words
from yiwang.kernel import clock
from yiwang.kernel.errors import DomainError
from yiwang.web.components import (
    Cell,
    Column,
    Crumbs,
    Empty,
    Event,
    Fact,
    Facts,
    Link,
    Note,
    Pagination,
    Progress,
    Row,
    Table,
    Timeline,
    Tone,
)
from yiwang.web.responses import go

_HOLDABLE = frozenset({State.ARCHIVED, State.PRESERVED, State.TRANSFERRED, State.PROPOSED})
_ASKED = ("q", "applicant", "matter", "year", "state", "waiting")


@login_required
@require_http_methods(["GET", "POST"])
def archives(request: HttpRequest) -> HttpResponse:
    """Archives found by words; POST lists the chosen ones for destruction or handover."""
    viewer = words.viewer_of(request)
    if request.method == "POST":
        return _listed(request)
    asked = {name: request.GET.get(name, "").strip()[:80] for name in _ASKED}
    year = int(asked["year"]) if asked["year"].isdecimal() and len(asked["year"]) == 4 else None
    page = queries.archives(
        viewer=viewer, text=asked["q"], applicant=asked["applicant"], matter=asked["matter"], year=year,
        state=asked["state"] if asked["state"] in set(State) else "",
        waiting=asked["waiting"] if asked["waiting"] in {"unscheduled", "failing", "expired"} else "",
        cursor=request.GET.get("cursor"),
    )  # fmt: skip
    pages = Pagination.of(page, path=request.path, params=asked)
    keeps = policies.can_keep(viewer)
    columns = (
        Column(_("题名和档号")), Column(_("归档单位")), Column(_("办结")), Column(_("保管期限")), Column(_("状态")),
        Column(_("四性检测")),
    )  # fmt: skip
    table = Table.of(
        _("电子档案"), columns, tuple(_row(row) for row in page.items), keys=True, boxed=True,
        pick="archive" if keeps else "", empty=_empty(any(asked.values())), pages=pages if pages.needed else None,
    )  # fmt: skip
    standing = queries.standing(viewer=viewer)
    context = {
        "tabs": words.tabs("archives"),
        "asked": asked,
        "table": table,
        "keeps": keeps,
        "states": tuple((each.value, _(each.label)) for each in State),
        "waitings": tuple(
            each for each in _waitings(standing.unscheduled, standing.failing, standing.expired) if each[2]
        ),
        "kept": sum(n for each, n in standing.by_state if each in {State.ARCHIVED, State.PRESERVED, State.TRANSFERRED}),
    }
    return render(request, "archives/archives.html", context)


def _waitings(unscheduled: int, failing: int, expired: int) -> tuple[tuple[str, str, int], ...]:
    return (
        ("unscheduled", _("待确定保管期限"), unscheduled),
        ("failing", _("检测不通过"), failing),
        ("expired", _("保管期限已满"), expired),
    )


def _row(row: ArchiveRow) -> Row:
    cells = (
        Cell(row.title, row.archive_number or row.number, reverse("archives:archive", args=[row.id])),
        row.organisation,
        words.day(row.closed_at),
        words.retention(row),
        words.state(row.state),
        words.check_light(row),
    )
    return Row(cells, id=str(row.id), label=row.title)


def _empty(filtered: bool) -> Empty:
    if filtered:
        return Empty(_("没有符合条件的档案"), _("换个词，或放宽条件再找。申请人要写全名。"))
    return Empty(_("还没有档案"), _("办件办结后自动组卷归档，无需操作。"))


def _listed(request: HttpRequest) -> HttpResponse:
    viewer = words.viewer_of(request)
    chosen = [UUID(each) for each in request.POST.getlist("archive")[:500] if _is_uuid(each)]
    said = request.POST.get("words", "").strip()[:200]
    try:
        if request.POST.get("do") == "transfer":
            made = commands.propose_transfer(archive_ids=chosen, target=said, by=viewer, at=clock.now())
        else:
            made = commands.propose_destruction(archive_ids=chosen, reason=said, by=viewer, at=clock.now())
    except DomainError as refused:
        if refused.kind not in {409, 422}:
            raise
        messages.error(request, f"{refused.sentence(_)}{refused.advice(_)}")
        return go(request, request.get_full_path())
    return go(request, reverse("archives:list", args=[made]))


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@login_required
@require_http_methods(["GET", "POST"])
def archive(request: HttpRequest, archive_id: UUID) -> HttpResponse:
    """One archive: facts, the four properties, history; what an archivist may do now."""
    viewer = words.viewer_of(request)
    found = queries.archive(archive_id=archive_id, viewer=viewer)
    if request.method == "POST":
        return _done(request, found)
    keeps = viewer.is_official and policies.can_keep(viewer)
    check = found.checks[0] if found.checks else None
    report = report_of(check, found.accepted) if check else None
    context = {
        "page": found,
        "crumbs": Crumbs(
            (Link(_("电子档案"), reverse("archives:archives")),), found.row.archive_number or found.row.number
        ),
        "state": words.state(found.row.state),
        "facts": _facts(found),
        "properties": _properties(report) if report else (),
        "checked": _checked(check) if check else "",
        "notes": _notes(found, report),
        "history": Timeline(tuple(_event(each) for each in reversed(found.steps))) if found.steps else "",
        "keeps": keeps,
        "unscheduled": found.row.state is State.OPENED and found.row.retention is None,
        "repacks": (repacks := found.row.state is State.PACKED and found.row.passed is False),
        "acceptable": repacks and report is not None and {each.check.id for each in report.stopping} <= ACCEPTABLE,
        "packs": found.row.state is State.OPENED and found.row.retention is not None,
        "readable": found.row.state in {State.ARCHIVED, State.PRESERVED, State.TRANSFERRED},
        "holds": keeps and not found.held and found.row.state in _HOLDABLE,
        "retentions": tuple((each.value, _(each.label)) for each in Retention),
    }
    return render(request, "archives/archive.html", context)


def report_of(check: CheckView, accepted: frozenset[str] = frozenset()) -> Report:
    """A kept check as the engine's report."""
    told = ({"id": name, "outcome": outcome, "evidence": seen} for name, outcome, seen in check.findings)
    return Report.kept(check.stage, told, accepted)


def _done(request: HttpRequest, found: ArchiveView) -> HttpResponse:
    viewer, now = words.viewer_of(request), clock.now()
    verb, said = request.POST.get("do", ""), request.POST.get("words", "").strip()[:200]
    here = reverse("archives:archive", args=[found.row.id])
    try:
        if verb == "schedule" and request.POST.get("retention") in set(Retention):
            commands.schedule(
                archive_id=found.row.id, retention=Retention(request.POST["retention"]), ground=said, by=viewer, at=now
            )
            messages.success(request, _("已确定保管期限，正在组卷。"))
        elif verb == "repack":
            commands.repack(archive_id=found.row.id, by=viewer, at=now)
            messages.success(request, _("已退回，正在重新组卷。"))
        elif verb == "accept":
            commands.accept_defects(archive_id=found.row.id, ground=said, by=viewer, at=now)
            messages.success(request, _("已登记缺陷，档案已归档。"))
        elif verb == "pack":
            commands.pack_again(archive_id=found.row.id, by=viewer, at=now)
            messages.success(request, _("已安排组卷。"))
        elif verb == "ask":
            commands.request_access(archive_id=found.row.id, purpose=said, by=viewer, at=now)
            messages.success(request, _("已提交查阅申请，由档案管理人员审批。"))
            here = reverse("archives:accesses")
        elif verb == "hold":
            commands.hold(archive_id=found.row.id, ground=said, by=viewer, at=now)
            messages.success(request, _("已暂缓销毁。"))
        elif verb == "release":
            commands.release(archive_id=found.row.id, ground=said, by=viewer, at=now)
            messages.success(request, _("已解除暂缓销毁。"))
    except DomainError as refused:
        if refused.kind not in {409, 422}:
            raise
        messages.error(request, f"{refused.sentence(_)}{refused.advice(_)}")
    return go(request, here)


def _facts(found: ArchiveView) -> Facts:
    row = found.row
    return Facts(
        (
            Fact(_("档号"), row.archive_number or _("组卷时编定"), number=True),
            Fact(_("办件编号"), row.number, number=True),
            Fact(_("归档单位"), row.organisation),
            Fact(_("申请人"), found.applicant or "—"),
            Fact(_("办结"), words.moment(row.closed_at)),
            Fact(_("保管期限"), words.retention(row)),
            Fact(_("期限依据"), found.retention_ground or "—"),
            Fact(_("组卷"), words.moment(found.packed_at)),
            Fact(_("信息包"), words.size(row.size)),
            Fact(_("信息包摘要（SM3）"), found.digest or "—", number=True),
            Fact(_("下次检测"), words.day(found.next_check)),
        ),
        tight=True,
    )


def _notes(found: ArchiveView, report: Report | None) -> tuple[Note, ...]:
    row = found.row
    if row.state is State.DESTROYED:
        return (Note(_("信息包已经按批准的清册销毁，这里保留的是目录信息。"), _("已销毁"), Tone.PLAIN),)
    if row.retention is None:
        return (Note(_("保管期限表中没有适用的规则。确定期限后自动组卷。"), _("待确定保管期限"), Tone.WARN),)
    if found.held:
        return (Note(found.held, _("暂缓销毁"), Tone.WARN), *_failures(report))
    if row.state is State.OPENED:
        said = words.waiting(row.waiting) or _("正在组卷，通常几秒钟完成。")
        return (Note(said, _("还没有组卷"), Tone.BLUE),)
    return _failures(report)


def _failures(report: Report | None) -> tuple[Note, ...]:
    if report is None:
        return ()
    failed = [each for each in report.findings if each.outcome is Outcome.FAILED]
    return tuple(
        Note(
            _("归档时已登记为缺陷，原件照样保存。"),
            _("已登记的缺陷：%(what)s") % {"what": _(each.check.title)},
            Tone.WARN,
        )
        if each.check.id in report.accepted
        else Note(_(each.check.advice), _("不通过：%(what)s") % {"what": _(each.check.title)}, Tone.BAD)
        for each in failed[:5]
    )


def _checked(check: CheckView) -> str:
    said = {"stage": _(Stage(check.stage).label), "at": words.moment(check.at)}
    return _("%(stage)s检测，%(at)s") % said


def _properties(report: Report) -> tuple[dict[str, object], ...]:
    """The four properties, each with its outcome and the table of its checks."""
    made: list[dict[str, object]] = []
    for each in Property:
        found = report.of(each)
        columns = (Column(_("检测项")), Column(_("结果")), Column(_("检测情况")))
        rows = tuple(
            Row((Cell(_(one.check.title), one.check.reference), words.outcome(one.outcome), one.evidence or "—"))
            for one in found
        )
        made.append({
            "name": _(each.label),
            "key": each.value,
            "light": words.outcome(report.outcome(each)),
            "passed": sum(one.outcome is Outcome.PASSED for one in found),
            "asked": sum(one.outcome is not Outcome.NOT_APPLICABLE for one in found),
            "table": Table.of(_(each.label), columns, rows),
        })  # fmt: skip
    return tuple(made)


def _event(step: object) -> Event:
    who = getattr(step, "actor", "") or _("系统")
    said = getattr(step, "words", "")
    shown = said if len(said) < 60 else f"{said[:16]}…"
    return Event(_(step.step.label), words.moment(step.at), step.at, f"{who}{'：' + shown if shown else ''}")  # type: ignore[attr-defined]


@login_required
@require_GET
def fixity(request: HttpRequest) -> HttpResponse:
    """How far the run over the packages is."""
    viewer = words.viewer_of(request)
    run = queries.fixity(viewer=viewer)
    context = {
        "tabs": words.tabs("fixity"),
        "run": run,
        "progress": Progress(run.done, max(run.total, 1), f"{run.done} / {run.total}")
        if run and not run.ended_at
        else "",
        "facts": Facts(
            (
                Fact(_("开始"), words.moment(run.started_at)),
                Fact(_("结束"), words.moment(run.ended_at)),
                Fact(_("应检"), str(run.total), number=True),
                Fact(_("已检"), str(run.done), number=True),
                Fact(_("不通过"), str(run.failed), number=True),
            )
        )
        if run
        else "",
    }
    return render(request, "archives/fixity.html", context)
