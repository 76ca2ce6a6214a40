"""The editor of a draft: bpmn-js, saved as one draws; what the lint finds stands beside it, each with its element."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.commons.flow import commands, queries
from yiwang.commons.flow.contracts import ProcessDraftChanged, ProcessDraftView
from yiwang.commons.flow.views import words
from yiwang.commons.flow.views.designs.fields import panel_of
from yiwang.commons.flow.views.designs.frame import faults_of, frame_of
from yiwang.kernel import clock
from yiwang.kernel.errors import DomainError
from yiwang.web.components import Button, Dialog
from yiwang.web.components.modellers import Modeller
from yiwang.web.responses import go

_LARGEST = 2 * 1024 * 1024


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """The editor; without a draft a page that offers to begin one (POST)."""
    viewer = words.viewer_of(request)
    if request.method == "POST":
        commands.begin_draft(key=key, by=viewer, at=clock.now())
        return go(request, request.path)
    frame = frame_of(request, key, "edit")
    draft = frame.page.draft
    context = {
        "frame": frame,
        "draft": draft,
        "modeller": _modeller(draft) if draft is not None else None,
        "panel": panel_of(queries.suggestions(viewer=viewer)) if draft is not None else None,
        "faults": faults_of(queries.draft_findings(key=key, viewer=viewer)) if draft is not None else (),
        "discard_dialog": _discard(draft) if draft is not None else None,
    }
    return render(request, "flow/design/edit.html", context)


def _modeller(draft: ProcessDraftView) -> Modeller:
    saved = timezone.localtime(draft.updated_at).strftime("%H:%M")
    return Modeller(
        "modeller",
        "bpmn",
        reverse("flow:draft_bpmn", args=[draft.key]),
        reverse("flow:save_draft", args=[draft.key]),
        draft.revision,
        draft.key,
        _("%(time)s 已保存") % {"time": saved},
        _("屏幕太窄，画不开编辑器。请在电脑上编辑；在手机上可以到“比较”页看草稿改了什么。"),
    )


def _discard(draft: ProcessDraftView) -> Dialog:
    said = _("草稿里画的都不再保留，现行版本不变。")
    return Dialog(
        "discard",
        _("放弃草稿？"),
        said,
        Button(_("放弃草稿"), "danger"),
        reverse("flow:discard_draft", args=[draft.key]),
        hidden=(("revision", str(draft.revision)),),
    )


@login_required
@require_GET
def draft_bpmn(request: HttpRequest, key: str) -> HttpResponse:
    """The draft's file for the editor and for its drawing. An official's browser never keeps it."""
    _title, bpmn, revision = queries.process_text(key=key, version=0, viewer=words.viewer_of(request))
    response = HttpResponse(bpmn, content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{key}-draft.bpmn"'
    response["Cache-Control"] = "no-store"
    response["X-Revision"] = str(revision)
    return response


@login_required
@require_POST
def save(request: HttpRequest, key: str) -> JsonResponse:
    """Keep what the editor holds. Answers with the new revision, or with why it was not kept and what to do."""
    xml, revision = request.POST.get("xml", ""), request.POST.get("revision", "")
    if not xml or len(xml) > _LARGEST or not revision.isdecimal() or len(revision) > 9:
        return JsonResponse({"words": _("没有可以保存的内容。")}, status=422)
    try:
        kept = commands.save_draft(
            key=key, revision=int(revision), bpmn=xml.encode(), by=words.viewer_of(request), at=clock.now()
        )
    except DomainError as refused:
        told = {
            "words": refused.sentence(_),
            "advice": refused.advice(_),
            "conflict": isinstance(refused, ProcessDraftChanged),
        }
        return JsonResponse(told, status=int(refused.kind))
    said = _("%(time)s 已保存") % {"time": timezone.localtime(clock.now()).strftime("%H:%M:%S")}
    return JsonResponse({"revision": kept, "words": said})


@login_required
@require_GET
def findings(request: HttpRequest, key: str) -> HttpResponse:
    """What the lint says of the draft as it is saved: the editor asks after each save."""
    found = queries.draft_findings(key=key, viewer=words.viewer_of(request))
    return render(request, "flow/design/faults.html", {"faults": faults_of(found), "drawn": True})


@login_required
@require_POST
def discard(request: HttpRequest, key: str) -> HttpResponse:
    """Give the draft up, as it was when the page was opened or last saved from it: not what others saved since."""
    frame = frame_of(request, key, "edit")
    asked = request.POST.get("revision", "")[:9]
    revision = int(asked) if asked.isdecimal() else 0
    try:
        commands.discard_draft(key=key, revision=revision, by=words.viewer_of(request), at=clock.now())
    except ProcessDraftChanged:
        messages.error(request, _("您打开以后有人改过这份草稿，没有放弃。请看过现在的草稿再决定。"))
        return go(request, reverse("flow:edit", args=[key]))
    messages.success(request, _("已放弃草稿，现行版本没有变化。"))
    return go(request, reverse("flow:process", args=[key]) if frame.page.versions else reverse("flow:versions"))
