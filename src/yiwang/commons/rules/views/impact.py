"""What a change would change: the draft (or another version) tried on an uploaded table, or on past facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.rules import commands, queries, registry, rules
from yiwang.commons.rules.contracts import (
    Change,
    DecisionNotFound,
    DraftNotFound,
    FactsTooLarge,
    NoFacts,
    TrialState,
    TrialView,
)
from yiwang.commons.rules.views import words
from yiwang.commons.rules.views.frame import Frame, frame_of
from yiwang.kernel import clock
from yiwang.web.components import Cell, Column, ErrorSummary, Progress, Row, Table, Tag, Text, Tone
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.responses import go, is_htmx

_FILE = "file"
_SEGMENTS = 20
_GOING = (TrialState.WAITING, TrialState.RUNNING)


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of the drawing: its left edge and width in thousandths, and what it stands for."""

    left: int
    width: int
    css: str


@login_required
@require_http_methods(["GET", "POST"])
def impact(request: HttpRequest, key: str) -> HttpResponse:
    """The trials so far, and the form for another; POST begins one."""
    frame = frame_of(request, key, "impact")
    viewer = words.viewer_of(request)
    faults: dict[str, str] = {}
    if request.method == "POST":
        file = request.FILES.get("file")
        source = request.POST.get("source", _FILE)
        before, after = _sides(frame)
        content = file.read(commands.MAX_BYTES + 1) if file is not None and source == _FILE else None
        try:
            begun = commands.begin_trial(
                key=key,
                before=before,
                after=after,
                source="" if source == _FILE else source,
                file_name=file.name or "" if file is not None else "",
                content=content,
                by=viewer,
                at=clock.now(),
            )
        except (NoFacts, FactsTooLarge) as refused:
            faults["file"] = refused.sentence(_)
        else:
            return go(request, reverse("rules:trial", args=[key, begun]))
    fields = _fields(faults)
    before, after = _sides(frame)
    context = {
        "frame": frame,
        "fields": fields,
        "errors": ErrorSummary.of(fields) if faults else "",
        "nothing": before == after or not before,
        "before": before,
        "after": after,
        "columns": _columns(request, frame),
        "table": _table(key, queries.trials(key=key, viewer=viewer)),
    }
    return render(request, "rules/impact.html", context, status=422 if faults else 200)


def _sides(frame: Frame) -> tuple[int, int]:
    """What is tried against what: the draft (0), else a version that is still to come, against the one in force."""
    now = frame.page.in_force or frame.page.newest
    before = now.version if now else 0
    if frame.page.draft is not None:
        return before, 0
    newest = frame.page.newest.version if frame.page.newest else 0
    if newest != before:
        return before, newest
    earlier = [row.version for row in frame.page.versions if row.version < before]
    return (max(earlier), before) if earlier else (before, before)


def _columns(request: HttpRequest, frame: Frame) -> tuple[tuple[str, str], ...]:
    which = 0 if frame.page.draft is not None else frame.which
    text = queries.text_of(key=frame.page.key, version=which, viewer=words.viewer_of(request))
    layout = rules.layout_of(text.xml, text.key)
    return tuple((fact.name, fact.label) for fact in layout.facts) if layout is not None else ()


def _fields(faults: dict[str, str]) -> tuple[Field, ...]:
    file = Field(
        "file",
        _("数据文件"),
        FieldKind.FILE,
        error=faults.get("file", ""),
        hint=_("每行一户（一人），列名用下面的名称。只用来试算，算完就删除。"),
        accept=".csv,.parquet",
        accept_words=_("CSV 或 Parquet，不超过 20 MB"),
        max_bytes=commands.MAX_BYTES,
    )
    sources = registry.past_sources()
    if not sources:
        return (file,)
    options = (Choice(_FILE, _("上传一份数据")), *(Choice(each.key, each.label) for each in sources))
    return (Field("source", _("用什么数据"), FieldKind.RADIO, value=_FILE, options=options), file)


def _table(key: str, trials: tuple[TrialView, ...]) -> Table:
    columns = (Column(_("试算")), Column(_("数据")), Column(_("结果改变"), number=True), Column(_("状态")))
    return Table.of(_("最近的试算"), columns, tuple(_row(key, each) for each in trials), boxed=True)


def _row(key: str, trial: TrialView) -> Row:
    href = reverse("rules:trial", args=[key, trial.id])
    cells = (
        Cell(_compared(trial), f"{words.moment_words(trial.created_at)} {trial.by}".strip(), href),
        Cell(_source(trial.source), _("%(count)d 行") % {"count": trial.total} if trial.total else ""),
        _("%(count)d（%(share)s）") % {"count": trial.changed, "share": _share(trial.changed, trial.done)}
        if trial.done
        else "",
        _state(trial),
    )
    return Row(cells, id=str(trial.id), label=_compared(trial))


def _source(name: str) -> Text:
    past = registry.past_source(name)
    return past.label if past is not None else name


