"""The versions of a decision, and two of its texts compared: rule by rule, and on the examples of both."""

from dataclasses import dataclass, replace
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.rules import commands, queries, rules
from yiwang.commons.rules.contracts import (
    DecisionNotFound,
    DecisionText,
    ReasonMissing,
    Standing,
    VersionRow,
    WithdrawTooEarly,
)
from yiwang.commons.rules.views import grid, words
from yiwang.commons.rules.views.frame import DRAFT, Frame, frame_of
from yiwang.kernel import clock
from yiwang.web.components import Cell, Column, ErrorSummary, Link, Row, Table, Text
from yiwang.web.fields import Field, FieldKind
from yiwang.web.responses import go


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two texts compared."""

    param: str
    words: str
    text: DecisionText
    layout: rules.Layout | None


@dataclass(frozen=True, slots=True)
class ExampleChange:
    """An example of either text whose outcome differs."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PartChange:
    """A decision that differs: its rules as rows, each with a mark; for other logic both texts."""

    label: str
    said: Text
    grid: grid.Grid | None
    before: str = ""
    after: str = ""


@login_required
@require_GET
def versions(request: HttpRequest, key: str) -> HttpResponse:
    """All versions, and the comparison that `a` and `b` ask for (the newest two without)."""
    frame = frame_of(request, key, "versions")
    choices = frame.choices
    b = _asked(request.GET.get("b", ""), choices) or (choices[0][0] if choices else "")
    others = [param for param, _words, _shown in choices if param != b]
    a = _asked(request.GET.get("a", ""), choices) or _before(frame, b) or next(iter(others), "")
    compared = {}
    if a and b and a != b:
        compared = _compared(request, frame, _side(request, frame, a), _side(request, frame, b))
    context = {"frame": frame, "table": _table(frame), "choices": choices, "a": a, "b": b, **compared}
    return render(request, "rules/versions.html", context)


def _asked(param: str, choices: tuple[tuple[str, str, bool], ...]) -> str:
    return param if param in {each for each, _words, _shown in choices} else ""


def _before(frame: Frame, b: str) -> str:
    """What a text is compared with first: the draft with the version in force, a version with the one before it."""
    if b == DRAFT:
        now = frame.page.in_force or frame.page.newest
        return str(now.version) if now else ""
    earlier = [row.version for row in frame.page.versions if row.version < int(b)]
    return str(max(earlier)) if earlier else ""


def _side(request: HttpRequest, frame: Frame, param: str) -> Side:
    version = 0 if param == DRAFT else int(param)
    text = queries.text_of(key=frame.page.key, version=version, viewer=words.viewer_of(request))
    said = _("草稿") if version == 0 else _("第 %(version)d 版") % {"version": version}
    return Side(param, said, text, rules.layout_of(text.xml, text.key))


def _compared(request: HttpRequest, frame: Frame, before: Side, after: Side) -> dict[str, object]:
    changes = rules.differences(before.layout, after.layout)
    shown = tuple(_part(change) for change in changes)
    examples, count = _examples(before, after)
    return {"before": before, "after": after, "changes": shown, "examples": examples, "tried": count}


def _part(change: rules.TableChange) -> PartChange:
    part = change.part
    if change.before is None or change.after is None:
        said = _("新增的决策") if change.before is None else _("去掉的决策")
        return PartChange(part.label, said, grid.grid_of(part) if isinstance(part, rules.TableLayout) else None,
                          after=part.text if isinstance(part, rules.LogicLayout) else "")  # fmt: skip
    if not isinstance(part, rules.TableLayout) or not isinstance(change.before, rules.TableLayout):
        old, new = change.before, change.after
        return PartChange(
            part.label,
            _("算法改了"),
            None,
            old.text if isinstance(old, rules.LogicLayout) else _("（原为决策表）"),
            new.text if isinstance(new, rules.LogicLayout) else _("（现为决策表）"),
        )
    rows = tuple(row for rule in change.rules for row in _rule(rule, change.before, part))
    whole = grid.grid_of(replace(part, rows=()))
    said = _("%(count)d 条规则不同") % {"count": len(change.rules)}
    if change.columns:
        said += _("；列有变动")
    if change.policy:
        said += _("；命中方式改为“%(policy)s”") % {"policy": whole.policy}
    shown = grid.Grid(
        whole.id,
        whole.label,
        "",
        whole.letter,
        whole.policy,
        whole.inputs,
        whole.outputs,
        rows,
        any(r.note for r in rows),
    )
    return PartChange(part.label, said, shown)


