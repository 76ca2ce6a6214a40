"""Publishing a draft: what the lint found, what it changes, why; by somebody who did not draw in it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yiwang.commons.flow import commands, queries
from yiwang.commons.flow.contracts import (
    DefinitionRefused,
    Finding,
    NoReason,
    ProcessDraftOutdated,
    ProcessDraftUnchanged,
)
from yiwang.commons.flow.views import words
from yiwang.commons.flow.views.designs.frame import Frame, faults_of, frame_of
from yiwang.kernel import clock
from yiwang.web.components import Button, ErrorSummary, Tag, Task, TaskList, Text, Tone
from yiwang.web.fields import Field, FieldKind
from yiwang.web.responses import go


@login_required
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """The steps that remain, and the form; POST publishes."""
    frame = frame_of(request, key, "publish_draft")
    draft, viewer = frame.draft, words.viewer_of(request)
    reason, fault, said = request.POST.get("reason", "")[:2000], "", ""
    if request.method == "POST":
        asked = request.POST.get("revision", "")[:9]
        try:
            done = commands.publish_draft(
                key=key, revision=int(asked) if asked.isdecimal() else 0, reason=reason, by=viewer, at=clock.now()
            )
        except NoReason as refused:
            fault = refused.sentence(_)
        except (DefinitionRefused, ProcessDraftOutdated, ProcessDraftUnchanged) as refused:
            said = refused.sentence(_)
        else:
            messages.success(request, _("已发布第 %(version)d 版，新开始的都按它办理。") % {"version": done.version})
            return go(request, reverse("flow:process", args=[key]))
    found = queries.draft_findings(key=key, viewer=viewer)
    may = queries.can_publish_draft(draft=draft, viewer=viewer)
    fields = (
        Field(
            "reason",
            _("发布理由"),
            FieldKind.TEXTAREA,
            value=reason,
            error=fault,
            hint=_("写清依据的文件和条款，会留在版本记录里。"),
            maxlength=2000,
        ),
    )
    context = {
        "frame": frame,
        "draft": draft,
        "steps": _steps(frame, found),
        "faults": faults_of(found),
        "fields": fields,
        "errors": ErrorSummary.of(fields, *([said] if said else [])) if fault or said else "",
        "button": Button(_("发布"), refused=_refused(frame, found, may=may)),
    }
    return render(request, "flow/design/publish.html", context, status=422 if fault or said else 200)


def _refused(frame: Frame, found: tuple[Finding, ...], *, may: bool) -> Text:
    if not frame.may_administer:
        return _("您没有发布流程的权限")
    if not may:
        return _("您改过这份草稿，要由另一位同事发布")
    return _("草稿还有错误，改正后才能发布") if any(each.is_error for each in found) else ""


def _steps(frame: Frame, found: tuple[Finding, ...]) -> TaskList:
    key = frame.page.key
    errors = sum(each.is_error for each in found)
    state = Tag(_("有错误"), Tone.BAD) if errors else Tag(_("通过"), Tone.OK)
    detail = _("%(errors)d 处错误，%(warnings)d 处提醒") % {"errors": errors, "warnings": len(found) - errors}
    tasks = [Task(_("检查流程"), reverse("flow:edit", args=[key]), state, detail=detail if found else "")]
    if frame.page.newest is not None:
        version = frame.page.newest.version
        href = reverse("flow:compare", args=[key]) + f"?a={version}&b=draft"
        tasks.append(Task(_("看清改了什么"), href, detail=_("与现行第 %(version)d 版比较") % {"version": version}))
    return TaskList(tuple(tasks))