def _compared(trial: TrialView) -> str:
    after = (
        _("草稿（第 %(n)d 次保存）") % {"n": trial.revision}
        if trial.after == 0
        else _("第 %(n)d 版") % {"n": trial.after}
    )
    return _("第 %(before)d 版 → %(after)s") % {"before": trial.before, "after": after}


def _state(trial: TrialView) -> Tag:
    return {
        TrialState.WAITING: Tag(_("排队中"), Tone.PLAIN),
        TrialState.RUNNING: Tag(_("试算中"), Tone.BLUE),
        TrialState.DONE: Tag(_("完成"), Tone.OK),
        TrialState.FAILED: Tag(_("没有算成"), Tone.BAD),
    }[trial.state]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2%}" if whole else "0%"


@login_required
@require_GET
def trial(request: HttpRequest, key: str, trial_id: UUID) -> HttpResponse:
    """One trial: how far it is, then how many outcomes change and in which way."""
    found = queries.trial(trial_id=trial_id, viewer=words.viewer_of(request))
    going = found.state in _GOING
    stroke = Progress(found.done * _SEGMENTS // max(found.total, 1), _SEGMENTS, _said(found)) if going else None
    moves = _moved_examples(request, found) if found.state is TrialState.DONE else {}
    context = {
        "trial": found,
        "going": going,
        "stroke": stroke,
        "said": _said(found),
        "title": _compared(found),
        "source": _source(found.source),
        "same": found.done - found.refused - found.changed,
        "share": _share(found.changed, found.done - found.refused),
        "bars": _bars(found),
        "outcomes": _outcomes(found),
        "changes": tuple(_change(change, found, moves) for change in found.changes),
        "failure": _failure(found.error),
    }
    if is_htmx(request):
        return render(request, "rules/trial_fragment.html", context)
    return render(request, "rules/trial_page.html", {**context, "frame": frame_of(request, key, "impact")})


def _said(found: TrialView) -> str:
    if found.state is TrialState.WAITING:
        return _("正在排队，马上开始。")
    return _("已算 %(done)d 行，共 %(total)d 行。") % {"done": found.done, "total": found.total}


def _failure(error: str) -> Text:
    told: dict[str, Text] = {
        "columns": _("没有一列的名称与决策的输入相同。请用下面列出的名称作列名。"),
        "encoding": _("文件的文字编码读不出来，请另存为 UTF-8 的 CSV。"),
        "csv": _("文件不是 CSV，请另存后再传。"),
        "parquet": _("文件不是 Parquet，或已经损坏。"),
        "model": _("草稿现在读不出来，请先在编辑页面改正。"),
        "source": _("这个数据来源已经没有了。"),
    }
    return "" if not error else told.get(error, error)


def _bars(found: TrialView) -> tuple[Bar, ...]:
    """The whole as one line: what stays, then each change; nothing that exists is too thin to be seen."""
    whole = max(found.done - found.refused, 1)
    bars, left = [], 0
    changed = [max(round(change.count * 1000 / whole), 4) for change in found.changes]
    same = max(1000 - sum(changed), 0)
    for index, width in enumerate([same, *changed]):
        bars.append(Bar(left, width, "is-same" if index == 0 else "is-changed"))
        left += width
    return tuple(bars)


def _outcomes(found: TrialView) -> Table:
    columns = (
        Column(_("结果")),
        Column(_("原来"), number=True),
        Column(_("改后"), number=True),
        Column(_("增减"), number=True),
    )
    rows = tuple(
        Row((_outcome(word), before, after, f"{after - before:+d}" if after != before else "0"))
        for word, before, after in found.outcomes
    )
    return Table.of(_("各种结果的数量"), columns, rows)


def _outcome(word: str) -> str:
    return _("缺少事实，不能确定") if word == "?" else word


def _moved_examples(request: HttpRequest, found: TrialView) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Examples of both texts that change their outcome: what a change means where no rows may be shown.

    None where the draft that was tried has been saved over since.
    """
    viewer = words.viewer_of(request)
    try:
        texts = [queries.text_of(key=found.key, version=each, viewer=viewer) for each in (found.before, found.after)]
    except (DecisionNotFound, DraftNotFound):
        return {}
    models = [rules.model_of(text.xml, text.imports) for text in texts]
    if models[0] is None or models[1] is None or texts[1].revision != found.revision:
        return {}
    named = {example.name: example for text in texts for example in text.examples}
    return rules.moved_examples(models[0], models[1], found.key, named.values())


def _change(change: Change, found: TrialView, moves: Mapping[tuple[str, str], tuple[str, ...]]) -> dict[str, object]:
    names = tuple(dict.fromkeys(name for row in change.rows for name in row))
    columns = tuple(Column(name) for name in names)
    rows = tuple(Row(tuple(words.value_words(row.get(name)) for name in names)) for row in change.rows)
    return {
        "before": _outcome(change.before),
        "after": _outcome(change.after),
        "count": change.count,
        "share": _share(change.count, found.done - found.refused),
        "examples": moves.get((change.before, change.after), ()),
        "table": Table.of(_("其中几行"), columns, rows, stack=False) if rows else None,
    }