def _rule(change: rules.RuleChange, old: rules.TableLayout, new: rules.TableLayout) -> list[grid.GridRow]:
    if change.after is None and change.before is not None:
        return [_marked(change.before, old, _("去掉"), "gone")]
    if change.before is None and change.after is not None:
        return [_marked(change.after, new, _("新增"), "added")]
    assert change.before is not None
    assert change.after is not None
    return [
        _marked(change.before, old, _("原来"), "before", change.cells),
        _marked(change.after, new, _("改为"), "after", change.cells),
    ]


def _marked(
    row: rules.TableRow, table: rules.TableLayout, mark: Text, state: str, cells: frozenset[int] = frozenset()
) -> grid.GridRow:
    width = len(row.inputs)
    inputs = tuple(grid.GridCell(words.cell_words(t), changed=i in cells) for i, t in enumerate(row.inputs))
    outputs = tuple(
        grid.GridCell(words.output_words(t, c.named), changed=width + i in cells)
        for i, (t, c) in enumerate(zip(row.outputs, table.outputs, strict=False))
    )
    return grid.GridRow(row.number, inputs, outputs, row.note, state, mark)


def _examples(before: Side, after: Side) -> tuple[tuple[ExampleChange, ...], int]:
    """Which of the examples of both texts change their outcome."""
    old = rules.model_of(before.text.xml, before.text.imports)
    new = rules.model_of(after.text.xml, after.text.imports)
    if old is None or new is None or before.layout is None or after.layout is None:
        return (), 0
    named = {example.name: example for example in (*before.text.examples, *after.text.examples)}
    changed = []
    for example in named.values():
        first = rules.try_example(old, before.text.key, example)
        second = rules.try_example(new, after.text.key, example)
        if first.value != second.value:
            told = [
                words.outcome_words(r.value, s.layout) if r.value is not None else "—"
                for r, s in ((first, before), (second, after))
                if s.layout
            ]
            changed.append(ExampleChange(example.name, told[0], told[1]))
    return tuple(changed), len(named)


def _table(frame: Frame) -> Table:
    columns = (
        Column(_("版本"), number=True),
        Column(_("状态")),
        Column(_("施行")),
        Column(_("发布")),
        Column(_("理由")),
        Column(_("用例"), number=True),
        Column(_("操作"), hidden=True),
    )
    return Table.of(_("版本"), columns, tuple(_row(frame, row) for row in frame.page.versions), boxed=True)


def _row(frame: Frame, row: VersionRow) -> Row:
    ends = frame.may_publish and row.standing in {Standing.IN_FORCE, Standing.SCHEDULED}
    href = reverse("rules:withdraw", args=[frame.page.key, row.version])
    shown = reverse("rules:decision", args=[frame.page.key]) + f"?v={row.version}"
    cells = (
        Cell(str(row.version), "", shown),
        words.STANDINGS[row.standing],
        words.days_words(row),
        Cell(words.moment_words(row.published_at), row.by),
        Cell(row.reason or "—", row.ended_reason if row.ended_reason != row.reason else ""),
        row.examples,
        Link(_("废止"), href, about=str(row.version)) if ends else "",
    )
    return Row(cells, id=str(row.id), label=str(row.version))


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """Ask from when a version holds no more and why; POST does it."""
    frame = frame_of(request, key, "versions")
    row = next((row for row in frame.page.versions if row.version == version), None)
    if row is None:
        raise DecisionNotFound(key=key)
    given = {
        "ends_on": request.POST.get("ends_on", clock.today().isoformat())[:10],
        "reason": request.POST.get("reason", "")[:2000],
    }
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            day = date.fromisoformat(given["ends_on"])
            commands.withdraw_version(
                key=key,
                version=version,
                ends_on=day,
                reason=given["reason"],
                by=words.viewer_of(request),
                at=clock.now(),
            )
        except ValueError:
            faults["ends_on"] = _("请填写日期，例如 2026-01-31。")
        except (ReasonMissing, WithdrawTooEarly) as refused:
            faults = {name: _(said) for name, said in refused.fields.items()}
        else:
            messages.success(request, _("已废止第 %(version)d 版。") % {"version": version})
            return go(request, reverse("rules:versions", args=[key]))
    fields = (
        Field("ends_on", _("从哪天起停止执行"), FieldKind.DATE, value=given["ends_on"], error=faults.get("ends_on", ""), hint=_("这一天起不再按它办理；已经办结的不受影响。")),
        Field("reason", _("理由"), FieldKind.TEXTAREA, value=given["reason"], error=faults.get("reason", ""), hint=_("写清依据的文件和条款。"), maxlength=2000),
    )  # fmt: skip
    context = {"frame": frame, "row": row, "fields": fields, "errors": ErrorSummary.of(fields) if faults else ""}
    return render(request, "rules/withdraw.html", context, status=422 if faults else 200)
