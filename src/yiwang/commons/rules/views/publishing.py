"""Publishing a draft: what it changes, what was found, from which day, why; by somebody who did not write it."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yiwang.commons.rules import commands, queries, rules
from yiwang.commons.rules.contracts import (
    CheckFails,
    DecisionFaulty,
    DraftOutdated,
    DraftState,
    DraftView,
    ExamplesFail,
    NotChecked,
    ReasonMissing,
)
from yiwang.commons.rules.views import words
from yiwang.commons.rules.views.editing import draft_of, findings_of
from yiwang.commons.rules.views.frame import Frame, frame_of
from yiwang.kernel import clock
from yiwang.web.components import Button, ErrorSummary, Task, TaskList, Text
from yiwang.web.components.marks import Tag, Tone
from yiwang.web.fields import Field, FieldKind
from yiwang.web.responses import go


@login_required
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """The steps that remain, and the form; POST publishes."""
    frame = frame_of(request, key, "publish")
    draft = draft_of(frame)
    viewer = words.viewer_of(request)
    given = {
        "effective_from": request.POST.get("effective_from", clock.today().isoformat())[:10],
        "reason": request.POST.get("reason", "")[:2000],
    }
    faults: dict[str, str] = {}
    said: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            ref = commands.publish_draft(
                key=key,
                revision=int(request.POST.get("revision", "0") or 0),
                effective_from=date.fromisoformat(given["effective_from"]),
                reason=given["reason"],
                by=viewer,
                at=clock.now(),
            )
        except ValueError:
            faults["effective_from"] = _("请填写日期，例如 2026-01-31。")
        except ReasonMissing as refused:
            faults = {name: _(text) for name, text in refused.fields.items()}
        except (DraftOutdated, NotChecked, DecisionFaulty, CheckFails, ExamplesFail) as refused:
            said = (refused.sentence(_),)
        else:
            messages.success(request, _("已发布第 %(version)d 版。") % {"version": ref.version})
            return go(request, reverse("rules:versions", args=[key]))
    fields = _fields(given, faults)
    context = {
        "frame": frame,
        "draft": draft,
        "steps": _steps(frame, draft),
        "findings": findings_of(draft.findings),
        "fields": fields,
        "errors": ErrorSummary.of(fields, *said) if faults or said else "",
        "checked": draft.state is DraftState.CHECKED,
        "button": Button(_("发布"), refused=_refused(frame, draft, queries.can_publish(draft=draft, viewer=viewer))),
        "ahead": frame.page.in_force,
    }
    return render(request, "rules/publish.html", context, status=422 if faults or said else 200)


def _fields(given: dict[str, str], faults: dict[str, str]) -> tuple[Field, ...]:
    return (
        Field(
            "effective_from",
            _("从哪天起施行"),
            FieldKind.DATE,
            value=given["effective_from"],
            error=faults.get("effective_from", ""),
            hint=_("这一天起的决定按新版本，在办的仍按开始时的版本。"),
        ),
        Field(
            "reason",
            _("发布理由"),
            FieldKind.TEXTAREA,
            value=given["reason"],
            error=faults.get("reason", ""),
            hint=_("写清依据的文件和条款，会留在版本记录里。"),
            maxlength=2000,
        ),
    )


def _refused(frame: Frame, draft: DraftView, may: bool) -> Text:
    if not frame.may_publish:
        return _("您没有发布规则的权限")
    if not may:
        return _("您改过这份草稿，要由另一位同事发布")
    return "" if draft.state is DraftState.CHECKED else _("请先检查草稿")


def _steps(frame: Frame, draft: DraftView) -> TaskList:
    key = frame.page.key
    layout, model = rules.layout_of(draft.xml, key), rules.model_of(draft.xml, draft.imports)
    examined = rules.try_examples(model, key, draft.examples) if model is not None else None
    failed = len(examined.failed) if examined else 0
    passed = Tag(_("通过"), Tone.OK)
    examples = _("%(count)d 个用例") % {"count": len(draft.examples)}
    errors = sum(each.is_error for each in draft.findings)
    checked = draft.state is DraftState.CHECKED
    tasks = [
        Task(
            _("检查规则"),
            reverse("rules:edit", args=[key]),
            passed if checked else Tag(_("有错误"), Tone.BAD) if errors else Tag(_("未检查"), Tone.WARN),
            detail=_("没有语法错误，没有冲突的规则") if checked else "",
        ),
        Task(
            _("用例全部通过"),
            reverse("rules:examples", args=[key]) + "?v=draft",
            Tag(_("%(count)d 个不通过") % {"count": failed}, Tone.BAD)
            if failed
            else passed
            if draft.examples
            else Tag(_("没有用例"), Tone.WARN),
            detail=examples,
        ),
    ]
    now = frame.page.in_force
    if now is not None and layout is not None:
        tasks.append(
            Task(
                _("看清改了什么"),
                reverse("rules:versions", args=[key]) + f"?a={now.version}&b=draft",
                detail=_("与现行第 %(version)d 版比较") % {"version": now.version},
            )
        )
        tasks.append(Task(_("试算影响"), reverse("rules:impact", args=[key]), detail=_("多少人的结果会变")))
    return TaskList(tuple(tasks))
